"""GOWA (aldinokemal/go-whatsapp-web-multidevice), whatsmeow behind a small HTTP server: a session is its *device*.

Calls and fields are those of its docs/openapi.yaml, release 9; what the document leaves open, of src/ui/rest/*.go and
src/usecase/*.go. It tells nothing of connections, so a device is asked how it is.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from botcore.enums import GatewayProblem, NumberState
from botcore.gateway.answers import json_of, reading
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.drivers.gowa.failures import failure_of
from botcore.gateway.drivers.gowa.webhook import EVENTS, read_event
from botcore.gateway.errors import (
    BadRequest,
    BadWebhook,
    GatewayError,
    GatewayRefused,
    SessionMissing,
    SessionNotConnected,
)
from botcore.gateway.types import (
    Address,
    Endpoint,
    Event,
    GatewayInfo,
    GroupInfo,
    OutgoingText,
    Qr,
    SentMessage,
    SessionStatus,
    Webhook,
)
from botcore.gateway.whatsmeow import group_of
from botcore.gateway.wire import DEADLINE_S, Wire
from smmbot.lib.http import HttpAnswer, Query

SIGNATURE_HEADER: Final = "x-hub-signature-256"
DEVICE_HEADER: Final = "X-Device-Id"
_SIGNED_AS: Final = "sha256="
_PNG: Final = b"\x89PNG\r\n\x1a\n"
# Where its pictures lie below its address; the link it gives names the host it thinks it has.
_STATICS: Final = "/statics/"
_HISTORY_PAGE: Final = 100
# GOWA gives up a call after 45 seconds. Who hears that knows more than who hung up before.
SEND_S: Final = 50.0
_CLOCKS_DIFFER: Final = timedelta(minutes=1)


class GowaDriver(GatewayDriver):
    name = "gowa"
    capabilities = frozenset(
        {
            Capability.HISTORY,
            Capability.TYPING,
            Capability.READ_MARK,
            Capability.PAIRING_CODE,
            Capability.PASSKEY,
            Capability.DELIVERY,
        }
    )
    poll_every_s = 20
    notice = (
        "GOWA saves every photo and file it receives unless WHATSAPP_AUTO_DOWNLOAD_MEDIA=false is set, and fetches its"
        " web screen from GitHub at its start unless APP_UI_ENABLED=false is. It ends when one of its numbers is taken"
        " over by another program, and all its numbers are gone until it is started again."
    )

    def __init__(self, endpoint: Endpoint = Endpoint()) -> None:  # noqa: B008 -- frozen
        super().__init__(endpoint)
        token = base64.b64encode(endpoint.api_key.encode()).decode()
        self._wire = Wire(endpoint.base_url, {"Authorization": f"Basic {token}"} if endpoint.api_key else {})

    # --- webhook ---------------------------------------------------------------------------------------------

    def verify(self, webhook: Webhook, *, secret: str) -> bool:
        """X-Hub-Signature-256: `sha256=` and hex of HMAC-SHA256 over the raw body (docs/webhook-payload.md)."""
        right = _SIGNED_AS + hmac.new(secret.encode(), webhook.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(webhook.headers.get(SIGNATURE_HEADER, "").encode(), right.encode())

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        try:
            return read_event(json.loads(webhook.body))
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BadWebhook("not an event of GOWA", permanent=True) from error
        except RecursionError as error:
            raise BadWebhook("nested too deep", permanent=True) from error

    def session_of(self, webhook: Webhook) -> str:
        """Left out where GOWA does not know whose number it is."""
        try:
            session = json.loads(webhook.body).get("session_id")
        except (ValueError, AttributeError, RecursionError):
            return ""
        return session if isinstance(session, str) else ""

    # --- gateway ---------------------------------------------------------------------------------------------

    def probe(self) -> GatewayInfo:
        """GET /app/info: `{"version": "v9.2.0", …}`, from release 9 on."""
        try:
            told = self._ask("GET", "/app/info")
            with reading():
                return GatewayInfo(version=str(told["version"]))
        except GatewayRefused:
            return GatewayInfo(problem=GatewayProblem.REFUSED)
        except GatewayError as error:
            return GatewayInfo(problem=GatewayProblem.UNREACHABLE, detail=str(error))

    def list_sessions(self) -> Sequence[SessionStatus]:
        told = self._ask("GET", "/devices")
        with reading():
            return [self._status_of(one) for one in told or ()]

    # --- session ---------------------------------------------------------------------------------------------

    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        webhook = {"webhook_url": webhook_url, "webhook_secret": secret, "webhook_events": ",".join(EVENTS)}
        path = f"{_device_path(session)}/webhook"
        try:
            told = self._ask("GET", path)
        except SessionMissing:
            self._ask("POST", "/devices", json={"device_id": session, **webhook})
            return
        with reading():
            is_right = all(told.get(name) == value for name, value in webhook.items())
        if not is_right:
            self._ask("PATCH", path, json=webhook)

    def connect(self, session: str) -> None:
        """A device that is linked reaches WhatsApp again; one that is not begins to offer codes."""
        status = self.status(session)
        if status.state == NumberState.NEW:
            self._login(session)
        elif status.own and status.state != NumberState.OPEN:
            # Not POST /devices/{id}/reconnect: that fails where the client was never built since GOWA's start.
            self._ask_of(session, "GET", "/app/reconnect")

    def qr(self, session: str) -> Qr | None:
        """Every question begins the linking anew, so it is asked when the last code has run out, and not before."""
        if self.status(session).state != NumberState.QR:
            return None
        told = self._login(session)
        if told is None:
            return None
        with reading():
            link, lives_s = str(told["qr_link"]), float(told["qr_duration"])
        return Qr(text="", expires_at=datetime.now(UTC) + timedelta(seconds=lives_s), png=self._picture(link))

    def pairing_code(self, session: str, *, phone: str) -> str:
        told = self._ask("POST", f"{_device_path(session)}/login/code", params={"phone": phone})
        with reading():
            return str(told["pair_code"])

    def passkey_challenge(self, session: str) -> str:
        challenge = self._passkey(session).get("challenge")
        if not challenge:
            raise SessionNotConnected("no passkey is asked for")
        return json.dumps(challenge)

    def answer_passkey(self, session: str, *, credential: str) -> None:
        try:
            answer = json.loads(credential)
        except ValueError as error:
            raise BadRequest("not a credential") from error
        self._signed(session, "response", answer)

    def passkey_confirmation(self, session: str) -> str:
        code = self._passkey(session).get("code")
        if not code:
            raise SessionNotConnected("no code is to be compared")
        return str(code)

    def confirm_passkey(self, session: str) -> None:
        self._signed(session, "confirm", None)

    def status(self, session: str) -> SessionStatus:
        told = self._ask("GET", _device_path(session))
        with reading():
            return self._status_of(told)

    def logout(self, session: str) -> None:
        try:
            self._ask("POST", f"{_device_path(session)}/logout")
        except SessionMissing:
            return

    def delete(self, session: str) -> None:
        try:
            self._ask("DELETE", _device_path(session))
        except SessionMissing:
            return

    # --- chats -----------------------------------------------------------------------------------------------

    def send_text(self, session: str, message: OutgoingText) -> SentMessage:
        body: dict[str, Any] = {"phone": message.to.wa_id, "message": message.text}
        if message.quoted_id:
            body["reply_message_id"] = message.quoted_id
        if message.mentions:
            body["mentions"] = list(message.mentions)
        told = self._ask_of(session, "POST", "/send/message", json=body, deadline_s=SEND_S)
        with reading(is_unclear=True):
            return SentMessage(message_id=str(told["message_id"]))

    def find_sent(self, session: str, message: OutgoingText, *, since: datetime) -> SentMessage | None:
        """What is there went out. What is not may have gone all the same: GOWA writes a message down only after
        WhatsApp took it, and not when it heard no answer itself. Then nobody can tell, which is final."""
        told = self._ask_of(
            session,
            "GET",
            f"/chat/{quote(message.to.wa_id, safe='')}/messages",
            params={
                "is_from_me": "true",
                "limit": _HISTORY_PAGE,
                "start_time": (since - _CLOCKS_DIFFER).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )
        with reading():
            for sent in told["data"] or ():
                at = datetime.fromisoformat(sent["timestamp"])
                if sent.get("content") == message.text and at >= since.replace(microsecond=0):
                    return SentMessage(message_id=str(sent["id"]))
        raise GatewayError("not in its history, which proves nothing", permanent=True)

    def typing(self, session: str, to: Address, *, on: bool) -> None:
        body = {"phone": to.wa_id, "action": "start" if on else "stop"}
        self._ask_of(session, "POST", "/send/chat-presence", json=body)

    def mark_read(self, session: str, *, chat: Address, sender: Address, message_id: str) -> None:
        """Not in groups: there GOWA tells WhatsApp that the number itself wrote the message."""
        if chat.group:
            return
        path = f"/message/{quote(message_id, safe='')}/read"
        self._ask_of(session, "POST", path, json={"phone": chat.wa_id})

    def groups(self, session: str) -> Sequence[GroupInfo]:
        """`{"data": [<whatsmeow's GroupInfo>]}`, 500 at most: WhatsApp gives no more."""
        told = self._ask_of(session, "GET", "/user/my/groups")
        with reading():
            return [group_of(one) for one in told.get("data") or ()]

    def group(self, session: str, wa_id: str) -> GroupInfo:
        """/group/info, because /group/participants looks up the name of every member, which WhatsApp limits."""
        told = self._ask_of(session, "GET", "/group/info", params={"group_id": wa_id})
        with reading():
            return group_of(told)

    # --- the wire --------------------------------------------------------------------------------------------

    def _status_of(self, device: Mapping[str, Any]) -> SessionStatus:
        """`{"id", "state": "disconnected", "connecting", "connected", "logged_in", "jid"}`; jid: who is linked."""
        name, state, own = (
            str(device["id"]),
            str(device["state"]),
            Address.parse(str(device.get("jid") or "")),
        )
        if state == "logged_in":
            return SessionStatus(NumberState.OPEN, own, session=name)
        if own:
            away = NumberState.CLOSED if state == "disconnected" else NumberState.CONNECTING
            return SessionStatus(away, own, session=name)
        return SessionStatus(self._before_link(name, state), session=name)

    def _before_link(self, session: str, state: str) -> NumberState:
        if state == "disconnected":
            return NumberState.NEW
        step = self._passkey(session)
        match step.get("status"):
            case "awaiting_response":
                return NumberState.PASSKEY
            case "awaiting_confirmation" if not step.get("skip_handoff_ux"):
                return NumberState.PASSKEY_CONFIRM
            case "awaiting_confirmation":
                return NumberState.CONNECTING
        return NumberState.QR if state == "connected" else NumberState.CONNECTING

    def _passkey(self, session: str) -> Mapping[str, Any]:
        """`{"status": "none", "awaiting_response", "awaiting_confirmation", "challenge", "code", "skip_handoff_ux"}`"""
        told = self._ask_of(session, "GET", "/app/passkey")
        if not isinstance(told, Mapping):
            raise GatewayError("an answer of another shape")
        return told

    def _signed(self, session: str, step: str, body: Any) -> None:
        """A step of the passkey; what WhatsApp does not take comes back as any failure."""
        try:
            self._ask_of(session, "POST", f"/app/passkey/{step}", json=body)
        except (GatewayRefused, SessionMissing):
            raise
        except GatewayError as error:
            raise BadRequest("the passkey was not taken") from error

    def _login(self, session: str) -> Any:
        """`{"qr_link": "http://…/statics/….png", "qr_duration": seconds}`; there is no way to the code's text. None
        where it is linked, or does not reach WhatsApp."""
        try:
            return self._ask("GET", f"{_device_path(session)}/login")
        except (BadRequest, SessionNotConnected):
            return None

    def _picture(self, link: str) -> bytes:
        _, found, name = urlsplit(link).path.partition(_STATICS)
        answer = self._wire.call("GET", f"{_STATICS}{quote(name)}", accept="image/png")
        if not found or answer.status != 200 or not answer.body.startswith(_PNG):
            raise GatewayError("no picture of the code")
        return answer.body

    def _ask_of(
        self,
        session: str,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Query | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> Any:
        answer = self._wire.call(
            method,
            path,
            json=json,
            params=params,
            headers={DEVICE_HEADER: session},
            deadline_s=deadline_s,
        )
        return self._read(method, answer)

    def _ask(self, method: str, path: str, *, json: Any = None, params: Query | None = None) -> Any:
        return self._read(method, self._wire.call(method, path, json=json, params=params))

    def _read(self, method: str, answer: HttpAnswer) -> Any:
        """The `results` of it."""
        is_write = method != "GET"
        if answer.status >= 300:
            raise failure_of(answer, is_write=is_write)
        told = json_of(answer)
        if not isinstance(told, Mapping) or "code" not in told:
            raise GatewayError("an answer of another shape", is_unclear=is_write)
        return told.get("results")


def _device_path(session: str) -> str:
    return f"/devices/{quote(session, safe='')}"
