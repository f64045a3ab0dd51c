"""The fake WhatsApp as whatsmeow writes it: Go's JSON, with ID and JID in capitals and enums as numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from botcore.sandbox.gateways.sessions import Session
from botcore.sandbox.gateways.whatsapp_json import message_json
from botcore.sandbox.gateways.world import Account, World, WorldGroup, WorldMessage

_NAMES: Final = {
    "stanzaId": "stanzaID",
    "mentionedJid": "mentionedJID",
    "remoteJid": "remoteJID",
    "ptt": "PTT",
    "url": "URL",
}
_MESSAGE_EDIT: Final = 14
# The companion device the gateway itself is; the phone is device 0 and has no suffix.
DEVICE: Final = 7


def go_message(message: WorldMessage) -> Any:
    """`Message` of its events.Message."""
    return _in_go(message_json(message))


def go_info(message: WorldMessage, session: Session) -> dict[str, Any]:
    """`Info` of its events.Message, as this session's number got it."""
    own = session.account
    is_mine = own is not None and message.by.phone == own.phone
    by_lid = message.by_lid
    sender, sender_alt = _both(message.by, by_lid=by_lid)
    if message.group is not None:
        chat, recipient_alt = message.group.id, ""
    else:
        chat, recipient_alt = _both(message.other(own.phone if own else ""), by_lid=by_lid)
    return {
        "Chat": chat,
        "Sender": with_device(sender) if message.origin == "api" else sender,
        "IsFromMe": is_mine,
        "IsGroup": message.group is not None,
        "AddressingMode": "lid" if by_lid else "pn",
        "SenderAlt": sender_alt,
        "RecipientAlt": recipient_alt if is_mine else "",
        "BroadcastListOwner": "",
        "BroadcastRecipients": None,
        "ID": message.id,
        "ServerID": 0,
        "Type": "text" if message.kind == "text" else "media",
        "PushName": message.by.name,
        "Timestamp": iso(message.at),
        "Category": "",
        "Multicast": False,
        "MediaType": "",
        "Edit": "1" if message.edits is not None else "",
        "VerifiedName": None,
        "DeviceSentMeta": None,
    }


def go_group(world: World, group: WorldGroup) -> dict[str, Any]:
    """types.GroupInfo, its embedded structs flat."""
    owner = world.account(group.owner)
    return {
        "JID": group.id,
        "OwnerJID": owner.lid_jid if group.by_lid else owner.jid,
        "OwnerPN": owner.jid,
        "Name": group.subject,
        "NameSetAt": iso(group.created_at),
        "NameSetBy": "",
        "Topic": "",
        "IsLocked": False,
        "IsAnnounce": False,
        "IsEphemeral": False,
        "AddressingMode": "lid" if group.by_lid else "pn",
        "GroupCreated": iso(group.created_at),
        "Participants": [
            go_participant(world.account(phone), group, is_admin=is_admin)
            for phone, is_admin in group.members.items()
        ],
        "ParticipantCount": len(group.members),
        "MemberAddMode": "admin_add",
        "Suspended": False,
    }


def go_participant(account: Account, group: WorldGroup, *, is_admin: bool) -> dict[str, Any]:
    jid, _ = _both(account, by_lid=group.by_lid)
    return {
        "JID": jid,
        "PhoneNumber": "" if account.hides_phone else account.jid,
        "LID": account.lid_jid,
        "IsAdmin": is_admin,
        "IsSuperAdmin": account.phone == group.owner,
        "DisplayName": "",
        "Error": 0,
        "AddRequest": None,
    }


def with_device(jid: str) -> str:
    local, _, domain = jid.partition("@")
    return f"{local}:{DEVICE}@{domain}"


def iso(at: float) -> str:
    return datetime.fromtimestamp(int(at), tz=UTC).isoformat().replace("+00:00", "Z")


def _both(account: Account, *, by_lid: bool) -> tuple[str, str]:
    """How they are called here, and the other way, where WhatsApp tells it."""
    if not by_lid:
        return account.jid, account.lid_jid
    return account.lid_jid, "" if account.hides_phone else account.jid


def _in_go(node: Any, name: str = "") -> Any:
    if isinstance(node, list):
        return [_in_go(one) for one in node]
    if not isinstance(node, Mapping):
        return _MESSAGE_EDIT if node == "MESSAGE_EDIT" else node
    names = _NAMES | ({"id": "ID"} if name == "key" else {})
    return {names.get(key, key): _in_go(value, key) for key, value in node.items()}
