"""May a queued message still go out? A group switched off while it waited hears nothing more.

The flags are those of this moment, read with the claim. Direct chats have none; a provider's own group is no
support group, so requests to it go by the provider's mapping alone.
"""

from django.db.models import Exists, OuterRef

from botcore.enums import OutboxPriority
from botcore.models import OutboxMessage
from providers.models import SmmProvider
from tenants.enums import IdentityKind
from tenants.models import Identity, TenantAdmin

BROADCAST_PART = "broadcast-"
# Why a message was suppressed that may not go.
SWITCHED_OFF = "switched_off"


def may_go(row: OutboxMessage) -> bool:
    """row: as claimed, with its group's flags; group_support is None for a direct chat."""
    flags = vars(row)
    if flags["group_support"] is None:
        return True
    is_on = bool(flags["group_support"]) and not flags["group_hidden"]
    if row.priority == OutboxPriority.MARKETING:
        return bool(flags["group_marketing"]) and not flags["group_hidden"]
    if row.part.startswith(BROADCAST_PART):
        return is_on  # silent mode was the owner's choice when it was queued
    if is_on and not flags["group_silent"]:
        return True
    if row.inbox_id is None:
        return row.priority == OutboxPriority.NOTICE or _is_to_provider(row)
    return not flags["group_silent"] and _was_asked_by_team(row)


def _is_to_provider(row: OutboxMessage) -> bool:
    wa_id = vars(row)["chat_wa_id"]
    return SmmProvider.objects.filter(tenant_id=row.tenant_id, group_wa_id=wa_id).exists()


def _was_asked_by_team(row: OutboxMessage) -> bool:
    """The team is answered in a group that is off: how else could they switch it on?"""
    asker = OutboxMessage.objects.filter(pk=row.pk).values("inbox__contact")
    phones = Identity.objects.filter(
        tenant_id=row.tenant_id, contact__in=asker, kind=IdentityKind.PHONE, value=OuterRef("user__phone")
    )
    admins = TenantAdmin.objects.filter(Exists(phones), tenant_id=row.tenant_id, user__is_active=True)
    return admins.exists()
