"""The record of every request: one row per order a command touched, serials without gaps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from botcore.enums import REQUESTS, TEAM_ACTIONS, Action, LogSource, ProviderAnswer, SupportStatus
from botcore.models import InboxMessage, MessageLog, ProviderRequest
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.models import Contact

MAX_MEMO = 2_000

_NEXT_SERIALS = """
INSERT INTO botcore_serialcounter (tenant_id, last) VALUES (%s, %s)
ON CONFLICT (tenant_id) DO UPDATE SET last = botcore_serialcounter.last + EXCLUDED.last
RETURNING last
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one log row says. outcome: the reply's key. is_settled: born resolved. facts: JSON-safe."""

    outcome: str
    order_id: int | None = None
    panel_username: str = ""
    provider: str = ""
    provider_oid: str = ""
    is_priority: bool = False
    is_settled: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def record(
    *,
    message: InboxMessage,
    contact: Contact | None,
    action: Action,
    entries: Sequence[Entry],
    took_ms: int,
    now: datetime,
    source: LogSource = LogSource.CHAT,
) -> list[MessageLog]:
    """Write the rows of one message; call it inside the transaction that queues the answer.

    A message that is run again (put off, then tried again) keeps its rows and serials and gets their new outcome.
    """
    rows = {}
    if message.attempts > 1 or message.deferrals:
        rows = {row.order_id: row for row in MessageLog.objects.filter(message=message, action=action)}
    fresh = [entry for entry in entries if entry.order_id not in rows]
    last = _take_serials(message.tenant_id, len(fresh)) if fresh else 0
    created = [
        MessageLog(
            tenant_id=message.tenant_id,
            serial=last - len(fresh) + position,
            source=source,
            action=action,
            message=message,
            chat_id=message.chat_id,
            contact=contact,
            order_id=entry.order_id,
            support_status=SupportStatus.RESOLVED
            if entry.is_settled or action in TEAM_ACTIONS
            else SupportStatus.OPEN,
            created_at=now,
            **_told(entry, took_ms),
        )
        for position, entry in enumerate(fresh, start=1)
    ]
    if created and action in REQUESTS:
        _take_over_answers(message, action, created)
    if created:
        MessageLog.objects.bulk_create(created)
    for entry in entries:
        if row := rows.get(entry.order_id):
            for name, value in _told(entry, took_ms).items():
                setattr(row, name, value)
    if rows:
        MessageLog.objects.bulk_update(rows.values(), list(_told(Entry(""), 0)))
    settled = [rows[entry.order_id].pk for entry in entries if entry.is_settled and entry.order_id in rows]
    if settled:
        MessageLog.objects.filter(pk__in=settled).update(support_status=SupportStatus.RESOLVED)
    return [*rows.values(), *created]


def _take_over_answers(message: InboxMessage, action: Action, rows: Sequence[MessageLog]) -> None:
    """A provider's robot may answer before our own reply is worded, and so before there is a row to write it to."""
    answered = ProviderRequest.objects.filter(
        tenant_id=message.tenant_id, message=message, action=action, answered_at__isnull=False
    )
    answers = {request.order_id: request for request in answered}
    for row in rows:
        request = answers.get(row.order_id or 0)
        if request is None:
            continue
        row.facts = {
            **row.facts,
            "provider_answer": request.answer,
            "provider_said": request.answer_text[:500],
        }
        row.is_priority = row.is_priority or request.answer == ProviderAnswer.REFUSED
        if request.answer == ProviderAnswer.DONE:
            row.support_status = SupportStatus.RESOLVED


def _told(entry: Entry, took_ms: int) -> dict[str, Any]:
    return {
        "panel_username": entry.panel_username,
        "provider": entry.provider,
        "provider_oid": entry.provider_oid,
        "outcome": entry.outcome,
        "facts": entry.facts,
        "is_priority": entry.is_priority,
        "took_ms": took_ms,
    }


def _take_serials(tenant_id: int, count: int) -> int:
    """Take `count` serials and return the last of them. The row stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_SERIALS, [tenant_id, count])
        return int(cursor.fetchone()[0])


def first_seen_completed(*, tenant_id: int, order_ids: Sequence[int]) -> dict[int, datetime]:
    """When the bot first saw each of these orders completed, for those it did."""
    rows = (
        MessageLog.objects.filter(tenant_id=tenant_id, order_id__in=order_ids, facts__status="completed")
        .values("order_id")
        .annotate(first=Min("created_at"))
    )
    return {row["order_id"]: row["first"] for row in rows if row["order_id"] is not None}


def last_answered_at(*, tenant_id: int, contact: Contact, action: Action, outcome: str) -> datetime | None:
    """When this person last got this outcome of this action."""
    return (
        MessageLog.objects.filter(tenant_id=tenant_id, contact=contact, action=action, outcome=outcome)
        .order_by("-created_at")
        .values_list("created_at", flat=True)
        .first()
    )


@transaction.atomic
def set_memo(
    *, tenant_id: int, log_id: int, memo: str, by_user_id: int, source: AuditSource, now: datetime
) -> MessageLog:
    """Keep the team's note on a row. Raises MessageLog.DoesNotExist."""
    row: MessageLog = MessageLog.objects.select_for_update().get(tenant_id=tenant_id, pk=log_id)
    memo = memo.strip()[:MAX_MEMO]
    if memo == row.memo:
        return row
    audit.record(
        tenant_id=tenant_id,
        user_id=by_user_id,
        action="log.memo",
        subject=f"#{row.serial}",
        before={"memo": row.memo},
        after={"memo": memo},
        source=source,
        now=now,
    )
    row.memo = memo
    row.save(update_fields=["memo"])
    return row
