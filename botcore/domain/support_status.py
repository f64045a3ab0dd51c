"""A request's way through the five support statuses: read from chat, set from everywhere, every step kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from botcore.enums import SupportStatus
from botcore.models import LogStatusChange, MessageLog
from tenants.enums import AuditSource

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


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it, by log id. unchanged: those that had the status already; unknown: not ours, or not there."""

    changed: tuple[MessageLog, ...]
    unchanged: tuple[int, ...]
    unknown: tuple[int, ...]


@transaction.atomic
def set_for_orders(
    *,
    tenant_id: int,
    order_ids: Sequence[int],
    status: SupportStatus,
    by_user_id: int | None,
    now: datetime,
    source: AuditSource = AuditSource.CHAT,
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
    _set(rows, status, by_user_id, now, source)
    return Resolved(changed, tuple(pk for pk in order_ids if pk not in changed))


@transaction.atomic
def set_for_log(
    *,
    tenant_id: int,
    log_id: int,
    status: SupportStatus,
    by_user_id: int | None,
    now: datetime,
    source: AuditSource = AuditSource.CHAT,
) -> MessageLog:
    """Set the status of one row, whatever it was: any move is allowed. Raises MessageLog.DoesNotExist."""
    row: MessageLog = MessageLog.objects.select_for_update().get(tenant_id=tenant_id, pk=log_id)
    _set([row], status, by_user_id, now, source)
    return row


@transaction.atomic
def set_for_logs(
    *,
    tenant_id: int,
    log_ids: Sequence[int],
    status: SupportStatus,
    by_user_id: int | None,
    now: datetime,
    source: AuditSource,
) -> Moved:
    """Set the status of these rows, whatever it was. Rows that are missing, or another tenant's, are `unknown`.

    Two people doing it at one moment: the rows are locked in one order, the second finds nothing left to change.
    """
    rows = list(
        MessageLog.objects.select_for_update().filter(tenant_id=tenant_id, pk__in=log_ids).order_by("-pk")
    )
    changed = [row for row in rows if row.support_status != status]
    _set(rows, status, by_user_id, now, source)
    known = {row.pk for row in rows}
    return Moved(
        changed=tuple(changed),
        unchanged=tuple(sorted(known - {row.pk for row in changed})),
        unknown=tuple(pk for pk in dict.fromkeys(log_ids) if pk not in known),
    )


def _set(
    rows: Sequence[MessageLog],
    status: SupportStatus,
    by_user_id: int | None,
    now: datetime,
    source: AuditSource,
) -> None:
    changing = [row for row in rows if row.support_status != status]
    LogStatusChange.objects.bulk_create(
        LogStatusChange(
            tenant_id=row.tenant_id,
            log=row,
            before=row.support_status,
            after=status,
            by_user_id=by_user_id,
            by_bot=by_user_id is None,
            source=source,
            created_at=now,
        )
        for row in changing
    )
    for row in changing:
        row.support_status = status
    if changing:
        MessageLog.objects.filter(pk__in=[row.pk for row in changing]).update(support_status=status)
