"""What the owner and the staff admins must know, in their own chats with the bot."""

from collections.abc import Iterable
from datetime import datetime

from botcore import wake
from botcore.enums import OutboxPriority
from botcore.gateway.types import Address
from botcore.models import Chat, OutboxMessage, TeamNotice, WhatsAppNumber
from botcore.wake import Wake
from tenants.enums import Role
from tenants.models import TenantAdmin


def tell_once(*, tenant_id: int, number: WhatsAppNumber, about: str, text: str, now: datetime) -> bool:
    """Tell it unless it was told before. about: what it is, the same each time. Returns whether it was told now."""
    _, is_new = TeamNotice.objects.get_or_create(
        tenant_id=tenant_id, about=about[:100], defaults={"created_at": now}
    )
    if is_new:
        tell(tenant_id=tenant_id, number=number, text=text, now=now)
    return is_new


def tell(*, tenant_id: int, number: WhatsAppNumber, text: str, now: datetime) -> None:
    """Queue a direct message to everybody of admin role (owner and staff admins, not staff)."""
    write_to(number=number, phones=phones_of_admins(tenant_id=tenant_id), text=text, now=now)


def phones_of_admins(*, tenant_id: int) -> list[str]:
    admins = TenantAdmin.objects.filter(
        tenant_id=tenant_id, role__in=(Role.OWNER, Role.STAFF_ADMIN), user__is_active=True
    ).select_related("user")
    return [str(admin.user.phone) for admin in admins]


def write_to(*, number: WhatsAppNumber, phones: Iterable[str], text: str, now: datetime) -> None:
    """Queue a notice to these phones (E.164), from a number whose tenant is open."""
    for phone in phones:
        to = Address(phone=phone.lstrip("+"))
        chat, _ = Chat.objects.get_or_create(
            tenant_id=number.tenant_id, number=number, wa_id=to.wa_id, defaults={"kind": to.kind}
        )
        OutboxMessage.objects.create(
            tenant_id=number.tenant_id,
            number=number,
            chat=chat,
            text=text,
            priority=OutboxPriority.NOTICE,
            next_attempt_at=now,
            created_at=now,
        )
    wake.after_commit(Wake.SEND_DUE, tenant_id=number.tenant_id, row_id=number.pk)
