"""Locks in Redis that are only ever let go by the one who holds them."""

import contextlib
import secrets
from collections.abc import Iterator

from smmbot.lib.redis_client import LuaScript, get_redis
from smmbot.lib.redis_client import key as redis_key

_IF_OURS = "if redis.call('GET', KEYS[1]) == ARGV[1] then "
_RELEASE = LuaScript(_IF_OURS + "return redis.call('DEL', KEYS[1]) end return 0")
_EXTEND = LuaScript(_IF_OURS + "return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0")


class LockHeld(Exception):
    """Somebody else does this job now. retry_after_s: when their lock ends at the latest."""

    code = "lock_held"

    def __init__(self, name: str, retry_after_s: float) -> None:
        super().__init__(self.code)
        self.name = name
        self.retry_after_s = retry_after_s


class RedisLock:
    """SET NX PX with a token of our own. name: without the prefix, such as `provider_sync_lock:17`."""

    def __init__(self, name: str, *, ttl_s: float) -> None:
        self.name = name
        self._key = redis_key(name)
        self._ttl_ms = round(ttl_s * 1000)
        self._token = secrets.token_hex(16)

    def acquire(self) -> bool:
        return bool(get_redis().set(self._key, self._token, nx=True, px=self._ttl_ms))

    def extend(self, ttl_s: float) -> bool:
        """Start the time again. False: the lock ran out and may be another's, stop working."""
        return bool(_EXTEND([self._key], [self._token, round(ttl_s * 1000)]))

    def release(self) -> bool:
        """False: it was not ours any more, and nothing was touched."""
        return bool(_RELEASE([self._key], [self._token]))

    def remaining_s(self) -> float:
        """Seconds until the lock, whoever holds it, ends by itself."""
        milliseconds: int = get_redis().pttl(self._key)
        return max(milliseconds, 0) / 1000


@contextlib.contextmanager
def hold(name: str, *, ttl_s: float) -> Iterator[RedisLock]:
    """Hold the lock for the length of the block. Raises LockHeld without waiting."""
    lock = RedisLock(name, ttl_s=ttl_s)
    if not lock.acquire():
        raise LockHeld(name, lock.remaining_s())
    try:
        yield lock
    finally:
        lock.release()
