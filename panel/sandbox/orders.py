"""An order of the fake panel: what is kept of it, and what follows from the clock."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from panel.sandbox.wire import money, written_time
from smmbot.lib.sandbox.guarantee import refill_days
from smmbot.lib.sandbox.timeline import LIVE, Progress, Stand, Timeline

DAY_S = 86_400
PROVIDER_SYNC_S = 60  # the panel hears from the provider so often
NO_PROVIDER = (None, "", "0", "n/a", "manual")
_TEN_THOUSANDTH = Decimal("0.0001")


class SuppliedOrder(NamedTuple):
    """The part of an order its provider knows. provider: a host; charge: what the panel pays."""

    provider: str
    external_id: str
    service_name: str
    link: str
    quantity: int
    start_count: int | None
    charge: Decimal
    timeline: Timeline


@dataclass(slots=True)
class PanelOrder:
    """charge: what the customer paid. stand: set by the panel's staff, unknown to the provider. refunded:
    paid back so far. offers_*: what `actions` says, None where it follows from the order."""

    id: int
    user: str
    service_id: int
    service_name: str
    quantity: int
    charge: Decimal
    link: str
    timeline: Timeline
    external_id: str | None = None
    provider: str | None = None
    provider_charge: Decimal | None = None
    mode: str = "auto"
    start_count: int | None = None
    creation_type: str = "web"
    service_type: str = "default"
    comments: list[str] = field(default_factory=list)
    ip_address: str = "203.0.113.7"
    stand: Stand | None = None
    cancel_asked_at: float | None = None
    is_resent: bool = False
    refunded: Decimal = Decimal(0)
    offers_refill: bool | None = None
    offers_cancel: bool | None = None
    offers_resend: bool | None = None

    @property
    def has_provider(self) -> bool:
        return (self.provider or "").lower() not in NO_PROVIDER

    def progress(self, now: float) -> Progress:
        if self.stand is not None:
            return self.stand.progress(self.timeline.placed_at)
        return self.timeline.progress(self.quantity, now)

    def actions(self, progress: Progress, now: float) -> dict[str, bool]:
        is_live = progress.status in LIVE
        may_refill = (
            self._is_under_guarantee(progress, now) if self.offers_refill is None else self.offers_refill
        )
        return {
            "resend": self.offers_resend is not False and progress.status == "fail" and not self.is_resent,
            "refill": may_refill and progress.status in ("completed", "partial"),
            "request_cancel": self.offers_cancel is not False and is_live and self.cancel_asked_at is None,
            "cancel_and_refund": progress.status not in ("canceled", "partial"),
        }

    def refund_due(self, progress: Progress) -> Decimal:
        """For what was not delivered and not yet paid back, once the order has stopped."""
        if progress.status not in ("canceled", "partial"):
            return Decimal(0)
        return self.share(self.quantity - progress.delivered) - self.refunded

    def share(self, units: int) -> Decimal:
        """The part of the charge that stands for so many units."""
        part = self.charge * units / max(self.quantity, 1)
        return part.quantize(_TEN_THOUSANDTH, rounding=ROUND_HALF_UP)

    def supplied(self) -> SuppliedOrder | None:
        if not self.has_provider or not self.external_id or self.provider is None:
            return None
        return SuppliedOrder(
            provider=self.provider,
            external_id=self.external_id,
            service_name=self.service_name,
            link=self.link,
            quantity=self.quantity,
            start_count=self.start_count,
            charge=self.provider_charge or Decimal(0),
            timeline=self.timeline,
        )

    def row(self, now: float, *, currency: str, with_last_update: bool) -> dict[str, Any]:
        """As the wire has it. Source: reference/panel-api.md 1.5."""
        progress = self.progress(now)
        cost = None if self.provider_charge is None else money(self.provider_charge, currency)
        placed_at = int(self.timeline.placed_at)
        row: dict[str, Any] = {
            "id": self.id,
            "external_id": self.external_id,
            "user": self.user,
            "creation_type": self.creation_type,
            "charge": money(self.charge, currency),
            "provider_charge": cost,
            "provider_currency_charge": cost,
            "link": self.link,
            "order_buttons": self._buttons(),
            "start_count": None if progress.delivery_began is None else self.start_count,
            "quantity": self.quantity,
            "service_id": self.service_id,
            "service_type": self.service_type,
            "service_name": self.service_name,
            "status": progress.status,
            "remains": self.quantity - progress.delivered,
            "is_autocomplete": False,
            "is_active_autocomplete": False,
            "created": written_time(placed_at),
            "created_timestamp": placed_at,
            "mode": self.mode,
            "provider": self.provider,
            "ip_address": self.ip_address,
            "actions": self.actions(progress, now),
        }
        if with_last_update:
            changed_at = self._changed_at(progress, now)
            row["last_update"] = written_time(changed_at)
            row["last_update_timestamp"] = changed_at
        return row

    def _is_under_guarantee(self, progress: Progress, now: float) -> bool:
        return self.has_provider and now <= progress.since + refill_days(self.service_name) * DAY_S

    def _changed_at(self, progress: Progress, now: float) -> int:
        if progress.status != "in_progress":
            return int(progress.since)
        return max(int(progress.since), int(now) // PROVIDER_SYNC_S * PROVIDER_SYNC_S)

    def _buttons(self) -> list[dict[str, Any]]:
        if not self.comments:
            return []
        return [
            {
                "title": "Comments",
                "service_type": self.service_type,
                "type": "comments",
                "user_data": self.comments,
            }
        ]
