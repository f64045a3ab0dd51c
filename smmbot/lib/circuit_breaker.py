"""Stops calling an endpoint that keeps failing, for all processes together.

closed -> (5 failures in a row) -> open for 30 s -> half open: one caller probes -> closed again, or open
again. While Redis does not answer every call is let through: answers must go on, and a dead endpoint still
meets its timeout.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from smmbot.lib.redis_client import LUA_NOW, LuaScript, get_redis, outage, script_time
from smmbot.lib.redis_client import key as redis_key

FAILURES_TO_OPEN = 5
OPEN_S = 30.0
# Longer than any call: a probe whose process died must not keep the endpoint shut for good.
PROBE_TTL_S = 60.0
RETRY_DURING_PROBE_S = 5.0
_MEMORY_MS = 600_000
_MICRO = 1_000_000

_ENTER = LuaScript(
    LUA_NOW
    + """
local state = redis.call('HMGET', KEYS[1], 'open_until', 'probe_until')
local open_until, probe_until = tonumber(state[1] or '0'), tonumber(state[2] or '0')
if open_until == 0 then return {1, 0} end
if now < open_until then return {0, open_until - now} end
if now < probe_until then return {0, math.min(probe_until - now, tonumber(ARGV[4]))} end
redis.call('HSET', KEYS[1], 'probe', ARGV[2], 'probe_until', string.format('%.0f', now + ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {2, 0}
"""
)
_FAILED = LuaScript(
    LUA_NOW
    + """
local open_again = string.format('%.0f', now + ARGV[4])
local state = redis.call('HMGET', KEYS[1], 'open_until', 'probe')
if state[1] then
  if ARGV[2] ~= '' and state[2] == ARGV[2] then
    redis.call('HSET', KEYS[1], 'open_until', open_again)
    redis.call('HDEL', KEYS[1], 'probe', 'probe_until')
  end
elseif redis.call('HINCRBY', KEYS[1], 'failures', 1) >= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'open_until', open_again)
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
"""
)
_SUCCEEDED = LuaScript(
    """
local state = redis.call('HMGET', KEYS[1], 'open_until', 'probe')
if not state[1] or (ARGV[1] ~= '' and state[2] == ARGV[1]) then redis.call('DEL', KEYS[1]) end
"""
)
_ABANDONED = LuaScript(
    """
if redis.call('HGET', KEYS[1], 'probe') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'probe', 'probe_until')
end
"""
)


class CircuitOpen(Exception):
    """The endpoint failed too often: do not call it, try again after `retry_after_s`."""

    code = "circuit_open"

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(self.code)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call; give it back with what came of it. probe: token of the one call let through
    half open."""

    probe: str = ""
    after_failures: bool = False


class CircuitBreaker:
    """One read of Redis a call while all is well, no write; `enter` first, then exactly one of the other
    three."""

    def __init__(
        self,
        *,
        failures_to_open: int = FAILURES_TO_OPEN,
        open_s: float = OPEN_S,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """clock: seconds since 1970 for tests; without it Redis's own time rules, the same for all
        machines."""
        self._failures_to_open = failures_to_open
        self._open_s = open_s
        self._clock = clock

    def enter(self, endpoint: str) -> Permit:
        """Raises CircuitOpen."""
        if outage.is_on():
            return Permit()
        try:
            name = redis_key("breaker", endpoint)
            failures, open_until = get_redis().hmget(name, ["failures", "open_until"])
            if open_until is None:
                return Permit(after_failures=failures is not None)
            return self._enter_open(name)
        except RedisError as error:
            outage.note(error)
            return Permit()

    def _enter_open(self, name: str) -> Permit:
        token = secrets.token_hex(8)
        state, wait = _ENTER(
            [name],
            [
                script_time(self._clock),
                token,
                round(PROBE_TTL_S * _MICRO),
                round(RETRY_DURING_PROBE_S * _MICRO),
                _MEMORY_MS,
            ],
        )
        if state == 0:
            raise CircuitOpen(wait / _MICRO)
        return Permit(probe=token if state == 2 else "", after_failures=True)

    def succeeded(self, endpoint: str, permit: Permit) -> None:
        if permit.after_failures:
            self._run(_SUCCEEDED, endpoint, [permit.probe])

    def failed(self, endpoint: str, permit: Permit) -> None:
        open_us = round(self._open_s * _MICRO)
        self._run(
            _FAILED,
            endpoint,
            [script_time(self._clock), permit.probe, self._failures_to_open, open_us, _MEMORY_MS],
        )

    def abandoned(self, endpoint: str, permit: Permit) -> None:
        """The call was not made after all, so the next caller may probe."""
        if permit.probe:
            self._run(_ABANDONED, endpoint, [permit.probe])

    def _run(self, script: LuaScript, endpoint: str, args: list[str | int | float]) -> None:
        if outage.is_on():
            return
        try:
            script([redis_key("breaker", endpoint)], args)
        except RedisError as error:
            outage.note(error)
