"""One question to a tenant's model, within its budget and written into its ledger. Never an exception: a reason.

Call it outside transactions: it waits for somebody else's server.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botcore.ai import budget
from botcore.ai.budget import NO_CAPS, BudgetState, Caps
from botcore.ai.client import LlmClient, LlmSettings, Message
from botcore.ai.errors import LlmError, Spent
from botcore.ai.prices import cost_usd
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

NOT_ANSWERED = "not_answered"

Clients = Callable[[LlmSettings], LlmClient]


@dataclass(frozen=True, slots=True)
class Request:
    """tenant_id None: nothing is counted. feature: its name in the ledger. The rest as in wording.Options."""

    tenant_id: int | None
    llm: LlmSettings
    feature: str
    forbidden: Collection[str] = ()
    caps: Caps = NO_CAPS
    clients: Clients = LlmClient


@dataclass(frozen=True, slots=True)
class Asked:
    """data: the fields asked for, also when `reason` says that they cannot be used; None when none came.

    reason: empty when all is well, else a code. tokens: in and out together.
    """

    data: Mapping[str, Any] | None
    reason: str = ""
    tokens: int = 0
    cost: Decimal = Decimal(0)
    ms: int = 0
    over_soft: bool = False


def ask(
    request: Request,
    messages: Sequence[Message],
    *,
    fields: Mapping[str, type],
    judge: Callable[[Mapping[str, Any]], str] = lambda data: "",
) -> Asked:
    """judge: the code of what is wrong with an answer, or nothing."""
    if not request.llm.is_configured:
        return Asked(None, "not_configured")
    try:
        return _asked(request, messages, fields, judge)
    except Exception:  # whatever is wrong with the model or with us, the customer is answered
        logger.exception("asking failed", extra={"feature": request.feature, "tenant_id": request.tenant_id})
        return Asked(None, "broken")


def _asked(
    request: Request,
    messages: Sequence[Message],
    fields: Mapping[str, type],
    judge: Callable[[Mapping[str, Any]], str],
) -> Asked:
    before = _budget(request)
    if before.over_hard:
        _count(request, Spent(), "hard_cap", before)
        return Asked(None, "hard_cap", over_soft=before.over_soft)
    started = time.monotonic()
    data: Mapping[str, Any] | None = None
    try:
        answer = request.clients(request.llm).ask(messages, fields=fields)
    except LlmError as error:
        reason, spent = error.reason, error.spent
    else:
        data, spent = answer.data, answer.spent
        reason = judge(data)
    cost, over_soft = _count(request, spent, reason, before)
    return Asked(
        data,
        reason,
        tokens=spent.tokens_in + spent.tokens_out,
        cost=cost,
        ms=int((time.monotonic() - started) * 1000),
        over_soft=over_soft,
    )


def _budget(request: Request) -> BudgetState:
    if request.tenant_id is None:
        return BudgetState(Decimal(0), over_soft=False, over_hard=False)
    return budget.state(tenant_id=request.tenant_id, caps=request.caps)


def _count(request: Request, spent: Spent, reason: str, before: BudgetState) -> tuple[Decimal, bool]:
    """Write down what it cost and whether it had to do without the model. Returns the cost, and whether the soft cap
    is passed."""
    fell_back = reason not in ("", NOT_ANSWERED)
    if fell_back:
        logger.info(
            "done without the model",
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
