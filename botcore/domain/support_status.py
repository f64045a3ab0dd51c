"""A request's way through the five support statuses: read from chat, set from everywhere, every step kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from botcore.enums import SupportStatus
from botcore.models import LogStatusChange, MessageLog

CLOSED = (SupportStatus.RESOLVED, SupportStatus.IGNORED)


def read_status(text: str) -> SupportStatus | None:
    """Read a status in any spelling (`Ticket_Created`, `escalate` is none). None when it is not one of the five."""
    spelt = " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
    return next((status for status in SupportStatus if status.value == spelt), None)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What came of it. changed: rows by order id; unknown: orders without an open row."""

    changed: dict[int, list[MessageLog]]
    unknown: tuple[int, ...]


@transaction.atomic
def set_for_orders(
    *, tenant_id: int, order_ids: Sequence[int], status: SupportStatus, by_user_id: int | None, now: datetime
) -> Resolved:
    """Set the status of every row of these orders that is not closed, newest first.

    Two people doing it at one moment: the rows are locked, the second finds them as the first left them.
    """
    rows = list(
        MessageLog.objects.select_for_update()
        .filter(tenant_id=tenant_id, order_id__in=order_ids)
        .exclude(support_status__in=CLOSED)
        .order_by("-pk")
    )
    changed: dict[int, list[MessageLog]] = {}
    for row in rows:
        if row.order_id is not None:
            changed.setdefault(row.order_id, []).append(row)
    _set(rows, status, by_user_id, now)
    return Resolved(changed, tuple(pk for pk in order_ids if pk not in changed))


@transaction.atomic
def set_for_log(
    *, tenant_id: int, log_id: int, status: SupportStatus, by_user_id: int | None, now: datetime
) -> MessageLog:
    """Set the status of one row, whatever it was: any move is allowed. Raises MessageLog.DoesNotExist."""
    row: MessageLog = MessageLog.objects.select_for_update().get(tenant_id=tenant_id, pk=log_id)
    _set([row], status, by_user_id, now)
    return row


def _set(rows: Sequence[MessageLog], status: SupportStatus, by_user_id: int | None, now: datetime) -> None:
    changing = [row for row in rows if row.support_status != status]
    LogStatusChange.objects.bulk_create(
        LogStatusChange(
            tenant_id=row.tenant_id,
            log=row,
            before=row.support_status,
            after=status,
            by_user_id=by_user_id,
            by_bot=by_user_id is None,
            created_at=now,
        )
        for row in changing
    )
    for row in changing:
        row.support_status = status
    if changing:
        MessageLog.objects.filter(pk__in=[row.pk for row in changing]).update(support_status=status)
