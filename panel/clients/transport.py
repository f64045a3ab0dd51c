"""One call to a panel: guarded, limited, timed, tried again where that is safe."""

import hashlib
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from panel.clients.types import CallTrace
from panel.errors import (
    PanelDown,
    PanelNotFound,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PanelUnauthorized,
    PanelUrlRefused,
)
from smmbot.lib.circuit_breaker import CircuitBreaker, CircuitOpen, Permit
from smmbot.lib.http import (
    HttpAnswer,
    HttpBadAnswer,
    HttpTimeout,
    HttpUnreachable,
    HttpUnsendable,
    Query,
    http_client,
)
from smmbot.lib.ratelimit import Priority, RateLimited, SlidingWindowLimiter
from smmbot.lib.ssrf import UrlRefused

logger = logging.getLogger(__name__)

# To connect, and between two bytes.
TIMEOUT_S = (3.0, 8.0)
# Calls and pauses together. People wait for their slot of the rate limit inside it, background work beside
# it.
TOTAL_S = {Priority.INTERACTIVE: 12.0, Priority.BACKGROUND: 30.0}
BACKGROUND_SLOT_WAIT_S = 90.0
SHORTEST_CALL_S = 1.0
RETRIES = 2
PAUSE_AFTER_429_S = 1.2
_FIRST_PAUSE_S = 0.4
_LONGEST_PAUSE_S = 3.0
_ENDPOINT_IS_BROKEN = frozenset({"not_json", "too_large", "encoding"})

_limiter = SlidingWindowLimiter()
_breaker = CircuitBreaker()


class ReadsAnswers(Protocol):
    """Makes an envelope or an error of an answer below 500 other than 429."""

    def __call__(self, answer: HttpAnswer, *, path: str, is_write: bool) -> Any: ...


class PanelTransport:
    """Reads are tried three times, with a growing pause and full jitter. A write is tried again only after a
    429, which means that it was not done."""

    def __init__(
        self,
        *,
        origin: str,
        base_path: str,
        api_key: str,
        headers: Mapping[str, str],
        rate_limit: float | None,
        priority: Priority,
        limiter: SlidingWindowLimiter | None = None,
        breaker: CircuitBreaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        on_call: Callable[[CallTrace], None] | None = None,
    ) -> None:
        """origin: canonical, from `url.normalise_url`. headers: those that carry the key."""
        self._origin = origin
        self._base = origin + base_path
        self._headers = headers
        self._rate_limit = rate_limit
        self._priority = priority
        self._limiter = limiter or _limiter
        self._breaker = breaker or _breaker
        self._sleep = sleep
        self._clock = clock
        self._on_call = on_call
        # Redis must not learn the key.
        self.limit_key = hashlib.sha256(f"{origin}\0{api_key}".encode()).hexdigest()[:32]

    def read(self, path: str, params: Query, read_answer: ReadsAnswers, *, is_probe: bool = False) -> Any:
        """GET. is_probe: a person looks now, so call even while the breaker is open, and try again only
        once."""
        call = _Call("GET", path, params=params, body=None, read_answer=read_answer, is_probe=is_probe)
        return self._run(call, retries=1 if is_probe else RETRIES)

    def write(self, path: str, body: Mapping[str, Any], read_answer: ReadsAnswers) -> Any:
        """POST with a JSON body."""
        call = _Call("POST", path, params=None, body=body, read_answer=read_answer, is_probe=False)
        return self._run(call, retries=RETRIES)

    def _run(self, call: "_Call", *, retries: int) -> Any:
        until = self._clock() + TOTAL_S[self._priority]
        attempt = 0
        while True:
            attempt += 1
            permit = self._enter(call)
            waited_s = self._wait_for_slot(permit, until - self._clock())
            if self._priority is Priority.BACKGROUND:
                until += waited_s
            try:
                return self._attempt(call, permit, _Attempt(attempt, waited_s, until - self._clock()))
            except PanelRateLimited as error:
                self._limiter.penalise(self.limit_key, error.retry_after_s)
                if attempt > retries or self._clock() + error.retry_after_s + SHORTEST_CALL_S > until:
                    raise
                # Where there is a limiter its pause holds back everybody, this caller's next attempt among
                # them.
                pause_s = 0.0 if self._rate_limit else error.retry_after_s
            except PanelDown as error:
                pause_s = random.uniform(0, min(_FIRST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S))  # noqa: S311
                if call.is_write or attempt > retries or self._clock() + pause_s + SHORTEST_CALL_S > until:
                    raise
                logger.info("panel_read_again", extra={"reason": error.reason, "attempt": attempt})
            if pause_s:
                self._sleep(pause_s)

    def _enter(self, call: "_Call") -> Permit:
        if call.is_probe:
            return Permit(after_failures=True)
        try:
            return self._breaker.enter(self._origin)
        except CircuitOpen as error:
            raise PanelDown(reason="circuit_open", retry_after_s=error.retry_after_s) from error

    def _wait_for_slot(self, permit: Permit, left_s: float) -> float:
        background = self._priority is Priority.BACKGROUND
        try:
            return self._limiter.acquire(
                self.limit_key,
                rate=self._rate_limit,
                priority=self._priority,
                max_wait_s=BACKGROUND_SLOT_WAIT_S if background else max(left_s - SHORTEST_CALL_S, 0.0),
            )
        except RateLimited as error:
            self._breaker.abandoned(self._origin, permit)
            raise PanelRateLimited(retry_after_s=error.retry_after_s) from error

    def _attempt(self, call: "_Call", permit: Permit, attempt: "_Attempt") -> Any:
        tell_breaker = self._breaker.abandoned
        try:
            answer = self._send(call, attempt)
            envelope = _judge(call, answer, attempt)
            tell_breaker = self._breaker.succeeded
        except PanelDown:
            tell_breaker = self._breaker.failed
            raise
        except PanelProtocolError as error:
            broken = error.reason in _ENDPOINT_IS_BROKEN
            tell_breaker = self._breaker.failed if broken else self._breaker.succeeded
            raise
        except (PanelNotFound, PanelUnauthorized, PanelRefused, PanelRateLimited):
            tell_breaker = self._breaker.succeeded
            raise
        except HttpUnsendable as error:
            raise PanelUnauthorized from error
        finally:
            tell_breaker(self._origin, permit)
        return envelope

    def _send(self, call: "_Call", attempt: "_Attempt") -> HttpAnswer:
        started = time.perf_counter()
        status: int | None = None
        try:
            answer = http_client().request(
                call.method,
                self._base + call.path,
                params=call.params,
                headers=self._headers,
                json=call.body,
                timeout_s=TIMEOUT_S,
                deadline_s=max(attempt.left_s, SHORTEST_CALL_S),
            )
            status = answer.status
        except UrlRefused as error:
            raise PanelUrlRefused(reason=error.reason) from error
        except HttpTimeout as error:
            raise PanelDown(reason="timeout", maybe_written=call.is_write and error.maybe_sent) from error
        except HttpUnreachable as error:
            raise PanelDown(reason=error.reason, maybe_written=call.is_write and error.maybe_sent) from error
        except HttpBadAnswer as error:
            raise PanelProtocolError(
                reason=error.reason, maybe_written=call.is_write and error.maybe_sent
            ) from error
        finally:
            if self._on_call is not None:
                ms = (time.perf_counter() - started) * 1000
                self._on_call(
                    CallTrace(call.method, call.path, status, ms, attempt.number, attempt.waited_s * 1000)
                )
        return answer


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    params: Query | None
    body: Mapping[str, Any] | None
    read_answer: ReadsAnswers
    is_probe: bool

    @property
    def is_write(self) -> bool:
        return self.body is not None


@dataclass(frozen=True, slots=True)
class _Attempt:
    number: int
    waited_s: float
    left_s: float


def _judge(call: _Call, answer: HttpAnswer, attempt: _Attempt) -> Any:
    if answer.status >= 500:
        raise PanelDown(reason="http_5xx", maybe_written=call.is_write)
    if answer.status == 429:
        raise PanelRateLimited(retry_after_s=PAUSE_AFTER_429_S * attempt.number)
    return call.read_answer(answer, path=call.path, is_write=call.is_write)
