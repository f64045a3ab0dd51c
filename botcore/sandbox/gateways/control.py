"""A fake gateway's own control calls, beside those every sandbox server has. What a phone does, done over HTTP."""

from typing import TYPE_CHECKING, Any

from botcore.enums import DeliveryState
from botcore.sandbox.gateways.sessions import Session
from botcore.sandbox.gateways.world import WorldGroup, WorldMessage
from smmbot.lib.sandbox import records
from smmbot.lib.sandbox.control import BadControlCallError, Body

if TYPE_CHECKING:
    from botcore.sandbox.gateways.fake_gateway import FakeGateway


def add_gateway_calls(gateway: "FakeGateway") -> None:
    control = _GatewayControl(gateway)
    gateway.control.calls |= {
        ("GET", "sessions"): control.sessions,
        ("POST", "scan"): control.scan,
        ("POST", "drop"): control.drop,
        ("POST", "restore"): control.restore,
        ("POST", "ban"): control.ban,
        ("POST", "logout"): control.log_out,
        ("POST", "passkey"): control.passkey,
        ("POST", "accounts"): control.put_account,
        ("GET", "groups"): control.groups,
        ("POST", "groups"): control.put_group,
        ("POST", "members"): control.change_members,
        ("POST", "say"): control.say,
        ("POST", "deliver"): control.deliver,
        ("GET", "sent"): control.sent,
        ("GET", "webhooks"): control.webhooks,
    }


class _GatewayControl:
    """Bodies name a `session` and what else stands in the method's text; the answer is how things are afterwards."""

    def __init__(self, gateway: "FakeGateway") -> None:
        self._gateway = gateway

    def sessions(self, body: Body) -> Body:
        self._gateway.tick()
        return {"sessions": [_session(one) for one in list(self._gateway.sessions.by_name.values())]}

    def scan(self, body: Body) -> Body:
        """phone, and lid if it shall be a certain one."""
        self._gateway.sessions.scan(_name(body), _text(body, "phone"), str(body.get("lid", "")))
        return self._answer(body)

    def drop(self, body: Body) -> Body:
        """reason: WhatsApp's code, 428 unless said."""
        self._gateway.sessions.drop(_name(body), **_reason(body))
        return self._answer(body)

    def restore(self, body: Body) -> Body:
        self._gateway.sessions.connect(_name(body))
        return self._answer(body)

    def ban(self, body: Body) -> Body:
        """reason: 403 unless said."""
        self._gateway.sessions.ban(_name(body), **_reason(body))
        return self._answer(body)

    def log_out(self, body: Body) -> Body:
        """On the phone. reason: 401 unless said."""
        self._gateway.sessions.log_out(_name(body), **_reason(body))
        return self._answer(body)

    def passkey(self, body: Body) -> Body:
        """on: whether the phone that scans next wants a passkey."""
        self._session(body).needs_passkey = bool(body.get("on", True))
        return self._answer(body)

    def put_account(self, body: Body) -> Body:
        """phone; lid, name, hides_phone, is_on_whatsapp as they shall be."""
        fields = {name: value for name, value in body.items() if name != "phone"}
        return {"account": records.dump(self._gateway.world.put_account(_text(body, "phone"), **fields))}

    def groups(self, body: Body) -> Body:
        return {"groups": [_group(one) for one in list(self._gateway.world.groups.values())]}

    def put_group(self, body: Body) -> Body:
        """A new group: subject, members, admins, id, by_lid; or a new subject for the one of that id."""
        world = self._gateway.world
        group_id = str(body.get("id", ""))
        if group_id in world.groups:
            world.rename(group_id, _text(body, "subject"))
            return {"group": _group(world.group(group_id))}
        group = world.put_group(
            _text(body, "subject"),
            members=_texts(body, "members"),
            admins=_texts(body, "admins"),
            group_id=group_id,
            by_lid=bool(body.get("by_lid", True)),
        )
        return {"group": _group(group)}

    def change_members(self, body: Body) -> Body:
        """group, action (add, remove, promote, demote), members, by."""
        group = _text(body, "group")
        self._gateway.world.change_members(
            group, _text(body, "action"), _texts(body, "members"), by=str(body.get("by", ""))
        )
        return {"group": _group(self._gateway.world.group(group))}

    def say(self, body: Body) -> Body:
        """by, text, and `group`, or `to`, or the `session` the message is for; the rest as World.say takes it."""
        asked = dict(body)
        name = asked.pop("session", None)
        if name is not None and not asked.get("group"):
            account = self._gateway.sessions.get(str(name)).account
            if account is None:
                raise BadControlCallError("the session is not linked")
            asked["to"] = account.phone
        return {"message": _message(self._gateway.world.say(**asked))}

    def deliver(self, body: Body) -> Body:
        """id, state (accepted, delivered, read, failed), by."""
        world = self._gateway.world
        world.move(_text(body, "id"), DeliveryState(_text(body, "state")), by=str(body.get("by", "")))
        return {"message": _message(world.message(_text(body, "id")))}

    def sent(self, body: Body) -> Body:
        """What the session sent, showed as typed, and marked as read."""
        session = self._session(body)
        return {
            "sent": [_message(one) for one in self._gateway.world.sent_by(session.name)],
            "typing": [{"chat": chat, "on": on} for chat, on in list(session.typing)],
            "reads": list(session.reads),
        }

    def webhooks(self, body: Body) -> Body:
        return {"webhooks": self._gateway.sender.deliveries()}

    def _session(self, body: Body) -> Session:
        return self._gateway.sessions.get(_name(body))

    def _answer(self, body: Body) -> Body:
        return {"session": _session(self._session(body))}


def _session(session: Session) -> Body:
    account = session.account
    return {
        "name": session.name,
        "state": session.state,
        "reason": session.reason,
        "phone": account.phone if account else "",
        "lid": account.lid if account else "",
        "qr": session.qr,
        "pairing_code": session.pairing_code,
    }


def _group(group: WorldGroup) -> Body:
    return {"id": group.id, "subject": group.subject, "members": dict(group.members), "by_lid": group.by_lid}


def _message(message: WorldMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "by": message.by.phone,
        "to": message.to.phone if message.to else "",
        "group": message.group.id if message.group else "",
        "text": message.text,
        "kind": message.kind,
        "quoted": message.quoted.id if message.quoted else "",
        "mentions": list(message.mentions),
        "session": message.session,
        "at": message.at,
    }


def _name(body: Body) -> str:
    return _text(body, "session")


def _reason(body: Body) -> dict[str, str]:
    return {"reason": str(body["reason"])} if "reason" in body else {}


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadControlCallError(f"{name} is missing")
    return value


def _texts(body: Body, name: str) -> list[str]:
    value = body.get(name, [])
    if not isinstance(value, list):
        raise BadControlCallError(f"{name} must be a list")
    return [str(one) for one in value]
