"""A fake GOWA (release 9): its API, its errors and its webhooks.

Shapes: go-whatsapp-web-multidevice docs/openapi.yaml and docs/webhook-payload.md; what they leave open, of its
src/ui/rest/*.go, src/usecase/*.go, src/pkg/error/*.go and src/infrastructure/whatsapp/event_*.go.
"""

import base64
import hashlib
import hmac
import io
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import segno

from botcore.enums import NumberState
from botcore.sandbox.gateways.fake_gateway import FakeGateway, WebhookTarget
from botcore.sandbox.gateways.go_json import go_group, iso
from botcore.sandbox.gateways.gowa_json import CHALLENGE, chat_names, device_json, own_account, payloads
from botcore.sandbox.gateways.sessions import Session, SessionEvent
from botcore.sandbox.gateways.webhook_sender import RetryHabit
from botcore.sandbox.gateways.world import Account, WorldGroup
from smmbot.lib.sandbox.control import BadControlCallError
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response

VERSION: Final = "v9.2.0"
# user:password, what APP_BASIC_AUTH holds.
CREDENTIALS: Final = "smmbot:sandbox-gateway-key"
# Half of the first code's 60 seconds.
QR_DURATION_S: Final = 30


class Refusal(Exception):
    """A panic of a handler, or an answer of a middleware."""

    def __init__(self, status: int, code: str, message: str, results: Any = None) -> None:
        super().__init__(code)
        self.response = json_response(
            {"code": code, "message": message, **({"results": results} if results else {})}, status
        )


Handler = Callable[["FakeGowa", SandboxRequest, list[str]], Any]


class FakeGowa(FakeGateway):
    name = "gowa"
    # Five tries at 1, 2, 4, 8 seconds; any answer but a 2xx is tried again.
    habit = RetryHabit(waits_s=(1.0, 2.0, 4.0, 8.0), timeout_s=10.0, is_retried=lambda status: True)
    default_key = CREDENTIALS
    scenario_names = {
        "passkey_refused": "WhatsApp does not take the passkey",
        "history_late": "a sent message is not in the history",
    }

    def __init__(self, **options: Any) -> None:
        self._pictures: dict[str, bytes] = {}
        super().__init__(**options)

    # --- API -------------------------------------------------------------------------------------------------

    def key_of(self, request: SandboxRequest) -> str:
        """Basic auth, as `user:password`."""
        scheme, _, token = request.header("Authorization").partition(" ")
        try:
            return base64.b64decode(token).decode() if scheme == "Basic" else ""
        except ValueError:
            return ""

    def call(self, request: SandboxRequest) -> SandboxResponse:
        if request.path.startswith("/statics/"):  # before its basic auth
            return self._picture(request.path)
        if not hmac.compare_digest(self.key_of(request).encode(), self.api_key.encode()):
            return SandboxResponse(HTTPStatus.UNAUTHORIZED, b"Unauthorized", "text/plain")
        try:
            for method, pattern, handler in _ROUTES:
                if request.method == method and (found := pattern.fullmatch(request.path)):
                    results = handler(self, request, list(found.groups()))
                    return json_response({"code": "SUCCESS", "message": "Success", "results": results})
        except Refusal as refusal:
            return refusal.response
        return SandboxResponse(HTTPStatus.NOT_FOUND, b"Cannot " + request.path.encode(), "text/plain")

    def info(self, request: SandboxRequest, names: list[str]) -> Any:
        return {"version": VERSION, "os": "Linux", "base_path": "", "chatwoot_enabled": False}

    def devices(self, request: SandboxRequest, names: list[str]) -> Any:
        return [device_json(one) for one in list(self.sessions.by_name.values())]

    def add_device(self, request: SandboxRequest, names: list[str]) -> Any:
        body = _body(request)
        name = str(body.get("device_id") or uuid.uuid4())
        if self.sessions.find(name) is not None:
            raise _panic(f"device {name} already exists")
        webhook = {name: body[name] for name in _WEBHOOK if name in body}
        session = self.sessions.create(name, webhook=webhook)
        return device_json(session) | webhook

    def device(self, request: SandboxRequest, names: list[str]) -> Any:
        return device_json(self._by_path(names[0]))

    def remove_device(self, request: SandboxRequest, names: list[str]) -> Any:
        self.sessions.delete(names[0])

    def webhook(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._of_webhook(names[0])
        return {"device_id": session.name, **_WEBHOOK, **session.settings["webhook"]}

    def set_webhook(self, request: SandboxRequest, names: list[str]) -> Any:
        body = _body(request)
        if body.get("webhook_url") is None:
            raise Refusal(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "webhook_url is required")
        session = self._of_webhook(names[0])
        session.settings["webhook"] = {name: body[name] for name in _WEBHOOK if name in body}
        return {"device_id": session.name, **_WEBHOOK, **session.settings["webhook"]}

    def login(self, request: SandboxRequest, names: list[str]) -> Any:
        """Every call begins the linking anew."""
        session = self._by_path(names[0])
        if session.is_open:
            raise Refusal(HTTPStatus.BAD_REQUEST, "ALREADY_LOGGED_IN", "you are already logged in.")
        if session.account is not None and session.state == NumberState.CLOSED:
            self.sessions.connect(session.name)
            raise Refusal(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "SESSION_SAVED_ERROR",
                "your session have been saved, please wait to connect 2 second and refresh again",
            )
        session.account = None
        self.sessions.connect(session.name)
        if session.state != NumberState.QR:
            raise Refusal(HTTPStatus.UNAUTHORIZED, "AUTHENTICATION_ERROR", "reconnect error")
        path = f"statics/qrcode/scan-qr-{uuid.uuid4()}.png"
        self._pictures[f"/{path}"] = _png(session.qr)
        return {
            "device_id": session.name,
            # The host is the one it believes to have, behind whatever proxy.
            "qr_link": f"http://localhost:3000/{path}",
            "qr_duration": QR_DURATION_S,
        }

    def login_by_code(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._by_path(names[0])
        phone = request.query.get("phone", "")
        if not re.fullmatch(r"\+?[0-9]{1,15}", phone):
            raise Refusal(
                HTTPStatus.BAD_REQUEST, "VALIDATION_ERROR", f"phone_number({phone}): cannot be blank."
            )
        if session.is_open:
            raise Refusal(HTTPStatus.BAD_REQUEST, "ALREADY_LOGGED_IN", "you are already logged in.")
        return {"device_id": session.name, "pair_code": self.sessions.pair(session.name, phone)}

    def log_out(self, request: SandboxRequest, names: list[str]) -> Any:
        self.sessions.log_out(self._by_path(names[0]).name)

    def reconnect(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._device(request)
        if session.account is None:
            raise _panic(f"device {session.name} is not logged in (session deleted)")
        self.sessions.connect(session.name)
        return {"device_id": session.name}

    def passkey(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._device(request)
        status, challenge = "none", None
        if session.state == NumberState.PASSKEY:
            status, challenge = "awaiting_response", CHALLENGE
        elif session.state == NumberState.PASSKEY_CONFIRM:
            status = "awaiting_confirmation"
        code = session.passkey_code if status == "awaiting_confirmation" else ""
        return {
            "device_id": session.name,
            "status": status,
            "challenge": challenge,
            "code": code,
            "skip_handoff_ux": False,
        }

    def passkey_answer(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._device(request)
        if not {"id", "rawId", "type", "response"} <= set(_body(request)):
            raise Refusal(HTTPStatus.BAD_REQUEST, "VALIDATION_ERROR", "rawId: cannot be blank")
        if self.scenarios.take("passkey_refused", path=request.path, api_key=session.name):
            raise _panic("failed to send passkey response")
        self._passkey_step(self.sessions.answer_passkey, session)
        return {"device_id": session.name}

    def passkey_confirm(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._device(request)
        self._passkey_step(self.sessions.confirm_passkey, session)
        return {"device_id": session.name}

    def send_message(self, request: SandboxRequest, names: list[str]) -> Any:
        body = _body(request)
        if not body.get("phone") or not body.get("message"):
            raise Refusal(HTTPStatus.BAD_REQUEST, "VALIDATION_ERROR", "message: cannot be blank.")
        session = self._linked(request)
        to, group = self._recipient(session, str(body["phone"]))
        if self.scenarios.take("reachout_blocked", path=request.path, api_key=session.name):
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "WA_REACHOUT_TIMELOCK",
                "WhatsApp rejected this send with error 463 (reach-out timelock).",
            )
        quoted = str(body.get("reply_message_id") or "")
        sent = self.sessions.send(
            session,
            to=to.phone if to else "",
            group=group.id if group else "",
            text=str(body["message"]),
            mentions=[f"{one}@s.whatsapp.net" for one in body.get("mentions") or ()],
            quoted=quoted if quoted in self.world.messages else "",
        )
        if not self.scenarios.take("history_late", path=request.path, api_key=session.name):
            session.settings.setdefault("history", {})[sent.id] = body["message"]
        return {"message_id": sent.id, "status": f"Message sent to {body['phone']} (server timestamp: …)"}

    def chat_presence(self, request: SandboxRequest, names: list[str]) -> Any:
        body, session = _body(request), self._linked(request)
        self._recipient(session, str(body.get("phone")))
        session.typing.append((str(body["phone"]), body.get("action") == "start"))
        return {"message_id": f"chat-presence-{body.get('action')}", "status": "success"}

    def mark_read(self, request: SandboxRequest, names: list[str]) -> Any:
        self._linked(request).reads.append(names[0])
        return {"message_id": names[0], "status": f"Mark as read success {names[0]}"}

    def my_groups(self, request: SandboxRequest, names: list[str]) -> Any:
        own = own_account(self._linked(request))
        found = [go_group(self.world, one) for one in self.world.groups_of(own.phone)]
        return {"data": found or None}

    def group_info(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._linked(request)
        return go_group(self.world, self._group(session, request.query.get("group_id", "")))

    def messages(self, request: SandboxRequest, names: list[str]) -> Any:
        """What came, and what its own API sent once WhatsApp had taken it."""
        session = self._linked(request)
        own = own_account(session).phone
        since, mine = request.query.get("start_time", ""), request.query.get("is_from_me")
        sent = session.settings.get("history") or {}
        found = [
            {
                "id": one.id,
                "chat_jid": names[0],
                "sender_jid": one.by.jid,
                "content": sent.get(one.id, one.text),
                "timestamp": iso(one.at),
                "is_from_me": one.by.phone == own,
                "media_type": "",
            }
            for one in sorted(self.world.messages.values(), key=lambda one: -one.at)
            if one.concerns(own)
            and names[0] in chat_names(one, own)
            and iso(one.at) >= since
            and (mine is None or (one.by.phone == own) == (mine == "true"))
            and (one.session != session.name or one.id in sent)
        ]
        page = found[: int(request.query.get("limit", "50"))]
        return {"data": page, "pagination": {"limit": len(page), "offset": 0, "total": len(found)}}

    # --- webhooks --------------------------------------------------------------------------------------------

    def target(self, session: Session) -> WebhookTarget | None:
        webhook = session.settings.get("webhook") or {}
        if not webhook.get("webhook_url"):
            return None
        return WebhookTarget(url=str(webhook["webhook_url"]), secret=str(webhook.get("webhook_secret", "")))

    def sign(self, body: bytes, secret: str) -> Mapping[str, str]:
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={signature}"}

    def tells(self, session: Session, event: SessionEvent) -> Iterable[tuple[str, Mapping[str, Any]]]:
        wanted = str(session.settings["webhook"].get("webhook_events") or "")
        for name, payload in payloads(self.world, session, event):
            if not wanted or name in wanted.split(","):
                yield (
                    name,
                    {
                        "event": name,
                        "device_id": own_account(session).jid,
                        "session_id": session.name,
                        "timestamp": iso(self.clock.now()),
                        "payload": payload,
                    },
                )

    # --- sessions --------------------------------------------------------------------------------------------

    def _by_path(self, name: str) -> Session:
        """Routes that name the device in their path know no error of their own for one that is not there."""
        session = self.sessions.find(name)
        if session is None:
            raise _panic(f"device {name} not found")
        return session

    def _of_webhook(self, name: str) -> Session:
        session = self.sessions.find(name)
        if session is None:
            raise Refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", "device not found")
        return session

    def _device(self, request: SandboxRequest) -> Session:
        """Those that name it in the header do."""
        name = request.header("X-Device-Id")
        if not name and len(self.sessions.by_name) != 1:
            raise Refusal(
                HTTPStatus.BAD_REQUEST,
                "DEVICE_ID_REQUIRED",
                "device_id is required via X-Device-Id header or device_id query",
            )
        session = self.sessions.find(name) if name else next(iter(self.sessions.by_name.values()))
        if session is None:
            raise Refusal(
                HTTPStatus.NOT_FOUND,
                "DEVICE_NOT_FOUND",
                "device not found; create a device first from /api/devices or provide a valid X-Device-Id",
                {"device_id": name},
            )
        return session

    def _linked(self, request: SandboxRequest) -> Session:
        session = self._device(request)
        if session.state == NumberState.NEW:
            raise Refusal(
                HTTPStatus.INTERNAL_SERVER_ERROR, "INVALID_WA_CLI", "your WhatsApp CLI is invalid or empty"
            )
        if not session.is_open:
            said = (
                "you are not connect to services server, please reconnect"
                if session.state == NumberState.CLOSED
                else "you are not logged in"
            )
            raise Refusal(HTTPStatus.UNAUTHORIZED, "AUTHENTICATION_ERROR", said)
        return session

    def _recipient(self, session: Session, phone: str) -> tuple[Account | None, WorldGroup | None]:
        if phone.endswith("@g.us"):
            return None, self._group(session, phone)
        if phone.startswith("0"):
            raise Refusal(
                HTTPStatus.BAD_REQUEST, "VALIDATION_ERROR", "phone number must be in international format"
            )
        account = self.world.find(phone)
        if account is None and not phone.endswith("@lid"):
            account = self.world.account(phone)
        if account is None or not account.is_on_whatsapp:
            raise Refusal(HTTPStatus.BAD_REQUEST, "INVALID_JID", f"Phone {phone} is not on whatsapp")
        return account, None

    def _group(self, session: Session, group_id: str) -> WorldGroup:
        group = self.world.groups.get(group_id)
        if group is None:
            raise _panic("that group does not exist")
        if own_account(session).phone not in group.members:
            raise _panic("you're not participating in that group")
        return group

    def _passkey_step(self, step: Callable[[str], None], session: Session) -> None:
        try:
            step(session.name)
        except BadControlCallError as error:
            raise _panic(f"no pending passkey pairing request for device {session.name}") from error

    def _picture(self, path: str) -> SandboxResponse:
        picture = self._pictures.get(path)
        if picture is None:
            return SandboxResponse(HTTPStatus.NOT_FOUND, b"Not Found", "text/plain")
        return SandboxResponse(HTTPStatus.OK, picture, "image/png")


def _route(method: str, path: str, handler: Handler) -> tuple[str, re.Pattern[str], Handler]:
    return method, re.compile(path.replace("{}", "([^/]+)")), handler


_ROUTES: Final = (
    _route("GET", "/app/info", FakeGowa.info),
    _route("GET", "/devices", FakeGowa.devices),
    _route("POST", "/devices", FakeGowa.add_device),
    _route("GET", "/devices/{}", FakeGowa.device),
    _route("DELETE", "/devices/{}", FakeGowa.remove_device),
    _route("GET", "/devices/{}/webhook", FakeGowa.webhook),
    _route("PATCH", "/devices/{}/webhook", FakeGowa.set_webhook),
    _route("GET", "/devices/{}/login", FakeGowa.login),
    _route("POST", "/devices/{}/login/code", FakeGowa.login_by_code),
    _route("POST", "/devices/{}/logout", FakeGowa.log_out),
    _route("GET", "/app/reconnect", FakeGowa.reconnect),
    _route("GET", "/app/passkey", FakeGowa.passkey),
    _route("POST", "/app/passkey/response", FakeGowa.passkey_answer),
    _route("POST", "/app/passkey/confirm", FakeGowa.passkey_confirm),
    _route("POST", "/send/message", FakeGowa.send_message),
    _route("POST", "/send/chat-presence", FakeGowa.chat_presence),
    _route("POST", "/message/{}/read", FakeGowa.mark_read),
    _route("GET", "/user/my/groups", FakeGowa.my_groups),
    _route("GET", "/group/info", FakeGowa.group_info),
    _route("GET", "/chat/{}/messages", FakeGowa.messages),
)
_WEBHOOK: Final = {
    "webhook_url": "",
    "webhook_secret": "",
    "webhook_events": "",
    "webhook_insecure_skip_verify": False,
}


def _panic(message: str) -> Refusal:
    """An error without a class of its own."""
    return Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", message)


def _body(request: SandboxRequest) -> dict[str, Any]:
    return request.json if isinstance(request.json, dict) else {}


def _png(text: str) -> bytes:
    picture = io.BytesIO()
    segno.make(text).save(picture, kind="png", scale=4)
    return picture.getvalue()
