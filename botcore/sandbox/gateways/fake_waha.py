"""A fake WAHA with the GOWS engine (release 2026.7.1): its API, its errors and its webhooks, for one and many sessions.

Shapes: waha-docs static/swagger/openapi.json and content/docs/how-to/*.md; what GOWS writes, and how WAHA fails, of
waha src/core/engines/gows/*.ts, src/core/abc/manager.abc.ts and src/api/exception.filter.ts.
"""

import hashlib
import hmac
import itertools
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from botcore.sandbox.gateways.fake_gateway import FakeGateway, WebhookTarget
from botcore.sandbox.gateways.go_json import go_group, go_info, iso
from botcore.sandbox.gateways.sessions import Session, SessionEvent
from botcore.sandbox.gateways.waha_json import (
    CHALLENGE,
    VERSION,
    chat_names,
    compound_id,
    cus,
    jid_of,
    message_json,
    own_account,
    participant_json,
    payloads,
    plain_id,
    runs,
    session_json,
    status_of,
)
from botcore.sandbox.gateways.webhook_sender import RetryHabit
from botcore.sandbox.gateways.world import Account, WorldGroup
from smmbot.lib.sandbox.control import BadControlCallError
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response


class Refusal(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.response = json_response(body, status)


Handler = Callable[["FakeWaha", SandboxRequest, list[str]], Any]


class FakeWaha(FakeGateway):
    name = "waha"
    # policy exponential, delaySeconds 2, attempts 15; any answer but a 2xx is tried again.
    habit = RetryHabit(
        waits_s=tuple(2.0 * 2**at for at in range(15)), timeout_s=30.0, is_retried=lambda status: True
    )
    scenario_names = {
        "one_session_only": "a WAHA Core before 2026.6.1: every session but `default` is refused",
        "passkey_refused": "WhatsApp does not take the passkey",
        "other_engine": "it runs the engine NOWEB",
    }

    def __init__(self, **options: Any) -> None:
        self._events = itertools.count(1)
        super().__init__(**options)

    # --- API -------------------------------------------------------------------------------------------------

    def key_of(self, request: SandboxRequest) -> str:
        return request.header("X-Api-Key")

    def call(self, request: SandboxRequest) -> SandboxResponse:
        try:
            if not hmac.compare_digest(self.key_of(request), self.api_key):
                raise Refusal(HTTPStatus.UNAUTHORIZED, {"message": "Unauthorized", "statusCode": 401})
            for method, pattern, handler in _ROUTES:
                if request.method == method and (found := pattern.fullmatch(request.path)):
                    answer = handler(self, request, list(found.groups()))
                    return json_response(answer, 201 if method == "POST" else 200)
            raise _not_found(f"Cannot {request.method} {request.path}")
        except Refusal as refusal:
            return refusal.response

    def version(self, request: SandboxRequest, names: list[str]) -> Any:
        if self.scenarios.take("other_engine", path=request.path, api_key=""):
            return {**VERSION, "engine": "NOWEB"}
        return VERSION

    def list_sessions(self, request: SandboxRequest, names: list[str]) -> Any:
        everybody = request.query.get("all") == "true"
        return [session_json(one) for one in list(self.sessions.by_name.values()) if everybody or runs(one)]

    def create(self, request: SandboxRequest, names: list[str]) -> Any:
        body = _body(request)
        name = str(body.get("name") or f"session_{uuid.uuid4().hex}")
        if self.scenarios.take("one_session_only", path=request.path, api_key=self.key_of(request)):
            raise _unprocessable(
                f"WAHA Core support only 'default' session. You tried to access '{name}' session (base64: …)."
            )
        if self.sessions.find(name) is not None:
            raise _unprocessable(f"Session '{name}' already exists. Use PUT to update it.")
        session = self.sessions.create(name, config=body.get("config"), runs=False, statuses=[], me=None)
        if body.get("start", True):
            self._start(session)
        return session_json(session)

    def show(self, request: SandboxRequest, names: list[str]) -> Any:
        return session_json(self._existing(names[0]))

    def update(self, request: SandboxRequest, names: list[str]) -> Any:
        """A session that runs is stopped and started with it."""
        session = self._existing(names[0])
        was_running = runs(session)
        self._stop(session)
        session.settings["config"] = _body(request).get("config")
        if was_running:
            self._start(session)
        return session_json(session)

    def remove(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self.sessions.find(names[0])
        if session is not None:
            session.settings["runs"] = False
            self.sessions.delete(session.name)
        return None

    def start(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._existing(names[0])
        if not runs(session):
            self._start(session)
        return session_json(session)

    def stop(self, request: SandboxRequest, names: list[str]) -> Any:
        self._stop(self._existing(names[0]))
        return session_json(self._existing(names[0]))

    def restart(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._existing(names[0])
        self._stop(session)
        self._start(session)
        return session_json(session)

    def log_out(self, request: SandboxRequest, names: list[str]) -> Any:
        """It is started from scratch where it ran."""
        session = self._existing(names[0])
        was_running = runs(session)
        session.settings["runs"] = False
        self.sessions.log_out(session.name)
        if was_running:
            self._start(session)
        return session_json(session)

    def qr(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._in_status(names[0], "SCAN_QR_CODE")
        if request.query.get("format") == "raw":
            return {"value": f"https://wa.me/settings/linked_devices#{session.qr}"}
        return {"mimetype": "image/png", "data": "iVBORw0KGgo="}

    def request_code(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._running(names[0])
        if status_of(session) != "SCAN_QR_CODE":
            raise _unprocessable(
                f"Can request code only in SCAN_QR_CODE status. The current status is {status_of(session)}"
            )
        return {"code": self.sessions.pair(session.name, str(_body(request)["phoneNumber"]))}

    def passkey_challenge(self, request: SandboxRequest, names: list[str]) -> Any:
        if status_of(self._running(names[0])) != "PASSKEY_REQUIRED":
            raise _unprocessable("No passkey challenge is pending for the session")
        return CHALLENGE

    def passkey_answer(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._running(names[0])
        is_whole = {"id", "rawId", "type", "response"} <= set(_body(request))
        if not is_whole or self.scenarios.take("passkey_refused", path=request.path, api_key=""):
            raise self._crash(request, "2 UNKNOWN: failed to send passkey response")
        self._passkey_step(request, self.sessions.answer_passkey, session)
        return None

    def passkey_confirmation(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._running(names[0])
        if status_of(session) != "PASSKEY_CONFIRMATION_REQUIRED":
            raise _unprocessable("No passkey confirmation is pending for the session")
        return {"code": session.passkey_code}

    def passkey_confirm(self, request: SandboxRequest, names: list[str]) -> Any:
        self._passkey_step(request, self.sessions.confirm_passkey, self._running(names[0]))
        return None

    def send_text(self, request: SandboxRequest, names: list[str]) -> Any:
        body = _body(request)
        if not isinstance(body.get("text"), str) or not isinstance(body.get("chatId"), str):
            raise Refusal(
                HTTPStatus.BAD_REQUEST,
                {"statusCode": 400, "message": ["text must be a string"], "error": "Bad Request"},
            )
        session = self._in_status(str(body.get("session")), "WORKING")
        if self.scenarios.take("reachout_blocked", path=request.path, api_key=session.name):
            raise self._crash(request, "2 UNKNOWN: server returned error 463")
        to, group = self._recipient(request, session, body["chatId"])
        known = self.world.messages.get(str(body.get("id") or ""))
        quoted = plain_id(str(body.get("reply_to") or ""))
        # WhatsApp shows a message of one id once, however often it is sent.
        sent = known or self.sessions.send(
            session,
            to=to.phone if to else "",
            group=group.id if group else "",
            text=body["text"],
            mentions=[jid_of(str(one)) for one in body.get("mentions") or ()],
            quoted=quoted if quoted in self.world.messages else "",
            message_id=str(body.get("id") or ""),
        )
        return {"id": compound_id(sent, session), "_data": {"Info": go_info(sent, session)}}

    def typing(self, request: SandboxRequest, names: list[str]) -> Any:
        body = _body(request)
        session = self._in_status(str(body.get("session")), "WORKING")
        session.typing.append((jid_of(str(body["chatId"])), names[0] == "start"))
        return {"result": True}

    def seen(self, request: SandboxRequest, names: list[str]) -> Any:
        body = _body(request)
        session = self._in_status(str(body.get("session")), "WORKING")
        for one in body.get("messageIds") or ():
            if len(str(one).split("_")) not in (3, 4):
                raise self._crash(
                    request, "Message id be in format false_11111111111@c.us_AAAA[_participant]"
                )
            session.reads.append(plain_id(str(one)))
        return None

    def groups(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._in_status(names[0], "WORKING")
        return [go_group(self.world, one) for one in self.world.groups_of(own_account(session).phone)]

    def group(self, request: SandboxRequest, names: list[str]) -> Any:
        return go_group(self.world, self._group(request, *names))

    def participants(self, request: SandboxRequest, names: list[str]) -> Any:
        group = self._group(request, *names)
        return [participant_json(self.world.account(phone), group) for phone in group.members]

    def phone_of_lid(self, request: SandboxRequest, names: list[str]) -> Any:
        self._in_status(names[0], "WORKING")
        found = self.world.find(f"{names[1].partition('@')[0]}@lid")
        known = found is not None and not found.hides_phone
        return {
            "lid": f"{names[1].partition('@')[0]}@lid",
            "pn": cus(found.jid) if found and known else None,
        }

    def lid_of_phone(self, request: SandboxRequest, names: list[str]) -> Any:
        self._in_status(names[0], "WORKING")
        phone = names[1].partition("@")[0]
        found = self.world.find(phone)
        return {"lid": found.lid_jid if found else None, "pn": f"{phone}@c.us"}

    def history(self, request: SandboxRequest, names: list[str]) -> Any:
        session = self._in_status(names[0], "WORKING")
        chat, since = jid_of(names[1]), float(request.query.get("filter.timestamp.gte", "0"))
        mine = request.query.get("filter.fromMe")
        told = [
            message_json(one, session)
            for one in sorted(self.world.messages.values(), key=lambda one: -one.at)
            if one.concerns(own_account(session).phone)
            and chat in chat_names(one, session)
            and int(one.at) >= since
            and (mine is None or (one.by.phone == own_account(session).phone) == (mine == "true"))
        ]
        return told[: int(request.query.get("limit", "10"))]

    # --- webhooks --------------------------------------------------------------------------------------------

    def target(self, session: Session) -> WebhookTarget | None:
        webhook = _webhook(session)
        if not webhook or not webhook.get("url"):
            return None
        return WebhookTarget(url=str(webhook["url"]), secret=str((webhook.get("hmac") or {}).get("key", "")))

    def sign(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {
            "X-Webhook-Request-Id": uuid.uuid4().hex,
            "X-Webhook-Timestamp": str(int(time.time() * 1000)),
            "X-Webhook-Hmac": hmac.new(secret.encode(), body, hashlib.sha512).hexdigest(),
            "X-Webhook-Hmac-Algorithm": "sha512",
        }

    def tells(self, session: Session, event: SessionEvent) -> Iterable[tuple[str, Mapping[str, Any]]]:
        wanted = (_webhook(session) or {}).get("events") or ()
        for name, payload in payloads(self.world, session, event):
            if name in wanted:
                yield name, self._envelope(session, name, payload)

    def _envelope(self, session: Session, name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": f"evt_01jx{next(self._events):022d}",
            "timestamp": int(self.clock.now() * 1000),
            "event": name,
            "session": session.name,
            "metadata": _config(session).get("metadata") or {},
            "me": session.settings.get("me"),
            "payload": payload,
            "engine": "GOWS",
            "environment": VERSION,
        }

    # --- sessions --------------------------------------------------------------------------------------------

    def _start(self, session: Session) -> None:
        session.settings["runs"], session.settings["me"] = True, None
        self.sessions.connect(session.name)

    def _stop(self, session: Session) -> None:
        if runs(session):
            session.settings["runs"] = False
            self.sessions.drop(session.name, "")

    def _existing(self, name: str) -> Session:
        session = self.sessions.find(name)
        if session is None:
            raise _not_found("Session not found")
        return session

    def _running(self, name: str) -> Session:
        session = self.sessions.find(name)
        if session is None or not runs(session):
            raise _not_found(
                f"We didn't find a session with name '{name}'.\n"
                f"Please start it first by using POST /api/sessions/{name}/start request"
            )
        return session

    def _in_status(self, name: str, expected: str) -> Session:
        """The real one waits five seconds for it before it says so."""
        session = self._running(name)
        if status_of(session) != expected:
            raise Refusal(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                {
                    "error": "Session status is not as expected. Try again later or restart the session",
                    "session": name,
                    "status": status_of(session),
                    "expected": [expected],
                },
            )
        return session

    def _recipient(
        self, request: SandboxRequest, session: Session, chat_id: str
    ) -> tuple[Account | None, WorldGroup | None]:
        if chat_id.endswith("@g.us"):
            return None, self._group(request, session.name, chat_id)
        account = self.world.find(jid_of(chat_id))
        if account is None and not chat_id.endswith("@lid"):
            account = self.world.account(jid_of(chat_id))
        if account is None or not account.is_on_whatsapp:
            raise self._crash(request, f"2 UNKNOWN: no LID found for {jid_of(chat_id)} from server")
        return account, None

    def _group(self, request: SandboxRequest, name: str, group_id: str) -> WorldGroup:
        session = self._in_status(name, "WORKING")
        group = self.world.groups.get(group_id)
        if group is None:
            raise self._crash(request, "2 UNKNOWN: that group does not exist")
        if own_account(session).phone not in group.members:
            raise self._crash(request, "2 UNKNOWN: you're not participating in that group")
        return group

    def _passkey_step(self, request: SandboxRequest, step: Callable[[str], None], session: Session) -> None:
        try:
            step(session.name)
        except BadControlCallError as error:
            raise self._crash(request, f"2 UNKNOWN: {error}") from error

    def _crash(self, request: SandboxRequest, message: str) -> Refusal:
        """Any error but a NestJS one: the request is handed back with it."""
        return Refusal(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            {
                "statusCode": 500,
                "timestamp": iso(self.clock.now()),
                "exception": {
                    "message": message,
                    "code": 2,
                    "details": message.partition(": ")[2] or message,
                    "metadata": {},
                    "name": "Error",
                },
                "request": {
                    "path": request.path,
                    "method": request.method,
                    "body": request.json,
                    "query": {},
                },
                "version": VERSION,
            },
        )


def _route(method: str, path: str, handler: Handler) -> tuple[str, re.Pattern[str], Handler]:
    return method, re.compile(path.replace("{}", "([^/]+)")), handler


_ROUTES: Final = (
    _route("GET", "/api/server/version", FakeWaha.version),
    _route("GET", "/api/sessions", FakeWaha.list_sessions),
    _route("POST", "/api/sessions", FakeWaha.create),
    _route("GET", "/api/sessions/{}", FakeWaha.show),
    _route("PUT", "/api/sessions/{}", FakeWaha.update),
    _route("DELETE", "/api/sessions/{}", FakeWaha.remove),
    _route("POST", "/api/sessions/{}/start", FakeWaha.start),
    _route("POST", "/api/sessions/{}/stop", FakeWaha.stop),
    _route("POST", "/api/sessions/{}/restart", FakeWaha.restart),
    _route("POST", "/api/sessions/{}/logout", FakeWaha.log_out),
    _route("GET", "/api/{}/auth/qr", FakeWaha.qr),
    _route("POST", "/api/{}/auth/request-code", FakeWaha.request_code),
    _route("GET", "/api/{}/auth/passkey/challenge", FakeWaha.passkey_challenge),
    _route("POST", "/api/{}/auth/passkey", FakeWaha.passkey_answer),
    _route("GET", "/api/{}/auth/passkey/confirmation", FakeWaha.passkey_confirmation),
    _route("POST", "/api/{}/auth/passkey/confirm", FakeWaha.passkey_confirm),
    _route("POST", "/api/sendText", FakeWaha.send_text),
    _route("POST", "/api/(start|stop)Typing", FakeWaha.typing),
    _route("POST", "/api/sendSeen", FakeWaha.seen),
    _route("GET", "/api/{}/groups", FakeWaha.groups),
    _route("GET", "/api/{}/groups/{}", FakeWaha.group),
    _route("GET", "/api/{}/groups/{}/participants/v2", FakeWaha.participants),
    _route("GET", "/api/{}/lids/{}", FakeWaha.phone_of_lid),
    _route("GET", "/api/{}/lids/pn/{}", FakeWaha.lid_of_phone),
    _route("GET", "/api/{}/chats/{}/messages", FakeWaha.history),
)


def _not_found(message: str) -> Refusal:
    return Refusal(HTTPStatus.NOT_FOUND, {"message": message, "error": "Not Found", "statusCode": 404})


def _unprocessable(message: str) -> Refusal:
    return Refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        {"message": message, "error": "Unprocessable Entity", "statusCode": 422},
    )


def _body(request: SandboxRequest) -> dict[str, Any]:
    return request.json if isinstance(request.json, dict) else {}


def _config(session: Session) -> Mapping[str, Any]:
    config = session.settings.get("config")
    return config if isinstance(config, Mapping) else {}


def _webhook(session: Session) -> Mapping[str, Any] | None:
    webhooks = _config(session).get("webhooks")
    return webhooks[0] if isinstance(webhooks, list) and webhooks else None
