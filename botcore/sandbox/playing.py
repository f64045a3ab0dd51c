"""The phone behind a sandbox number: what happens to it, its gateway tells by its signed webhook."""

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from botcore.enums import NumberState, PhoneAct
from botcore.errors import PhoneCannot
from botcore.gateway.drivers.sandbox import PAIRING_CODE, group_event, status_event
from botcore.models import SandboxSession, WhatsAppNumber
from botcore.sandbox import scanning
from botcore.sandbox.scanning import deliver, refuse_others


@dataclass(frozen=True, slots=True)
class Play:
    """What the phone shows, and what may happen to it now. passkey_answer: what a browser's extension would give back,
    while a passkey is asked for."""

    shows: str
    acts: tuple[PhoneAct, ...]
    passkey_answer: str = ""

    @property
    def is_idle(self) -> bool:
        """No code was scanned yet, and none waits to be typed."""
        return self.shows == _NOTHING and not self.acts


_NOTHING: Final = "Linked devices: none."
# From which states an act goes, to which state, with which code of WhatsApp's.
_MOVES: Final = {
    PhoneAct.DROP: ((NumberState.OPEN,), NumberState.CLOSED, "428"),
    PhoneAct.RECOVER: ((NumberState.CLOSED,), NumberState.OPEN, ""),
    PhoneAct.LOG_OUT: ((NumberState.OPEN, NumberState.CLOSED), NumberState.LOGGED_OUT, "401"),
    PhoneAct.BAN: ((NumberState.OPEN, NumberState.CLOSED), NumberState.BANNED, "403"),
}
# Somebody whose phone number WhatsApp hides in groups.
HIDDEN_NAME, HIDDEN_LID = "Maya", "99900000000077"
HIDDEN_SAYS: Final = "help"
_SHOWS: Final = {
    NumberState.OPEN: "Linked devices: one, active now.",
    NumberState.CLOSED: "Linked devices: one, not active.",
    NumberState.BANNED: "“This account can no longer use WhatsApp.”",
    NumberState.PASSKEY: "“Confirm with your passkey on the computer.”",
}


def look(number: WhatsAppNumber) -> Play:
    """Raises NotSandbox."""
    refuse_others(number)
    session = _session(number)
    if session is None:
        return Play(_NOTHING, ())
    state = NumberState(session.state)
    acts = [act for act, (before, _, _) in _MOVES.items() if state in before]
    if state == NumberState.OPEN and session.groups:
        acts.append(PhoneAct.HIDDEN_MEMBER)
    if state == NumberState.QR and session.pairing_phone:
        acts.append(PhoneAct.TYPE_CODE)
        return Play(f"“Enter the code {PAIRING_CODE}.”", tuple(acts))
    if state == NumberState.PASSKEY_CONFIRM:
        return Play(f"“Is it this code? {session.passkey_code}”", tuple(acts))
    answer = _signed(session) if state == NumberState.PASSKEY else ""
    return Play(_SHOWS.get(state, _NOTHING), tuple(acts), answer)


def play(*, number: WhatsAppNumber, act: PhoneAct, owner_phone: str = "") -> None:
    """Raises NotSandbox, PhoneCannot, NoCodeToScan."""
    refuse_others(number)
    if act == PhoneAct.TYPE_CODE:
        scanning.type_code(number=number, owner_phone=owner_phone)
    elif act == PhoneAct.HIDDEN_MEMBER:
        _write_hidden(number)
    else:
        _move(number, act)


def _move(number: WhatsAppNumber, act: PhoneAct) -> None:
    before, after, reason = _MOVES[act]
    changes: dict[str, Any] = {"state": after, "reason": reason}
    if after == NumberState.LOGGED_OUT:
        changes |= {"phone": "", "lid": ""}
    if not _rows(number).filter(state__in=before).update(**changes):
        raise PhoneCannot
    deliver(number, [status_event(_rows(number).get())])


def _write_hidden(number: WhatsAppNumber) -> None:
    """They join the phone's first group, unless they are in it, and write there."""
    session = _session(number)
    if session is None or session.state != NumberState.OPEN or not session.groups:
        raise PhoneCannot
    group, events = session.groups[0], []
    if HIDDEN_LID not in {one.get("lid") for one in group["participants"]}:
        group["participants"].append({"phone": "", "lid": HIDDEN_LID, "is_admin": False})
        session.save(update_fields=["groups"])
        events.append(group_event(session, group))
    message = {
        "id": uuid.uuid4().hex.upper()[:20],
        "chat": group["id"],
        "sender": {"phone": "", "lid": HIDDEN_LID, "name": HIDDEN_NAME},
        "text": HIDDEN_SAYS,
        "timestamp": time.time(),
    }
    deliver(number, [*events, {"event": "message", "session": session.name, "message": message}])


def _signed(session: SandboxSession) -> str:
    signed = {"clientDataJSON": session.passkey_challenge, "signature": uuid.uuid4().hex}
    return json.dumps({"id": "sandbox-passkey", "type": "public-key", "response": signed})


def _session(number: WhatsAppNumber) -> SandboxSession | None:
    return _rows(number).first()


def _rows(number: WhatsAppNumber) -> QuerySet[SandboxSession]:
    return SandboxSession.objects.filter(name=number.session_name)
