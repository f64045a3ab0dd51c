"""The tenant's panel: which is in use, and its key, which is shown to nobody."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from panel.clients.base import PanelClient
from panel.clients.registry import client_for
from panel.clients.types import CallTrace
from panel.clients.url import check_url, normalise_url
from panel.errors import PanelKeyMissing, PanelNotConfigured, PanelUrlRefused
from panel.models import PanelConnection
from smmbot.lib.ratelimit import Priority
from tenants.domain import audit
from tenants.enums import AuditSource


def in_use(*, tenant_id: int) -> PanelConnection | None:
    """The tenant's panel, where there is one."""
    connection: PanelConnection | None = PanelConnection.objects.filter(
        tenant_id=tenant_id, is_active=True
    ).first()
    return connection


def active(*, tenant_id: int) -> PanelConnection:
    """The tenant's panel. Raises PanelNotConfigured."""
    connection = in_use(tenant_id=tenant_id)
    if connection is None:
        raise PanelNotConfigured
    return connection


def client_of(
    *,
    tenant_id: int,
    priority: Priority = Priority.INTERACTIVE,
    on_call: Callable[[CallTrace], None] | None = None,
) -> PanelClient:
    """A client of the tenant's panel. Raises PanelNotConfigured, PanelUrlRefused."""
    return client_for(active(tenant_id=tenant_id), priority=priority, on_call=on_call)


def all_of(*, tenant_id: int) -> list[PanelConnection]:
    """The one in use first, then the newest; without those the sandbox only looks at."""
    return list(
        PanelConnection.objects.filter(tenant_id=tenant_id, is_read_only=False).order_by("-is_active", "-pk")
    )


def get(*, tenant_id: int, connection_id: int) -> PanelConnection:
    """Raises PanelConnection.DoesNotExist."""
    connection: PanelConnection = PanelConnection.objects.get(tenant_id=tenant_id, pk=connection_id)
    return connection


def is_same_panel(connection: PanelConnection | None, base_url: str) -> bool:
    """Whether an address, as somebody pasted it, is this panel's. A key must not go anywhere else."""
    if connection is None:
        return False
    try:
        return normalise_url(connection.base_url) == normalise_url(base_url)
    except PanelUrlRefused:
        return False


@transaction.atomic
def save(
    *, tenant_id: int, base_url: str, api_key: str, by: int | None, source: AuditSource, now: datetime
) -> PanelConnection:
    """Use this panel from now on. api_key empty: the saved one stays, which only the same panel may have.

    Another address is another panel: the one before stays saved, not in use. Raises PanelUrlRefused, PanelKeyMissing.
    """
    origin = check_url(base_url)
    rows = list(PanelConnection.objects.select_for_update().filter(tenant_id=tenant_id))
    before = next((row for row in rows if row.is_active), None)
    known = next((row for row in rows if not row.is_read_only and is_same_panel(row, origin)), None)
    if not api_key and known is None:
        raise PanelKeyMissing
    if known is not None and known == before and (not api_key or api_key == known.api_key):
        return known
    connection = known or PanelConnection(tenant_id=tenant_id, base_url=origin)
    is_new_key = bool(api_key) and api_key != connection.api_key
    if is_new_key:
        connection.api_key, connection.probe, connection.validated_at = api_key, {}, None
    if before is not None and before != connection:
        PanelConnection.objects.filter(pk=before.pk).update(is_active=False)
    connection.is_active = True
    connection.save()
    audit.record(
        tenant_id=tenant_id,
        user_id=by,
        action="panel.connect",
        subject=origin,
        before={"base_url": before.base_url if before else "", "api_key": "set" if before else "not set"},
        after={"base_url": origin, "api_key": "changed" if is_new_key else "set"},
        source=source,
        now=now,
    )
    return connection


@transaction.atomic
def switch(
    *, connection: PanelConnection, is_active: bool, by: int | None, source: AuditSource, now: datetime
) -> None:
    """Use this panel, or use it no longer. One is in use at a time."""
    rows = PanelConnection.objects.select_for_update().filter(tenant_id=connection.tenant_id)
    before = next((row for row in rows if row.is_active), None)
    if (before == connection) == is_active:
        return
    if before is not None:
        rows.filter(pk=before.pk).update(is_active=False)
    if is_active:
        rows.filter(pk=connection.pk).update(is_active=True)
    audit.record(
        tenant_id=connection.tenant_id,
        user_id=by,
        action="panel.switch",
        subject=connection.base_url,
        before={"in_use": before.base_url if before else ""},
        after={"in_use": connection.base_url if is_active else ""},
        source=source,
        now=now,
    )


@transaction.atomic
def remove(*, connection: PanelConnection, by: int | None, source: AuditSource, now: datetime) -> None:
    """Forget a panel and its key."""
    audit.record(
        tenant_id=connection.tenant_id,
        user_id=by,
        action="panel.remove",
        subject=connection.base_url,
        before={"base_url": connection.base_url, "in_use": connection.is_active},
        source=source,
        now=now,
    )
    connection.delete()
