"""Replies that could not be delivered: once the cause is gone, they are sent again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from botcore import wake
from botcore.enums import OutboxState
from botcore.models import OutboxMessage
from botcore.wake import Wake


@transaction.atomic
def send_again(*, tenant_id: int, outbox_ids: Iterable[int], now: datetime) -> int:
    """Queue dead replies afresh; what is not dead (any more) is left alone. Returns how many were queued."""
    dead = OutboxMessage.objects.select_for_update().filter(
        tenant_id=tenant_id, pk__in=list(outbox_ids), state=OutboxState.DEAD
    )
    rows = list(dead.values_list("pk", "number_id"))
    OutboxMessage.objects.filter(tenant_id=tenant_id, pk__in=[pk for pk, _ in rows]).update(
        state=OutboxState.QUEUED, attempts=0, error_code="", next_attempt_at=now
    )
    for number_id in {number_id for _, number_id in rows}:
        wake.after_commit(Wake.SEND_DUE, tenant_id=tenant_id, row_id=number_id)
    return len(rows)
