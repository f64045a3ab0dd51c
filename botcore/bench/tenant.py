"""A throw-away tenant: one number, a panel, chats with verified customers. Gone without a trace afterwards."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from botcore.enums import ChatKind, NumberState
from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.models import (
    Chat,
    InboxMessage,
    LogStatusChange,
    MessageLog,
    OutboxMessage,
    SandboxMessage,
    SandboxSession,
    WhatsAppNumber,
)
from panel.models import PanelConnection
from tenants.enums import IdentityKind, VerifiedBy
from tenants.models import Contact, Identity, Tenant, TenantUser
from tenants.scoping import TenantModel, all_tenants

PREFIX = "bench-"
OWN_PHONE, OWN_LID = "15550900000", "77700900000000"
# The sandbox panel's customer whose order is asked for.
USERNAME, ORDER_ID = "anna_media", 54321
# A bench that was killed leaves its tenant behind; the next one takes it away after this time.
STALE_AFTER = timedelta(hours=1)
# What grows by the thousand, dependants first; the rest goes with the tenant.
_MANY: tuple[type[TenantModel], ...] = (OutboxMessage, LogStatusChange, MessageLog, InboxMessage)
_FEW: tuple[type[TenantModel], ...] = (Chat, TenantUser, Identity, Contact)


@dataclass(frozen=True, slots=True)
class BenchTenant:
    tenant_id: int
    number_id: int
    session_name: str
    secret: str
    path: str
    chat_ids: tuple[int, ...]

    def message(self, chat: int, text: str) -> tuple[str, bytes]:
        """A message in that chat: its WhatsApp id, and the whole HTTP request of the webhook that brings it."""
        message_id = uuid.uuid4().hex.upper()[:20]
        return message_id, self.request(self.path, self._body(chat, message_id, text))

    def request(self, path: str, body: bytes) -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: */*\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"{SIGNATURE_HEADER}: {sign(body, secret=self.secret)}\r\n\r\n"
        )
        return head.encode() + body

    def _body(self, chat: int, message_id: str, text: str) -> bytes:
        phone = _phone(chat)
        message = {
            "id": message_id,
            "chat": f"{phone}@s.whatsapp.net",
            "sender": {"phone": phone, "lid": _lid(chat), "name": "Bench"},
            "text": text,
            "timestamp": time.time(),
        }
        return json.dumps({"event": "message", "session": self.session_name, "message": message}).encode()


@contextmanager
def bench_tenants(*, tenants: int, chats: int) -> Iterator[list[BenchTenant]]:
    """Make tenants with so many chats each for the block and remove them after it, with every row made meanwhile."""
    slugs = [f"{PREFIX}{uuid.uuid4().hex[:12]}" for _ in range(tenants)]
    with all_tenants("the bench makes and removes tenants of its own"):
        _remove(Tenant.objects.filter(slug__startswith=PREFIX, created_at__lt=timezone.now() - STALE_AFTER))
        try:
            yield [_furnish(Tenant.objects.create(slug=slug, name="Bench"), chats) for slug in slugs]
        finally:
            _remove(Tenant.objects.filter(slug__in=slugs))


def connect_panel(tenant: BenchTenant, *, panel_url: str, api_key: str) -> None:
    PanelConnection.objects.update_or_create(
        tenant_id=tenant.tenant_id, is_active=True, defaults={"base_url": panel_url, "api_key": api_key}
    )


def forget_messages(tenant: BenchTenant) -> None:
    """Remove what came in and went out, so that one figure does not pay for the rows of the one before."""
    with transaction.atomic():
        for model in _MANY:
            _delete(model.objects.filter(tenant_id=tenant.tenant_id))
        _delete(SandboxMessage.objects.filter(session__name=tenant.session_name))


@transaction.atomic
def _furnish(tenant: Tenant, chats: int) -> BenchTenant:
    number = WhatsAppNumber.objects.create(
        tenant=tenant, driver="sandbox", phone=OWN_PHONE, lid=OWN_LID, state=NumberState.OPEN, is_default=True
    )
    SandboxSession.objects.create(
        name=number.session_name, state=NumberState.OPEN, phone=OWN_PHONE, lid=OWN_LID
    )
    contacts = Contact.objects.bulk_create(Contact(tenant=tenant, name="Bench") for _ in range(chats))
    Identity.objects.bulk_create(
        Identity(tenant=tenant, contact=contact, kind=kind, value=value)
        for at, contact in enumerate(contacts)
        for kind, value in (
            (IdentityKind.JID, _phone(at)),
            (IdentityKind.PHONE, f"+{_phone(at)}"),
            (IdentityKind.LID, _lid(at)),
        )
    )
    TenantUser.objects.bulk_create(
        TenantUser(tenant=tenant, contact=contact, panel_username=USERNAME, verified_by=VerifiedBy.STAFF)
        for contact in contacts
    )
    rows = Chat.objects.bulk_create(
        Chat(tenant=tenant, number=number, kind=ChatKind.USER, wa_id=f"{_phone(at)}@s.whatsapp.net")
        for at in range(chats)
    )
    return BenchTenant(
        tenant_id=tenant.pk,
        number_id=number.pk,
        session_name=number.session_name,
        secret=number.webhook_secret,
        path=f"/webhooks/whatsapp/{number.webhook_key}",
        chat_ids=tuple(row.pk for row in rows),
    )


def _remove(tenants: "models.QuerySet[Tenant]") -> None:
    for tenant in tenants:
        sessions = list(WhatsAppNumber.objects.filter(tenant=tenant).values_list("session_name", flat=True))
        with transaction.atomic():
            for model in (*_MANY, *_FEW):
                _delete(model.objects.filter(tenant=tenant))
            _delete(SandboxMessage.objects.filter(session__name__in=sessions))
            SandboxSession.objects.filter(name__in=sessions).delete()
            tenant.delete()


def _delete(rows: "models.QuerySet[Any]") -> None:
    """In one statement, without loading the rows to look for what hangs on them."""
    rows._raw_delete(rows.db)


def _phone(chat: int) -> str:
    return f"1555090{chat + 1:05}"


def _lid(chat: int) -> str:
    return f"9990900{chat + 1:05}"
