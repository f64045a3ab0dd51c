"""Keys in Redis that belong to one test."""

import contextlib
import uuid
from collections.abc import Iterator

from smmbot.lib import redis_client


@contextlib.contextmanager
def own_keys(settings) -> Iterator[None]:
    """Give the test a prefix of its own; its keys are gone afterwards."""
    redis = redis_client.get_redis()
    redis.ping()  # connected now: a test may play with name resolution until after the cleaning
    prefix = f"{getattr(settings, 'REDIS_KEY_PREFIX', 'smmbot')}-{uuid.uuid4().hex}"
    settings.REDIS_KEY_PREFIX = prefix
    redis_client.outage.clear()
    yield
    redis_client.outage.clear()
    for name in redis.scan_iter(f"{prefix}:*", count=1000):
        redis.delete(name)
