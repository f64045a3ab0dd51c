"""The built-in gateway: sessions are rows, and what is asked of WhatsApp goes to the child that runs one.

Nothing comes by webhook: the supervisor (`manage.py runwhatsapp`) hands events to the same intake.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models.functions import Now

from botcore.enums import GatewayProblem, NumberState
from botcore.gateway import whatsmeow
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.embedded import calls, leases, library_store
from botcore.gateway.embedded.desk import NOT_BEGUN, NOT_SERVED, UNKNOWN
from botcore.gateway.errors import (
    BadWebhook,
    GatewayError,
    GatewayUnreachable,
    SendUnclear,
    SessionMissing,
    SessionNotConnected,
)
from botcore.gateway.types import (
    Address,
    Event,
    GatewayInfo,
    GroupInfo,
    OutgoingText,
    Qr,
    SentMessage,
    SessionStatus,
    Webhook,
)
from botcore.models import EmbeddedSession

_SEND_S: Final = 30.0
_ASK_S: Final = 20.0
_SHOW_S: Final = 5.0
_SOON: Final = timedelta(seconds=5)
_SERVICE = "nobody runs `manage.py runwhatsapp`"


class EmbeddedDriver(GatewayDriver):
    name = "embedded"
    capabilities = frozenset(
        {
            Capability.CONNECTION_EVENTS,
            Capability.SENDS_ONCE,
            Capability.TYPING,
            Capability.READ_MARK,
            Capability.MENTION_LIST,
            Capability.OWN_LID,
            Capability.LID_LOOKUP,
            Capability.PAIRING_CODE,
            Capability.DELIVERY,
        }
    )
    needs_endpoint = False
    notice = (
        "The built-in gateway uses neonize, an optional package that brings GPL-3.0 code with it. It cannot link "
        "accounts that WhatsApp asks for a passkey, and serves up to about 20 numbers a machine."
    )

    def verify(self, webhook: Webhook, *, secret: str) -> bool:
        return False

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        raise BadWebhook("the built-in gateway sends no webhooks", permanent=True)

    def probe(self) -> GatewayInfo:
        try:
            version = calls.version_running()
        except GatewayError as error:
            return GatewayInfo(problem=GatewayProblem.UNREACHABLE, detail=str(error))
        if version is None:
            return GatewayInfo(problem=GatewayProblem.UNREACHABLE, detail=_SERVICE)
        return GatewayInfo(version=version)

    def list_sessions(self) -> Sequence[SessionStatus]:
        _require_service()
        return [_status_of(row) for row in EmbeddedSession.objects.order_by("pk")]

    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        EmbeddedSession.objects.get_or_create(name=session, defaults={"is_wanted": False})

    def connect(self, session: str) -> None:
        """Have it started; one that tries by itself already tries soon, however often this is asked."""
        rows = EmbeddedSession.objects.filter(name=session)
        is_begun = rows.filter(is_wanted=False).update(
            is_wanted=True, state=NumberState.CONNECTING, state_reason="", starts=0, next_start_at=None
        )
        if not is_begun and not rows.filter(is_wanted=True).exists():
            raise SessionMissing
        soon = Now() + _SOON
        rows.filter(next_start_at__gt=soon).update(next_start_at=soon)

    def qr(self, session: str) -> Qr | None:
        row = _row(session)
        live = EmbeddedSession.objects.filter(pk=row.pk, state=NumberState.QR, qr_expires_at__gt=Now())
        if row.qr_expires_at is None or not live.exists():
            return None
        return Qr(text=row.qr_text, expires_at=row.qr_expires_at)

    def pairing_code(self, session: str, *, phone: str) -> str:
        return str(self._ask(session, "pair", {"phone": phone}, timeout_s=_ASK_S))

    def status(self, session: str) -> SessionStatus:
        row = _row(session)
        _require_service()
        return _status_of(row)

    def logout(self, session: str) -> None:
        """Unlink it at WhatsApp while it is connected; else without its keys the link here is dead all the same."""
        row = EmbeddedSession.objects.filter(name=session).first()
        if row is None:
            return
        if row.state == NumberState.OPEN and leases.is_served(row):
            self._ask(session, "logout", {}, timeout_s=_ASK_S)
        EmbeddedSession.objects.filter(pk=row.pk).update(
            is_wanted=False,
            state=NumberState.LOGGED_OUT,
            state_reason="",
            device_jid="",
            phone="",
            lid="",
            qr_text="",
            qr_expires_at=None,
        )
        library_store.forget(row.device_jid)

    def delete(self, session: str) -> None:
        row = EmbeddedSession.objects.filter(name=session).first()
        if row is not None:
            row.delete()  # its supervisor sees it within seconds, and ends the child
            library_store.forget(row.device_jid)

    def send_text(self, session: str, message: OutgoingText) -> SentMessage:
        args = {
            "client_ref": message.client_ref,
            "to": message.to.wa_id,
            "text": message.text,
            "quoted_id": message.quoted_id,
            "mentions": list(message.mentions),
        }
        return SentMessage(str(self._ask(session, "send", args, timeout_s=_SEND_S)))

    def typing(self, session: str, to: Address, *, on: bool) -> None:
        self._ask(session, "typing", {"to": to.wa_id, "on": on}, timeout_s=_SHOW_S)

    def mark_read(self, session: str, *, chat: Address, sender: Address, message_id: str) -> None:
        args = {"chat": chat.wa_id, "sender": sender.wa_id, "message_id": message_id}
        self._ask(session, "read", args, timeout_s=_SHOW_S)

    def groups(self, session: str) -> Sequence[GroupInfo]:
        return [whatsmeow.group_of(data) for data in self._ask(session, "groups", {}, timeout_s=_ASK_S)]

    def group(self, session: str, wa_id: str) -> GroupInfo:
        return whatsmeow.group_of(self._ask(session, "group", {"id": wa_id}, timeout_s=_ASK_S))

    def resolve(self, session: str, address: Address) -> Address:
        other = self._ask(session, "resolve", {"jid": address.wa_id}, timeout_s=_SHOW_S)
        return whatsmeow.merged(address.wa_id, other)

    def _ask(self, session: str, name: str, args: Mapping[str, Any], *, timeout_s: float) -> Any:
        row = _row(session)
        if name != "pair" and row.state != NumberState.OPEN:
            raise SessionNotConnected
        if not leases.is_served(row):
            raise GatewayUnreachable(_SERVICE)
        given = calls.ask(session, name, args, timeout_s=timeout_s)
        if given.error:
            raise _error_of(given.error)
        return given.ok


def _error_of(text: str) -> GatewayError:
    if text in (NOT_SERVED, NOT_BEGUN):
        return GatewayUnreachable(text)
    if text == UNKNOWN:
        return SendUnclear(text)
    return whatsmeow.error_of(text) or GatewayUnreachable("WhatsApp did not confirm it", is_unclear=True)


def _row(session: str) -> EmbeddedSession:
    try:
        return EmbeddedSession.objects.get(name=session)
    except EmbeddedSession.DoesNotExist as error:
        raise SessionMissing from error


def _require_service() -> None:
    if calls.version_running() is None:
        raise GatewayUnreachable(_SERVICE)


def _status_of(row: EmbeddedSession) -> SessionStatus:
    own = Address(phone=row.phone, lid=row.lid)
    return SessionStatus(state=NumberState(row.state), own=own, reason=row.state_reason, session=row.name)
