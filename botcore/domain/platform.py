"""The platform's own WhatsApp number: codes for signing in, and what owners must hear when their own is down.

It belongs to the platform's own tenant (tenants/domain/platform_tenant.py).
"""

from datetime import datetime

from django.db.models import QuerySet

from botcore import wake
from botcore.domain.number_states import REMOVING
from botcore.enums import NumberState, OutboxPriority
from botcore.gateway.types import Address
from botcore.models import Chat, OutboxMessage, WhatsAppNumber
from botcore.models.message import SECRET_PART
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from tenants.scoping import all_tenants

logger = get_logger(__name__)


def numbers() -> QuerySet[WhatsAppNumber]:
    """The platform's own, the default first; all tenants are open."""
    rows: QuerySet[WhatsAppNumber] = WhatsAppNumber.objects.filter(tenant__is_platform=True)
    return rows.exclude(state_reason=REMOVING).order_by("-is_default", "pk")


def number() -> WhatsAppNumber | None:
    """The number that sends for the platform: a live one before any other, the default first."""
    with all_tenants("the platform's number serves every tenant"):
        found = list(numbers())
    return next((one for one in found if one.state == NumberState.OPEN), found[0] if found else None)


def send(*, phone: str, text: str, now: datetime, sender: WhatsAppNumber | None = None) -> bool:
    """Queue a text to a phone (E.164), from the platform's number or another. Returns False when there is none."""
    sender = sender or number()
    if sender is None:
        logger.error("the platform has no WhatsApp number: nothing can be sent")
        return False
    with all_tenants("the platform's number serves every tenant"):
        to = Address(phone=phone.lstrip("+"))
        chat, _ = Chat.objects.get_or_create(
            tenant_id=sender.tenant_id, number=sender, wa_id=to.wa_id, defaults={"kind": to.kind}
        )
        OutboxMessage.objects.create(
            tenant_id=sender.tenant_id,
            number=sender,
            chat=chat,
            part=SECRET_PART,
            text=text,
            priority=OutboxPriority.SUPPORT,
            next_attempt_at=now,
            created_at=now,
        )
        wake.after_commit(Wake.SEND_DUE, tenant_id=sender.tenant_id, row_id=sender.pk)
    return True
