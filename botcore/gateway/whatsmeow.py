"""What gateways built on whatsmeow, the Go library for WhatsApp, have in common: its errors and its records of groups.

They pass on its errors as text (whatsmeow errors.go, send.go) and its structs as JSON in Go's spelling
(whatsmeow types/group.go).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    RateLimited,
    ReachoutBlocked,
    RecipientNotOnWhatsApp,
    SessionNotConnected,
)
from botcore.gateway.types import Address, GroupInfo, Participant

_REFUSED: Final = re.compile(r"server returned error (\d+)")
_REACHOUT, _TOO_MANY = "463", "429"

_NOT_CONNECTED: Final = (
    "websocket not connected",
    "the store doesn't contain a device JID",
    "client is nil",
    "not logged in",
)
_NO_GROUP: Final = ("that group does not exist", "you're not participating in that group")
_NOBODY_THERE: Final = ("no LID found for", "not on whatsapp", "is not registered")
_TOO_FAST: Final = ("rate-overlimit", "returned status 429")
_NOT_UNDERSTOOD: Final = (
    "can't send message to unknown server",
    "message recipient must be a user JID",
    "phone number too short",
    "international phone number required",
)
# It asks the server whom to encrypt for before it sends; there it stopped.
_STOPPED_BEFORE: Final = (
    "info query timed out",
    "before info query returned response",
    "info query returned status",
    "failed to get device list",
    "no signal session established",
)


def error_of(text: str) -> GatewayError | None:
    """What this error means; None for one that is not whatsmeow's, or says nothing of what was done."""
    if refused := _REFUSED.search(text):
        return _refusal(refused[1])
    if _says(text, _NOT_CONNECTED):
        return SessionNotConnected()
    if _says(text, _NO_GROUP):
        return GatewayError("the number is not in this group", permanent=True)
    if _says(text, _NOBODY_THERE):
        return RecipientNotOnWhatsApp()
    if _says(text, _TOO_FAST):
        return RateLimited()
    if _says(text, _NOT_UNDERSTOOD):
        return BadRequest("not an address it can send to")
    if _says(text, _STOPPED_BEFORE):
        return GatewayError("WhatsApp did not answer before it was sent")
    return None


def group_of(data: Mapping[str, Any]) -> GroupInfo:
    """Read types.GroupInfo, whose embedded structs lie flat: JID, Name, Participants."""
    return GroupInfo(
        wa_id=str(data["JID"]),
        name=str(data.get("Name") or ""),
        participants=tuple(
            Participant(
                address=merged(one.get("JID"), one.get("PhoneNumber"), one.get("LID")),
                is_admin=bool(one.get("IsAdmin") or one.get("IsSuperAdmin")),
            )
            for one in data.get("Participants") or ()
        ),
    )


def merged(*jids: Any) -> Address:
    """One person of all the ids they are known by; a group where one of them is a group's."""
    found = [Address.parse(jid) for jid in jids if isinstance(jid, str)]
    if group := _first(one.group for one in found):
        return Address(group=group)
    return Address(phone=_first(one.phone for one in found), lid=_first(one.lid for one in found))


def _refusal(code: str) -> GatewayError:
    if code == _REACHOUT:
        return ReachoutBlocked()
    if code == _TOO_MANY:
        return RateLimited()
    return GatewayError(f"WhatsApp refused it: {code}")


def _says(text: str, phrases: Iterable[str]) -> bool:
    return any(phrase in text for phrase in phrases)


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
