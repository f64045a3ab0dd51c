"""A person of the team took the chat over: free text stays unanswered for a while. Commands go on."""

from datetime import datetime, timedelta

from django.db.models import Q

from botcore.models import Chat, InboxMessage, OutboxMessage
from tenants.enums import IdentityKind
from tenants.models import Identity, TenantAdmin


def is_on(*, chat: Chat, minutes: int, now: datetime) -> bool:
    """Whether the linked phone's owner, or staff, wrote here within these minutes and nobody said !resume since."""
    since = now - timedelta(minutes=minutes)
    if chat.resumed_at is not None:
        since = max(since, chat.resumed_at)
    # By the sender's own addresses: a message that was not for the bot was never traced to a contact.
    admins = TenantAdmin.objects.filter(tenant_id=chat.tenant_id, user__is_active=True)
    phones = [str(phone) for phone in admins.values_list("user__phone", flat=True)]
    known = Identity.objects.filter(tenant_id=chat.tenant_id)
    team = known.filter(kind=IdentityKind.PHONE, value__in=phones).values("contact")
    lids = known.filter(kind=IdentityKind.LID, contact__in=team).values("value")
    by_a_person = (
        Q(from_me=True) | Q(sender_phone__in=[phone.lstrip("+") for phone in phones]) | Q(sender_lid__in=lids)
    )
    return (
        InboxMessage.objects.filter(by_a_person, chat=chat, received_at__gt=since)
        .exclude(text__startswith="!")
        # Some gateways hand the bot's own replies back as written on the phone.
        .exclude(
            from_me=True,
            wa_message_id__in=OutboxMessage.objects.filter(chat=chat)
            .exclude(wa_message_id="")
            .values("wa_message_id"),
        )
        .exists()
    )


def end(*, chat: Chat, now: datetime) -> None:
    """Let the bot answer free text again."""
    chat.resumed_at = now
    chat.save(update_fields=["resumed_at"])
