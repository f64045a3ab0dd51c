"""A fake Evolution API v2: every status and body it was seen to answer with, the odd ones too.

Source: the measured contract of 2.3.6 and 2.3.7, and EvolutionAPI/evolution-api for the rest. `version` decides on
the shapes that differ: how a LID stands in a direct message, and how members are told.
"""

import hmac
import re
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from botcore.enums import DeliveryState, NumberState
from botcore.sandbox.gateways import evolution_json
from botcore.sandbox.gateways.fake_gateway import FakeGateway, WebhookTarget
from botcore.sandbox.gateways.sessions import Session, SessionEvent, StateChanged
from botcore.sandbox.gateways.webhook_sender import RetryHabit
from botcore.sandbox.gateways.world import WorldGroup
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response

VERSIONS: Final = ("2.3.4", "2.3.6", "2.3.7", "2.4.0")
_NEVER_RETRIED: Final = frozenset({400, 401, 403, 404, 422})
_STATES: Final = {
    NumberState.CONNECTING: "connecting",
    NumberState.QR: "connecting",
    NumberState.PASSKEY: "connecting",
    NumberState.OPEN: "open",
}
EVENTS: Final = frozenset(
    "APPLICATION_STARTUP QRCODE_UPDATED MESSAGES_SET MESSAGES_UPSERT MESSAGES_EDITED MESSAGES_UPDATE MESSAGES_DELETE"
    " SEND_MESSAGE SEND_MESSAGE_UPDATE CONTACTS_SET CONTACTS_UPSERT CONTACTS_UPDATE PRESENCE_UPDATE CHATS_SET"
    " CHATS_UPSERT CHATS_UPDATE CHATS_DELETE GROUPS_UPSERT GROUP_UPDATE GROUP_PARTICIPANTS_UPDATE CONNECTION_UPDATE"
    " LABELS_EDIT LABELS_ASSOCIATION CALL TYPEBOT_START TYPEBOT_CHANGE_STATUS REMOVE_INSTANCE LOGOUT_INSTANCE"
    " INSTANCE_CREATE INSTANCE_DELETE STATUS_INSTANCE".split()
)


class Refusal(Exception):
    """An answer other than success. message: a text, or whatever else it puts there."""

    def __init__(self, status: int, message: Any) -> None:
        super().__init__(status)
        error = HTTPStatus(status).phrase
        body = {"status": status, "error": error, "response": {"message": message}}
        self.response = json_response(body, status)


class RawRefusal(Refusal):
    """The whole body is another one."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status, "")
        self.response = json_response(body, status)


class FakeEvolution(FakeGateway):
    name = "evolution"
    habit = RetryHabit(
        waits_s=tuple(min(5.0 * 2**at, 300.0) for at in range(9)),
        timeout_s=30.0,
        is_retried=lambda status: status not in _NEVER_RETRIED,
    )
    scenario_names = {
        "not_activated": "2.4 before its licence is activated: 503 LICENSE_REQUIRED",
        "cors": "CORS_ORIGIN is not *: every call gets 500",
        "no_sessions": "sending fails with SessionError: No sessions",
        "keeps_no_messages": "DATABASE_SAVE_DATA_NEW_MESSAGE=false: nothing to find",
        "looks_away": "it does not find an instance that is there",
        "server_fault": "sending fails after the message went out",
    }

    def __init__(self, *, version: str = "2.3.7", **options: Any) -> None:
        self.version = version
        self._is_over = threading.Event()
        super().__init__(**options)

    def close(self) -> None:
        self._is_over.set()
        super().close()

    # --- API -------------------------------------------------------------------------------------------------

    def key_of(self, request: SandboxRequest) -> str:
        return request.header("apikey")

    def call(self, request: SandboxRequest) -> SandboxResponse:
        try:
            return self._route(request)
        except Refusal as refusal:
            return refusal.response

    def _route(self, request: SandboxRequest) -> SandboxResponse:
        if self._takes("cors", request):
            raise Refusal(500, "Not allowed by CORS")
        if request.path == "/":
            return json_response(self._welcome())
        if self._takes("not_activated", request):
            raise RawRefusal(503, _NOT_ACTIVATED)
        for method, pattern, handler in _ROUTES:
            found = pattern.fullmatch(request.path)
            if found is None or method != request.method:
                continue
            name = (found.groupdict() or {}).get("name")
            if name is not None and (self.sessions.find(name) is None or self._takes("looks_away", request)):
                raise Refusal(404, f'The "{name}" instance does not exist')
            if not self._lets_in(request, name):
                raise Refusal(401, "Unauthorized")
            return handler(self, request, name or "")
        raise Refusal(404, [f"Cannot {request.method} {request.path}"])

    def _lets_in(self, request: SandboxRequest, name: str | None) -> bool:
        """The global key, or the instance's own token on its own routes."""
        key = self.key_of(request)
        token = self.sessions.get(name).settings["token"] if name else ""
        return any(known and hmac.compare_digest(key, known) for known in (self.api_key, token))

    def _takes(self, scenario: str, request: SandboxRequest) -> bool:
        return bool(self.scenarios.take(scenario, path=request.path, api_key=self.key_of(request)))

    def _welcome(self) -> dict[str, Any]:
        return {
            "status": 200,
            "message": "Welcome to the Evolution API, it is working!",
            "version": self.version,
            "clientName": "sandbox",
            "manager": "http://127.0.0.1/manager",
            "documentation": "https://doc.evolution-api.com",
            "whatsappWebVersion": "2.3000.1029",
        }

    # Instances

    def create(self, request: SandboxRequest, name: str) -> SandboxResponse:
        body = _body(request)
        wanted = str(body.get("instanceName", "undefined"))
        if self.sessions.find(wanted) is not None or "instanceName" not in body:
            raise Refusal(403, [f'This name "{wanted}" is already in use.'])
        if body.get("integration") != "WHATSAPP-BAILEYS":
            raise Refusal(400, ["Invalid integration"])
        session = self.sessions.create(
            wanted,
            id=str(uuid.uuid4()),
            token=body.get("token") or str(uuid.uuid4()).upper(),
            database="close",
            reason_code=None,
            owner=None,
            knows=set(),
            webhook=None,
        )
        webhook = body.get("webhook")
        if isinstance(webhook, dict):
            session.settings["webhook"] = _checked_webhook(webhook)
        answer = {
            "instance": {
                "instanceName": wanted,
                "instanceId": session.settings["id"],
                "integration": "WHATSAPP-BAILEYS",
                "webhookWaBusiness": None,
                "accessTokenWaBusiness": "",
                "status": "close",
            },
            "hash": session.settings["token"],
            "webhook": {},
            "settings": {"rejectCall": False, "groupsIgnore": False},
        }
        if body.get("qrcode"):
            self.sessions.connect(wanted)
            answer["qrcode"] = _qr(session)
        return json_response(answer, 201)

    def connect(self, request: SandboxRequest, name: str) -> SandboxResponse:
        session = self.sessions.get(name)
        if session.is_open:
            return self.connection_state(request, name)
        if _state(session) == "close":
            self.sessions.connect(name)
            if number := request.query.get("number"):
                self.sessions.pair(name, number)
        return json_response(_qr(session))

    def connection_state(self, request: SandboxRequest, name: str) -> SandboxResponse:
        state = _state(self.sessions.get(name))
        return json_response({"instance": {"instanceName": name, "state": state}})

    def fetch_instances(self, request: SandboxRequest, name: str) -> SandboxResponse:
        wanted = request.query.get("instanceName")
        if wanted and self.sessions.find(wanted) is None:
            raise Refusal(404, [f'Instance "{wanted}" not found'])
        rows = [one for one in list(self.sessions.by_name.values()) if wanted in (None, one.name)]
        return json_response([self._row(one) for one in rows])

    def restart(self, request: SandboxRequest, name: str) -> SandboxResponse:
        if _state(self.sessions.get(name)) == "close":
            return json_response({"error": True, "message": "[object Object]"})
        return json_response({"instance": {"instanceName": name, "status": "open"}})

    def log_out(self, request: SandboxRequest, name: str) -> SandboxResponse:
        session = self.sessions.get(name)
        if _state(session) == "close" and not self.version.startswith("2.4"):
            raise Refusal(400, [f'The "{name}" instance is not connected'])
        self.sessions.log_out(name)
        return json_response(_success("Instance logged out"))

    def delete(self, request: SandboxRequest, name: str) -> SandboxResponse:
        self.sessions.delete(name)
        return json_response(_success("Instance deleted"))

    # Webhook settings

    def set_webhook(self, request: SandboxRequest, name: str) -> SandboxResponse:
        webhook = _body(request).get("webhook")
        if not isinstance(webhook, dict):
            raise Refusal(400, [['instance requires property "webhook"']])
        session = self.sessions.get(name)
        session.settings["webhook"] = _checked_webhook(webhook)
        return json_response(_webhook_row(session), 201)

    def find_webhook(self, request: SandboxRequest, name: str) -> SandboxResponse:
        return json_response(_webhook_row(self.sessions.get(name)))

    # Chats

    def send_text(self, request: SandboxRequest, name: str) -> SandboxResponse:
        body = _body(request)
        self._check_text(body)
        session = self.sessions.get(name)
        target = self._target(session, str(body["number"]))
        if self._takes("no_sessions", request):
            raise Refusal(400, ["SessionError: No sessions"])
        quoted = str(((body.get("quoted") or {}).get("key") or {}).get("id") or "")
        message = self.sessions.send(
            session,
            text=body["text"],
            mentions=[one if "@" in one else f"{one}@s.whatsapp.net" for one in body.get("mentioned") or []],
            quoted=quoted if quoted in self.world.messages else "",
            **target,
        )
        if self._takes("reachout_blocked", request):
            self.fail(message.id)
        if self._takes("server_fault", request):
            raise Refusal(400, ["PrismaClientUnknownRequestError: the database went away"])
        return json_response(evolution_json.message_data(message, session, self.version), 201)

    def send_media(self, request: SandboxRequest, name: str) -> SandboxResponse:
        if _body(request).get("mediatype") == "image":
            raise Refusal(500, "Input buffer contains unsupported image format")
        raise Refusal(500, "Media upload failed on all hosts")

    def send_presence(self, request: SandboxRequest, name: str) -> SandboxResponse:
        body = _body(request)
        missing = [one for one in ("number", "presence", "delay") if one not in body]
        if missing:
            raise Refusal(400, [[f'instance requires property "{one}"' for one in missing]])
        session = self.sessions.get(name)
        target = self._target(session, str(body["number"]))
        chat = target.get("group") or f"{target['to']}@s.whatsapp.net"
        session.typing.append((chat, body["presence"] == "composing"))
        self._is_over.wait(float(body["delay"]) / 1000)  # so long it holds the call
        session.typing.append((chat, False))
        return json_response({"presence": body["presence"]}, 201)

    def mark_read(self, request: SandboxRequest, name: str) -> SandboxResponse:
        session = self.sessions.get(name)
        if not session.is_open:
            raise Refusal(500, ["Read messages fail", "Error: Connection Closed"])
        session.reads += [str(one["id"]) for one in _body(request)["readMessages"]]
        return json_response({"message": "Read messages", "read": "success"}, 201)

    def whatsapp_numbers(self, request: SandboxRequest, name: str) -> SandboxResponse:
        if not self.sessions.get(name).is_open:
            raise RawRefusal(400, _RAW_ERROR)
        return json_response([self._on_whatsapp(str(one)) for one in _body(request)["numbers"]])

    def find_messages(self, request: SandboxRequest, name: str) -> SandboxResponse:
        body = _body(request)
        found = [] if self._takes("keeps_no_messages", request) else self._kept(self.sessions.get(name), body)
        size, page = int(body.get("offset") or 50), int(body.get("page") or 1)
        return json_response(
            {
                "messages": {
                    "total": len(found),
                    "pages": -(-len(found) // size),
                    "currentPage": page,
                    "records": found[size * (page - 1) : size * page],
                }
            }
        )

    # Groups

    def fetch_groups(self, request: SandboxRequest, name: str) -> SandboxResponse:
        if "getParticipants" not in request.query:
            raise Refusal(400, ["The getParticipants needs to be informed in the query"])
        session = self.sessions.get(name)
        if not session.is_open or session.account is None:
            raise Refusal(500, "Connection Closed")
        with_people = request.query["getParticipants"] == "true"
        groups = self.world.groups_of(session.account.phone)
        return json_response([evolution_json.group_data(one, self.world, with_people) for one in groups])

    def find_group(self, request: SandboxRequest, name: str) -> SandboxResponse:
        group = self._group(request, name, "Error fetching group")
        return json_response(evolution_json.group_data(group, self.world, True))

    def participants(self, request: SandboxRequest, name: str) -> SandboxResponse:
        group = self._group(request, name, "No participants")
        return json_response(
            {"participants": evolution_json.group_data(group, self.world, True)["participants"]}
        )

    # --- webhooks --------------------------------------------------------------------------------------------

    def _tell(self, session: Session, event: SessionEvent) -> None:
        if isinstance(event, StateChanged):
            _note_in_database(session, event)
        super()._tell(session, event)

    def tells(self, session: Session, event: SessionEvent) -> Iterable[tuple[str, Mapping[str, Any]]]:
        wanted = session.settings["webhook"]["events"]
        for name, data in evolution_json.events(session, event, self.version, self.world):
            if re.sub("[.-]", "_", name).upper() in wanted:
                yield name, self._envelope(session, name, data)

    def target(self, session: Session) -> WebhookTarget | None:
        webhook = session.settings["webhook"]
        if not webhook or not webhook["enabled"]:
            return None
        return WebhookTarget(webhook["url"], str((webhook["headers"] or {}).get("X-Hook-Secret", "")))

    def sign(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {"X-Hook-Secret": secret}

    def _envelope(self, session: Session, name: str, data: Any) -> dict[str, Any]:
        owner = session.settings["owner"]
        return {
            "event": name,
            "instance": session.name,
            "data": data,
            "destination": session.settings["webhook"]["url"],
            "date_time": _iso(self.clock.now()),
            **({"sender": owner} if owner else {}),
            "server_url": "http://127.0.0.1:8080",
            "apikey": session.settings["token"],
        }

    # --- inside ----------------------------------------------------------------------------------------------

    def fail(self, message_id: str) -> None:
        """WhatsApp refuses the message after it was sent: that shows in its status alone."""
        self.world.move(message_id, DeliveryState.FAILED)

    def _check_text(self, body: Mapping[str, Any]) -> None:
        missing = [one for one in ("number", "text") if one not in body]
        if missing:
            raise Refusal(400, [[f'instance requires property "{one}"' for one in missing]])
        if not isinstance(body.get("delay", 0), int):
            raise Refusal(400, [["instance.delay is not of a type(s) integer"]])
        if not str(body["text"]).strip():
            raise Refusal(400, ["Text is required"])

    def _target(self, session: Session, number: str) -> dict[str, str]:
        """Where it sends to. A group it cannot read, for whatever reason, gives an error that says nothing."""
        is_group = number.endswith("@g.us") or (number.isdecimal() and len(number) >= 18)
        if is_group:
            group_id = number if "@" in number else f"{number}@g.us"
            group = self.world.groups.get(group_id)
            phone = session.account.phone if session.account else ""
            if not session.is_open or group is None or phone not in group.members:
                raise Refusal(400, ["[object Object]"])
            return {"group": group_id}
        if not session.is_open:
            if session.settings["owner"] is None:
                raise Refusal(500, "Cannot read properties of undefined (reading 'onWhatsApp')")
            raise Refusal(500, "Connection Closed")
        account = self.world.find(number)
        if account is None or not account.is_on_whatsapp:
            jid = number if "@" in number else f"{number}@s.whatsapp.net"
            raise Refusal(400, [{"jid": jid, "exists": False, "number": number}])
        return {"to": account.phone}

    def _on_whatsapp(self, number: str) -> dict[str, Any]:
        account = self.world.find(number)
        if account is None or not account.is_on_whatsapp:
            jid = number if "@" in number else f"{number}@s.whatsapp.net"
            return {"jid": jid, "exists": number.endswith("@lid"), "number": number}
        return {
            "jid": account.jid,
            "exists": True,
            "number": number,
            "name": account.name,
            "lid": account.lid_jid,
        }

    def _kept(self, session: Session, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The messages of its database that the filter lets through, newest first."""
        where = body.get("where") or {}
        key, times = where.get("key") or {}, where.get("messageTimestamp") or {}
        phone = session.account.phone if session.account else ""
        found = [one for one in list(self.world.messages.values()) if one.concerns(phone)]
        rows = [evolution_json.message_data(one, session, self.version) for one in reversed(found)]
        since, until = (_seconds(times.get(end)) for end in ("gte", "lte"))
        return [
            {**row, "MessageUpdate": []}
            for row in rows
            if (not key.get("fromMe") or row["key"]["fromMe"])
            and (not key.get("remoteJid") or row["key"]["remoteJid"] == key["remoteJid"])
            and (not key.get("id") or row["key"]["id"] == key["id"])
            and (since is None or until is None or since <= row["messageTimestamp"] <= until)
        ]

    def _group(self, request: SandboxRequest, name: str, failure: str) -> WorldGroup:
        session = self.sessions.get(name)
        if not session.is_open or session.account is None:
            raise Refusal(404, [failure, "Error: Connection Closed"])
        group = self.world.groups.get(request.query.get("groupJid", ""))
        if group is None or session.account.phone not in group.members:
            raise Refusal(404, [failure, "Error: item-not-found"])
        return group

    def _row(self, session: Session) -> dict[str, Any]:
        settings = session.settings
        return {
            "id": settings["id"],
            "name": session.name,
            "connectionStatus": settings["database"],
            "ownerJid": settings["owner"],
            "profileName": "Help desk" if settings["owner"] else None,
            "profilePicUrl": None,
            "integration": "WHATSAPP-BAILEYS",
            "number": None,
            "token": settings["token"],
            "clientName": "sandbox",
            "disconnectionReasonCode": settings["reason_code"],
            "disconnectionObject": None,
            "disconnectionAt": None,
            "Setting": {"groupsIgnore": False},
            "_count": {"Message": len(self.world.messages), "Contact": 0, "Chat": 0},
        }


_Handler = Callable[[FakeEvolution, SandboxRequest, str], SandboxResponse]
_ROUTES: Final[tuple[tuple[str, re.Pattern[str], _Handler], ...]] = tuple(
    (method, re.compile(path.replace("{name}", "(?P<name>[^/]+)")), handler)
    for method, path, handler in (
        ("POST", "/instance/create", FakeEvolution.create),
        ("GET", "/instance/connect/{name}", FakeEvolution.connect),
        ("GET", "/instance/connectionState/{name}", FakeEvolution.connection_state),
        ("GET", "/instance/fetchInstances", FakeEvolution.fetch_instances),
        ("POST", "/instance/restart/{name}", FakeEvolution.restart),
        ("DELETE", "/instance/logout/{name}", FakeEvolution.log_out),
        ("DELETE", "/instance/delete/{name}", FakeEvolution.delete),
        ("POST", "/webhook/set/{name}", FakeEvolution.set_webhook),
        ("GET", "/webhook/find/{name}", FakeEvolution.find_webhook),
        ("POST", "/message/sendText/{name}", FakeEvolution.send_text),
        ("POST", "/message/sendMedia/{name}", FakeEvolution.send_media),
        ("POST", "/chat/sendPresence/{name}", FakeEvolution.send_presence),
        ("POST", "/chat/markMessageAsRead/{name}", FakeEvolution.mark_read),
        ("POST", "/chat/whatsappNumbers/{name}", FakeEvolution.whatsapp_numbers),
        ("POST", "/chat/findMessages/{name}", FakeEvolution.find_messages),
        ("GET", "/group/fetchAllGroups/{name}", FakeEvolution.fetch_groups),
        ("GET", "/group/findGroupInfos/{name}", FakeEvolution.find_group),
        ("GET", "/group/participants/{name}", FakeEvolution.participants),
    )
)

_NOT_ACTIVATED: Final = {
    "error": "service not activated",
    "code": "LICENSE_REQUIRED",
    "register_url": "https://example.org/register",
    "instance_id": "sandbox",
    "docs_url": "https://example.org/docs",
    "message": "Activate this installation first.",
}
_RAW_ERROR: Final = {
    "data": None,
    "isBoom": True,
    "isServer": False,
    "output": {
        "statusCode": 428,
        "payload": {"statusCode": 428, "error": "Precondition Required", "message": "Connection Closed"},
        "headers": {},
    },
}


def _state(session: Session) -> str:
    return _STATES.get(session.state, "close")


def _qr(session: Session) -> dict[str, Any]:
    if not session.qr:
        return {"count": 0}
    return {
        "pairingCode": session.pairing_code.replace("-", "") or None,
        "code": session.qr,
        "base64": evolution_json.PNG,
        "count": session.qr_count,
    }


def _note_in_database(session: Session, event: StateChanged) -> None:
    """Its row of the instance: it knows of codes that were shown, of links, and of ends that are for good."""
    settings = session.settings
    if event.state == NumberState.QR:
        settings["database"] = "connecting"
    elif event.state == NumberState.OPEN and session.account is not None:
        settings["database"], settings["owner"] = "open", session.account.jid
    elif event.state in (NumberState.LOGGED_OUT, NumberState.BANNED):
        settings["database"], settings["reason_code"] = "close", int(event.reason)


def _checked_webhook(webhook: dict[str, Any]) -> dict[str, Any]:
    if "events" not in webhook:
        raise Refusal(500, "Cannot read properties of undefined (reading 'length')")
    unknown = [one for one in webhook["events"] if one not in EVENTS]
    if unknown:
        raise Refusal(
            400, [[f"instance.webhook.events[0] is not one of enum values: {','.join(sorted(EVENTS))}"]]
        )
    return {**webhook, "events": webhook["events"] or sorted(EVENTS)}


def _webhook_row(session: Session) -> dict[str, Any] | None:
    webhook = session.settings["webhook"]
    if webhook is None:
        return None
    return {
        "id": "cm0webhook",
        "url": webhook["url"],
        "headers": webhook.get("headers"),
        "enabled": webhook["enabled"],
        "events": webhook["events"],
        "webhookByEvents": webhook.get("byEvents"),
        "webhookBase64": webhook.get("base64"),
        "createdAt": "2026-11-22T16:00:00.000Z",
        "updatedAt": "2026-11-22T16:00:00.000Z",
        "instanceId": session.settings["id"],
    }


def _success(message: str) -> dict[str, Any]:
    return {"status": "SUCCESS", "error": False, "response": {"message": message}}


def _body(request: SandboxRequest) -> dict[str, Any]:
    return request.json if isinstance(request.json, dict) else {}


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _seconds(text: Any) -> float | None:
    return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
