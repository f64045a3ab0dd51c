"""A limit of calls to somebody else's server, shared by all our processes through Redis.

Strict sliding window: never more than `rate` calls inside any `per_s`, counted with a margin of 5 % for the
network. While Redis does not answer each process limits itself to two fifths of the rate: slower, and
answers go on.
"""

import math
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from redis.exceptions import RedisError

from smmbot.lib.redis_client import LUA_NOW, LuaScript, outage, script_time
from smmbot.lib.redis_client import key as redis_key

MARGIN = 0.05
# Two calls of five stay free for people who wait for an answer.
INTERACTIVE_SHARE = 0.4
BACKGROUND_AGES_AFTER_S = 30.0
MAX_PENALTY_S = 60.0
_BACKGROUND_JITTER_S = 0.05
_SHORTEST_WAIT_S = 0.01
_MICRO = 1_000_000

# KEYS: granted and reserved slots (ticket -> time), end of the pause after a 429.
# ARGV: now, ticket, rate, window, slots background may fill (0 for interactive), longest wait, lateness
# forgiven. Answers {1, 0} go now; {0, wait} the slot is yours, sleep and ask again with the same ticket;
# {-1, wait} not given.
_ACQUIRE = LuaScript(
    LUA_NOW
    + """
local ticket, rate, window = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local background, longest, late = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local pause = tonumber(redis.call('GET', KEYS[2]) or '0')
-- Times this far ahead mean that the server's clock was set back.
if pause > now + 600000000 then pause = 0 end

local mine = tonumber(redis.call('ZSCORE', KEYS[1], ticket) or '0')
if mine > now and mine <= now + 600000000 then return {0, mine - now} end
if mine > 0 then
  if pause <= now and now - mine <= late then return {1, 0} end
  redis.call('ZREM', KEYS[1], ticket)
end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local last = redis.call('ZRANGE', KEYS[1], -rate, -1, 'WITHSCORES')
local count = #last / 2
if count > 0 and tonumber(last[#last]) > now + 600000000 then
  redis.call('DEL', KEYS[1])
  count = 0
end

if background > 0 then
  local total = count
  if count == rate then total = redis.call('ZCARD', KEYS[1]) end
  if total >= background or pause > now then
    local free_at = pause
    if total >= background then
      local blocks = redis.call('ZRANGE', KEYS[1], total - background, total - background, 'WITHSCORES')
      free_at = math.max(free_at, blocks[2] + window)
    end
    return {-1, free_at - now}
  end
end

local slot = math.max(now, pause)
if count > 0 then slot = math.max(slot, tonumber(last[#last])) end
if count == rate then slot = math.max(slot, last[2] + window) end
if slot - now > longest then return {-1, slot - now} end
redis.call('ZADD', KEYS[1], slot, ticket)
redis.call('PEXPIRE', KEYS[1], math.ceil((slot - now + window) / 1000) + 1000)
if slot > now then return {0, slot - now} end
return {1, 0}
"""
)
_PENALISE = LuaScript(
    LUA_NOW
    + """
local till = now + ARGV[2]
if till > tonumber(redis.call('GET', KEYS[1]) or '0') then
  redis.call('SET', KEYS[1], string.format('%.0f', till), 'PX', math.ceil(ARGV[2] / 1000) + 1000)
end
"""
)


class Priority(StrEnum):
    INTERACTIVE = "interactive"  # somebody waits for the answer
    BACKGROUND = "background"  # polls, syncs, watches


class RateLimited(Exception):
    """No slot within the wait allowed; nothing was called. Try again after `retry_after_s`."""

    code = "rate_limited"

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(self.code)
        self.retry_after_s = retry_after_s


class SlidingWindowLimiter:
    """Interactive callers book the next slot and sleep until it. Background callers take a slot only when
    one is free at once and two of five stay free, try again otherwise, and count as interactive after 30
    s."""

    def __init__(
        self, *, clock: Callable[[], float] | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """clock: seconds since 1970 for tests; without it Redis's own time rules, the same for all
        machines."""
        self._clock = clock
        self._sleep = sleep
        self._local = _LocalWindows(clock=clock or time.monotonic)

    def acquire(
        self,
        key: str,
        *,
        rate: float | None,
        max_wait_s: float,
        per_s: float = 1.0,
        priority: Priority = Priority.INTERACTIVE,
    ) -> float:
        """Wait until a call may be made and return the seconds waited. rate: calls per `per_s`; None or 0 is
        no limit. Raises RateLimited, having booked nothing, when the wait would be longer than
        `max_wait_s`."""
        if not rate:
            return 0.0
        calls = max(1, math.floor(rate))
        window_s = per_s * calls / rate * (1 + MARGIN)
        if outage.is_on():
            return self._acquire_local(key, calls, window_s, max_wait_s)
        waited_s = 0.0
        try:
            ticket = secrets.token_hex(8)
            while True:
                background = priority is Priority.BACKGROUND and waited_s < BACKGROUND_AGES_AFTER_S
                state, wait_s = self._ask(key, ticket, calls, window_s, background, max_wait_s - waited_s)
                if state == 1:
                    return waited_s
                if state == -1 and (not background or waited_s + wait_s > max_wait_s):
                    raise RateLimited(wait_s)
                if state == -1:
                    # Those who wait for the same slot do not all come back at the same instant.
                    wait_s += random.uniform(0, _BACKGROUND_JITTER_S)  # noqa: S311 -- no secret
                wait_s = max(wait_s, _SHORTEST_WAIT_S) if background else wait_s
                self._sleep(wait_s)
                waited_s += wait_s
        except RedisError as error:
            outage.note(error)
            return waited_s + self._acquire_local(key, calls, window_s, max_wait_s - waited_s)

    def _ask(
        self, key: str, ticket: str, calls: int, window_s: float, background: bool, longest_s: float
    ) -> tuple[int, float]:
        fillable = calls - min(math.ceil(calls * INTERACTIVE_SHARE), calls - 1)
        state, wait = _ACQUIRE(
            _keys(key),
            [
                script_time(self._clock),
                ticket,
                calls,
                round(window_s * _MICRO),
                fillable if background else 0,
                round(longest_s * _MICRO),
                round(window_s * MARGIN / (1 + MARGIN) * _MICRO),
            ],
        )
        return state, wait / _MICRO

    def _acquire_local(self, key: str, calls: int, window_s: float, max_wait_s: float) -> float:
        wait_s = self._local.reserve(
            key, calls=max(1, int(calls * INTERACTIVE_SHARE)), window_s=window_s, longest_s=max_wait_s
        )
        if wait_s:
            self._sleep(wait_s)
        return wait_s

    def penalise(self, key: str, seconds: float) -> None:
        """Let nobody call for so long (at most 60 s): the server said 429."""
        seconds = min(seconds, MAX_PENALTY_S)
        self._local.penalise(key, seconds)
        if outage.is_on():
            return
        try:
            _PENALISE(_keys(key)[1:], [script_time(self._clock), round(seconds * _MICRO)])
        except RedisError as error:
            outage.note(error)


def _keys(key: str) -> list[str]:
    name = redis_key("rate", f"{{{key}}}")
    return [f"{name}:slots", f"{name}:pause"]


class _LocalWindows:
    """The same window inside one process, for the time without Redis."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: dict[str, deque[float]] = {}
        self._pauses: dict[str, float] = {}

    def reserve(self, key: str, *, calls: int, window_s: float, longest_s: float) -> float:
        """Book the next slot and return the seconds until it. Raises RateLimited."""
        with self._lock:
            now = self._clock()
            slots = self._slots.setdefault(key, deque())
            while len(slots) > calls:
                slots.popleft()
            slot = max(now, self._pauses.get(key, now), slots[-1] if slots else now)
            if len(slots) == calls:
                slot = max(slot, slots[0] + window_s)
            if slot - now > longest_s:
                raise RateLimited(slot - now)
            slots.append(slot)
            return slot - now

    def penalise(self, key: str, seconds: float) -> None:
        with self._lock:
            self._pauses[key] = max(self._clock() + seconds, self._pauses.get(key, 0.0))
