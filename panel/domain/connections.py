from collections.abc import Callable

from panel.clients.base import PanelClient
from panel.clients.registry import client_for
from panel.clients.types import CallTrace
from panel.errors import PanelNotConfigured
from panel.models import PanelConnection
from smmbot.lib.ratelimit import Priority


def active(*, tenant_id: int) -> PanelConnection:
    """The tenant's panel. Raises PanelNotConfigured."""
    connection: PanelConnection | None = PanelConnection.objects.filter(
        tenant_id=tenant_id, is_active=True
    ).first()
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
