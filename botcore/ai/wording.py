"""Words for what code has decided. Whatever goes wrong, the plain text comes back, never an exception.

Call these outside transactions: they wait for somebody else's server.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from botcore.ai import budget, guard, prompts, sign_off
from botcore.ai.budget import NO_CAPS, BudgetState, Caps
from botcore.ai.client import LlmClient, LlmSettings, Message, Structured
from botcore.ai.errors import LlmError, Spent
from botcore.ai.prices import cost_usd
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

LONGEST_PLAIN = 3500
LONGEST_ANSWER = 900

Clients = Callable[[LlmSettings], LlmClient]


@dataclass(frozen=True, slots=True)
class Worded:
    """text: to send. by_model: whether it is the model's. reason: why not, a code; empty when it is.

    tokens: in and out together. raw: what the model wrote, before the guard; for evaluation, never for logs.
    """

    text: str
    by_model: bool
    reason: str = ""
    tokens: int = 0
    cost: Decimal = Decimal(0)
    ms: int = 0
    over_soft: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """text: the model's, or None: stay silent, or say a neutral word. The rest as in Worded."""

    text: str | None
    reason: str = ""
    tokens: int = 0
    cost: Decimal = Decimal(0)
    ms: int = 0
    over_soft: bool = False
    raw: str = ""


class Options(TypedDict, total=False):
    """forbidden: names that must not appear in the text. caps: of the tenant, none unless given. clients: how a client
    is made, for tests and for shorter deadlines."""

    forbidden: Collection[str]
    caps: Caps
    clients: Clients


def reword(
    *,
    tenant_id: int | None,
    llm: LlmSettings,
    plain: str,
    customer_text: str,
    feature: str = "reword",
    **options: Unpack[Options],
) -> Worded:
    """The plain reply in the customer's language and a livelier voice. tenant_id None: nothing is counted."""
    messages = prompts.reword(plain=plain, customer_text=customer_text)
    return _worded(_Request(tenant_id, llm, feature, **options), messages, plain, customer_text)


def console(
    *,
    tenant_id: int | None,
    llm: LlmSettings,
    plain: str,
    customer_text: str,
    feature: str = "console",
    **options: Unpack[Options],
) -> Worded:
    """One merged reply to an upset customer: a word of understanding and the result of what was done."""
    messages = prompts.console(plain=plain, customer_text=customer_text)
    return _worded(_Request(tenant_id, llm, feature, **options), messages, plain, customer_text)


def answer_free_text(
    *,
    tenant_id: int | None,
    llm: LlmSettings,
    facts: Mapping[str, Any],
    question: str,
    feature: str = "free_text",
    **options: Unpack[Options],
) -> Answered:
    """An answer from the customer's own facts. facts: plain JSON; lists of objects with `order_id` (or `ticket_id`),
    names of statuses as customers read them. Only what stands there may appear in the answer."""
    request = _Request(tenant_id, llm, feature, **options)
    source = facts_text(facts)
    if len(source) > prompts.LONGEST_FACTS:
        return Answered(None, "too_long")
    return _ask(
        request,
        prompts.answer(facts=facts, question=question),
        {"answered": bool, "reply": str},
        lambda text: guard.violations(
            source,
            text,
            forbidden=request.forbidden,
            prompt=prompts.ANSWER,
            customer_text=question,
            may_omit=True,
            max_chars=LONGEST_ANSWER,
        ),
    )


def facts_text(facts: Mapping[str, Any]) -> str:
    """The facts as our own plain text, for the guard: a line an object, its id first, counts grouped by thousands."""
    return "\n".join(_lines_of(facts))


_IDS = ("order_id", "ticket_id", "id")


def _lines_of(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        flat = {name: one for name, one in value.items() if not isinstance(one, Mapping | list | tuple)}
        named = [str(flat[name]) for name in _IDS if name in flat]
        rest = [
            f"{name}: {_shown(one)}" for name, one in flat.items() if name not in _IDS and one is not None
        ]
        # Facts about one order stand on its line; facts about nothing in particular each have their own.
        own = [" · ".join([*named, *rest])] if named else rest
        nested = [line for name, one in value.items() if name not in flat for line in [name, *_lines_of(one)]]
        return own + nested
    if isinstance(value, list | tuple):
        return [line for one in value for line in _lines_of(one)]
    return [_shown(value)]


def _shown(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


@dataclass(frozen=True, slots=True)
class _Request:
    tenant_id: int | None
    llm: LlmSettings
    feature: str
    forbidden: Collection[str] = ()
    caps: Caps = NO_CAPS
    clients: Clients = LlmClient


def _worded(
    request: _Request,
    messages: Sequence[Message],
    plain: str,
    customer_text: str,
) -> Worded:
    if not plain.strip() or len(plain) > LONGEST_PLAIN:
        return Worded(plain, by_model=False, reason="too_long" if plain.strip() else "empty")
    outcome = _ask(
        request,
        messages,
        {"reply": str},
        lambda text: guard.violations(
            plain, text, forbidden=request.forbidden, prompt=messages[0].content, customer_text=customer_text
        ),
    )
    by_model = outcome.text is not None
    return Worded(
        text=outcome.text if outcome.text is not None else plain,
        by_model=by_model,
        reason=outcome.reason,
        tokens=outcome.tokens,
        cost=outcome.cost,
        ms=outcome.ms,
        over_soft=outcome.over_soft,
        raw=outcome.raw,
    )


def _ask(
    request: _Request,
    messages: Sequence[Message],
    fields: Mapping[str, type],
    objections: Callable[[str], list[guard.Violation]],
) -> Answered:
    if not request.llm.is_configured:
        return Answered(None, "not_configured")
    try:
        return _asked(request, messages, fields, objections)
    except Exception:  # the plain text goes out whatever happens to the model's
        logger.exception("wording failed", extra={"feature": request.feature, "tenant_id": request.tenant_id})
        return Answered(None, "broken")


def _asked(
    request: _Request,
    messages: Sequence[Message],
    fields: Mapping[str, type],
    objections: Callable[[str], list[guard.Violation]],
) -> Answered:
    before = _budget(request)
    if before.over_hard:
        _count(request, Spent(), "hard_cap", before)
        return Answered(None, "hard_cap", over_soft=before.over_soft)
    started = time.monotonic()
    raw = text = ""
    try:
        answer: Structured = request.clients(request.llm).ask(messages, fields=fields)
    except LlmError as error:
        reason, spent = error.reason, error.spent
    else:
        spent = answer.spent
        raw = answer.data["reply"]
        # A signature is no reason to throw a good text away; what is left of it is looked at like any other.
        text = sign_off.strip(raw)
        silent = answer.data.get("answered") is False
        found = [] if silent else objections(text)
        reason = "not_answered" if silent else found[0].code if found else ""
    cost, over_soft = _count(request, spent, reason, before)
    return Answered(
        None if reason else text,
        reason,
        tokens=spent.tokens_in + spent.tokens_out,
        cost=cost,
        ms=int((time.monotonic() - started) * 1000),
        over_soft=over_soft,
        raw=raw,
    )


def _budget(request: _Request) -> BudgetState:
    if request.tenant_id is None:
        return BudgetState(Decimal(0), over_soft=False, over_hard=False)
    return budget.state(tenant_id=request.tenant_id, caps=request.caps)


def _count(request: _Request, spent: Spent, reason: str, before: BudgetState) -> tuple[Decimal, bool]:
    """Write down what it cost and whether the plain text was taken. Returns the cost, and whether the soft cap is
    passed."""
    fell_back = reason not in ("", "not_answered")
    if fell_back:
        logger.info(
            "plain text sent for the model's",
            extra={"reason": reason, "feature": request.feature, "tenant_id": request.tenant_id},
        )
    if request.tenant_id is None:
        return cost_usd(request.llm.model, spent), False
    cost = budget.record(
        tenant_id=request.tenant_id,
        feature=request.feature,
        model=request.llm.model,
        spent=spent,
        fell_back=fell_back,
    )
    crossed = budget.warn_if_crossed(tenant_id=request.tenant_id, before=before, cost=cost, caps=request.caps)
    return cost, before.over_soft or crossed
