"""What an event of a child changes in its session's row."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from botcore.enums import NumberState
from botcore.gateway.embedded.events import read_event
from botcore.gateway.types import SessionChanged

# These end a link, or need a person: the session rests until somebody connects it again.
_ENDS: Final = (NumberState.LOGGED_OUT, NumberState.BANNED)
_RESTS: Final = frozenset({"440", "qr_limit", "passkey_unsupported"})


def facts_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """Raises BadWebhook, as the reading of its events does."""
    if told["type"] == "qr":
        expires_at = datetime.fromtimestamp(told["expires_at"] / 1000, tz=UTC)
        return {"state": NumberState.QR, "qr_text": str(told["text"])[:600], "qr_expires_at": expires_at}
    if told["type"] != "session":
        return {}
    (change,) = [event for event in read_event(told) if isinstance(event, SessionChanged)]
    facts: dict[str, Any] = {"state": change.state, "state_reason": change.reason[:200]}
    if change.state != NumberState.QR:
        facts |= {"qr_text": "", "qr_expires_at": None}
    if device := told.get("device"):
        facts["device_jid"] = str(device)
    if change.state == NumberState.OPEN:
        facts |= {"phone": change.own.phone, "lid": change.own.lid}
    if rests(change):
        facts["is_wanted"] = False
    if change.state == NumberState.LOGGED_OUT:
        facts |= {"device_jid": "", "phone": "", "lid": ""}
    return facts


def rests(change: SessionChanged) -> bool:
    """Whether nobody starts the session again by itself."""
    return change.state in _ENDS or change.reason in _RESTS
