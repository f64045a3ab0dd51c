"""One Redis client a process, the names of our keys, and what to do while Redis does not answer."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

SOCKET_TIMEOUT_S = 2.0
HEALTH_CHECK_S = 30

_clients: dict[str, Redis] = {}
_clients_lock = threading.Lock()


def get_redis() -> Redis:
    """Return the process's client for settings.REDIS_URL; it answers text and may be used by many threads."""
    url: str = settings.REDIS_URL
    client = _clients.get(url)
    if client is None:
        with _clients_lock:
            client = _clients.get(url) or _connect(url)
            _clients[url] = client
    return client


def _connect(url: str) -> Redis:
    # One quick second try: a connection that Redis closed while idle must not look like an outage.
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
        health_check_interval=HEALTH_CHECK_S,
        retry=Retry(NoBackoff(), 1),
    )


def key(*parts: object) -> str:
    """Return the full name of a key: `key("lock", 5)` is `smmbot:lock:5`."""
    return ":".join((getattr(settings, "REDIS_KEY_PREFIX", "smmbot"), *map(str, parts)))


class LuaScript:
    """A script run by its hash, sent whole only when the server does not know it yet."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, keys: Sequence[str], args: Sequence[str | int | float]) -> Any:
        redis = get_redis()
        try:
            return redis.evalsha(self._sha, len(keys), *keys, *args)
        except NoScriptError:
            return redis.eval(self._source, len(keys), *keys, *args)


# Put first in a script whose ARGV[1] is the time in microseconds, or -1 for the server's own.
LUA_NOW = """
local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
"""


def script_time(clock: Callable[[], float] | None) -> int:
    """Return ARGV[1] for LUA_NOW: the injected clock's microseconds, or -1 for Redis's."""
    return -1 if clock is None else round(clock() * 1_000_000)


class Outage:
    """Remembers that Redis did not answer, so that callers with a fall-back go on without waiting for it
    each time."""

    PAUSE_S = 1.0
    LOG_EVERY_S = 60.0

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = float("-inf")
        self._last_logged = float("-inf")

    def is_on(self) -> bool:
        return self._clock() < self._until

    def note(self, error: RedisError) -> None:
        now = self._clock()
        self._until = now + self.PAUSE_S
        if now - self._last_logged >= self.LOG_EVERY_S:
            self._last_logged = now
            logger.warning("redis_unavailable", extra={"error": type(error).__name__})

    def clear(self) -> None:
        self._until = self._last_logged = float("-inf")


outage = Outage()
