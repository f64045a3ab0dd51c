"""What WAHA tells, read.

An envelope for all of them (waha-docs how-to/events "Event Payload"; field types from static/swagger/openapi.json,
release 2026.7.1): `{"id": "evt_…", "timestamp": ms, "event", "session", "metadata", "me": {"id", "lid", "pushName"},
"payload", "engine", "environment"}`. `payload._data` is the engine's own record: with GOWS whatsmeow's events.Message,
`{"Info": {"Chat", "Sender", "SenderAlt", "RecipientAlt", "PushName", …}, "Message": <WhatsApp's message>}`
(waha src/core/engines/gows/session.gows.core.ts, toWAMessage; whatsmeow types/message.go).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from botcore.enums import DeliveryState, NumberState
from botcore.gateway.content import Content, read_content
from botcore.gateway.drivers.waha.ids import MessageKey, read_key
from botcore.gateway.errors import BadWebhook
from botcore.gateway.text_mentions import mentions_in
from botcore.gateway.types import (
    Address,
    Event,
    GroupInfo,
    GroupMembersChanged,
    GroupSeen,
    Ignored,
    MemberChange,
    MessageReceived,
    MessageStatus,
    Participant,
    SessionChanged,
)
from botcore.gateway.whatsmeow import merged

Data = Mapping[str, Any]

# What a session is told to send (waha-docs how-to/events). `message.any` has our own messages too; reactions are not
# asked for, and an edit comes as an event of its own.
EVENTS: Final = (
    "session.status",
    "message.any",
    "message.edited",
    "message.ack",
    "message.ack.group",
    "group.v2.join",
    "group.v2.leave",
    "group.v2.participants",
    "group.v2.update",
)

_STATES: Final = {
    "STOPPED": NumberState.CLOSED,
    "STARTING": NumberState.CONNECTING,
    "SCAN_QR_CODE": NumberState.QR,
    "PASSKEY_REQUIRED": NumberState.PASSKEY,
    "PASSKEY_CONFIRMATION_REQUIRED": NumberState.PASSKEY_CONFIRM,
    "WORKING": NumberState.OPEN,
}
_BEFORE_LINK: Final = ("SCAN_QR_CODE", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED")
QR_LIMIT: Final = "qr_limit"

# ackName; the number beside it means the same. PENDING says nothing yet.
_ACKS: Final = {
    "ERROR": DeliveryState.FAILED,
    "SERVER": DeliveryState.ACCEPTED,
    "DEVICE": DeliveryState.DELIVERED,
    "READ": DeliveryState.READ,
    "PLAYED": DeliveryState.READ,
}
_CHANGES: Final = {
    "join": MemberChange.JOINED,
    "leave": MemberChange.LEFT,
    "promote": MemberChange.PROMOTED,
    "demote": MemberChange.DEMOTED,
}
_ADMINS: Final = ("admin", "superadmin")
_LEFT: Final = "left"


def read_event(body: Data) -> Sequence[Event]:
    event = body["event"]
    if not isinstance(event, str):
        raise BadWebhook("an event without a name", permanent=True)
    read = _EVENTS.get(event)
    return [read(body, body["payload"]) if read else Ignored(event[:60])]


def read_state(status: str, me: Any, *, before: str = "") -> SessionChanged:
    """What a session's status means. me: who is linked; before: the status it had until then, where that is known.

    FAILED does not say why. Where a scan was waited for, the codes ran out (six of them, how-to/sessions "Get QR"). A
    session that was linked since it started fails in GOWS when the link was ended, on the phone or by WhatsApp. Else
    it could not be started; asked later, that cannot be told from codes that ran out, and both want a code anew.
    """
    own = own_address(me)
    if status == "FAILED":
        if before in _BEFORE_LINK:
            return SessionChanged(NumberState.CLOSED, QR_LIMIT)
        if own or before == "WORKING":
            return SessionChanged(NumberState.LOGGED_OUT, status, own)
        return SessionChanged(NumberState.CLOSED, status if before else QR_LIMIT)
    state = _STATES.get(status)
    if state is None:
        raise BadWebhook("a status we do not know", permanent=True)
    return SessionChanged(state, "", own)


def own_address(me: Any) -> Address:
    """me: `{"id": "…@c.us", "lid": "…@lid", "jid": "…:7@s.whatsapp.net", "pushName"}`, null before it is linked."""
    return merged(me.get("id"), me.get("jid"), me.get("lid")) if isinstance(me, Mapping) else Address()


def read_participants(people: Any) -> tuple[Participant, ...]:
    """`[{"id": "…@lid or …@c.us", "pn": "…@c.us or null", "role": "participant|admin|superadmin|left"}]`"""
    return tuple(
        Participant(address=merged(one.get("id"), one.get("pn")), is_admin=one.get("role") in _ADMINS)
        for one in people or ()
        if one.get("role") != _LEFT
    )


def _status(body: Data, payload: Data) -> Event:
    """`{"name", "status", "statuses": [{"status", "timestamp"}], "data"}`; statuses: the last three, newest last."""
    recent = [point["status"] for point in payload.get("statuses") or ()]
    return read_state(str(payload["status"]), body.get("me"), before=recent[-2] if len(recent) > 1 else "")


def _message(body: Data, payload: Data) -> Event:
    return _received(body, payload, edits_id="")


def _edited(body: Data, payload: Data) -> Event:
    """As a message, with the new text as its body, and the plain id of the one that was edited."""
    return _received(body, payload, edits_id=str(payload["editedMessageId"]))


def _received(body: Data, payload: Data, *, edits_id: str) -> Event:
    key = read_key(str(payload["id"]))
    raw = payload.get("_data") or {}
    info = raw.get("Info") or {}
    content = _content(payload, raw)
    if not Address.parse(key.chat) or content.is_empty:
        return Ignored(
            str(body["event"])[:60]
        )  # a status, a channel; a vote, a key, what could not be decrypted
    chat = merged(key.chat, info.get("RecipientAlt" if key.from_me else "SenderAlt"))
    sender = _sender(body, payload, key=key, chat=chat, alternative=info.get("SenderAlt"))
    if not key.message_id or not sender:
        raise BadWebhook("a message without sender or id", permanent=True)
    return MessageReceived(
        chat=chat,
        sender=sender,
        message_id=key.message_id,
        sent_at=_time(payload["timestamp"]),
        text=content.text,
        sender_name="" if key.from_me else str(info.get("PushName") or ""),
        media_kind=content.media_kind,
        quoted_id=content.quoted_id,
        quoted_text=content.quoted_text,
        mentions=content.mentions,
        edits_id=edits_id,
        from_me=key.from_me,
        is_echo=key.from_me and payload.get("source") == "api",
    )


def _sender(body: Data, payload: Data, *, key: MessageKey, chat: Address, alternative: Any) -> Address:
    """The participant in a group, with the other of phone and LID beside it."""
    if chat.group:
        return merged(payload.get("participant") or key.participant, key.participant, alternative)
    return own_address(body.get("me")) if key.from_me else chat


def _content(payload: Data, raw: Data) -> Content:
    """What it says: as WhatsApp wrote it where the engine gives that, else as WAHA sums it up."""
    message = raw.get("Message") or raw.get("message")
    if isinstance(message, Mapping):
        content = read_content(message)
        if not content.is_empty or content.is_reaction:
            return content
    text = str(payload.get("body") or "")
    quoted = payload.get("replyTo") or {}
    return Content(
        text=text,
        media_kind=_media_kind(payload),
        quoted_id=read_key(str(quoted.get("id") or "")).message_id,
        quoted_text=str(quoted.get("body") or ""),
        mentions=mentions_in(text),
    )


def _media_kind(payload: Data) -> str:
    if not payload.get("hasMedia"):
        return ""
    kind = str((payload.get("media") or {}).get("mimetype") or "").partition("/")[0]
    return kind if kind in ("image", "video", "audio") else "document"


def _ack(body: Data, payload: Data) -> Event:
    """`{"id", "from", "participant", "fromMe", "ack", "ackName"}`: of a message of ours, or that we read another's."""
    key = read_key(str(payload["id"]))
    state = _ACKS.get(str(payload["ackName"]))
    if not key.from_me or state is None:
        return Ignored(str(body["event"])[:60])
    return MessageStatus(
        message_id=key.message_id,
        state=state,
        at=_time(float(body["timestamp"]) / 1000) if body.get("timestamp") else None,
    )


def _joined(body: Data, payload: Data) -> Event:
    """The number itself was taken into a group; the group is told whole."""
    return GroupSeen(_group(payload["group"], payload["group"].get("participants")))


def _updated(body: Data, payload: Data) -> Event:
    """Only what changed is there."""
    group = payload["group"]
    return GroupSeen(_group(group, ())) if group.get("subject") else Ignored(str(body["event"])[:60])


def _group(group: Data, participants: Any) -> GroupInfo:
    return GroupInfo(
        wa_id=_group_id(group),
        name=str(group.get("subject") or ""),
        participants=read_participants(participants),
    )


def _left(body: Data, payload: Data) -> Event:
    """The number itself left a group, or was put out of it."""
    own = own_address(body.get("me"))
    if not own:
        return Ignored(str(body["event"])[:60])
    return GroupMembersChanged(_group_id(payload["group"]), MemberChange.LEFT, (own,))


def _members(body: Data, payload: Data) -> Event:
    people = (merged(one.get("id"), one.get("pn")) for one in payload["participants"])
    members = tuple(one for one in people if one)
    change = _CHANGES.get(str(payload["type"]))
    if change is None or not members:
        return Ignored(str(body["event"])[:60])
    return GroupMembersChanged(_group_id(payload["group"]), change, members)


def _group_id(group: Data) -> str:
    wa_id = Address.parse(str(group["id"])).group
    if not wa_id:
        raise BadWebhook("a group without an id", permanent=True)
    return wa_id


def _time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(float(seconds), tz=UTC)


_EVENTS: Final[Mapping[str, Callable[[Data, Data], Event]]] = {
    "session.status": _status,
    "message": _message,
    "message.any": _message,
    "message.edited": _edited,
    "message.ack": _ack,
    "message.ack.group": _ack,
    "group.v2.join": _joined,
    "group.v2.leave": _left,
    "group.v2.participants": _members,
    "group.v2.update": _updated,
}
