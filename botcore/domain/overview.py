"""How a tenant's bot is doing, in a few figures."""

from dataclasses import dataclass
from datetime import datetime

from botcore.domain import groups
from botcore.enums import NumberState
from botcore.models import WhatsAppNumber
from tenants.models import TenantUser


@dataclass(frozen=True, slots=True)
class Overview:
    """uptime_s: since the number came online; 0 while it is not."""

    is_online: bool
    uptime_s: float
    verified_users: int
    active_groups: int


def of_tenant(*, tenant_id: int, number: WhatsAppNumber, now: datetime) -> Overview:
    is_online = number.state == NumberState.OPEN
    since = number.state_at or number.created_at
    return Overview(
        is_online=is_online,
        uptime_s=(now - since).total_seconds() if is_online else 0,
        verified_users=TenantUser.objects.filter(tenant_id=tenant_id, is_blocked=False).count(),
        active_groups=groups.whitelisted(tenant_id=tenant_id).count(),
    )
