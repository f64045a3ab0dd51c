"""An event as plain as the payloads' `means`; what is at its default is left out."""

from botcore.gateway.types import (
    GroupMembersChanged,
    GroupSeen,
    Ignored,
    MessageReceived,
    MessageStatus,
    QrUpdated,
    SessionChanged,
    SessionDeleted,
)


def facts(event):
    match event:
        case MessageReceived():
            return _message(event)
        case MessageStatus():
            return {
                "kind": "status",
                "id": event.message_id,
                "state": event.state.value,
                "error": event.error,
            }
        case SessionChanged():
            own = {"phone": event.own.phone, "lid": event.own.lid}
            return {"kind": "session", "state": event.state.value, "reason": event.reason, **own}
        case QrUpdated():
            return {"kind": "qr", "text": event.qr.text}
        case SessionDeleted():
            return {"kind": "deleted"}
        case GroupSeen():
            people = [[one.address.phone, one.address.lid, one.is_admin] for one in event.group.participants]
            return {
                "kind": "group",
                "wa_id": event.group.wa_id,
                "name": event.group.name,
                "participants": people,
            }
        case GroupMembersChanged():
            return {
                "kind": "members",
                "wa_id": event.wa_id,
                "change": event.change.value,
                "members": [[one.phone, one.lid] for one in event.members],
            }
        case Ignored():
            return {"kind": "ignored", "event": event.event}


def _message(event):
    told = {
        "kind": "message",
        "chat": event.chat.wa_id,
        "phone": event.sender.phone,
        "lid": event.sender.lid,
        "name": event.sender_name,
        "id": event.message_id,
        "text": event.text,
        "sent_at": event.sent_at.isoformat(),
    }
    more = {
        "media_kind": event.media_kind,
        "quoted_id": event.quoted_id,
        "quoted_text": event.quoted_text,
        "mentions": list(event.mentions),
        "edits_id": event.edits_id,
        "from_me": event.from_me,
        "is_echo": event.is_echo,
    }
    return told | {name: value for name, value in more.items() if value}
