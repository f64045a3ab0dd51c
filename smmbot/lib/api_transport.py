"""One call to somebody's HTTP API: guarded, limited, timed, tried again where that is safe."""

import hashlib
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from smmbot.lib import pooled_connection
from smmbot.lib.api_errors import (
    ApiDown,
    ApiError,
    ApiErrors,
    ApiProtocolError,
    ApiRateLimited,
    ApiUrlRefused,
)
from smmbot.lib.circuit_breaker import CircuitBreaker, CircuitOpen, Permit
from smmbot.lib.http import (
    DEFAULT_MAX_BYTES,
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
LONGEST_PAUSE_AFTER_429_S = 60.0
_FIRST_PAUSE_S = 0.4
_LONGEST_PAUSE_S = 3.0
_ENDPOINT_IS_BROKEN = frozenset({"not_json", "too_large", "encoding"})

_limiter = SlidingWindowLimiter()
_breaker = CircuitBreaker()


@dataclass(frozen=True, slots=True)
class CallTrace:
    """One attempt of one call, for `manage.py chat --trace`. path: below the API's base, without the query,
    or the action of an API with one address; status: None without an answer; ms: on the wire; waited_ms: for
    a slot of the rate limit."""

    method: str
    path: str
    status: int | None
    ms: float
    attempt: int
    waited_ms: float


OnCall = Callable[[CallTrace], None]


class ReadsAnswers(Protocol):
    """Makes what the caller wants, or an error of its app's tree, of an answer other than 429."""

    def __call__(self, answer: HttpAnswer, *, path: str, is_write: bool) -> Any: ...


@dataclass(frozen=True, slots=True)
class ApiCall:
    """path: below the base of the API. name: for traces and read_answer, where the path does not say it all.
    is_probe: a person looks now, so call even while the breaker is open, and try again only once. timeout_s,
    total_s, max_bytes: for calls that need more than the rest."""

    method: str
    path: str
    read_answer: ReadsAnswers
    is_write: bool
    name: str = ""
    params: Query | None = None
    json: Mapping[str, Any] | None = None
    form: Query | None = None
    is_probe: bool = False
    timeout_s: tuple[float, float] | None = None
    total_s: float | None = None
    max_bytes: int = DEFAULT_MAX_BYTES


class ApiTransport:
    """A subclass names its app's errors.

    Reads are tried three times, with a growing pause and full jitter. A write is tried again only after a
    429, which means that it was not done."""

    errors: ClassVar[ApiErrors]

    def __init__(
        self,
        *,
        base_url: str,
        endpoint: str,
        api_key: str,
        rate_limit: float | None,
        priority: Priority,
        headers: Mapping[str, str] | None = None,
        limiter: SlidingWindowLimiter | None = None,
        breaker: CircuitBreaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        on_call: OnCall | None = None,
    ) -> None:
        """endpoint: what is down together, for the breaker; canonical, as base_url is. rate_limit: calls a
        second for this endpoint and key, all our processes together."""
        self._base_url = base_url
        self._endpoint = endpoint
        self._headers = headers
        self._rate_limit = rate_limit
        self._priority = priority
        self._limiter = limiter or _limiter
        self._breaker = breaker or _breaker
        self._sleep = sleep
        self._clock = clock
        self._on_call = on_call
        # Redis must not learn the key.
        self.limit_key = hashlib.sha256(f"{endpoint}\0{api_key}".encode()).hexdigest()[:32]

    def run(self, call: ApiCall) -> Any:
        """Make the call and return what its read_answer made of the answer."""
        pooled_connection.give_back()
        retries = 1 if call.is_probe else RETRIES
        until = self._clock() + (call.total_s or TOTAL_S[self._priority])
        attempt = 0
        while True:
            attempt += 1
            permit = self._enter(call)
            waited_s = self._wait_for_slot(permit, until - self._clock())
            if self._priority is Priority.BACKGROUND:
                until += waited_s
            try:
                return self._attempt(call, permit, _Attempt(attempt, waited_s, until - self._clock()))
            except ApiRateLimited as error:
                self._limiter.penalise(self.limit_key, error.retry_after_s)
                if attempt > retries or self._clock() + error.retry_after_s + SHORTEST_CALL_S > until:
                    raise
                # Where there is a limiter its pause holds back everybody, this caller's next attempt among
                # them.
                pause_s = 0.0 if self._rate_limit else error.retry_after_s
            except ApiDown as error:
                pause_s = random.uniform(0, min(_FIRST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S))  # noqa: S311
                if call.is_write or attempt > retries or self._clock() + pause_s + SHORTEST_CALL_S > until:
                    raise
                logger.info("api_read_again", extra={"reason": error.reason, "attempt": attempt})
            if pause_s:
                self._sleep(pause_s)

    def _enter(self, call: ApiCall) -> Permit:
        if call.is_probe:
            return Permit(after_failures=True)
        try:
            return self._breaker.enter(self._endpoint)
        except CircuitOpen as error:
            raise self.errors.down(reason="circuit_open", retry_after_s=error.retry_after_s) from error

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
            self._breaker.abandoned(self._endpoint, permit)
            raise self.errors.rate_limited(retry_after_s=error.retry_after_s) from error

    def _attempt(self, call: ApiCall, permit: Permit, attempt: "_Attempt") -> Any:
        tell_breaker = self._breaker.abandoned
        try:
            answer = self._send(call, attempt)
            result = self._judge(call, answer, attempt)
            tell_breaker = self._breaker.succeeded
        except ApiDown:
            tell_breaker = self._breaker.failed
            raise
        except ApiProtocolError as error:
            broken = error.reason in _ENDPOINT_IS_BROKEN
            tell_breaker = self._breaker.failed if broken else self._breaker.succeeded
            raise
        except ApiUrlRefused:
            raise
        except ApiError:
            tell_breaker = self._breaker.succeeded
            raise
        except HttpUnsendable as error:
            raise self.errors.unauthorized from error
        finally:
            tell_breaker(self._endpoint, permit)
        return result

    def _send(self, call: ApiCall, attempt: "_Attempt") -> HttpAnswer:
        started = time.perf_counter()
        status: int | None = None
        try:
            answer = http_client().request(
                call.method,
                self._base_url + call.path,
                params=call.params,
                headers=self._headers,
                json=call.json,
                form=call.form,
                timeout_s=call.timeout_s or TIMEOUT_S,
                deadline_s=max(attempt.left_s, SHORTEST_CALL_S),
                max_bytes=call.max_bytes,
            )
            status = answer.status
        except UrlRefused as error:
            raise self.errors.url_refused(reason=error.reason) from error
        except HttpTimeout as error:
            raise self.errors.down(
                reason="timeout", maybe_written=call.is_write and error.maybe_sent
            ) from error
        except HttpUnreachable as error:
            raise self.errors.down(
                reason=error.reason, maybe_written=call.is_write and error.maybe_sent
            ) from error
        except HttpBadAnswer as error:
            raise self.errors.protocol(
                reason=error.reason, maybe_written=call.is_write and error.maybe_sent
            ) from error
        finally:
            if self._on_call is not None:
                ms = (time.perf_counter() - started) * 1000
                path = call.name or call.path
                self._on_call(
                    CallTrace(call.method, path, status, ms, attempt.number, attempt.waited_s * 1000)
                )
        return answer

    def _judge(self, call: ApiCall, answer: HttpAnswer, attempt: "_Attempt") -> Any:
        if answer.status == 429:
            raise self.errors.rate_limited(retry_after_s=_pause_after_429(answer, attempt.number))
        return call.read_answer(answer, path=call.name or call.path, is_write=call.is_write)


@dataclass(frozen=True, slots=True)
class _Attempt:
    number: int
    waited_s: float
    left_s: float


def _pause_after_429(answer: HttpAnswer, attempt: int) -> float:
    """Longer each time, or as long as the server says."""
    said = answer.headers.get("Retry-After", "").strip()[:9]
    said_s = float(said) if said.isascii() and said.isdecimal() else 0.0
    return min(max(PAUSE_AFTER_429_S * attempt, said_s), LONGEST_PAUSE_AFTER_429_S)
