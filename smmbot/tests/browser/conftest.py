"""Browser tests: the fixtures of smmbot/testing/browser.py, on a clock that runs."""

from collections.abc import Iterator

import pytest
import time_machine

from smmbot.testing.browser import browser_type_launch_args, live, open_screen
from smmbot.testing.clock import NOW, FrozenClock

__all__ = ["browser_type_launch_args", "live", "open_screen"]


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """Begins at NOW and runs: a browser's polls and countdowns mean real seconds."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield FrozenClock(traveller)
