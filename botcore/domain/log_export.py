"""The logs as a table for spreadsheets, made while it is sent: a million rows take no more memory than a thousand."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from botcore.domain import log_queries
from botcore.domain.log_queries import LogFilter
from botcore.models import MessageLog
from smmbot.lib.csv_text import BOM, Lines, harmless
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.scoping import tenant_scope

COLUMNS = (
    "serial",
    "time",
    "order_id",
    "action",
    "outcome",
    "support_status",
    "priority",
    "provider",
    "provider_oid",
    "customer",
    "contact",
    "chat",
    "source",
    "took_ms",
    "memo",
)


def as_csv(*, tenant_id: int, wanted: LogFilter, zone: tzinfo) -> Iterator[str]:
    """The text, chunk by chunk. It is asked for after the request has ended, so it opens the tenant itself."""
    lines = Lines()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    yield BOM + lines.take()
    chunks = log_queries.in_chunks(tenant_id=tenant_id, wanted=wanted)
    while True:
        with tenant_scope(tenant_id):
            rows = next(chunks, None)
        if rows is None:
            return
        writer.writerows(_cells(row, zone) for row in rows)
        yield lines.take()


def record(*, tenant_id: int, user_id: int, wanted: LogFilter, source: AuditSource, now: datetime) -> None:
    """Data leaves the house: who took which rows."""
    chosen = {
        name: getattr(wanted, name)
        for name in wanted.__slots__
        if getattr(wanted, name) not in (None, "", False)
    }
    audit.record(
        tenant_id=tenant_id, user_id=user_id, action="logs.export", source=source, now=now, after=chosen
    )


def _cells(row: MessageLog, zone: tzinfo) -> Sequence[Any]:
    group = row.chat.group if row.chat else None
    return [
        row.serial,
        row.created_at.astimezone(zone).isoformat(sep=" ", timespec="seconds"),
        row.order_id or "",
        row.action,
        row.outcome,
        row.support_status,
        "yes" if row.is_priority else "",
        harmless(row.provider),
        harmless(row.provider_oid),
        harmless(row.panel_username),
        harmless(row.contact.name if row.contact else ""),
        harmless((group.name or group.wa_id) if group else "direct message" if row.chat else ""),
        row.source,
        row.took_ms,
        harmless(row.memo),
    ]
