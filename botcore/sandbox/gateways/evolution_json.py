"""How Evolution API writes messages, members and groups: its own form around WhatsApp's JSON, by version."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from botcore.enums import DeliveryState, NumberState
from botcore.sandbox.gateways.sessions import (
    QR_ENDED,
    Deleted,
    QrChanged,
    Session,
    SessionEvent,
    StateChanged,
)
from botcore.sandbox.gateways.whatsapp_json import message_json
from botcore.sandbox.gateways.world import (
    Account,
    GroupChanged,
    MembersChanged,
    Moved,
    Said,
    World,
    WorldGroup,
    WorldMessage,
)

PNG: Final = "data:image/png;base64,iVBORw0KGgo="
_STATUSES: Final = {
    DeliveryState.ACCEPTED: "SERVER_ACK",
    DeliveryState.DELIVERED: "DELIVERY_ACK",
    DeliveryState.READ: "READ",
    DeliveryState.FAILED: "ERROR",
}

Told = Iterator[tuple[str, Any]]


def events(session: Session, event: SessionEvent, version: str, world: World) -> Told:
    """What it tells of this: the event's name on the wire and its data."""
    match event:
        case StateChanged():
            yield from _state_changed(session, event)
        case QrChanged():
            code = {"instance": session.name, "pairingCode": session.pairing_code or None}
            yield "qrcode.updated", {"qrcode": {**code, "code": event.text, "base64": PNG}}
        case Deleted():
            yield "instance.delete", {"instanceName": session.name, "instanceId": session.settings["id"]}
            yield "remove.instance", None
        case Said():
            yield _said(session, event.message, version)
        case Moved():
            yield "messages.update", _moved(session, event, version)
        case GroupChanged() if event.is_new_to:
            yield "groups.upsert", [group_data(event.group, world, True)]
        case GroupChanged():
            # Nobody can ask for it: the settings know GROUP_UPDATE alone.
            yield "groups.update", [{"id": event.group.id, "subject": event.group.subject}]
        case MembersChanged():
            yield "group-participants.update", _members_changed(event, version)


def message_data(message: WorldMessage, session: Session, version: str) -> dict[str, Any]:
    """What stands in `data` of messages.upsert and send.message, and in the answer of a send."""
    is_own = session.account is not None and message.by.phone == session.account.phone
    content = message_json(message)
    kind = next(iter(content))
    context = content[kind].get("contextInfo") if isinstance(content[kind], dict) else None
    if kind == "extendedTextMessage":  # it flattens them, and calls them by another name
        kind, content = "conversation", {"conversation": content[kind]["text"]}
    if message.group is not None and not is_own and _is_first(session, message):
        content = {"senderKeyDistributionMessage": {"groupId": message.group.id}, **content}
    by_api = is_own and message.origin == "api" and message.session == session.name
    return {
        "key": _key(message, session, version, is_own=is_own),
        "pushName": "Você" if is_own else message.by.name,
        "status": "PENDING" if by_api else "DELIVERY_ACK",
        "message": content,
        **({"contextInfo": context} if context else {}),
        "messageType": kind,
        "messageTimestamp": int(message.at),
        "instanceId": session.settings["id"],
        "source": "web" if by_api else "android",
    }


def group_data(group: WorldGroup, world: World, with_people: bool) -> dict[str, Any]:
    owner = world.accounts[group.owner]
    return {
        "id": group.id,
        "addressingMode": "lid" if group.by_lid else "pn",
        "subject": group.subject,
        "subjectOwner": _called(owner, group),
        "size": len(group.members),
        "creation": int(group.created_at),
        "owner": _called(owner, group),
        "desc": None,
        "restrict": False,
        "announce": False,
        "isCommunity": False,
        **({"participants": _participants(group, world)} if with_people else {}),
    }


def _participants(group: WorldGroup, world: World) -> list[dict[str, Any]]:
    return [
        {**_person(world.accounts[phone], group), "admin": _rank(group, phone)} for phone in group.members
    ]


def _person(account: Account, group: WorldGroup) -> dict[str, Any]:
    if not group.by_lid:
        return {"id": account.jid}
    return {"id": account.lid_jid, **({} if account.hides_phone else {"phoneNumber": account.jid})}


def _rank(group: WorldGroup, phone: str) -> str | None:
    if not group.members.get(phone):
        return None
    return "superadmin" if phone == group.owner else "admin"


def _called(account: Account, group: WorldGroup) -> str:
    return account.lid_jid if group.by_lid else account.jid


def _key(message: WorldMessage, session: Session, version: str, *, is_own: bool) -> dict[str, Any]:
    about = {"fromMe": is_own, "id": message.id}
    if message.group is not None:
        other = message.by.jid if message.group.by_lid else message.by.lid_jid
        sender = _called(message.by, message.group)
        if is_own and message.origin == "phone":
            sender = sender.replace("@", ":0@")  # the device it was typed on
        is_hidden = message.group.by_lid and message.by.hides_phone
        return {
            "remoteJid": message.group.id,
            **about,
            "participant": sender,
            **({} if is_hidden or version == "2.3.4" else {"participantAlt": other}),
            **({"participantPn": message.by.jid} if version == "2.3.4" and not is_hidden else {}),
            "addressingMode": "lid" if message.group.by_lid else "pn",
        }
    other_end = message.other(session.account.phone if session.account else "")
    return {**_direct(other_end, version, by_lid=message.by_lid), **about, "participant": ""}


def _direct(other: Account, version: str, *, by_lid: bool) -> dict[str, Any]:
    """Each version says in another way who this chat is with."""
    if other.hides_phone:
        return {"remoteJid": other.lid_jid, "addressingMode": "lid"}
    if version.startswith("2.4"):
        return {"remoteJid": other.jid, "remoteJidAlt": other.lid_jid, "addressingMode": "pn"}
    if not by_lid:
        return {"remoteJid": other.jid, "addressingMode": "pn"}
    if version == "2.3.4":
        return {"remoteJid": other.lid_jid, "senderPn": other.jid}
    if version == "2.3.6":
        return {"remoteJid": other.lid_jid, "remoteJidAlt": other.jid, "addressingMode": "lid"}
    return {
        "remoteJid": other.jid,
        "remoteJidAlt": other.jid,
        "addressingMode": "lid",
    }  # 2.3.7: the LID is lost


def _said(session: Session, message: WorldMessage, version: str) -> tuple[str, dict[str, Any]]:
    if message.edits is not None:
        return "messages.edited", _edited(message)
    data = message_data(message, session, version)
    return ("send.message" if data["source"] == "web" else "messages.upsert"), data


def _edited(message: WorldMessage) -> dict[str, Any]:
    """As whoever edited sees it: in a direct message the chat is the other end, and all is `fromMe`."""
    protocol = dict(message_json(message)["protocolMessage"])
    chat = message.group.id if message.group else (message.to.jid if message.to else "")
    key = {"remoteJid": chat, "fromMe": True, "id": protocol["key"]["id"]}
    if message.group is not None:
        key["participant"] = message.sender_jid
    return {**protocol, "key": key, "timestampMs": str(int(message.at * 1000))}


def _moved(session: Session, event: Moved, version: str) -> dict[str, Any]:
    message = event.message
    return {
        "keyId": message.id,
        "remoteJid": _key(message, session, version, is_own=True)["remoteJid"],
        "fromMe": True,
        "participant": event.by.jid,
        "status": _STATUSES[event.state],
        "instanceId": session.settings["id"],
        "messageId": "cm0message",
    }


def _members_changed(event: MembersChanged, version: str) -> dict[str, Any]:
    """Texts up to 2.3.6, objects later; what 2.3.7 puts beside them is broken."""
    group = event.group
    told = {
        "id": group.id,
        "author": _called(event.by, group),
        **({"authorPn": event.by.jid} if group.by_lid else {}),
        "action": event.action,
    }
    if version in ("2.3.4", "2.3.6"):
        return {**told, "participants": [_called(one, group) for one in event.members]}
    people = [{**_person(one, group), "admin": _rank(group, one.phone)} for one in event.members]
    broken = [{"jid": one, "phoneNumber": "[object Object]"} for one in people]
    return {**told, "participants": people, "participantsData": broken}


def _state_changed(session: Session, event: StateChanged) -> Told:
    match event.state:
        case NumberState.CONNECTING:
            yield _connection(session, "connecting", 200)
        case NumberState.OPEN:
            wuid = session.account.jid if session.account else ""
            told = {"wuid": wuid, "profileName": "Help desk", "profilePictureUrl": None}
            yield _connection(session, "open", 200, **told)
        case NumberState.CLOSED if event.reason == QR_ENDED:
            limit = {"message": "QR code limit reached, please login again", "statusCode": 500}
            yield "qrcode.updated", limit
            yield _connection(session, "refused", 428)
        case NumberState.CLOSED:
            yield _connection(session, "close", int(event.reason))
        case NumberState.LOGGED_OUT | NumberState.BANNED:
            yield "logout.instance", None
            yield _connection(session, "close", int(event.reason))
            yield "status.instance", _ended(session, int(event.reason))


def _connection(session: Session, state: str, code: int, **more: Any) -> tuple[str, dict[str, Any]]:
    return "connection.update", {"instance": session.name, **more, "state": state, "statusReason": code}


def _ended(session: Session, code: int) -> dict[str, Any]:
    return {
        "instance": session.name,
        "status": "closed",
        "disconnectionAt": datetime.now(UTC).isoformat(),
        "disconnectionReasonCode": code,
        "disconnectionObject": json.dumps({"error": {"output": {"statusCode": code}}}),
    }


def _is_first(session: Session, message: WorldMessage) -> bool:
    """A sender's first message in a group brings a key along."""
    knows: set[tuple[str, str]] = session.settings["knows"]
    pair = (message.group.id if message.group else "", message.by.phone)
    is_new = pair not in knows
    knows.add(pair)
    return is_new
