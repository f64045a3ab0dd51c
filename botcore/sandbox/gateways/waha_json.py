"""What the fake WAHA writes: sessions, messages, and the payloads of its webhooks."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from botcore.enums import DeliveryState, NumberState
from botcore.sandbox.gateways.go_json import go_group, go_info, go_message, go_participant, with_device
from botcore.sandbox.gateways.sessions import (
    QR_ENDED,
    Deleted,
    QrChanged,
    Session,
    SessionEvent,
    StateChanged,
)
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

Payload = tuple[str, dict[str, Any]]

VERSION: Final = {
    "version": "2026.7.1",
    "engine": "GOWS",
    "tier": "PLUS",
    "browser": None,
    "platform": "linux/x64",
}

_STATUSES: Final = {
    NumberState.NEW: "STARTING",
    NumberState.CONNECTING: "STARTING",
    NumberState.QR: "SCAN_QR_CODE",
    NumberState.PASSKEY: "PASSKEY_REQUIRED",
    NumberState.PASSKEY_CONFIRM: "PASSKEY_CONFIRMATION_REQUIRED",
    NumberState.OPEN: "WORKING",
    NumberState.CLOSED: "STARTING",
    NumberState.LOGGED_OUT: "FAILED",
    NumberState.BANNED: "FAILED",
}
_ACKS: Final = {
    DeliveryState.ACCEPTED: ("SERVER", 1),
    DeliveryState.DELIVERED: ("DEVICE", 2),
    DeliveryState.READ: ("READ", 3),
    DeliveryState.FAILED: ("ERROR", -1),
}
_MEMBER_EVENTS: Final = {
    "add": ("join", "participant"),
    "remove": ("leave", "left"),
    "promote": ("promote", "admin"),
    "demote": ("demote", "participant"),
}
CHALLENGE: Final = {
    "challenge": "9WVUYm9AsQ",
    "timeout": 60000,
    "rpId": "web.whatsapp.com",
    "allowCredentials": [{"id": "AX8bTgH2", "type": "public-key", "transports": ["internal", "hybrid"]}],
    "userVerification": "required",
}


def payloads(world: World, session: Session, event: SessionEvent) -> Iterable[Payload]:
    """What is told of it: the event's name, and its payload."""
    match event:
        case StateChanged():
            if event.state == NumberState.OPEN and session.account is not None:
                session.settings["me"] = me_json(session.account)
            if event.state != NumberState.QR:  # told with each code
                yield "session.status", status_json(world, session)
        case QrChanged() | Deleted():
            yield "session.status", status_json(world, session)
        case Said():
            yield from _said(session, event.message)
        case Moved():
            yield from _moved(session, event)
        case GroupChanged() if event.is_new_to:
            people = [participant_json(world.account(one), event.group) for one in event.group.members]
            group = {"id": event.group.id, "subject": event.group.subject, "participants": people}
            yield "group.v2.join", _about(world, group, go_group(world, event.group))
        case GroupChanged():
            group = {"id": event.group.id, "subject": event.group.subject}
            yield "group.v2.update", _about(world, group, {"JID": event.group.id})
        case MembersChanged():
            yield from _members(world, session, event)


def _said(session: Session, message: WorldMessage) -> Iterable[Payload]:
    told = message_json(message, session)
    if message.reaction is not None:
        reaction = {"text": message.reaction.emoji, "messageId": compound_id(message.reaction.to, session)}
        yield "message.reaction", {**told, "reaction": reaction}
    elif message.edits is not None:
        yield "message.edited", {**told, "body": message.text, "editedMessageId": message.edits.id}
    else:
        if not told["fromMe"]:
            yield "message", told
        yield "message.any", told


def _moved(session: Session, event: Moved) -> Iterable[Payload]:
    message = event.message
    name, number = _ACKS[event.state]
    info = go_info(message, session)
    reader = event.by.lid_jid if message.by_lid else event.by.jid
    yield (
        "message.ack.group" if message.group else "message.ack",
        {
            "id": compound_id(message, session),
            "from": cus(info["Chat"]),
            "to": cus(reader) if message.group else None,
            "participant": cus(reader) if message.group else None,
            "fromMe": True,
            "ack": number,
            "ackName": name,
            "_data": {"Chat": info["Chat"], "Sender": reader, "MessageIDs": [message.id], "Type": ""},
        },
    )


def _members(world: World, session: Session, event: MembersChanged) -> Iterable[Payload]:
    kind, role = _MEMBER_EVENTS[event.action]
    own = own_account(session).phone
    if event.action == "remove" and any(one.phone == own for one in event.members):
        yield "group.v2.leave", _about(world, {"id": event.group.id}, {})
    people = [participant_json(one, event.group, role=role) for one in event.members]
    yield (
        "group.v2.participants",
        {**_about(world, {"id": event.group.id}, {}), "type": kind, "participants": people},
    )


def _about(world: World, group: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    return {"timestamp": int(world.clock.now() * 1000), "group": group, "_data": data}


def status_json(world: World, session: Session) -> dict[str, Any]:
    status = status_of(session)
    data = {
        "PASSKEY_REQUIRED": CHALLENGE,
        "PASSKEY_CONFIRMATION_REQUIRED": {"code": session.passkey_code},
    }
    recent = session.settings.setdefault("statuses", [])
    recent.append({"status": status, "timestamp": int(world.clock.now() * 1000)})
    del recent[:-3]
    return {"name": session.name, "status": status, "statuses": list(recent), "data": data.get(status)}


def message_json(message: WorldMessage, session: Session) -> dict[str, Any]:
    info = go_info(message, session)
    participant = cus(info["Sender"]) if message.group else None
    quoted = message.quoted
    has_media = message.kind not in ("text", "contact", "location", "poll")
    return {
        "id": compound_id(message, session),
        "timestamp": int(message.at),
        "from": cus(info["Chat"]),
        "fromMe": info["IsFromMe"],
        "source": "api" if info["IsFromMe"] and message.session == session.name else "app",
        "body": message.text or None,
        "to": participant,
        "participant": participant,
        "hasMedia": has_media,
        "media": None,
        "ack": 1 if info["IsFromMe"] else 2,
        "ackName": "SERVER" if info["IsFromMe"] else "DEVICE",
        "replyTo": None
        if quoted is None
        else {
            "id": quoted.id,
            "participant": cus(quoted.sender_jid),
            "body": quoted.text,
            "hasMedia": False,
        },
        "_data": {"Info": info, "Message": go_message(message), "Status": 2},
    }


def runs(session: Session) -> bool:
    return bool(session.settings.get("runs"))


def status_of(session: Session) -> str:
    if not runs(session):
        return "STOPPED"
    if session.state == NumberState.CLOSED and session.reason == QR_ENDED:
        return "FAILED"
    return _STATUSES[session.state]


def session_json(session: Session) -> dict[str, Any]:
    return {
        "name": session.name,
        "status": status_of(session),
        "config": session.settings.get("config"),
        "me": session.settings.get("me"),
        "presence": None,
        "timestamps": {"activity": None},
        "engine": {"engine": "GOWS"},
    }


def own_account(session: Session) -> Account:
    return session.account or Account("", "")


def me_json(account: Account) -> dict[str, str]:
    return {
        "id": f"{account.phone}@c.us",
        "pushName": account.name or "~",
        "lid": account.lid_jid,
        "jid": with_device(account.jid),
    }


def participant_json(account: Account, group: WorldGroup, *, role: str = "") -> dict[str, Any]:
    """GroupParticipant; in events WAHA knows the phone only where the group calls people by it."""
    go = go_participant(account, group, is_admin=group.members.get(account.phone, False))
    if role:
        return {"id": cus(go["JID"]), "pn": None if group.by_lid else cus(go["JID"]), "role": role}
    rank = "superadmin" if go["IsSuperAdmin"] else "admin" if go["IsAdmin"] else "participant"
    return {"id": cus(go["JID"]), "pn": cus(go["PhoneNumber"]) or None, "role": rank}


def compound_id(message: WorldMessage, session: Session) -> str:
    info = go_info(message, session)
    whose = "true" if info["IsFromMe"] else "false"
    end = f"_{cus(info['Sender'])}" if message.group else ""
    return f"{whose}_{cus(info['Chat'])}_{message.id}{end}"


def chat_names(message: WorldMessage, session: Session) -> frozenset[str]:
    if message.group is not None:
        return frozenset({message.group.id})
    other = message.other(own_account(session).phone)
    return frozenset({other.jid, other.lid_jid})


def plain_id(text: str) -> str:
    parts = text.split("_")
    return parts[2] if len(parts) > 2 else text


def cus(jid: str) -> str:
    return jid.replace("@s.whatsapp.net", "@c.us")


def jid_of(chat_id: str) -> str:
    return chat_id.replace("@c.us", "@s.whatsapp.net")
