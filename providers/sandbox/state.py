"""The world of one account at one fake provider: everything behind one key."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from providers.sandbox import catalogue
from providers.sandbox.catalogue import ProviderService
from smmbot.lib.sandbox import records
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.guarantee import refill_days
from smmbot.lib.sandbox.timeline import LIVE, Progress, Timeline

CANCEL_TAKES_S = 20.0
REFILL_STARTS_AFTER_S = 30.0
REFILL_TAKES_S = 300.0
DAY_S = 86_400
BALANCES = {"smmcost": Decimal("100.8400"), "boostlab": Decimal("57.2000")}


class ProviderRefusal(Exception):
    """An `error` of the API. status: the HTTP status of providers that use them."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(slots=True)
class ProviderOrder:
    """charge: what the panel's owner paid."""

    oid: str
    service_name: str
    quantity: int
    start_count: int | None
    charge: Decimal
    timeline: Timeline
    link: str = ""

    def progress(self, now: float) -> Progress:
        return self.timeline.progress(self.quantity, now)


@dataclass(slots=True)
class ProviderRefill:
    id: int
    oid: str
    asked_at: float
    is_rejected: bool = False

    def status(self, now: float) -> str:
        age_s = now - self.asked_at
        if age_s < REFILL_STARTS_AFTER_S:
            return "Pending"
        if age_s < REFILL_TAKES_S:
            return "In progress"
        return "Rejected" if self.is_rejected else "Completed"


class ProviderWorld:
    """Callers that read or write more than one thing hold `lock`; the methods take it themselves."""

    def __init__(self, slug: str, clock: Clock, *, currency: str = "USD") -> None:
        self.slug = slug
        self.clock = clock
        self.currency = currency
        self.lock = threading.RLock()
        self.balance = BALANCES.get(slug, Decimal("10.0000"))
        self.services = {service.id: service for service in catalogue.services(slug)}
        self.orders: dict[str, ProviderOrder] = {}
        self.refills: dict[int, ProviderRefill] = {}
        self._watchers: list[Callable[[ProviderOrder], None]] = []

    def accept_order(
        self,
        oid: str,
        *,
        service_name: str,
        quantity: int,
        timeline: Timeline,
        start_count: int | None = None,
        charge: Decimal = Decimal(0),
        link: str = "",
    ) -> None:
        """Adds an order, or changes the one of that OID; its refills stay."""
        with self.lock:
            self.orders[oid] = ProviderOrder(
                oid, service_name, quantity, start_count, charge, timeline, link=link
            )

    def watch(self, watcher: Callable[[ProviderOrder], None]) -> None:
        """Told of an order when a cancel that was asked for here is taken. Called without the lock."""
        self._watchers.append(watcher)

    def put_service(self, id: int, **fields: Any) -> ProviderService:
        """Adds a service, or changes what is named of it. Raises TypeError for unknown fields."""
        with self.lock:
            known = self.services.get(id)
            name = str(fields.get("name", "New service"))
            before = (
                records.dump(known)
                if known is not None
                else {"name": name, "category": "New", "rate": "1", "can_refill": refill_days(name) > 0}
            )
            self.services[id] = records.load(ProviderService, {**before, **fields, "id": id})
            return self.services[id]

    def drop_service(self, id: int) -> None:
        with self.lock:
            self.services.pop(id, None)

    def order(self, oid: str) -> ProviderOrder:
        order = self.orders.get(oid)
        if order is None:
            raise ProviderRefusal("Incorrect order ID")
        return order

    def refill_of(self, refill_id: str) -> ProviderRefill:
        refill = self.refills.get(int(refill_id)) if refill_id.isdecimal() else None
        if refill is None:
            raise ProviderRefusal("Refill not found")
        return refill

    def refill(self, oid: str, *, is_rejected: bool = False) -> ProviderRefill:
        """Asks for a refill. An order whose start count is unknown is taken, and rejected later. Raises
        ProviderRefusal."""
        now = self.clock.now()
        with self.lock:
            order = self.order(oid)
            progress = order.progress(now)
            days = refill_days(order.service_name)
            if days == 0 or progress.status not in ("completed", "partial"):
                raise ProviderRefusal("This order is not eligible for refill")
            if now > progress.since + days * DAY_S:
                raise ProviderRefusal("guarantee_expired")
            if any(one.status(now) in ("Pending", "In progress") for one in self._refills_of(oid)):
                raise ProviderRefusal("Refill is_not_available: another one is running")
            refill = ProviderRefill(
                id=max(self.refills, default=76) + 1,
                oid=oid,
                asked_at=now,
                is_rejected=is_rejected or order.start_count is None,
            )
            self.refills[refill.id] = refill
            return refill

    def cancel(self, oid: str) -> ProviderOrder:
        """Takes a wish to cancel, granted CANCEL_TAKES_S later unless the order has ended by then. Raises
        ProviderRefusal."""
        now = self.clock.now()
        with self.lock:
            order = self.order(oid)
            if (
                order.progress(now).status not in LIVE
                or order.timeline.cancel_at is not None
                or not self._can_cancel(order)
            ):
                raise ProviderRefusal("Order cannot be canceled")
            order.timeline = replace(order.timeline, cancel_at=now + CANCEL_TAKES_S)
        for watcher in self._watchers:
            watcher(order)
        return order

    def dump(self) -> dict[str, Any]:
        """What orders alone cannot tell: they come from the panel again."""
        with self.lock:
            return {
                "balance": str(self.balance),
                "refills": records.dump(list(self.refills.values())),
                "services": records.dump(list(self.services.values())),
            }

    def load(self, state: dict[str, Any]) -> None:
        refills = [records.load(ProviderRefill, one) for one in state["refills"]]
        services = [records.load(ProviderService, one) for one in state["services"]]
        with self.lock:
            self.balance = Decimal(state["balance"])
            self.refills = {refill.id: refill for refill in refills}
            self.services = {service.id: service for service in services}

    def _refills_of(self, oid: str) -> list[ProviderRefill]:
        return [refill for refill in self.refills.values() if refill.oid == oid]

    def _can_cancel(self, order: ProviderOrder) -> bool:
        """As the service of that name says; orders for services nobody lists may be canceled."""
        return all(s.can_cancel for s in self.services.values() if s.name == order.service_name)
