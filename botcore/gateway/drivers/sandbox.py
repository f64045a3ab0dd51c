"""A WhatsApp that lives in the database, for the demo, `manage.py chat`, the sandbox screen and the tests.

Its webhook is signed JSON over real HTTP, so a message takes the same way as with a live gateway:

    {"event": "message", "session": "s-…", "message": {"id": "…", "chat": "1203…@g.us", "text": "…",
     "sender": {"phone": "…", "lid": "…", "name": "…"}, "timestamp": 1795365528, "from_me": false,
     "quoted": {"id": "…", "text": "…"}, "mentions": ["…"], "media": "", "edits": ""}}
    {"event": "session.status", "session": "s-…", "state": "open", "reason": "", "phone": "…", "lid": "…"}
    {"event": "group", "session": "s-…", "group": {"id": "…@g.us", "name": "…", "participants": [{…}]}}

Header `X-Sandbox-Signature`: hex HMAC-SHA256 of the body.
"""

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from botcore.enums import NumberState
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import (
    BadRequest,
    BadWebhook,
    GatewayError,
    SessionMissing,
    SessionNotConnected,
)
from botcore.gateway.types import (
    Address,
    Event,
    GatewayInfo,
    GroupInfo,
    GroupSeen,
    Ignored,
    MessageReceived,
    OutgoingText,
    Participant,
    Qr,
    SentMessage,
    SessionChanged,
    SessionStatus,
    Webhook,
)
from botcore.models import SandboxMessage, SandboxSession

SIGNATURE_HEADER = "X-Sandbox-Signature"
QR_LIVES_S = 45
PAIRING_CODE = "SAND-0000"


def sign(body: bytes, *, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class SandboxDriver(GatewayDriver):
    name = "sandbox"
    capabilities = frozenset(
        {
            Capability.CONNECTION_EVENTS,
            Capability.SENDS_ONCE,
            Capability.TYPING,
            Capability.MENTION_LIST,
            Capability.OWN_LID,
            Capability.PAIRING_CODE,
            Capability.PASSKEY,
        }
    )
    is_paced = False
    needs_endpoint = False

    def verify(self, webhook: Webhook, *, secret: str) -> bool:
        given = webhook.headers.get(SIGNATURE_HEADER.lower(), "")
        return hmac.compare_digest(given.encode(), sign(webhook.body, secret=secret).encode())

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        try:
            body = json.loads(webhook.body)
            return [_EVENTS.get(body["event"], _ignored)(body)]
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            OSError,
            RecursionError,
        ) as error:
            raise BadWebhook("not a sandbox event", permanent=True) from error

    def probe(self) -> GatewayInfo:
        return GatewayInfo()

    def list_sessions(self) -> Sequence[SessionStatus]:
        return [_status_of(row) for row in SandboxSession.objects.all()]

    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        SandboxSession.objects.get_or_create(name=session)

    def connect(self, session: str) -> None:
        # A link that was only cut comes back without a scan.
        SandboxSession.objects.filter(name=session, state=NumberState.CLOSED).exclude(phone="").update(
            state=NumberState.OPEN, reason=""
        )
        SandboxSession.objects.filter(name=session).exclude(state=NumberState.OPEN).update(
            state=NumberState.QR,
            reason="",
            phone="",
            lid="",
            pairing_phone="",
            qr_text=f"sandbox:{uuid.uuid4()}",
            qr_expires_at=timezone.now() + timedelta(seconds=QR_LIVES_S),
        )

    def qr(self, session: str) -> Qr | None:
        row = _session(session)
        if row.state != NumberState.QR or row.qr_expires_at is None or row.qr_expires_at < timezone.now():
            return None
        return Qr(text=row.qr_text, expires_at=row.qr_expires_at)

    def pairing_code(self, session: str, *, phone: str) -> str:
        waiting = SandboxSession.objects.filter(name=session, state=NumberState.QR)
        if not waiting.update(pairing_phone=phone):
            raise SessionNotConnected
        return PAIRING_CODE

    def passkey_challenge(self, session: str) -> str:
        row = _in_state(session, NumberState.PASSKEY)
        asked = {
            "challenge": row.passkey_challenge,
            "rpId": "web.whatsapp.com",
            "userVerification": "required",
        }
        return json.dumps({"publicKey": asked})

    def answer_passkey(self, session: str, *, credential: str) -> None:
        row = _in_state(session, NumberState.PASSKEY)
        if not _is_credential(credential):
            raise BadRequest
        SandboxSession.objects.filter(pk=row.pk).update(
            state=NumberState.PASSKEY_CONFIRM,
            passkey_challenge="",
            passkey_code=f"{secrets.randbelow(10_000):04d}",
        )

    def passkey_confirmation(self, session: str) -> str:
        return _in_state(session, NumberState.PASSKEY_CONFIRM).passkey_code

    def confirm_passkey(self, session: str) -> None:
        row = _in_state(session, NumberState.PASSKEY_CONFIRM)
        SandboxSession.objects.filter(pk=row.pk).update(state=NumberState.OPEN, passkey_code="")

    def status(self, session: str) -> SessionStatus:
        return _status_of(_session(session))

    def logout(self, session: str) -> None:
        SandboxSession.objects.filter(name=session).update(
            state=NumberState.LOGGED_OUT, reason="401", phone="", lid=""
        )

    def delete(self, session: str) -> None:
        SandboxSession.objects.filter(name=session).delete()

    def send_text(self, session: str, message: OutgoingText) -> SentMessage:
        row = _session(session)
        if row.state != NumberState.OPEN:
            raise SessionNotConnected
        sent, _ = SandboxMessage.objects.get_or_create(
            session=row,
            client_ref=message.client_ref,
            defaults={
                "chat_wa_id": message.to.wa_id,
                "wa_message_id": uuid.uuid4().hex.upper()[:20],
                "text": message.text,
                "quoted_id": message.quoted_id,
                "mentions": list(message.mentions),
            },
        )
        return SentMessage(message_id=sent.wa_message_id)

    def typing(self, session: str, to: Address, *, on: bool) -> None:
        SandboxMessage.objects.create(
            session=_session(session),
            kind=SandboxMessage.Kind.TYPING,
            chat_wa_id=to.wa_id,
            client_ref=uuid.uuid4().hex,
            text="on" if on else "off",
        )

    def groups(self, session: str) -> Sequence[GroupInfo]:
        return [_group(data) for data in _session(session).groups]

    def group(self, session: str, wa_id: str) -> GroupInfo:
        for group in self.groups(session):
            if group.wa_id == wa_id:
                return group
        raise GatewayError("the number is not in this group", permanent=True)


def scan_qr(session: str, *, phone: str, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Play the phone that scans the session's QR: the link opens, or wants the account's passkey first. Returns what
    the gateway now tells by webhook.

    phone: digits alone; groups: those the phone is in, kept from an earlier link where there was one. Raises
    SessionNotConnected when there is no code to scan.
    """
    row = _session(session)
    waiting = SandboxSession.objects.filter(
        name=session, state=NumberState.QR, qr_expires_at__gt=timezone.now(), qr_text=row.qr_text
    )
    return _link(row, waiting, phone, groups)


def type_code(session: str, *, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Play the phone on which the pairing code is typed; the rest is as of `scan_qr`."""
    row = _session(session)
    waiting = SandboxSession.objects.filter(name=session, state=NumberState.QR).exclude(pairing_phone="")
    return _link(row, waiting, row.pairing_phone, groups)


def status_event(row: SandboxSession) -> dict[str, Any]:
    """What the gateway tells of a session whose state changed."""
    told = {"state": row.state, "reason": row.reason}
    if row.state == NumberState.OPEN:
        told |= {"phone": row.phone, "lid": row.lid}
    return {"event": "session.status", "session": row.name, **told}


def group_event(row: SandboxSession, group: Mapping[str, Any]) -> dict[str, Any]:
    return {"event": "group", "session": row.name, "group": group}


def _link(
    row: SandboxSession,
    waiting: QuerySet[SandboxSession],
    phone: str,
    groups: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    changed = waiting.update(
        state=NumberState.PASSKEY if row.needs_passkey else NumberState.OPEN,
        phone=phone,
        lid=f"777{phone[-12:]:0>12}",
        groups=row.groups or list(groups),
        qr_text="",
        qr_expires_at=None,
        pairing_phone="",
        passkey_challenge=secrets.token_urlsafe(32) if row.needs_passkey else "",
    )
    if not changed:
        raise SessionNotConnected("no code to scan", permanent=True)
    row.refresh_from_db()
    return [status_event(row), *(group_event(row, group) for group in row.groups)]


def _is_credential(text: str) -> bool:
    """As a browser gives it: an id, and what was signed."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(given, dict) and bool(given.get("id")) and isinstance(given.get("response"), dict)


def _in_state(name: str, state: NumberState) -> SandboxSession:
    row = _session(name)
    if row.state != state:
        raise SessionNotConnected
    return row


def _session(name: str) -> SandboxSession:
    try:
        return SandboxSession.objects.get(name=name)
    except SandboxSession.DoesNotExist as error:
        raise SessionMissing("no such session") from error


def _status_of(row: SandboxSession) -> SessionStatus:
    own = Address(phone=row.phone, lid=row.lid)
    return SessionStatus(state=NumberState(row.state), own=own, reason=row.reason, session=row.name)


def _message(body: Mapping[str, Any]) -> Event:
    message = body["message"]
    sender = message["sender"]
    quoted = message.get("quoted") or {}
    chat = Address.parse(str(message["chat"]))
    author = _who(sender)
    if not chat or not author or not message["id"]:
        raise BadWebhook("a message without chat, sender or id", permanent=True)
    return MessageReceived(
        chat=chat,
        sender=author,
        message_id=str(message["id"]),
        sent_at=datetime.fromtimestamp(float(message["timestamp"]), tz=UTC),
        text=str(message.get("text", "")),
        sender_name=str(sender.get("name", "")),
        media_kind=str(message.get("media", "")),
        quoted_id=str(quoted.get("id", "")),
        quoted_text=str(quoted.get("text", "")),
        mentions=tuple(str(digits) for digits in message.get("mentions", ())),
        edits_id=str(message.get("edits", "")),
        from_me=bool(message.get("from_me", False)),
    )


def _status(body: Mapping[str, Any]) -> Event:
    return SessionChanged(
        state=NumberState(body["state"]),
        reason=str(body.get("reason", "")),
        own=_who(body),
    )


def _who(data: Mapping[str, Any]) -> Address:
    phone, lid = (str(data.get(name) or "") for name in ("phone", "lid"))
    return Address(phone=Address.parse(f"{phone}@s.whatsapp.net").phone, lid=Address.parse(f"{lid}@lid").lid)


def _group(data: Mapping[str, Any]) -> GroupInfo:
    return GroupInfo(
        wa_id=str(data["id"]),
        name=str(data.get("name", "")),
        participants=tuple(
            Participant(
                address=_who(person),
                is_admin=bool(person.get("is_admin", False)),
            )
            for person in data.get("participants", ())
        ),
    )


def _ignored(body: Mapping[str, Any]) -> Event:
    return Ignored(str(body["event"])[:60])


def _group_seen(body: Mapping[str, Any]) -> Event:
    return GroupSeen(_group(body["group"]))


_EVENTS: Mapping[str, Callable[[Mapping[str, Any]], Event]] = {
    "message": _message,
    "session.status": _status,
    "group": _group_seen,
}
