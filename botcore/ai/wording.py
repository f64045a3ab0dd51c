"""Words for what code has decided. Whatever goes wrong, the plain text comes back, never an exception.

Call these outside transactions: they wait for somebody else's server.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from botcore.ai import asking, guard, prompts, sign_off
from botcore.ai.asking import NOT_ANSWERED, Clients, Request
from botcore.ai.budget import Caps
from botcore.ai.client import LlmSettings, Message
from botcore.commands.parsing import fold

LONGEST_PLAIN = 3500
LONGEST_ANSWER = 900
_ANSWER = {"answered": bool, "reply": str}


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
    return _worded(Request(tenant_id, llm, feature, **options), messages, plain, customer_text)


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
    return _worded(Request(tenant_id, llm, feature, **options), messages, plain, customer_text)


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
    request = Request(tenant_id, llm, feature, **options)
    source = facts_text(facts)
    if len(source) > prompts.LONGEST_FACTS:
        return Answered(None, "too_long")
    return _ask(
        request,
        prompts.answer(facts=facts, question=question),
        _ANSWER,
        lambda text: _against_facts(request, source, text, prompt=prompts.ANSWER, question=question),
    )


def answer_about_orders(
    *,
    tenant_id: int | None,
    llm: LlmSettings,
    facts: Mapping[str, Any],
    question: str,
    needs: Collection[str],
    is_upset: bool = False,
    feature: str = "free_text",
    **options: Unpack[Options],
) -> Answered:
    """An answer to a question about orders the customer named, in place of their plain status. facts: as above, of
    these orders alone. needs: what it must not leave out, the numbers and statuses; without them it is no answer."""
    source = facts_text(facts)
    if len(source) > prompts.LONGEST_FACTS:
        return Answered(None, "too_long")
    request = Request(tenant_id, llm, feature, **options)
    messages = prompts.about_orders(facts=facts, question=question, is_upset=is_upset)
    return _ask(
        request,
        messages,
        _ANSWER,
        lambda text: [
            *_left_out(needs, text),
            *_against_facts(request, source, text, prompt=messages[0].content, question=question),
        ],
    )


def _left_out(needs: Collection[str], text: str) -> list[guard.Violation]:
    said = fold(text)
    return [guard.Violation("fact_missing", need) for need in needs if fold(need) not in said]


def _against_facts(
    request: Request, source: str, text: str, *, prompt: str, question: str
) -> list[guard.Violation]:
    return guard.violations(
        source,
        text,
        forbidden=request.forbidden,
        prompt=prompt,
        customer_text=question,
        may_omit=True,
        max_chars=LONGEST_ANSWER,
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


def _worded(
    request: Request,
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
    request: Request,
    messages: Sequence[Message],
    fields: Mapping[str, type],
    objections: Callable[[str], list[guard.Violation]],
) -> Answered:
    def judge(data: Mapping[str, Any]) -> str:
        if data.get("answered") is False:
            return NOT_ANSWERED
        found = objections(sign_off.strip(data["reply"]))
        return found[0].code if found else ""

    asked = asking.ask(request, messages, fields=fields, judge=judge)
    raw = asked.data["reply"] if asked.data else ""
    return Answered(
        # A signature is no reason to throw a good text away; what is left of it was looked at like any other.
        None if asked.reason else sign_off.strip(raw),
        asked.reason,
        tokens=asked.tokens,
        cost=asked.cost,
        ms=asked.ms,
        over_soft=asked.over_soft,
        raw=raw,
    )
