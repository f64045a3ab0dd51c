"""What GOWA tells, read.

`{"event", "device_id": "<own number>@s.whatsapp.net", "session_id": <ours>, "timestamp": RFC 3339, "payload": {…}}`
(docs/webhook-payload.md, release 9; fields as src/infrastructure/whatsapp/event_*.go writes them). It has unwrapped the
message, replaced LIDs by phones where it knows them, and lists no mentions: they stand in the text, in phone form. It
does not tell what the API sent, so a message of our own was typed on the phone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from botcore.enums import DeliveryState
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
)
from botcore.gateway.whatsmeow import merged

Data = Mapping[str, Any]

# What a device is told to send; without a list it sends all.
EVENTS: Final = ("message", "message.edited", "message.ack", "group.participants", "group.joined")

# The field a message of that kind has. Voice is not told from other audio, and nearly all audio on WhatsApp is voice.
_MEDIA: Final = {
    "image": "image",
    "video": "video",
    "video_note": "video",
    "audio": "voice",
    "document": "document",
    "sticker": "sticker",
    "contact": "contact",
    "contacts_array": "contact",
    "location": "location",
    "live_location": "location",
    "order": "product",
}
_RECEIPTS: Final = {"delivered": DeliveryState.DELIVERED, "read": DeliveryState.READ}
_CHANGES: Final = {
    "join": MemberChange.JOINED,
    "leave": MemberChange.LEFT,
    "promote": MemberChange.PROMOTED,
    "demote": MemberChange.DEMOTED,
}


def read_event(body: Data) -> Sequence[Event]:
    event = body["event"]
    if not isinstance(event, str):
        raise BadWebhook("an event without a name", permanent=True)
    read = _EVENTS.get(event)
    return read(body, body["payload"]) if read else [Ignored(event[:60])]


def _message(body: Data, payload: Data) -> Sequence[Event]:
    """`{"id", "chat_id", "chat_lid", "from", "from_lid", "from_name", "timestamp", "is_from_me", "body",
    "replied_to_id", "quoted_body", "image": path or {"path" or "url", "caption"}, …}`"""
    return [_received(body, payload, edits_id="")]


def _edited(body: Data, payload: Data) -> Sequence[Event]:
    """As a message; original_message_id: the one whose new text this is."""
    return [_received(body, payload, edits_id=str(payload["original_message_id"]))]


def _received(body: Data, payload: Data, *, edits_id: str) -> Event:
    from_me = bool(payload.get("is_from_me"))
    chat = merged(payload["chat_id"], payload.get("chat_lid"))
    sender = merged(payload["from"], payload.get("from_lid"))
    text = str(payload.get("body") or "")
    kind = next((kind for field, kind in _MEDIA.items() if payload.get(field)), "")
    if not chat or not (text or kind):
        return Ignored(str(body["event"])[:60])  # a channel; a poll, a template, what could not be read
    if not sender or not payload["id"]:
        raise BadWebhook("a message without sender or id", permanent=True)
    if not chat.group and not from_me:
        chat = sender = merged(chat.wa_id, payload["from"], payload.get("chat_lid"), payload.get("from_lid"))
    return MessageReceived(
        chat=chat,
        sender=sender,
        message_id=str(payload["id"]),
        sent_at=_time(payload["timestamp"]),
        text=text,
        sender_name="" if from_me else str(payload.get("from_name") or ""),
        media_kind=kind,
        quoted_id=str(payload.get("replied_to_id") or ""),
        quoted_text=str(payload.get("quoted_body") or ""),
        mentions=mentions_in(text),
        edits_id=edits_id,
        from_me=from_me,
    )


def _ack(body: Data, payload: Data) -> Sequence[Event]:
    """`{"ids": […], "chat_id", "from", "receipt_type": "delivered", "read", "read-self"}`; from: whose phone it was."""
    state = _RECEIPTS.get(str(payload["receipt_type"]))
    is_ours = _is_own(body, str(payload["from"]))
    if state is None or is_ours:
        return [Ignored(str(body["event"])[:60])]
    at = _time(body["timestamp"]) if body.get("timestamp") else None
    return [MessageStatus(message_id=str(one), state=state, at=at) for one in payload["ids"]]


def _members(body: Data, payload: Data) -> Sequence[Event]:
    """`{"chat_id", "type": "join", "leave", "promote" or "demote", "jids": […]}`"""
    members = tuple(one for jid in payload["jids"] if (one := Address.parse(str(jid))))
    change = _CHANGES.get(str(payload["type"]))
    if change is None or not members:
        return [Ignored(str(body["event"])[:60])]
    return [GroupMembersChanged(_group_id(payload), change, members)]


def _joined(body: Data, payload: Data) -> Sequence[Event]:
    """The number itself was taken into a group: `{"chat_id", "group_name", "jids", "reason"}`. Who else is in it is
    not told."""
    return [GroupSeen(GroupInfo(wa_id=_group_id(payload), name=str(payload.get("group_name") or "")))]


def _group_id(payload: Data) -> str:
    wa_id = Address.parse(str(payload["chat_id"])).group
    if not wa_id:
        raise BadWebhook("a group without an id", permanent=True)
    return wa_id


def _is_own(body: Data, jid: str) -> bool:
    own = Address.parse(str(body.get("device_id") or ""))
    return bool(own) and own == Address.parse(jid)


def _time(text: Any) -> datetime:
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


_EVENTS: Final[Mapping[str, Callable[[Data, Data], Sequence[Event]]]] = {
    "message": _message,
    "message.edited": _edited,
    "message.ack": _ack,
    "group.participants": _members,
    "group.joined": _joined,
}
