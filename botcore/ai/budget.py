"""What a tenant's model may cost in a day (UTC), and what it did cost.

The caps are looked at before a call and the cost is written after it, so calls under way at the moment the cap is
reached may pass it by their own cost: fractions of a cent each.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone

from botcore.ai.errors import Spent
from botcore.ai.prices import cost_usd
from botcore.models import LlmUsage
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

_MODEL_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Caps:
    """USD a day; None: no cap. soft: only warns. hard: no more calls, plain texts."""

    soft_usd: Decimal | None = None
    hard_usd: Decimal | None = None


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class BudgetState:
    """How a tenant stands today."""

    spent_usd: Decimal
    over_soft: bool
    over_hard: bool


def state(*, tenant_id: int, caps: Caps, day: date | None = None) -> BudgetState:
    """Read how much of the day's caps is spent. A hard cap of 0 allows nothing."""
    rows = LlmUsage.objects.filter(tenant_id=tenant_id, day=day or _today())
    spent = rows.aggregate(total=Sum("cost_usd"))["total"] or Decimal(0)
    return BudgetState(spent, _is_reached(caps.soft_usd, spent), _is_reached(caps.hard_usd, spent))


def record(
    *,
    tenant_id: int,
    feature: str,
    model: str,
    spent: Spent,
    fell_back: bool = False,
    day: date | None = None,
) -> Decimal:
    """Add one request to the day's row and return its cost. Safe from any number of threads."""
    cost = cost_usd(model, spent)
    whose: dict[str, Any] = {
        "tenant_id": tenant_id,
        "feature": feature,
        "day": day or _today(),
        "model": model[:_MODEL_LENGTH],
    }
    added = {
        "calls": F("calls") + spent.calls,
        "tokens_in": F("tokens_in") + spent.tokens_in,
        "tokens_out": F("tokens_out") + spent.tokens_out,
        "cost_usd": F("cost_usd") + cost,
        "fallbacks": F("fallbacks") + int(fell_back),
    }
    rows = LlmUsage.objects.filter(**whose)
    if not rows.update(**added):
        LlmUsage.objects.get_or_create(**whose)
        rows.update(**added)
    return cost


def warn_if_crossed(*, tenant_id: int, before: BudgetState, cost: Decimal, caps: Caps) -> bool:
    """Say once a day, in the log, that the soft cap is passed. Returns whether this request passed it."""
    crossed = not before.over_soft and _is_reached(caps.soft_usd, before.spent_usd + cost)
    if crossed:
        logger.warning("llm soft cap passed", extra={"tenant_id": tenant_id, "soft_usd": str(caps.soft_usd)})
    return crossed


def _is_reached(cap: Decimal | None, spent: Decimal) -> bool:
    return cap is not None and spent >= cap


def _today() -> date:
    return timezone.now().date()
