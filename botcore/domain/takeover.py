"""A person of the team took the chat over: free text stays unanswered for a while. Commands go on."""

from datetime import datetime, timedelta

from django.db.models import Q

from botcore.models import Chat, InboxMessage
from tenants.enums import IdentityKind
from tenants.models import Identity, TenantAdmin


def is_on(*, chat: Chat, minutes: int, now: datetime) -> bool:
    """Whether the linked phone's owner, or staff, wrote here within these minutes and nobody said !resume since."""
    since = now - timedelta(minutes=minutes)
    if chat.resumed_at is not None:
        since = max(since, chat.resumed_at)
    phones = TenantAdmin.objects.filter(tenant_id=chat.tenant_id).values("user__phone")
    team = Identity.objects.filter(tenant_id=chat.tenant_id, kind=IdentityKind.PHONE, value__in=phones)
    by_a_person = Q(from_me=True) | Q(contact__in=team.values("contact"))
    return (
        InboxMessage.objects.filter(by_a_person, chat=chat, received_at__gt=since)
        .exclude(text__startswith="!")
        .exists()
    )


def end(*, chat: Chat, now: datetime) -> None:
    """Let the bot answer free text again."""
    chat.resumed_at = now
    chat.save(update_fields=["resumed_at"])
