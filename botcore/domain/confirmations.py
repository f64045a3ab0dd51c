"""The second step of what must not happen by a slip: asked first, done when the same person confirms in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from botcore.enums import Action
from botcore.models import Confirmation, InboxMessage
from tenants.models import Contact

GOOD_FOR = timedelta(minutes=5)


def ask(*, contact: Contact, action: Action, order_ids: Sequence[int], now: datetime) -> None:
    """Remember that this person was asked; asking again starts the time again."""
    Confirmation.objects.bulk_create(
        [
            Confirmation(
                tenant_id=contact.tenant_id,
                contact=contact,
                action=action,
                order_id=order_id,
                expires_at=now + GOOD_FOR,
            )
            for order_id in order_ids
        ],
        update_conflicts=True,
        unique_fields=["contact", "action", "order_id"],
        update_fields=["expires_at", "used_by", "used_at"],
    )


def use(*, message: InboxMessage, contact: Contact, action: Action, order_ids: Sequence[int]) -> set[int]:
    """Take what this message confirms in time; a message that is run again finds what it took."""
    asked = Confirmation.objects.filter(
        tenant_id=message.tenant_id, contact=contact, action=action, order_id__in=order_ids
    )
    asked.filter(used_at__isnull=True, expires_at__gt=message.received_at).update(
        used_by=message, used_at=message.received_at
    )
    return set(asked.filter(used_by=message).values_list("order_id", flat=True))
