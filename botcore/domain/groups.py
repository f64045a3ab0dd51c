"""Groups appear by themselves; their names and sizes follow the gateway, their flags the tenant."""

from enum import StrEnum

from django.db.models import Q, QuerySet

from botcore.gateway.types import GroupInfo
from botcore.models import Group


class GroupFlag(StrEnum):
    """What a group's team may switch, by the word they say. The value is the column."""

    SUPPORT = "support_enabled"
    MARKETING = "marketing_enabled"
    SILENT = "silent_mode"


def remember(*, tenant_id: int, info: GroupInfo) -> Group:
    """Store a group as the gateway sees it. Its flags are the tenant's and stay as they are."""
    defaults: dict[str, object] = {"name": info.name[:200]}
    if info.participants:
        defaults["member_count"] = len(info.participants)
    group, _ = Group.objects.update_or_create(tenant_id=tenant_id, wa_id=info.wa_id, defaults=defaults)
    return group


def set_flag(*, group: Group, flag: GroupFlag, is_on: bool) -> None:
    """Switch a flag; it acts on the very next message, and brings a hidden group back to the list."""
    setattr(group, flag.value, is_on)
    group.is_hidden = False
    group.save(update_fields=[flag.value, "is_hidden"])


def whitelisted(*, tenant_id: int) -> QuerySet[Group]:
    """Groups in which the bot responds or broadcasts."""
    return (
        Group.objects.filter(tenant_id=tenant_id, is_hidden=False)
        .filter(Q(support_enabled=True) | Q(marketing_enabled=True))
        .order_by("name", "pk")
    )
