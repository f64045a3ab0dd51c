"""Browser tests: the fixtures of smmbot/testing/browser.py, on a clock that runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from smmbot.testing.browser import browser, live, open_screen
from smmbot.testing.clock import NOW, FrozenClock

__all__ = ["browser", "live", "open_screen"]

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A connection that a browser broke off is collected whenever it is; it is no fault of the test of that moment."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """Begins at NOW and runs: a browser's polls and countdowns mean real seconds."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield FrozenClock(traveller)
