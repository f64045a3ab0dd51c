"""The customers as a table for spreadsheets, made while it is sent; it can be imported again."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from botcore.domain import customer_queries
from botcore.domain.customer_queries import Shown
from smmbot.lib.csv_text import BOM, Lines, harmless
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.models import TenantUser
from tenants.scoping import tenant_scope

COLUMNS = ("phone", "username", "name", "lid", "verified_by", "verified_at", "last_active_at", "blocked")


def as_csv(*, tenant_id: int, shown: Shown, text: str, zone: tzinfo, now: datetime) -> Iterator[str]:
    """The text, chunk by chunk. It is asked for after the request has ended, so it opens the tenant itself."""
    lines = Lines()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    yield BOM + lines.take()
    before: int | None = None
    while True:
        with tenant_scope(tenant_id):
            links = customer_queries.chunk(
                tenant_id=tenant_id, shown=shown, text=text, now=now, before=before
            )
        if not links:
            return
        before = links[-1].pk
        writer.writerows(_cells(one, zone) for one in links)
        yield lines.take()


def record(
    *, tenant_id: int, user_id: int, shown: Shown, text: str, source: AuditSource, now: datetime
) -> None:
    """Data leaves the house: who took which rows."""
    audit.record(
        tenant_id=tenant_id,
        user_id=user_id,
        action="customers.export",
        after={"show": shown.value, **({"q": text} if text else {})},
        source=source,
        now=now,
    )


def _cells(link: TenantUser, zone: tzinfo) -> Sequence[Any]:
    row = customer_queries.row_of(link)
    return [
        row.phones[0] if row.phones else "",  # + and digits: a number to a spreadsheet, never a formula
        harmless(link.panel_username),
        harmless(link.contact.name),
        row.lids[0] if row.lids else "",
        link.verified_by,
        _time(link.verified_at, zone),
        _time(link.last_active_at, zone),
        "yes" if link.is_blocked else "",
    ]


def _time(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(sep=" ", timespec="seconds") if moment else ""
