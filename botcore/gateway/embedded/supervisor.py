"""Keeps the sessions this machine has leased connected, each by a child process of its own.

One thread, one step after another, so that nothing here is shared: what the children tell goes to the database and is
acknowledged, calls go to the children, leases are renewed, and what is due is started, one at a time.
"""

import os
import random
import selectors
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from redis.exceptions import RedisError

from botcore.enums import NumberState
from botcore.gateway.embedded import calls, children, leases, library_store, sends
from botcore.gateway.embedded.children import Child
from botcore.gateway.embedded.desk import Desk
from botcore.gateway.embedded.ear import LINES, Ear, TakeIn
from botcore.gateway.types import SessionChanged, SessionDeleted
from botcore.models import EmbeddedSession
from smmbot.lib import embedded, pooled_connection
from smmbot.lib.locks import RedisLock
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

TICK_S: Final = 0.2
BEAT_S: Final = 5.0
LOOK_S: Final = 1.0
# A child lives so long without a renewed lease: it is gone before anybody else may take its session over.
LIVE_S: Final = leases.LEASE_S - 10
START_TIMEOUT_S: Final = 30.0
STABLE_S: Final = 60.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
_PATIENCE_S: Final = 3.0
_TIDY_S: Final = 3600.0
_MEMORY_STEP_MB: Final = 5
NO_INTERNET, RESTARTING = "no_internet", "restarting"


@dataclass(frozen=True, slots=True)
class Limits:
    """most: sessions this machine takes; memory_mb: a child above it is started anew."""

    most: int = 50
    memory_mb: int = 400


class Supervisor:
    """take_in: what a webhook would do with the events. command: starts a child."""

    def __init__(
        self,
        take_in: TakeIn,
        *,
        limits: Limits = Limits(),
        version: str = "",
        command: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        spread: Callable[[float, float], float] = random.uniform,
        spool: Path | None = None,
    ) -> None:
        self._take_in, self._limits, self._version = take_in, limits, version
        self._command = command or children.COMMAND
        self._clock, self._spread = clock, spread
        self._spool = spool or embedded.data_dir() / "whatsapp"
        self._token = uuid.uuid4()
        self._holder = f"{socket.gethostname()}:{os.getpid()}"[:120]
        self._children: dict[int, Child] = {}
        self._waiting: EmbeddedSession | None = None
        self._start_lock: RedisLock | None = None
        self._selector = selectors.DefaultSelector()
        self._bell, self._bell_end = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._bell_end, False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._inbox = calls.Inbox(self._ring)
        self._desk = Desk(self._child_of, clock)
        self._ear = Ear(
            take_in,
            token=self._token,
            desk=self._desk,
            clock=clock,
            on_ready=lambda _: self._release_start(),
            on_rest=self._stop,
            on_lost=self._lose,
        )
        self._beat_at = self._look_at = self._tidy_at = self._last_beat = clock()

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; then end all children and let go of their sessions."""
        self.open()
        try:
            while not stop.is_set():
                self.step()
        finally:
            self.close()

    def open(self) -> None:
        """Raises DatabaseError when the library's tables can have no place."""
        library_store.make_schema()
        self._inbox.start()

    def step(self, wait_s: float = TICK_S) -> None:
        self._listen(wait_s)
        for child in list(self._children.values()):
            self._ear.hear(child)
            self._see_to(child)
            self._beat()
        for request in self._inbox.take():
            self._desk.serve(request)
        self._beat()
        now = self._clock()
        if now >= self._look_at:
            self._look(now)
        if now >= self._tidy_at:
            self._tidy(now)
        pooled_connection.give_back()

    def close(self) -> None:
        self._inbox.stop()
        self._look_at = float("inf")
        for child in self._children.values():
            self._stop(child)
        deadline = time.monotonic() + _PATIENCE_S
        while self._children and time.monotonic() < deadline:
            self._listen(TICK_S / 4)
            for child in list(self._children.values()):
                self._ear.hear(child)
                self._see_to(child)
        for child in list(self._children.values()):
            child.kill()
            self._bury(child)
        if self._waiting is not None:
            self._quietly(leases.give_back, token=self._token, session_id=self._waiting.pk)
        self._release_start()
        self._selector.close()
        os.close(self._bell)
        os.close(self._bell_end)
        logger.info("all numbers are disconnected")

    @property
    def sessions(self) -> Sequence[str]:
        """Those that run here."""
        return [child.session for child in self._children.values()]

    def _listen(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            child = key.data
            if child is None:
                os.read(self._bell, 4096)
            elif len(child.lines) < LINES and not child.read():
                self._selector.unregister(child.fileno())
                child.is_over = True

    # --- children ----------------------------------------------------------------------------------------------

    def _look(self, now: float) -> None:
        """Start the next session that is due. One at a time on all machines: the library upgrades its tables then."""
        self._look_at = now + LOOK_S
        for child in self._children.values():
            if not child.is_ready and not child.is_over:
                if now - child.started_at > START_TIMEOUT_S:
                    child.kill()
                return
        try:
            if self._waiting is None and len(self._children) < self._limits.most:
                self._waiting = leases.take(token=self._token, holder=self._holder)
            if self._waiting is not None and self._may_start():
                row, self._waiting = self._waiting, None
                self._start(row, now)
                self._look_at = now  # another may be due
        except (DatabaseError, InterfaceError, RedisError, OSError):
            logger.exception("no session could be started")
            self._release_start()
            leases.drop_connection()

    def _may_start(self) -> bool:
        lock = RedisLock("whatsapp:start", ttl_s=START_TIMEOUT_S)
        if not lock.acquire():
            return False
        self._start_lock = lock
        return True

    def _release_start(self) -> None:
        if self._start_lock is not None:
            lock, self._start_lock = self._start_lock, None
            try:
                lock.release()
            except RedisError:
                return  # it ends by itself

    def _start(self, row: EmbeddedSession, now: float) -> None:
        if row.device_jid and not library_store.has_keys(row.device_jid):
            self._end_link(row)
            return
        child = children.start(
            session_id=row.pk,
            session=row.name,
            first_line={
                "session": row.name,
                "database": library_store.database_url(),
                "device": row.device_jid,
                "spool": str(self._spool / f"{row.pk}.jsonl"),
                "live_s": LIVE_S,
            },
            command=self._command,
        )
        child.started_at = now
        child.unconfirmed |= sends.unconfirmed(session_id=row.pk)
        self._children[row.pk] = child
        self._selector.register(child.fileno(), selectors.EVENT_READ, child)
        self._inbox.serve(self.sessions)

    def _end_link(self, row: EmbeddedSession) -> None:
        """The library forgot the link: with its name and without its keys it would abort the process."""
        self._release_start()
        logger.warning("a link is gone from the library's store", extra={"session": row.name})
        self._take_in(row.name, [SessionDeleted()])
        leases.give_back(
            token=self._token,
            session_id=row.pk,
            is_wanted=False,
            state=NumberState.LOGGED_OUT,
            state_reason="",
            device_jid="",
            phone="",
            lid="",
        )

    def _see_to(self, child: Child) -> None:
        child.flush()
        child.hear_words()
        if child.kill_at is not None and self._clock() >= child.kill_at:
            child.kill()
        if child.is_over and not child.lines:
            self._bury(child)

    def _stop(self, child: Child) -> None:
        if not child.is_stopping:
            child.is_stopping = True
            child.kill_at = self._clock() + _PATIENCE_S
            child.say({"do": "stop"})

    def _lose(self, child: Child) -> None:
        """Another may run the session by now: this child must be gone at once, and says nothing more."""
        logger.error("the lease of a session is lost", extra={"session": child.session})
        child.has_lost_its_lease = True
        child.kill()

    def _bury(self, child: Child) -> None:
        self._children.pop(child.session_id, None)
        if child.is_over is False:
            self._selector.unregister(child.fileno())
        child.kill()
        child.close()
        if not child.is_ready:
            self._release_start()
        self._inbox.serve(self.sessions)
        self._desk.child_ended(child)
        if not child.has_lost_its_lease:
            self._quietly(self._let_go, child)

    def _let_go(self, child: Child) -> None:
        row = EmbeddedSession.objects.filter(pk=child.session_id, lease_token=self._token).first()
        if row is None:
            return
        if not row.is_wanted or (child.is_stopping and not child.is_too_large):
            # What it was is not what it is; whoever starts it next will tell.
            state = NumberState.CLOSED if row.state == NumberState.OPEN else row.state
            leases.give_back(token=self._token, session_id=row.pk, state=state)
            return
        pause_s = self._pause_s(row.starts)
        self._say_why(child, row, pause_s)
        if row.state in (NumberState.OPEN, NumberState.QR):
            self._cut_off(row)
        leases.give_back(token=self._token, session_id=row.pk, again_in_s=pause_s, starts=row.starts + 1)

    def _say_why(self, child: Child, row: EmbeddedSession, pause_s: float) -> None:
        if row.state_reason == NO_INTERNET:
            logger.warning(
                "WhatsApp cannot be reached from this machine: check its internet connection. Next try in %.0f s.",
                pause_s,
                extra={"session": row.name},
            )
            return
        about = {"session": row.name, "exit_code": child.process.returncode, "said": child.last_words}
        logger.warning("The process of a number ended. Next start in %.0f s.", pause_s, extra=about)

    def _cut_off(self, row: EmbeddedSession) -> None:
        """Its child ended without a word about the connection."""
        state = NumberState.CLOSED if row.device_jid else NumberState.CONNECTING
        change = SessionChanged(state, RESTARTING)
        leases.note(
            token=self._token,
            session_id=row.pk,
            state=state,
            state_reason=change.reason,
            qr_text="",
            qr_expires_at=None,
        )
        self._take_in(row.name, [change])

    def _pause_s(self, starts: int) -> float:
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(starts, 20)) * self._spread(0.8, 1.2)

    # --- leases ------------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Renew all leases, when it is time to; whoever lost its own, or is wanted no more, ends."""
        now = self._clock()
        if now < self._beat_at:
            return
        self._beat_at = now + BEAT_S
        calls.say_alive(self._version)
        try:
            rows = leases.keep(token=self._token)
        except (DatabaseError, InterfaceError):
            logger.exception("leases not renewed")
            leases.drop_connection()
            if now - self._last_beat >= LIVE_S - BEAT_S:
                for child in self._children.values():
                    self._lose(child)
            return
        self._last_beat = now
        for child in list(self._children.values()):
            row = rows.get(child.session_id)
            if row is None:
                self._lose(child)
            elif not row.is_wanted:
                self._stop(child)
            else:
                child.say({"do": "live", "for_s": LIVE_S})
                self._quietly(self._examine, child, row, now)
        for session_id in rows.keys() - self._children.keys() - {self._waiting and self._waiting.pk}:
            # Nobody runs it: letting go of it went wrong before.
            self._quietly(leases.give_back, token=self._token, session_id=session_id)

    def _examine(self, child: Child, row: EmbeddedSession, now: float) -> None:
        facts: dict[str, Any] = {}
        if row.starts and child.open_since is not None and now - child.open_since >= STABLE_S:
            facts["starts"] = 0
        memory_mb = child.pss_mb
        if memory_mb is not None and abs(memory_mb - (row.memory_mb or 0)) >= _MEMORY_STEP_MB:
            facts["memory_mb"] = memory_mb
        if facts:
            leases.note(token=self._token, session_id=row.pk, **facts)
        if memory_mb is not None and memory_mb > self._limits.memory_mb and not child.is_stopping:
            logger.warning(
                "a number's process grew too large: it is started anew",
                extra={"session": row.name, "memory_mb": memory_mb},
            )
            child.is_too_large = True
            self._stop(child)

    def _tidy(self, now: float) -> None:
        self._tidy_at = now + _TIDY_S
        self._quietly(sends.forget_old, now=timezone.now())

    # -----------------------------------------------------------------------------------------------------------

    def _quietly(self, do: Callable[..., Any], *args: Any, **options: Any) -> None:
        """For what the next heartbeat puts right: it must not end all the others."""
        try:
            do(*args, **options)
        except Exception:
            logger.exception("left to the next heartbeat")
            leases.drop_connection()

    def _child_of(self, session: str) -> Child | None:
        return next((child for child in self._children.values() if child.session == session), None)

    def _ring(self) -> None:
        try:
            os.write(self._bell_end, b"!")
        except BlockingIOError:
            return  # it rings already
