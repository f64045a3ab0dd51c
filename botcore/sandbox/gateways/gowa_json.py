"""What the fake GOWA writes: devices, and the payloads of its webhooks."""

from collections.abc import Iterable
from typing import Any, Final

from botcore.enums import DeliveryState, NumberState
from botcore.gateway.content import read_content
from botcore.sandbox.gateways.go_json import go_info, go_message, iso
from botcore.sandbox.gateways.sessions import Session, SessionEvent
from botcore.sandbox.gateways.world import (
    Account,
    GroupChanged,
    MembersChanged,
    Moved,
    Said,
    World,
    WorldMessage,
)

Payload = tuple[str, dict[str, Any]]

_STATES: Final = {
    NumberState.OPEN: "logged_in",
    NumberState.CONNECTING: "connecting",
    NumberState.QR: "connected",
    NumberState.PASSKEY: "connected",
    NumberState.PASSKEY_CONFIRM: "connected",
}
_RECEIPTS: Final = {DeliveryState.DELIVERED: "delivered", DeliveryState.READ: "read"}
_MEMBER_EVENTS: Final = {"add": "join", "remove": "leave", "promote": "promote", "demote": "demote"}
# The field a message of that kind brings.
_MEDIA: Final = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "voice": "audio",
    "document": "document",
    "sticker": "sticker",
    "contact": "contact",
    "location": "location",
}
CHALLENGE: Final = {
    "challenge": "dGVzdC1jaGFsbGVuZ2U",
    "timeout": 60000,
    "rpId": "web.whatsapp.com",
    "allowCredentials": [{"id": "AX8bTgH2", "type": "public-key", "transports": ["internal"]}],
    "userVerification": "required",
    "extensions": None,
}


def payloads(world: World, session: Session, event: SessionEvent) -> Iterable[Payload]:
    """What is told of it: the event's name, and its payload. Nothing of connections, nor of what its API sent."""
    match event:
        case Said() if event.message.session != session.name:
            yield _said(event.message, session, world)
        case Moved() if event.state in _RECEIPTS:
            message = event.message
            payload = {
                "ids": [message.id],
                "chat_id": go_info(message, session)["Chat"],
                **_from(event.by),
            }
            yield "message.ack", payload | {"receipt_type": _RECEIPTS[event.state]}
        case GroupChanged() if event.is_new_to:
            payload = {
                "chat_id": event.group.id,
                "type": "join",
                "jids": [own_account(session).jid],
                "reason": "",
            }
            yield "group.joined", payload | {"group_name": event.group.subject}
        case MembersChanged():
            jids = [one.lid_jid if one.hides_phone else one.jid for one in event.members]
            kind = _MEMBER_EVENTS[event.action]
            yield "group.participants", {"chat_id": event.group.id, "type": kind, "jids": jids}


def own_account(session: Session) -> Account:
    return session.account or Account("", "")


def device_json(session: Session) -> dict[str, Any]:
    linked = (
        session.account if session.state not in (NumberState.PASSKEY, NumberState.PASSKEY_CONFIRM) else None
    )
    return {
        "id": session.name,
        "phone_number": "",
        "display_name": linked.name if linked else "",
        "state": _STATES.get(session.state, "disconnected"),
        "jid": linked.jid if linked else "",
        "created_at": "2026-11-22T16:00:00Z",
    }


def _said(message: WorldMessage, session: Session, world: World) -> Payload:
    """Unwrapped, LIDs replaced where the phone is known, no list of mentions."""
    info = go_info(message, session)
    payload: dict[str, Any] = {
        "id": message.id,
        "timestamp": iso(message.at),
        "is_from_me": info["IsFromMe"],
        **_chat(message, session),
        **_from(message.by, by_lid=message.by_lid),
        **({"from_name": message.by.name} if message.by.name else {}),
    }
    if message.reaction is not None:
        reacted = {"reaction": message.reaction.emoji, "reacted_message_id": message.reaction.to.id}
        return "message.reaction", payload | reacted
    text = _with_phones(message, world)
    if message.edits is not None:
        return "message.edited", payload | {"original_message_id": message.edits.id, "body": text}
    if text:
        payload["body"] = text
    if message.quoted is not None:
        payload |= {"replied_to_id": message.quoted.id, "quoted_body": message.quoted.text}
    if message.wrapping == "view_once":
        payload["view_once"] = True
    if field := _MEDIA.get(message.kind):
        payload[field] = {"url": "https://mmg.whatsapp.net/…", "caption": message.text}
    return "message", payload


def _chat(message: WorldMessage, session: Session) -> dict[str, str]:
    if message.group is not None:
        return {"chat_id": message.group.id}
    other = message.other(own_account(session).phone)
    if not message.by_lid:
        return {"chat_id": other.jid}
    return {"chat_lid": other.lid_jid, "chat_id": other.lid_jid if other.hides_phone else other.jid}


def _from(account: Account, *, by_lid: bool = True) -> dict[str, str]:
    if not by_lid:
        return {"from": account.jid}
    return {"from_lid": account.lid_jid, "from": account.lid_jid if account.hides_phone else account.jid}


def _with_phones(message: WorldMessage, world: World) -> str:
    text = read_content(go_message(message)).text
    for jid in message.mentions:
        one = world.find(jid)
        if one is not None and not one.hides_phone:
            text = text.replace(f"@{one.lid}", f"@{one.phone}")
    return text


def chat_names(message: WorldMessage, own: str) -> frozenset[str]:
    if message.group is not None:
        return frozenset({message.group.id})
    other = message.other(own)
    return frozenset({other.jid, other.lid_jid})
