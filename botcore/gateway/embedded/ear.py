"""Hears what children tell: stored first, then acknowledged, in order."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import InterfaceError, OperationalError

from botcore.enums import NumberState
from botcore.gateway.embedded import leases
from botcore.gateway.embedded.children import Child
from botcore.gateway.embedded.desk import Desk
from botcore.gateway.embedded.events import read_event
from botcore.gateway.embedded.told import facts_of, rests
from botcore.gateway.errors import BadWebhook
from botcore.gateway.types import Event, MessageStatus, SessionChanged
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

# (session, events): writes them down, or raises.
TakeIn = Callable[[str, Sequence[Event]], None]
Act = Callable[[Child], None]

# What one child may take up of a step: heartbeats must not wait for a flood.
LINES: Final = 200
_LISTENS_S: Final = 1.0
_HOLD_S: Final = 1.0


class Ear:
    """on_ready, on_rest, on_lost: what is done with a child that is up, whose session rests now, whose lease is
    another's."""

    def __init__(
        self,
        take_in: TakeIn,
        *,
        token: uuid.UUID,
        desk: Desk,
        clock: Callable[[], float],
        on_ready: Act,
        on_rest: Act,
        on_lost: Act,
    ) -> None:
        self._take_in, self._token, self._desk, self._clock = take_in, token, desk, clock
        self._on_ready, self._on_rest, self._on_lost = on_ready, on_rest, on_lost

    def hear(self, child: Child) -> None:
        """Take its lines in. What the database does not take now waits, with all behind it."""
        acknowledged = 0
        ends_at = self._clock() + _LISTENS_S
        for _ in range(LINES):
            if not child.lines or self._clock() < child.held_until or self._clock() > ends_at:
                break
            try:
                acknowledged = self._take(child, child.lines[0]) or acknowledged
            except (OperationalError, InterfaceError):
                logger.exception("an event waits for the database", extra={"session": child.session})
                child.held_until = self._clock() + _HOLD_S
                leases.drop_connection()
                break
            except Exception:
                # It would fail again, and hold up all that comes after it.
                logger.exception("a line was not dealt with", extra={"session": child.session})
            child.lines.popleft()
        if acknowledged:
            child.say({"do": "ack", "n": acknowledged})

    def _take(self, child: Child, line: Mapping[str, Any]) -> int:
        """Returns the number of an event that is dealt with now, 0 for other lines."""
        match line.get("is"):
            case "ready":
                child.is_ready = True
                self._on_ready(child)
            case "answer":
                if then := child.asked.pop(str(line.get("id")), None):
                    then(line)
            case "event":
                self._take_event(child, line["event"])
                return int(line["n"])
        return 0

    def _take_event(self, child: Child, told: Mapping[str, Any]) -> None:
        try:
            events, facts = read_event(told), facts_of(told)
        except BadWebhook:
            logger.warning("an event was not understood", extra={"session": child.session})
            return
        if facts and not self._note(child, facts):
            return  # another machine says how the session is
        for event in events:
            if isinstance(event, SessionChanged):
                self._changed(child, event)
        if child.unconfirmed:
            self._desk.confirmed(child, [one.message_id for one in events if isinstance(one, MessageStatus)])
        self._take_in(child.session, events)

    def _note(self, child: Child, facts: Mapping[str, Any]) -> bool:
        if child.has_lost_its_lease:
            return False
        is_ours = leases.note(token=self._token, session_id=child.session_id, **facts)
        if not is_ours:
            self._on_lost(child)
        return is_ours

    def _changed(self, child: Child, event: SessionChanged) -> None:
        about = {"session": child.session, "state": event.state.value, "reason": event.reason}
        child.open_since = self._clock() if event.state == NumberState.OPEN else None
        if event.state == NumberState.OPEN:
            logger.info("a number is live", extra=about)
        elif rests(event):
            logger.warning("a number rests until somebody connects it again", extra=about)
            self._on_rest(child)
