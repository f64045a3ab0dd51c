"""What a fresh fake panel holds: fixed, and placed in time by the moment the panel is made."""

from collections.abc import Iterator
from decimal import Decimal

from panel.sandbox.orders import DAY_S
from panel.sandbox.people import PanelPayment, PanelTicket, PanelUser, TicketMessage
from panel.sandbox.seed_orders import ANNA, HOUR_S, JOKO, RAHUL, seed_orders
from panel.sandbox.state import PanelWorld

BANNED = "ghost_77"
STAFF = ("aisupport", "support1")
AI_SUBJECT = "Orders Support- AI"


def seed_world(world: PanelWorld) -> None:
    now = world.clock.now()
    world.staff = set(STAFF)
    for user in _users(now):
        world.users[user.username] = user
    for order in seed_orders(now):
        world.put_order(order)
    for ticket in _tickets(now):
        world.tickets[ticket.id] = ticket
    for payment in _payments(now):
        world.payments[payment.payment_id] = payment


def _users(now: float) -> Iterator[PanelUser]:
    for number, (username, balance, spent, status) in enumerate(
        (
            (ANNA, "48.2500", "1310.4000", "active"),
            (RAHUL, "5.7300", "402.1900", "active"),
            (JOKO, "0.0000", "88.0000", "active"),
            (BANNED, "3.1000", "15.0000", "banned"),
        )
    ):
        yield PanelUser(
            id=91 + number,
            username=username,
            email=f"{username.replace('_', '.')}@mail.example",
            balance=Decimal(balance),
            spent=Decimal(spent),
            created_at=now - (400 - 60 * number) * DAY_S,
            last_auth_at=now - (2 + 5 * number) * HOUR_S,
            status=status,
        )


def _tickets(now: float) -> Iterator[PanelTicket]:
    def said(message: str, sender: str, hours_ago: float) -> TicketMessage:
        return TicketMessage(message, sender in STAFF, sender, now - hours_ago * HOUR_S)

    speed_up = "<div><b>Order ID</b>: 54321</div><div><b>Request</b>: Speed Up</div>speedup my order 54321"
    yield PanelTicket(5501, ANNA, AI_SUBJECT, "pending", [said(speed_up, ANNA, 0.5)])
    glued = (
        "<div><b>Order ID</b>:<span>54331</span><span>54337</span></div><div><b>Request</b>: Refill</div>"
        "please refill, they are dropping &amp; I can&#039;t wait"
    )
    yield PanelTicket(5502, RAHUL, AI_SUBJECT, "pending", [said(glued, RAHUL, 1.5)])
    question = "<div><b>Payment</b></div>I paid &#36;20 but my balance is still 0<br>memo: TX-2071"
    answer = "We are looking into it.<br><br>Best regards,<br>Support"
    yield PanelTicket(
        5503,
        JOKO,
        "Payment",
        "answered",
        [said(question, JOKO, 30), said(answer, "support1", 26)],
        is_read=True,
    )
    done = [
        said("<b>Order ID</b>: 54324<br>where are my views?", ANNA, 90),
        said("Delivered.", "support1", 88),
    ]
    yield PanelTicket(5504, ANNA, "Orders", "closed", done, is_read=True)
    abuse = "<div><b>Order ID</b>: 54345</div><div><b>Request</b>: Refund</div>refund 54345 now"
    yield PanelTicket(5505, JOKO, AI_SUBJECT, "locked", [said(abuse, JOKO, 70)], is_read=True)


def _payments(now: float) -> Iterator[PanelPayment]:
    yield PanelPayment(9001, ANNA, Decimal("50.0000"), "Card", now - 6 * DAY_S, memo="INV-3381")
    yield PanelPayment(9002, RAHUL, Decimal("10.0000"), "Crypto", now - 2 * DAY_S)
    yield PanelPayment(
        9003, JOKO, Decimal("20.0000"), "Bank transfer", now - 1.5 * DAY_S, "waiting", "TX-2071"
    )
    yield PanelPayment(9004, ANNA, Decimal("5.0000"), "Bonus", now - 5 * DAY_S, memo="loyalty")
    yield PanelPayment(9005, RAHUL, Decimal("25.0000"), "Card", now - DAY_S, "fail")
