"""One moment for all: the app's time and the sandbox's stand still together and are moved together."""

from datetime import UTC, datetime, timedelta

import time_machine

from smmbot.lib.sandbox.clock import Clock

NOW = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)


class FrozenClock:
    """Stands at NOW until it is moved."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self._followers: list[Clock] = []

    @property
    def now(self) -> datetime:
        return datetime.now(tz=UTC)

    def advance(self, **span: float) -> None:
        """By a timedelta's arguments: `clock.advance(minutes=31)`."""
        delta = timedelta(**span)
        self._traveller.shift(delta)
        for follower in self._followers:
            follower.advance(delta.total_seconds())

    def lead(self, follower: Clock) -> None:
        """From now on that clock shows this one's time."""
        follower.set(self.now.timestamp())
        self._followers.append(follower)
