"""What provider clients answer with. Nothing here knows a wire format. Every id is text: some are not
numbers."""

from dataclasses import dataclass
from decimal import Decimal

from providers.enums import RefillState, RefusalKind
from smmbot.lib.api_transport import CallTrace as CallTrace


@dataclass(frozen=True, slots=True)
class Refused:
    """No, for one id. message: the provider's own words, for staff only; "" when the answer had none."""

    message: str
    kind: RefusalKind

    @property
    def may_be_done(self) -> bool:
        """For a refill or a cancel: the provider may have taken it all the same. Never repeat it blindly."""
        return self.kind is RefusalKind.UNCLEAR


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request was taken, which is not yet done. refill_id: to ask after it; None for cancels, and when
    the provider gave no valid one (then only the order itself tells)."""

    refill_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderOrder:
    """An order as the provider shows it now.

    status: an OrderStatus slug, or the provider's own word when we do not know it. charge: what the tenant
    paid, in `currency` ("" when not given); never for customers. start_count, remains: units.
    """

    oid: str
    status: str
    charge: Decimal | None
    currency: str
    start_count: int | None
    remains: int | None


@dataclass(frozen=True, slots=True)
class RefillProgress:
    """text: the provider's own word."""

    refill_id: str
    state: RefillState
    text: str


@dataclass(frozen=True, slots=True)
class ProviderService:
    """rate: the price of 1000 units, in the currency of the account. minimum, maximum: units of one order.
    can_...: None where the provider does not say."""

    service_id: str
    name: str
    category: str
    type: str
    description: str
    rate: Decimal | None
    minimum: int | None
    maximum: int | None
    can_refill: bool | None
    can_cancel: bool | None
    can_dripfeed: bool | None


@dataclass(frozen=True, slots=True)
class Balance:
    """currency: ISO code, "" when the provider did not say."""

    amount: Decimal
    currency: str
