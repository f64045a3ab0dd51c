"""What a tenant's model cost, for the screens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from botcore.domain.config import Config
from botcore.domain.llm import LlmSettings
from botcore.models import LlmUsage

FEATURES = {
    "reword": "Replies reworded",
    "console": "Upset customers consoled",
    "free_text": "Free text answered",
    "mood": "Mood read",
    "test": "Tests",
}


@dataclass(frozen=True, slots=True)
class Used:
    """Of one feature, or of all. name: of the feature, in words; fallbacks: how often the plain text was sent
    instead."""

    feature: str
    name: str
    calls: int
    tokens: int
    cost_usd: Decimal
    today_usd: Decimal
    today_calls: int
    fallbacks: int


@dataclass(frozen=True, slots=True)
class InUse:
    """The tenant's model and what it cost. hard_cap: USD a day, 0 is none."""

    llm: LlmSettings
    is_own: bool
    month: Used
    by_feature: Sequence[Used]
    hard_cap: Decimal

    @property
    def is_over(self) -> bool:
        return bool(self.hard_cap) and self.month.today_usd >= self.hard_cap


def in_use(*, tenant_id: int, config: Config, today: date) -> InUse:
    month, by_feature = this_month(tenant_id=tenant_id, today=today)
    return InUse(
        config.llm, bool(config.text("llm_api_key")), month, by_feature, config["llm_daily_hard_usd"]
    )


def this_month(*, tenant_id: int, today: date) -> tuple[Used, Sequence[Used]]:
    """The month's sum, then by feature, dearest first. Days are UTC's."""
    now = Q(day=today)
    rows = (
        LlmUsage.objects.filter(tenant_id=tenant_id, day__gte=today.replace(day=1), day__lte=today)
        .values("feature")
        .annotate(
            all_calls=Sum("calls"),
            tokens=Sum("tokens_in") + Sum("tokens_out"),
            cost=Sum("cost_usd"),
            now_cost=Sum("cost_usd", filter=now),
            now_calls=Sum("calls", filter=now),
            plain=Sum("fallbacks"),
        )
        .order_by("-cost", "feature")
    )
    used = [
        Used(
            row["feature"],
            FEATURES.get(row["feature"], row["feature"].replace("_", " ").capitalize()),
            row["all_calls"],
            row["tokens"],
            row["cost"],
            row["now_cost"] or Decimal(0),
            row["now_calls"] or 0,
            row["plain"],
        )
        for row in rows
    ]
    total = Used(
        "",
        "",
        sum(one.calls for one in used),
        sum(one.tokens for one in used),
        sum((one.cost_usd for one in used), Decimal(0)),
        sum((one.today_usd for one in used), Decimal(0)),
        sum(one.today_calls for one in used),
        sum(one.fallbacks for one in used),
    )
    return total, used
