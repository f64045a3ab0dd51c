"""WAHA with its GOWS engine (devlikeapro/waha), which is whatsmeow behind an HTTP server.

Calls and fields are those of waha-docs content/docs/how-to/*.md and static/swagger/openapi.json, release 2026.7.1;
what GOWS makes of them, of waha src/core/engines/gows/session.gows.core.ts.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from botcore.enums import GatewayProblem, NumberState
from botcore.gateway.answers import json_of, reading
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.drivers.waha.failures import failure_of
from botcore.gateway.drivers.waha.ids import chat_id, key_of, read_key
from botcore.gateway.drivers.waha.webhook import EVENTS, read_event, read_participants, read_state
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
from botcore.gateway.whatsmeow import group_of, merged
from botcore.gateway.wire import Wire
from smmbot.lib.http import HttpAnswer, Query

SIGNATURE_HEADER: Final = "x-webhook-hmac"
REQUEST_ID_HEADER: Final = "x-webhook-request-id"
ENGINE: Final = "GOWS"

# The first code lives 60 seconds, each later one 20 (how-to/sessions "Get QR"); which one it is it does not say.
QR_LIVES: Final = timedelta(seconds=20)
# The history's times are WhatsApp's: its clock and ours may differ by so much.
_CLOCKS_DIFFER: Final = timedelta(minutes=1)
_HISTORY_PAGE: Final = 100
# A lost webhook is a lost message: it tries for hours (2 s, doubled each time) rather than for half a minute.
_RETRIES: Final = {"policy": "exponential", "delaySeconds": 2, "attempts": 15}
_IGNORE: Final = {"status": True, "channels": True, "broadcast": True, "groups": False}


class WahaDriver(GatewayDriver):
    name = "waha"
    capabilities = frozenset(
        {
            Capability.CONNECTION_EVENTS,
            Capability.HISTORY,
            Capability.TYPING,
            Capability.READ_MARK,
            Capability.MENTION_LIST,
            Capability.OWN_LID,
            Capability.LID_LOOKUP,
            Capability.PAIRING_CODE,
            Capability.PASSKEY,
            Capability.DELIVERY,
        }
    )
    notice = "WAHA saves every photo and file it receives unless WHATSAPP_DOWNLOAD_MEDIA=false is set."

    def __init__(self, endpoint: Endpoint = Endpoint()) -> None:  # noqa: B008 -- frozen
        super().__init__(endpoint)
        self._wire = Wire(endpoint.base_url, {"X-Api-Key": endpoint.api_key})

    # --- webhook ---------------------------------------------------------------------------------------------

    def verify(self, webhook: Webhook, *, secret: str) -> bool:
        """X-Webhook-Hmac: hex of HMAC-SHA512 over the raw body (how-to/events "HMAC authentication")."""
        right = hmac.new(secret.encode(), webhook.body, hashlib.sha512).hexdigest()
        return hmac.compare_digest(webhook.headers.get(SIGNATURE_HEADER, "").encode(), right.encode())

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        try:
            return read_event(json.loads(webhook.body))
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
            raise BadWebhook("not an event of WAHA", permanent=True) from error
        except RecursionError as error:
            raise BadWebhook("nested too deep", permanent=True) from error

    def session_of(self, webhook: Webhook) -> str:
        return _text_in(webhook.body, "session")

    def delivery_id(self, webhook: Webhook) -> str:
        """The event's own id, which the signature covers; the request's where there is none."""
        return _text_in(webhook.body, "id") or webhook.headers.get(REQUEST_ID_HEADER, "")

    # --- gateway ---------------------------------------------------------------------------------------------

    def probe(self) -> GatewayInfo:
        """GET /api/server/version: `{"version": "2026.7.1", "engine": "GOWS", "tier"}`"""
        try:
            told = self._ask("GET", "/api/server/version")
            with reading():
                version, engine = str(told["version"]), str(told.get("engine") or ENGINE)
        except GatewayRefused:
            return GatewayInfo(problem=GatewayProblem.REFUSED)
        except GatewayError as error:
            return GatewayInfo(problem=GatewayProblem.UNREACHABLE, detail=str(error))
        other = "" if engine == ENGINE else f"It runs the engine {engine}: this driver is for {ENGINE}."
        return GatewayInfo(version=version, detail=other)

    def list_sessions(self) -> Sequence[SessionStatus]:
        told = self._ask("GET", "/api/sessions", params={"all": "true"})
        with reading():
            return [_status_of(one) for one in told]

    # --- session ---------------------------------------------------------------------------------------------

    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        """Made stopped: `connect` starts it. An update stops and starts a running one, so only where it differs."""
        config = _config(webhook_url, secret)
        try:
            told = self._ask("GET", _session_path(session))
        except SessionMissing:
            self._ask("POST", "/api/sessions", json={"name": session, "start": False, "config": config})
            return
        with reading():
            is_right = _has(told.get("config") or {}, config)
        if not is_right:
            self._ask("PUT", _session_path(session), json={"config": config})

    def connect(self, session: str) -> None:
        """Start does nothing to a session that runs, also to one that failed or lost its line: those are restarted.

        One that runs and was never linked since is left to itself: its code is on the way.
        """
        told = self._ask("GET", _session_path(session))
        with reading():
            is_stuck = told["status"] == "FAILED" or (told["status"] == "STARTING" and bool(told.get("me")))
        self._ask("POST", _session_path(session, "restart" if is_stuck else "start"))

    def qr(self, session: str) -> Qr | None:
        try:
            told = self._ask_of(session, "GET", _auth_path(session, "qr"), params={"format": "raw"})
        except SessionNotConnected:
            return None  # it waits for no scan
        with reading():
            text = str(told["value"] or "")
        return Qr(text=text, expires_at=datetime.now(UTC) + QR_LIVES) if text else None

    def pairing_code(self, session: str, *, phone: str) -> str:
        body = {"phoneNumber": phone}
        told = self._ask_of(session, "POST", _auth_path(session, "request-code"), json=body)
        with reading():
            return str(told["code"])

    def passkey_challenge(self, session: str) -> str:
        return json.dumps(self._ask_of(session, "GET", _auth_path(session, "passkey/challenge")))

    def answer_passkey(self, session: str, *, credential: str) -> None:
        try:
            answer = json.loads(credential)
        except ValueError as error:
            raise BadRequest("not a credential") from error
        self._signed(session, "passkey", answer)

    def passkey_confirmation(self, session: str) -> str:
        told = self._ask_of(session, "GET", _auth_path(session, "passkey/confirmation"))
        with reading():
            return str(told["code"])

    def confirm_passkey(self, session: str) -> None:
        self._signed(session, "passkey/confirm", None)

    def status(self, session: str) -> SessionStatus:
        told = self._ask("GET", _session_path(session))
        with reading():
            status = _status_of(told)
        if status.state == NumberState.OPEN and not status.own.lid:
            with suppress(
                GatewayError
            ):  # only older versions leave it out, and mentions by phone work without
                return replace(status, own=self.resolve(session, status.own))
        return status

    def logout(self, session: str) -> None:
        """It starts from scratch then, offers its six codes and is quiet."""
        try:
            self._ask("POST", _session_path(session, "logout"))
        except SessionMissing:
            return

    def delete(self, session: str) -> None:
        try:
            self._ask("DELETE", _session_path(session))
        except SessionMissing:
            return

    # --- chats -----------------------------------------------------------------------------------------------

    def send_text(self, session: str, message: OutgoingText) -> SentMessage:
        """The id is ours, the same on every try: WhatsApp shows a message of one id once, and it can be looked up."""
        body: dict[str, Any] = {
            "session": session,
            "chatId": chat_id(message.to),
            "text": message.text,
            "id": own_message_id(session, message.client_ref),
            "linkPreview": False,
        }
        if message.quoted_id:
            body["reply_to"] = key_of(message.to, message.quoted_id)
        if message.mentions:
            body["mentions"] = [f"{digits}@c.us" for digits in message.mentions]
        told = self._ask_of(session, "POST", "/api/sendText", json=body)
        with reading(is_unclear=True):
            return SentMessage(message_id=read_key(told["id"]).message_id)

    def find_sent(self, session: str, message: OutgoingText, *, since: datetime) -> SentMessage | None:
        """Among what the number wrote in this chat: by our id, or by the text where a WAHA before ids was asked."""
        told = self._ask_of(
            session,
            "GET",
            f"/api/{_quoted(session)}/chats/{_quoted(chat_id(message.to))}/messages",
            params={
                "limit": _HISTORY_PAGE,
                "sortOrder": "desc",
                "downloadMedia": "false",
                "filter.fromMe": "true",
                "filter.timestamp.gte": int((since - _CLOCKS_DIFFER).timestamp()),
            },
        )
        ours = own_message_id(session, message.client_ref)
        with reading():
            for sent in told:
                message_id = read_key(sent["id"]).message_id
                is_same_text = sent.get("body") == message.text and sent["timestamp"] >= int(
                    since.timestamp()
                )
                if message_id == ours or is_same_text:
                    return SentMessage(message_id=message_id)
        return None

    def typing(self, session: str, to: Address, *, on: bool) -> None:
        body = {"session": session, "chatId": chat_id(to)}
        self._ask_of(session, "POST", "/api/startTyping" if on else "/api/stopTyping", json=body)

    def mark_read(self, session: str, *, chat: Address, sender: Address, message_id: str) -> None:
        body = {
            "session": session,
            "chatId": chat_id(chat),
            "messageIds": [key_of(chat, message_id, sender=sender)],
        }
        self._ask_of(session, "POST", "/api/sendSeen", json=body)

    def groups(self, session: str) -> Sequence[GroupInfo]:
        """GOWS answers with whatsmeow's own records (how-to/groups: "depends on engine")."""
        told = self._ask_of(session, "GET", f"/api/{_quoted(session)}/groups")
        with reading():
            return [group_of(one) for one in told]

    def group(self, session: str, wa_id: str) -> GroupInfo:
        path = f"/api/{_quoted(session)}/groups/{_quoted(wa_id)}"
        told = self._ask_of(session, "GET", path)
        people = self._ask_of(session, "GET", f"{path}/participants/v2")
        with reading():
            return replace(group_of(told), participants=read_participants(people))

    def resolve(self, session: str, address: Address) -> Address:
        """`{"lid": "…@lid", "pn": "…@c.us"}`, null for what it does not know (how-to/contacts "API - Lids")."""
        if address.group or not address or (address.phone and address.lid):
            return address
        known = f"pn/{address.phone}" if address.phone else address.lid
        told = self._ask_of(session, "GET", f"/api/{_quoted(session)}/lids/{known}")
        with reading():
            return merged(address.wa_id, told.get("pn"), told.get("lid"))

    # --- the wire --------------------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, *, json: Any = None, params: Query | None = None) -> Any:
        return self._read(method, self._wire.call(method, path, json=json, params=params))

    def _ask_of(
        self, session: str, method: str, path: str, *, json: Any = None, params: Query | None = None
    ) -> Any:
        """Ask something of a session that must run. One that is stopped answers 404 as one that is not there does."""
        try:
            return self._ask(method, path, json=json, params=params)
        except SessionMissing:
            self._ask("GET", _session_path(session))
            raise SessionNotConnected from None

    def _signed(self, session: str, step: str, body: Any) -> None:
        """A step of the passkey; what WhatsApp does not take comes back as any failure."""
        try:
            self._ask_of(session, "POST", _auth_path(session, step), json=body)
        except (GatewayRefused, SessionMissing):
            raise
        except GatewayError as error:
            raise BadRequest("the passkey was not taken") from error

    def _read(self, method: str, answer: HttpAnswer) -> Any:
        if answer.status >= 300:
            raise failure_of(answer, is_write=method != "GET")
        return json_of(answer)


def own_message_id(session: str, client_ref: str) -> str:
    """An id as WhatsApp's web clients make them. The session stands in it: a number set up anew begins its references
    anew, and an id that a phone has seen is not shown again."""
    return "3EB0" + hashlib.sha256(f"{session}:{client_ref}".encode()).hexdigest()[:18].upper()


def _config(webhook_url: str, secret: str) -> dict[str, Any]:
    """What a session is told. metadata comes with every webhook; it says nothing of whose number this is."""
    webhook = {"url": webhook_url, "events": list(EVENTS), "hmac": {"key": secret}, "retries": _RETRIES}
    return {"metadata": {"by": "smmbot"}, "ignore": _IGNORE, "webhooks": [webhook]}


def _has(told: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether the session was told all this; what the gateway added by itself does not count."""
    (wanted,) = config["webhooks"]
    given = told.get("webhooks") or []
    if len(given) != 1 or {**_IGNORE, **(told.get("ignore") or {})} != config["ignore"]:
        return False
    (webhook,) = given
    key = (webhook.get("hmac") or {}).get("key")
    return (
        webhook.get("url") == wanted["url"]
        and sorted(webhook.get("events") or ()) == sorted(wanted["events"])
        and key == wanted["hmac"]["key"]
        and (webhook.get("retries") or {}) == wanted["retries"]
    )


def _status_of(told: Mapping[str, Any]) -> SessionStatus:
    """`{"name", "status", "config": {"webhooks": [{"url"}]}, "me": {"id", "lid"} or null}`"""
    change = read_state(str(told["status"]), told.get("me"))
    config = told.get("config")
    webhooks = (config.get("webhooks") or []) if isinstance(config, Mapping) else None
    return SessionStatus(
        state=change.state,
        own=change.own,
        reason=change.reason,
        session=str(told["name"]),
        webhook_url=None if webhooks is None else str(webhooks[0]["url"] if webhooks else ""),
    )


def _session_path(session: str, act: str = "") -> str:
    return f"/api/sessions/{_quoted(session)}" + (f"/{act}" if act else "")


def _auth_path(session: str, act: str) -> str:
    return f"/api/{_quoted(session)}/auth/{act}"


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _text_in(body: bytes, name: str) -> str:
    try:
        value = json.loads(body).get(name)
    except (ValueError, AttributeError, RecursionError):
        return ""
    return value[:128] if isinstance(value, str) else ""
