"""What panel clients answer with. Nothing here knows a wire format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from smmbot.lib.api_transport import CallTrace as CallTrace


@dataclass(frozen=True, slots=True)
class Money:
    """currency: ISO code, "" when the panel did not say."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class OrderActions:
    """The buttons the panel offers on an order now; None where it did not say."""

    resend: bool | None = None
    refill: bool | None = None
    request_cancel: bool | None = None
    cancel_and_refund: bool | None = None


@dataclass(frozen=True, slots=True)
class PanelOrder:
    """An order as the panel shows it now.

    external_id: the provider's order id. username: the customer, "" when not given (then it is nobody's).
    start_count: units before delivery, None until the provider reports it. remains: units still owed.
    charge: what the customer paid; provider_charge: what it cost, never for customers. status: an
    OrderStatus slug, or the panel's own word when we do not know it. provider: host without scheme and www,
    None for manual services. created, last_update: aware UTC. actions: None when the answer did not hold
    them.
    """

    order_id: int
    external_id: str | None
    username: str
    service_id: int | None
    service_name: str
    link: str
    quantity: int | None
    start_count: int | None
    remains: int | None
    charge: Money | None
    provider_charge: Money | None
    status: str
    mode: str
    provider: str | None
    created: datetime | None
    last_update: datetime | None
    actions: OrderActions | None


@dataclass(frozen=True, slots=True)
class PanelUser:
    """status: the panel's own word; only `active` is known to be good. spent: in all."""

    user_id: int | None
    username: str
    email: str
    balance: Money | None
    spent: Money | None
    status: str
    created: datetime | None


@dataclass(frozen=True, slots=True)
class TicketMessage:
    """text: plain; still words of a stranger."""

    text: str
    is_staff: bool
    sender_name: str
    created: datetime | None


@dataclass(frozen=True, slots=True)
class PanelTicket:
    """last_update_text: the panel's own writing, without a zone; good only to see that something changed.
    messages: oldest first, empty in lists."""

    ticket_id: int
    subject: str
    status: str
    username: str
    is_read: bool | None
    created: datetime | None
    last_update: datetime | None
    last_update_text: str
    messages: tuple[TicketMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelPayment:
    payment_id: int
    username: str
    amount: Money | None
    method: str
    status: str
    memo: str
    created: datetime | None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What came of a write to orders.

    done: what the panel says it did; skipped: what it refused or left out. orders: read again after the
    write, the only proof. reread_failed: ids that could not be read again; for them nothing is known, ask
    later.
    """

    done: tuple[int, ...]
    skipped: tuple[int, ...]
    orders: Mapping[int, PanelOrder]
    reread_failed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """What a read-only look at a panel showed. capabilities: `orders`, `users`, `tickets`, `payments` to
    whether this key may read them. code: `ok`, or that of the first PanelError met. latency_ms: of the first
    answer, waiting for a slot included; None without one."""

    reachable: bool
    authorised: bool
    is_v2: bool
    code: str
    latency_ms: int | None
    capabilities: Mapping[str, bool] = field(default_factory=dict)
