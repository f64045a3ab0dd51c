"""What Evolution API tells by webhook. The body is not signed: a header that we set proves where it comes from.

The envelope carries the instance's own token (`apikey`): it is never kept, and bodies are never logged.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from botcore.enums import DeliveryState, NumberState
from botcore.gateway.content import Content, read_content
from botcore.gateway.drivers.evolution.people import group_info, one_of, participant_address
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
    SessionDeleted,
    Webhook,
)

PROOF_HEADER: Final = "X-Hook-Secret"
# The events we ask for, in the spelling of its settings. A rename never comes: it lists GROUP_UPDATE and sends
# GROUPS_UPDATE.
EVENTS: Final = (
    "QRCODE_UPDATED",
    "CONNECTION_UPDATE",
    "MESSAGES_UPSERT",
    "MESSAGES_EDITED",
    "MESSAGES_UPDATE",
    "SEND_MESSAGE",
    "GROUPS_UPSERT",
    "GROUP_UPDATE",
    "GROUP_PARTICIPANTS_UPDATE",
    "LOGOUT_INSTANCE",
    "REMOVE_INSTANCE",
    "INSTANCE_DELETE",
    "STATUS_INSTANCE",
)

# It offers a new code about this often.
QR_LIVES: Final = timedelta(seconds=45)
QR_LIMIT: Final = "qr_limit"
LOGGED_OUT: Final = "401"
_OK: Final = "200"
# After these codes it does not connect again by itself. 402 and 406: WhatsApp's temporary and lasting ban.
_ENDS: Final = {
    LOGGED_OUT: NumberState.LOGGED_OUT,
    "402": NumberState.BANNED,
    "403": NumberState.BANNED,
    "406": NumberState.BANNED,
}

_STATUSES: Final = {
    "SERVER_ACK": DeliveryState.ACCEPTED,
    "DELIVERY_ACK": DeliveryState.DELIVERED,
    "READ": DeliveryState.READ,
    "PLAYED": DeliveryState.READ,
    "ERROR": DeliveryState.FAILED,
}
_CHANGES: Final = {
    "add": MemberChange.JOINED,
    "remove": MemberChange.LEFT,
    "promote": MemberChange.PROMOTED,
    "demote": MemberChange.DEMOTED,
}

Node = Mapping[str, Any]


def proves(webhook: Webhook, *, secret: str) -> bool:
    given = webhook.headers.get(PROOF_HEADER.lower(), "")
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def instance_of(webhook: Webhook) -> str:
    try:
        name = json.loads(webhook.body).get("instance")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return name if isinstance(name, str) else ""


def read(webhook: Webhook) -> Sequence[Event]:
    """Raises BadWebhook."""
    try:
        body = json.loads(webhook.body)
        return _READERS.get(body["event"], _ignored)(body)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        OSError,
        RecursionError,
    ) as error:
        raise BadWebhook("not an event of Evolution API", permanent=True) from error


def end_of(code: str) -> NumberState | None:
    """What a connection that was closed with this code has become, where it does not come back by itself."""
    return _ENDS.get(code)


# --- messages -----------------------------------------------------------------------------------------------


def _upserted(body: Node) -> Sequence[Event]:
    """A message of somebody, or one that was typed on the number's own phone."""
    return [_message(body, body["data"], is_echo=False)]


def _sent(body: Node) -> Sequence[Event]:
    """A message that went out through this API."""
    return [_message(body, body["data"], is_echo=True)]


def _message(body: Node, data: Node, *, is_echo: bool) -> Event:
    key = data["key"]
    content = read_content(data.get("message") or {}, data.get("contextInfo"))
    chat = _chat(key)
    if content.is_empty or not chat:  # a reaction, a key exchange, a status post, a channel
        return _nothing(body)
    from_me = bool(key.get("fromMe"))
    sender = _sender(body, key, chat, from_me=from_me)
    return _received(
        content,
        chat=chat,
        sender=sender,
        message_id=_id(key),
        sent_at=_time(data["messageTimestamp"]),
        name="" if from_me else _name(data, sender),
        from_me=from_me,
        is_echo=is_echo,
    )


def _edited(body: Node) -> Sequence[Event]:
    """The data is WhatsApp's protocolMessage alone, written from the view of whoever edited.

    So in a direct message its key names the linked number and says fromMe, and in a group it may name nobody: then
    nobody can tell whose edit it is, and it is left out.
    """
    data = body["data"]
    key = data["key"]
    content = read_content({"protocolMessage": data})
    chat = Address.parse(str(key["remoteJid"]))
    sender = one_of(key.get("participant"), key.get("participantAlt")) if chat.group else chat
    if content.is_empty or not sender or (not chat.group and key.get("fromMe")):
        return [_nothing(body)]
    at = _whole(data["timestampMs"])
    return [
        _received(
            content,
            chat=chat,
            sender=sender,
            message_id=f"edit-{_id(key)}-{at}",  # it tells no id of the edit itself
            sent_at=datetime.fromtimestamp(at / 1000, tz=UTC),
            from_me=_is_own(body, sender),
        )
    ]


def _received(
    content: Content,
    *,
    chat: Address,
    sender: Address,
    message_id: str,
    sent_at: datetime,
    from_me: bool,
    name: str = "",
    is_echo: bool = False,
) -> MessageReceived:
    return MessageReceived(
        chat=chat,
        sender=sender,
        message_id=message_id,
        sent_at=sent_at,
        text=content.text,
        sender_name=name,
        media_kind=content.media_kind,
        quoted_id=content.quoted_id,
        quoted_text=content.quoted_text,
        mentions=content.mentions,
        edits_id=content.edits_id,
        from_me=from_me,
        is_echo=is_echo,
    )


def _moved(body: Node) -> Sequence[Event]:
    data = body["data"]
    state = _STATUSES.get(str(data.get("status")))
    if state is None or not data.get("fromMe"):  # how far we read others' messages is no news
        return [_nothing(body)]
    return [MessageStatus(message_id=str(data["keyId"]), state=state)]


def _chat(key: Node) -> Address:
    """Where the message stands. Versions disagree on which of the fields holds the phone and which the LID."""
    jids = [key["remoteJid"], key.get("remoteJidAlt")]
    if not key.get("fromMe"):
        jids += [key.get("senderPn"), key.get("senderLid")]
    return one_of(*jids)


def _sender(body: Node, key: Node, chat: Address, *, from_me: bool) -> Address:
    who = one_of(*(key.get(name) for name in _PARTICIPANT)) if chat.group else Address()
    if from_me:
        return Address(phone=_own(body).phone or who.phone, lid=who.lid)
    if chat.group and not who:
        raise BadWebhook("a group message without a sender", permanent=True)
    return who or chat


def _name(data: Node, sender: Address) -> str:
    """Where somebody has no name, it puts the id in its place."""
    name = str(data.get("pushName") or "")
    return "" if name.partition("@")[0] in (sender.phone, sender.lid) else name


_PARTICIPANT: Final = ("participant", "participantAlt", "participantPn", "participantLid")


def _own(body: Node) -> Address:
    """The linked number, by the envelope; empty before it was linked for the first time."""
    sender = body.get("sender")
    return Address.parse(sender) if isinstance(sender, str) else Address()


def _is_own(body: Node, sender: Address) -> bool:
    return bool(sender.phone) and sender.phone == _own(body).phone


def _id(key: Node) -> str:
    message_id = key["id"]
    if not isinstance(message_id, str) or not message_id:
        raise BadWebhook("a message without an id", permanent=True)
    return message_id


def _time(value: Any) -> datetime:
    """Seconds, as a number, as text, or as the two halves of a 64 bit number."""
    return datetime.fromtimestamp(_whole(value), tz=UTC)


def _whole(value: Any) -> int:
    if isinstance(value, Mapping):
        return (int(value["high"]) << 32) + (int(value["low"]) & 0xFFFFFFFF)
    return int(value)


# --- the session --------------------------------------------------------------------------------------------


def _qr(body: Node) -> Sequence[Event]:
    data = body["data"]
    if "qrcode" not in data:  # {"message": "QR code limit reached…", "statusCode": 500}
        return [SessionChanged(NumberState.CLOSED, QR_LIMIT)]
    return [QrUpdated(Qr(text=_text(data["qrcode"]["code"]), expires_at=timezone.now() + QR_LIVES))]


def _connection(body: Node) -> Sequence[Event]:
    data = body["data"]
    match data["state"]:
        case "open":
            return [SessionChanged(NumberState.OPEN, own=one_of(data.get("wuid") or body.get("sender")))]
        case "connecting":
            return [SessionChanged(NumberState.CONNECTING)]
        case "refused":
            return [SessionChanged(NumberState.CLOSED, QR_LIMIT)]
        case "close":
            return [_closed(str(data.get("statusReason") or ""))]
    return [_nothing(body)]


def _status(body: Node) -> Sequence[Event]:
    data = body["data"]
    if data.get("status") != "closed":
        return [_nothing(body)]
    return [_closed(str(data.get("disconnectionReasonCode") or ""))]


def _closed(code: str) -> SessionChanged:
    return SessionChanged(end_of(code) or NumberState.CLOSED, "" if code == _OK else code)


def _logged_out(body: Node) -> Sequence[Event]:
    return [SessionChanged(NumberState.LOGGED_OUT, LOGGED_OUT)]


def _deleted(body: Node) -> Sequence[Event]:
    return [SessionDeleted()]


# --- groups -------------------------------------------------------------------------------------------------


def _groups(body: Node) -> Sequence[Event]:
    return [GroupSeen(group_info(data)) for data in body["data"] if data.get("subject")] or [_nothing(body)]


def _members(body: Node) -> Sequence[Event]:
    """`participants` are texts or objects, by version. `participantsData` beside them is broken."""
    data = body["data"]
    group = Address.parse(str(data["id"])).group
    change = _CHANGES.get(str(data.get("action")))
    people = tuple(filter(None, map(participant_address, data["participants"])))
    if change is None or not group or not people:
        return [_nothing(body)]
    return [GroupMembersChanged(wa_id=group, change=change, members=people)]


def _ignored(body: Node) -> Sequence[Event]:
    return [_nothing(body)]


def _nothing(body: Node) -> Ignored:
    return Ignored(str(body["event"])[:60])


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise BadWebhook("not a text", permanent=True)
    return value


_READERS: Final[Mapping[str, Callable[[Node], Sequence[Event]]]] = {
    "messages.upsert": _upserted,
    "messages.edited": _edited,
    "messages.update": _moved,
    "send.message": _sent,
    "qrcode.updated": _qr,
    "connection.update": _connection,
    "status.instance": _status,
    "logout.instance": _logged_out,
    "instance.delete": _deleted,
    "remove.instance": _deleted,
    "groups.upsert": _groups,
    "groups.update": _groups,
    "group-participants.update": _members,
}
