import pytest

from smmbot.lib import redis_client
from smmbot.tests.lib.redis_keys import own_keys


@pytest.fixture(autouse=True)
def _redis_of_this_test(settings):
    with own_keys(settings):
        yield


@pytest.fixture
def no_redis(settings):
    """Nobody listens on port 1."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    yield
    redis_client.outage.clear()
