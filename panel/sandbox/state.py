"""The world of one fake panel: everything behind one API key."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from panel.sandbox.orders import PanelOrder, SuppliedOrder
from panel.sandbox.people import PanelPayment, PanelTicket, PanelUser, TicketMessage
from panel.sandbox.wire import (
    BAD_INPUT,
    ORDER_NOT_FOUND,
    STAFF_NOT_FOUND,
    TICKET_IS_LOCKED,
    TICKET_NOT_FOUND,
    USER_NOT_FOUND,
    PanelRefusal,
)
from smmbot.lib.sandbox import records
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.timeline import LIVE, Stand, Timeline

CANCEL_TAKES_S = 20.0
SETTABLE = (*LIVE, "completed")
NUMERIC_OID_BASE = 2_268_902  # a numeric provider OID is this much above the panel's order id


class Outcome(NamedTuple):
    """Which orders a write changed, and which it left alone."""

    ids: list[int]
    skipped_ids: list[int]


class PanelWorld:
    """Callers that read or write more than one thing hold `lock`; the methods take it themselves."""

    def __init__(self, clock: Clock, *, currency: str = "USD") -> None:
        self.clock = clock
        self.currency = currency
        self.lock = threading.RLock()
        self.users: dict[str, PanelUser] = {}
        self.orders: dict[int, PanelOrder] = {}
        self.tickets: dict[int, PanelTicket] = {}
        self.payments: dict[int, PanelPayment] = {}
        self.staff: set[str] = set()
        self.live_counts: dict[int, int] = {}  # those set by hand
        self._live: set[int] = set()
        self._watchers: list[Callable[[SuppliedOrder], None]] = []

    # Reading

    def order(self, order_id: int) -> PanelOrder:
        order = self.orders.get(order_id)
        if order is None:
            raise PanelRefusal(ORDER_NOT_FOUND, "Order not found.", status=404)
        return order

    def order_row(self, order_id: int) -> dict[str, Any]:
        """The order as `GET /orders/{id}` shows it now."""
        return self.order(order_id).row(self.clock.now(), currency=self.currency, with_last_update=True)

    def user(self, username: str) -> PanelUser:
        user = self.users.get(username)
        if user is None:
            raise PanelRefusal(USER_NOT_FOUND, "User not found.")
        return user

    def ticket(self, ticket_id: int) -> PanelTicket:
        ticket = self.tickets.get(ticket_id)
        if ticket is None:
            raise PanelRefusal(TICKET_NOT_FOUND, "Ticket not found.")
        return ticket

    def provider_orders(self) -> list[SuppliedOrder]:
        """Every order some provider works on or has worked on."""
        with self.lock:
            supplied = [order.supplied() for order in self.orders.values()]
        return [one for one in supplied if one is not None]

    def watch(self, watcher: Callable[[SuppliedOrder], None]) -> None:
        """Told of an order whenever its provider hears of it: placed again, a cancel passed on, changed by
        hand."""
        self._watchers.append(watcher)

    # People

    def put_user(self, username: str, **fields: Any) -> PanelUser:
        """Adds the customer, or changes what is named: email, balance, spent, status. Raises TypeError for
        others."""
        now = self.clock.now()
        with self.lock:
            known = self.users.get(username)
            before = (
                records.dump(known)
                if known is not None
                else {
                    "id": max((user.id for user in self.users.values()), default=90) + 1,
                    "username": username,
                    "email": f"{username}@mail.example",
                    "balance": "0",
                    "spent": "0",
                    "created_at": now,
                    "last_auth_at": now,
                }
            )
            self.users[username] = records.load(PanelUser, {**before, **fields})
            return self.users[username]

    # Orders

    def put_order(self, order: PanelOrder) -> None:
        """Adds or replaces; what it should have paid back by now counts as paid back."""
        with self.lock:
            self.orders[order.id] = order
            self._live.discard(order.id)
            progress = order.progress(self.clock.now())
            if progress.status in LIVE:
                self._live.add(order.id)
            else:
                order.refunded += order.refund_due(progress)
            self._tell(order)

    def settle(self) -> None:
        """Pays back for the orders that have stopped by themselves since the last look."""
        now = self.clock.now()
        with self.lock:
            for order_id in list(self._live):
                order = self.orders[order_id]
                progress = order.progress(now)
                if progress.status not in LIVE:
                    self._live.discard(order_id)
                    self._pay_back(order, order.refund_due(progress))

    def resend(self, ids: Iterable[int]) -> Outcome:
        """Places failed orders at their provider again, under a new provider OID. Each once."""
        now = self.clock.now()

        def change(order: PanelOrder) -> bool:
            if not order.actions(order.progress(now), now)["resend"]:
                return False
            order.is_resent = True
            order.stand = None
            order.timeline = Timeline(placed_at=now, units_per_s=max(order.quantity / 7200, 0.1))
            order.external_id = self._next_external_id(order)
            self._live.add(order.id)
            self._tell(order)
            return True

        return self._each(ids, change)

    def request_cancel(self, ids: Iterable[int], *, is_refused: bool = False) -> Outcome:
        """Passes the wish on to the provider, who grants it CANCEL_TAKES_S later if the order still runs;
        never when is_refused, which shows nowhere."""
        now = self.clock.now()

        def change(order: PanelOrder) -> bool:
            if not order.actions(order.progress(now), now)["request_cancel"]:
                return False
            order.cancel_asked_at = now
            if not is_refused:
                order.timeline = replace(order.timeline, cancel_at=now + CANCEL_TAKES_S)
                self._tell(order)
            return True

        return self._each(ids, change)

    def provider_canceled(self, provider: str, external_id: str, at: float) -> None:
        """The provider grants a cancel that was asked for there."""
        with self.lock:
            for order in self.orders.values():
                if order.external_id == external_id and order.provider == provider:
                    order.timeline = replace(order.timeline, cancel_at=at)

    def cancel(self, ids: Iterable[int]) -> Outcome:
        """Cancels and pays the whole charge back at once, completed orders as well. The provider does not
        hear of it."""
        self.settle()
        now = self.clock.now()

        def change(order: PanelOrder) -> bool:
            progress = order.progress(now)
            if not order.actions(progress, now)["cancel_and_refund"]:
                return False
            order.stand = Stand("canceled", progress.delivered, now)
            self._live.discard(order.id)
            self._pay_back(order, order.charge - order.refunded)
            return True

        return self._each(ids, change)

    def set_partial(self, order_id: int, remains: int) -> Outcome:
        """Stops the order and pays back `charge x remains / quantity`. Raises PanelRefusal."""
        self.settle()
        now = self.clock.now()

        def change(order: PanelOrder) -> bool:
            if remains < 0 or remains > order.quantity:
                raise PanelRefusal(BAD_INPUT, "Incorrect remains.")
            if order.progress(now).status in ("canceled", "partial"):
                return False
            order.stand = Stand("partial", order.quantity - remains, now)
            self._live.discard(order.id)
            self._pay_back(order, order.share(remains) - order.refunded)
            return True

        with self.lock:
            self.order(order_id)
            return self._each([order_id], change)

    def change_status(self, ids: Iterable[int], status: str) -> Outcome:
        """Raises PanelRefusal for what is no status; one that staff cannot set so is skipped."""
        self.settle()
        now = self.clock.now()

        def change(order: PanelOrder) -> bool:
            progress = order.progress(now)
            if status not in SETTABLE or progress.status in ("completed", "partial", "canceled", status):
                return False
            if status == "completed":
                order.stand = Stand(status, order.quantity, now)
                self._live.discard(order.id)
            else:
                order.stand = None
                order.timeline = order.timeline.standing(status, delivered=progress.delivered, at=now)
                self._live.add(order.id)
            return True

        return self._each(ids, change)

    # Tickets

    def open_ticket(
        self, username: str, subject: str, message: str, *, staff_name: str | None = None
    ) -> PanelTicket:
        """By the customer, or by staff when staff_name is given. message: HTML. Raises PanelRefusal."""
        with self.lock:
            user = self.user(username)
            if not subject.strip() or not message.strip():
                raise PanelRefusal(BAD_INPUT, "Subject and message are required.")
            ticket = PanelTicket(
                id=max(self.tickets, default=5500) + 1, user=user.username, subject=subject, status="pending"
            )
            self._say(ticket, message, staff_name)
            self.tickets[ticket.id] = ticket
            return ticket

    def reply(self, ticket_id: int, message: str, *, staff_name: str | None = None) -> PanelTicket:
        """By the customer, or by staff when staff_name is given. Raises PanelRefusal."""
        with self.lock:
            ticket = self.ticket(ticket_id)
            if ticket.status == "locked":
                raise PanelRefusal(TICKET_IS_LOCKED, "Ticket is locked.")
            if not message.strip():
                raise PanelRefusal(BAD_INPUT, "Message is required.")
            self._say(ticket, message, staff_name)
            return ticket

    def _say(self, ticket: PanelTicket, message: str, staff_name: str | None) -> None:
        if staff_name is not None and staff_name not in self.staff:
            raise PanelRefusal(STAFF_NOT_FOUND, "Staff not found.")
        is_staff = staff_name is not None
        ticket.messages.append(TicketMessage(message, is_staff, staff_name or ticket.user, self.clock.now()))
        ticket.status = "answered" if is_staff else "pending"
        ticket.is_read = is_staff

    # The state file

    def dump(self) -> dict[str, Any]:
        with self.lock:
            return {
                "currency": self.currency,
                "staff": sorted(self.staff),
                "users": records.dump(list(self.users.values())),
                "orders": records.dump(list(self.orders.values())),
                "tickets": records.dump(list(self.tickets.values())),
                "payments": records.dump(list(self.payments.values())),
                "live": sorted(self._live),
                "live_counts": [[order_id, count] for order_id, count in self.live_counts.items()],
            }

    def load(self, state: dict[str, Any]) -> None:
        users = [records.load(PanelUser, one) for one in state["users"]]
        orders = [records.load(PanelOrder, one) for one in state["orders"]]
        tickets = [records.load(PanelTicket, one) for one in state["tickets"]]
        payments = [records.load(PanelPayment, one) for one in state["payments"]]
        with self.lock:
            self.currency = state["currency"]
            self.staff = set(state["staff"])
            self.users = {user.username: user for user in users}
            self.orders = {order.id: order for order in orders}
            self.tickets = {ticket.id: ticket for ticket in tickets}
            self.payments = {payment.payment_id: payment for payment in payments}
            self._live = set(state["live"])
            self.live_counts = {int(order_id): int(count) for order_id, count in state.get("live_counts", ())}

    # Inside

    def _each(self, ids: Iterable[int], change: Callable[[PanelOrder], bool]) -> Outcome:
        outcome = Outcome([], [])
        with self.lock:
            for order_id in ids:
                order = self.orders.get(order_id)
                is_changed = order is not None and change(order)
                (outcome.ids if is_changed else outcome.skipped_ids).append(order_id)
        return outcome

    def _pay_back(self, order: PanelOrder, amount: Decimal) -> None:
        if amount <= 0:
            return
        order.refunded += amount
        user = self.users.get(order.user)
        if user is not None:
            user.balance += amount
            user.spent -= amount

    def _next_external_id(self, order: PanelOrder) -> str:
        taken = {one.external_id for one in self.orders.values()}
        number = order.id
        while True:
            oid = external_id(order.provider, number)
            if oid not in taken:
                return oid
            number += 1000

    def _tell(self, order: PanelOrder) -> None:
        supplied = order.supplied()
        if supplied is not None:
            for watcher in self._watchers:
                watcher(supplied)


def external_id(provider: str | None, order_id: int) -> str:
    """A provider OID in that provider's manner: plain numbers, or `ord_` and ten hex digits."""
    if provider == "boostlab.example":
        return f"ord_{order_id * 2_654_435_761 % 2**40:010x}"
    return str(NUMERIC_OID_BASE + order_id)
