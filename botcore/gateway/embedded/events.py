"""What a child tells, read as the events of a gateway."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botcore.enums import DeliveryState, NumberState
from botcore.gateway import whatsmeow
from botcore.gateway.content import read_content
from botcore.gateway.errors import BadWebhook
from botcore.gateway.types import (
    Address,
    Event,
    GroupMembersChanged,
    GroupSeen,
    Ignored,
    MemberChange,
    MessageReceived,
    MessageStatus,
    Qr,
    QrUpdated,
    SessionChanged,
)

Told = Mapping[str, Any]


def read_event(told: Told) -> Sequence[Event]:
    """Raises BadWebhook for what no child of ours tells."""
    try:
        kind = told["type"]
        return _EVENTS[kind](told) if kind in _EVENTS else [Ignored(str(kind)[:60])]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise BadWebhook("not an event of the built-in gateway", permanent=True) from error


def _message(told: Told) -> Sequence[Event]:
    from_me = bool(told["from_me"])
    chat = whatsmeow.merged(told["chat"])
    sender = whatsmeow.merged(told["sender"], told["sender_alt"])
    if not chat:
        return [Ignored("broadcast")]  # a status, a channel
    if not sender or not told["id"]:
        raise BadWebhook("a message without sender or id", permanent=True)
    if not chat.group:
        chat = whatsmeow.merged(told["chat"], told["recipient_alt" if from_me else "sender_alt"])
    content = read_content(told["content"])
    if content.is_empty:
        # A sender's first message in a group is told twice under one id, at first without its text.
        return [Ignored("reaction" if content.is_reaction else "empty message")]
    return [
        MessageReceived(
            chat=chat,
            sender=sender,
            message_id=str(told["id"]),
            sent_at=_time(told["at"]),
            text=content.text,
            sender_name=str(told.get("name") or ""),
            media_kind=content.media_kind,
            quoted_id=content.quoted_id,
            quoted_text=content.quoted_text,
            mentions=content.mentions,
            edits_id=content.edits_id,
            from_me=from_me,
        )
    ]


def _receipt(told: Told) -> Sequence[Event]:
    state, at = DeliveryState(told["state"]), _time(told["at"])
    return [MessageStatus(str(message_id), state, at) for message_id in told["ids"]]


def _session(told: Told) -> Sequence[Event]:
    own = whatsmeow.merged(told.get("phone"), told.get("lid"))
    return [SessionChanged(NumberState(told["state"]), str(told.get("reason") or ""), own)]


def _qr(told: Told) -> Sequence[Event]:
    return [QrUpdated(Qr(str(told["text"]), _time(told["expires_at"])))]


def _group(told: Told) -> Sequence[Event]:
    return [GroupSeen(whatsmeow.group_of(told["group"]))]


def _members(told: Told) -> Sequence[Event]:
    people = tuple(Address.parse(jid) for jid in told["members"])
    return [GroupMembersChanged(str(told["id"]), MemberChange(told["change"]), tuple(filter(None, people)))]


def _time(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)


_EVENTS: Mapping[str, Callable[[Told], Sequence[Event]]] = {
    "message": _message,
    "receipt": _receipt,
    "session": _session,
    "qr": _qr,
    "group": _group,
    "members": _members,
}
