"""Groups appear by themselves; their names and sizes follow what the gateway tells."""

from botcore.gateway.types import GroupInfo
from botcore.models import Group


def remember(*, tenant_id: int, info: GroupInfo) -> Group:
    """Store a group as the gateway sees it. Its flags are the tenant's and stay as they are."""
    defaults: dict[str, object] = {"name": info.name[:200]}
    if info.participants:
        defaults["member_count"] = len(info.participants)
    group, _ = Group.objects.update_or_create(tenant_id=tenant_id, wa_id=info.wa_id, defaults=defaults)
    return group
