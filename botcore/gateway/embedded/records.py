"""The library's records as lines: its protobuf messages, read without importing it."""

from collections import OrderedDict
from typing import Any, Final

# whatsmeow's reasons, by the numbers the other gateways tell them with.
_REASONS: Final = {
    "GENERIC": "400",
    "LOGGED_OUT": "401",
    "TEMP_BANNED": "402",
    "MAIN_DEVICE_GONE": "403",
    "CLIENT_OUTDATED": "405",
    "UNKNOWN_LOGOUT": "406",
    "BAD_USER_AGENT": "409",
    "INTERNAL_SERVER_ERROR": "500",
    "EXPERIMENTAL": "501",
    "SERVICE_UNAVAILABLE": "503",
}
# Messages remembered, to be quoted or to be told once of.
_REMEMBERED: Final = 2000


def text(jid: Any, *, with_device: bool = False) -> str:
    if not jid.Server:
        return ""
    device = f":{jid.Device}" if with_device and jid.Device else ""
    return f"{jid.User}{device}@{jid.Server}"


def group(info: Any) -> dict[str, Any]:
    """As whatsmeow's own JSON spells it."""
    return {
        "JID": text(info.JID),
        "Name": info.GroupName.Name,
        "Participants": [
            {
                "JID": text(one.JID),
                "PhoneNumber": text(one.PhoneNumber),
                "LID": text(one.LID),
                "IsAdmin": one.IsAdmin or one.IsSuperAdmin,
            }
            for one in info.Participants
        ],
    }


def reason(event: Any) -> str:
    name = event.DESCRIPTOR.fields_by_name["Reason"].enum_type.values_by_number[event.Reason].name
    return _REASONS.get(str(name), str(name).lower())


def words(content: Any) -> str:
    return str(
        content.conversation
        or content.extendedTextMessage.text
        or content.imageMessage.caption
        or content.videoMessage.caption
        or content.documentMessage.caption
    )[:500]


def without_bytes(message: Any) -> None:
    """Bytes are keys and thumbnails: heavy, and nothing anybody here reads."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_BYTES:
            message.ClearField(field.name)
        elif field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for one in value if field.is_repeated else (value,):
                without_bytes(one)


def remember(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
