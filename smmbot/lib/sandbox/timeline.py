"""How an order goes on its own: where it stands follows from the clock, nothing runs in the background."""

from dataclasses import dataclass, replace
from typing import NamedTuple

ENDINGS = ("completed", "partial", "canceled", "fail", "error")
LIVE = ("pending", "processing", "in_progress")
STATUSES = LIVE + ENDINGS
UNBEGUN = ("pending", "processing", "fail", "error")


class Progress(NamedTuple):
    """delivered: units; since: when the status was entered; delivery_began: None before the first unit was
    due."""

    status: str
    delivered: int
    since: float
    delivery_began: float | None


@dataclass(frozen=True, slots=True)
class Stand:
    """A state set by hand, which time does not move."""

    status: str
    delivered: int
    at: float

    def progress(self, placed_at: float) -> Progress:
        never_began = self.status in UNBEGUN or (self.status == "canceled" and not self.delivered)
        return Progress(self.status, self.delivered, self.at, None if never_began else placed_at)


@dataclass(frozen=True, slots=True)
class Timeline:
    """pending for start_delay_s, processing for processing_s, then in_progress at units_per_s until
    ends_after_units (None: the whole quantity) are delivered, and then ends_as. A pace of 0 never ends.
    `fail` and `error` skip the delivery: they are what an order becomes instead of starting. cancel_at: the
    moment a requested cancel is granted, unless the order has ended by then."""

    placed_at: float
    start_delay_s: float = 60.0
    processing_s: float = 0.0
    units_per_s: float = 1.0
    ends_as: str = "completed"
    ends_after_units: int | None = None
    cancel_at: float | None = None
    stand: Stand | None = None

    def progress(self, quantity: int, now: float) -> Progress:
        if self.cancel_at is not None and now >= self.cancel_at:
            stopped = self._course(quantity, self.cancel_at)
            if stopped.status in LIVE:
                return Progress("canceled", stopped.delivered, self.cancel_at, stopped.delivery_began)
            return stopped
        return self._course(quantity, now)

    def ends_at(self, quantity: int) -> float | None:
        """When the order ends by itself; None when it never does."""
        begins = self.placed_at + self.start_delay_s + self.processing_s
        if self.ends_as in ("fail", "error"):
            return begins
        if self.units_per_s <= 0:
            return None
        return begins + self._target(quantity) / self.units_per_s

    def standing(self, status: str, *, delivered: int, at: float) -> "Timeline":
        return replace(self, stand=Stand(status, delivered, at))

    def _target(self, quantity: int) -> int:
        return quantity if self.ends_after_units is None else min(quantity, self.ends_after_units)

    def _course(self, quantity: int, now: float) -> Progress:
        if self.stand is not None:
            return self.stand.progress(self.placed_at)
        leaves_queue = self.placed_at + self.start_delay_s
        begins = leaves_queue + self.processing_s
        if now < leaves_queue:
            return Progress("pending", 0, self.placed_at, None)
        if now < begins:
            return Progress("processing", 0, leaves_queue, None)
        if self.ends_as in ("fail", "error"):
            return Progress(self.ends_as, 0, begins, None)
        end = self.ends_at(quantity)
        if end is not None and now >= end:
            return Progress(self.ends_as, self._target(quantity), end, begins)
        return Progress("in_progress", int((now - begins) * self.units_per_s), begins, begins)
