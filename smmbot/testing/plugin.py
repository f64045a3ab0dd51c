"""Loaded by `-p smmbot.testing.plugin` before Django is set up, so it names nothing that needs models.

What does is in `fixtures.py`, which is loaded once pytest-django has set Django up. That is also the moment the
embedded servers start, when neither DATABASE_URL nor REDIS_URL is set; workers of one run share them.
"""

import pytest

from smmbot.testing import no_network


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("smmbot.testing.fixtures")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> object:
    """For the whole session: a thread that outlives its test must not get out either."""
    with no_network.guarded():
        yield
