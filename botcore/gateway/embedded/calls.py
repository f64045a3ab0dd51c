"""Calls to a session's child, by way of Redis: a list of requests a session, and an answer a request.

Nobody waits longer than the caller said. A request that nobody took is withdrawn: then it is sure that nothing was
done.
"""

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from redis.exceptions import RedisError

from botcore.gateway.errors import GatewayUnreachable
from smmbot.lib import pooled_connection
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key

logger = get_logger(__name__)

# One wait in Redis; below the client's own timeout.
_WAIT_S: Final = 1
_ANSWER_KEPT_S: Final = 60
_ALIVE_KEPT_S: Final = 15
_REQUESTS_KEPT_S: Final = 300
_OUTAGE_PAUSE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a session. until: when nobody waits for it any more, in seconds of the epoch."""

    id: str
    session: str
    name: str
    args: Mapping[str, Any]
    until: float

    @property
    def is_over(self) -> bool:
        return time.time() > self.until


@dataclass(frozen=True, slots=True)
class Answer:
    """error: the library's words, empty when it did what it was asked."""

    ok: Any = None
    error: str = ""


# --- the one who asks -------------------------------------------------------------------------------------------


def ask(session: str, name: str, args: Mapping[str, Any], *, timeout_s: float) -> Answer:
    """Have the session's child do this. Raises GatewayUnreachable; is_unclear when somebody had taken the request."""
    pooled_connection.give_back()
    request = Request(uuid.uuid4().hex, session, name, args, time.time() + timeout_s)
    raw = json.dumps(
        {"id": request.id, "name": name, "args": args, "until": request.until}, separators=(",", ":")
    )
    try:
        with get_redis().pipeline() as pipe:
            pipe.rpush(_requests_key(session), raw)
            pipe.expire(_requests_key(session), _REQUESTS_KEPT_S)
            pipe.execute()
        while not request.is_over:
            found = get_redis().blpop([_answer_key(request.id)], timeout=_WAIT_S)
            if found:
                return Answer(**json.loads(found[1]))
        is_taken = get_redis().lrem(_requests_key(session), 1, raw) == 0
    except RedisError as error:
        raise GatewayUnreachable("Redis does not answer", is_unclear=True) from error
    raise GatewayUnreachable("nobody answered in time", is_unclear=is_taken)


def version_running() -> str | None:
    """The library's version, as a supervisor that lives told it; None when there is none. Raises GatewayUnreachable."""
    try:
        found = get_redis().get(_alive_key())
    except RedisError as error:
        raise GatewayUnreachable("Redis does not answer") from error
    return None if found is None else str(found)


# --- the one who serves -----------------------------------------------------------------------------------------


def answer(request_id: str, given: Answer) -> None:
    try:
        with get_redis().pipeline() as pipe:
            pipe.rpush(_answer_key(request_id), json.dumps({"ok": given.ok, "error": given.error}))
            pipe.expire(_answer_key(request_id), _ANSWER_KEPT_S)
            pipe.execute()
    except RedisError:
        logger.warning("an answer did not get through")


def say_alive(version: str) -> None:
    try:
        get_redis().set(_alive_key(), version, ex=_ALIVE_KEPT_S)
    except RedisError:
        logger.warning("Redis does not answer: nobody can reach this supervisor")


class Inbox:
    """Takes requests for the sessions served here, in a thread of its own. wake: called when there is one."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._sessions: Collection[str] = ()
        self._found: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._is_over = threading.Event()
        # Waited for beside the requests: whoever changes what is waited for rings it.
        self._bell = key("whatsapp", "bell", uuid.uuid4().hex)
        self._thread = threading.Thread(target=self._run, name="calls", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def serve(self, sessions: Collection[str]) -> None:
        self._sessions = tuple(sessions)
        self._ring()

    def take(self) -> list[Request]:
        """What came since; nobody waits for what is too old."""
        found = []
        while not self._found.empty():
            request = self._found.get()
            if not request.is_over:
                found.append(request)
        return found

    def stop(self) -> None:
        self._is_over.set()
        if self._thread.is_alive():
            self._ring()
            self._thread.join(2 * _WAIT_S + 1)

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                self._wait()
            except RedisError:
                self._is_over.wait(_OUTAGE_PAUSE_S)

    def _wait(self) -> None:
        sessions = {_requests_key(name): name for name in self._sessions}
        found = get_redis().blpop([self._bell, *sessions], timeout=_WAIT_S)
        if found and (session := sessions.get(str(found[0]))):
            told = json.loads(found[1])
            self._found.put(Request(told["id"], session, told["name"], told["args"], float(told["until"])))
            self._wake()

    def _ring(self) -> None:
        try:
            with get_redis().pipeline() as pipe:
                pipe.rpush(self._bell, "!")
                pipe.expire(self._bell, _ANSWER_KEPT_S)
                pipe.execute()
        except RedisError:
            return  # it looks again by itself, a moment later


def _requests_key(session: str) -> str:
    return key("whatsapp", "calls", session)


def _answer_key(request_id: str) -> str:
    return key("whatsapp", "answer", request_id)


def _alive_key() -> str:
    return key("whatsapp", "alive")
