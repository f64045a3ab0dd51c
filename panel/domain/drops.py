"""Has an order lost what it delivered? The live count against where the order should have brought it.

drop = start + quantity - live, in units; its share is of the quantity ordered (reference: Admin API v2 notes, 4.2).
Overlapping orders on one link hide a drop; that is for a person to see.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from panel.clients.types import PanelOrder
from panel.enums import OrderStatus


class DropVerdict(Enum):
    NO_DROP = "no_drop"
    SMALL_DROP = "small_drop"  # below the threshold
    JUSTIFIED = "justified"
    BELOW_START = "below_start"  # less than before the order: for a person to judge
    NOT_ENDED = "not_ended"  # still being delivered, or canceled: there is nothing to measure yet
    START_UNKNOWN = "start_unknown"
    LIVE_UNKNOWN = "live_unknown"


@dataclass(frozen=True, slots=True)
class Drop:
    """What was measured. expected: count at the end of the delivery; drop: units, never negative; share: of the
    quantity, in percent. None where something it is made of is not known."""

    verdict: DropVerdict
    expected: int | None = None
    live: int | None = None
    drop: int | None = None
    share: Decimal | None = None

    @property
    def is_below_threshold(self) -> bool:
        return self.verdict in (DropVerdict.NO_DROP, DropVerdict.SMALL_DROP)


def measure(order: PanelOrder, *, live: int | None, threshold_percent: Decimal) -> Drop:
    expected = expected_end(order)
    if order.status not in (OrderStatus.COMPLETED, OrderStatus.PARTIAL):
        return Drop(DropVerdict.NOT_ENDED, live=live)
    if expected is None or order.start_count is None or not order.quantity:
        return Drop(DropVerdict.START_UNKNOWN, live=live)
    if live is None:
        return Drop(DropVerdict.LIVE_UNKNOWN, expected)
    drop = max(0, expected - live)
    share = Decimal(drop) * 100 / order.quantity
    verdict = _verdict(order.start_count, live, drop, share, threshold_percent)
    return Drop(verdict, expected, live, drop, share.quantize(Decimal("0.1")))


def expected_end(order: PanelOrder) -> int | None:
    """Where the count should stand now that the order has ended; a partial one brought less by what remains."""
    if order.start_count is None or order.quantity is None:
        return None
    undelivered = order.remains if order.status == OrderStatus.PARTIAL else 0
    return None if undelivered is None else order.start_count + order.quantity - undelivered


def _verdict(start: int, live: int, drop: int, share: Decimal, threshold_percent: Decimal) -> DropVerdict:
    if drop == 0:
        return DropVerdict.NO_DROP
    if live < start:
        return DropVerdict.BELOW_START
    return DropVerdict.SMALL_DROP if share < threshold_percent else DropVerdict.JUSTIFIED
