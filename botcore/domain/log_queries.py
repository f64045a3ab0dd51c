"""What the screens and the API read of the logs: found by index and paged by place, so that the time of a page does
not grow with the table. Newest first; two rows of one moment by their serials."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Collate, Lower

from botcore.domain.approvals import AWAITING, FOR_APPROVAL
from botcore.enums import SupportStatus
from botcore.models import Approval, Chat, LogStatusChange, MessageLog, ProviderRequest, SerialCounter
from tenants.enums import IdentityKind
from tenants.models import Identity

PAGE_SIZE = 50
# Counting further costs more than anybody learns from it.
COUNT_TO = 10_000
# What is new is told up to here: `100+ new`.
NEW_UP_TO = 100
EXPORT_CHUNK = 1_000
MANY_PROVIDERS = 100
RARE = 1_000
MANY_USERNAMES = 200
SHORTEST_PREFIX = 3
_BIGGEST_ID = 2**63 - 1
_BARE_NUMBER = re.compile(r"\d{1,18}")
_SERIAL = re.compile(r"#\s*(\d{1,18})")
_PHONE = re.compile(r"\+?\d[\d\s().-]{6,20}")

_PROVIDERS = """
WITH RECURSIVE named AS (
    (SELECT provider FROM botcore_messagelog WHERE tenant_id = %(tenant)s AND NOT (provider = '')
     ORDER BY provider LIMIT 1)
    UNION ALL
    SELECT (SELECT next.provider FROM botcore_messagelog AS next
            WHERE next.tenant_id = %(tenant)s AND NOT (next.provider = '') AND next.provider > named.provider
            ORDER BY next.provider LIMIT 1)
    FROM named WHERE named.provider IS NOT NULL
)
SELECT provider FROM named WHERE provider IS NOT NULL LIMIT %(limit)s
"""

_USERNAMES = """
WITH RECURSIVE named AS (
    (SELECT lower(panel_username) COLLATE "C" AS name FROM botcore_messagelog
     WHERE tenant_id = %(tenant)s AND NOT (panel_username = '') AND lower(panel_username) COLLATE "C" >= %(prefix)s
     ORDER BY lower(panel_username) COLLATE "C" LIMIT 1)
    UNION ALL
    SELECT (SELECT lower(next.panel_username) COLLATE "C" FROM botcore_messagelog AS next
            WHERE next.tenant_id = %(tenant)s AND NOT (next.panel_username = '')
            AND lower(next.panel_username) COLLATE "C" > named.name
            ORDER BY lower(next.panel_username) COLLATE "C" LIMIT 1)
    FROM named WHERE starts_with(named.name, %(prefix)s)
)
SELECT name FROM named WHERE starts_with(name, %(prefix)s) LIMIT %(limit)s
"""
_USERNAME = Collate(Lower("panel_username"), "C")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows are wanted; what is empty does not matter. since, until: aware, the second exclusive.

    provider: host as the panel names it. customer: panel username or phone. awaits_decision: money that waits.
    q: an order id, `#serial`, the provider's order id, or the beginning of a username.
    """

    since: datetime | None = None
    until: datetime | None = None
    action: str = ""
    status: str = ""
    is_priority: bool | None = None
    awaits_decision: bool = False
    provider: str = ""
    group_id: int | None = None
    customer: str = ""
    q: str = ""

    def without_status(self) -> "LogFilter":
        return replace(self, status="")


@dataclass(frozen=True, slots=True)
class LogPage:
    """older, newer: serials to go on from, None where the list ends."""

    rows: Sequence[MessageLog]
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows each status has, counted to COUNT_TO."""

    by_status: dict[str, int]

    @property
    def all(self) -> int:
        return sum(self.by_status.values())


def day(value: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """A day at the tenant's offset, as two moments."""
    start = datetime.combine(value, time.min, zone)
    return start, start + timedelta(days=1)


def find(*, tenant_id: int, wanted: LogFilter) -> QuerySet[MessageLog]:
    """The rows, in no order yet."""
    rows = MessageLog.objects.filter(tenant_id=tenant_id).alias(
        username=Collate(Lower("panel_username"), "C")
    )
    if wanted.since:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(created_at__lt=wanted.until)
    if wanted.status:
        rows = rows.filter(support_status=wanted.status)
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.is_priority is not None:
        rows = rows.filter(is_priority=wanted.is_priority)
    if wanted.awaits_decision:
        rows = rows.filter(facts__contains={AWAITING: FOR_APPROVAL})
    if wanted.provider:
        rows = rows.exclude(provider="").filter(provider=wanted.provider)
    if wanted.group_id is not None:
        # As plain numbers: the planner knows then that one index holds them in order.
        chats = Chat.objects.filter(tenant_id=tenant_id, group_id=wanted.group_id)
        rows = rows.filter(chat_id__in=list(chats.values_list("pk", flat=True)))
    if wanted.customer:
        rows = rows.filter(_of_customer(tenant_id, wanted.customer))
    if wanted.q:
        rows = rows.filter(_matches(tenant_id, wanted.q))
    return rows


def _of_customer(tenant_id: int, text: str) -> Q:
    if text.startswith("+"):
        return Q(contact_id__in=_contacts(tenant_id, text))
    return _named(tenant_id, Q(username=text.lower()))


def _matches(tenant_id: int, text: str) -> Q:
    text = text.strip()
    if serial := _SERIAL.fullmatch(text):
        return Q(serial=int(serial[1]))
    name = text.lower()
    found = Q(pk__in=_numbered(tenant_id, text))
    if len(name) >= SHORTEST_PREFIX:
        found |= _beginning_with(tenant_id, name)
    else:
        found |= _named(tenant_id, Q(username=name))
    if _PHONE.fullmatch(text) and (contacts := _contacts(tenant_id, text)):
        found |= Q(contact_id__in=contacts)
    return found


# What is rare is looked up first, by its own index, and found by primary keys then. Asked for in one statement with
# the order, the planner would guess how rare it is, and where it guesses wrong read the whole table backwards.


def _beginning_with(tenant_id: int, prefix: str) -> Q:
    """As the names there are: each of them stands in the index beside its statuses, a pattern does not."""
    names = _usernames(tenant_id, prefix)
    if len(names) > MANY_USERNAMES:
        return _named(tenant_id, Q(username__startswith=prefix))
    return _named(tenant_id, Q(username__in=names))


def _usernames(tenant_id: int, prefix: str) -> list[str]:
    """Panel usernames that begin so, one more than MANY_USERNAMES at most; skips from name to name in the index."""
    with connection.cursor() as cursor:
        cursor.execute(_USERNAMES, {"tenant": tenant_id, "prefix": prefix, "limit": MANY_USERNAMES + 1})
        return [name for (name,) in cursor.fetchall()]


def _named(tenant_id: int, name: Q) -> Q:
    """Rows of a panel username. name: on `username`; the index holds no empty ones."""
    is_it = ~Q(panel_username="") & name
    rows = MessageLog.objects.filter(tenant_id=tenant_id).alias(username=_USERNAME).filter(is_it)
    # Most often they are not rare, and to count that far the index needs no row.
    if rows.values("support_status")[: RARE + 1].count() > RARE:
        return is_it
    return Q(pk__in=list(rows.values_list("pk", flat=True)))


def _numbered(tenant_id: int, text: str) -> list[int]:
    """Primary keys of rows with this order id, serial or provider's order id."""
    rows = MessageLog.objects.filter(tenant_id=tenant_id).values_list("pk")
    arms = [rows.exclude(provider_oid="").filter(provider_oid=text)[:RARE]]
    if _BARE_NUMBER.fullmatch(text):
        arms += [rows.filter(order_id=int(text))[:RARE], rows.filter(serial=int(text))[:1]]
    first, *rest = arms
    return [pk for (pk,) in (first.union(*rest, all=True) if rest else first)]


def _contacts(tenant_id: int, phone: str) -> list[int]:
    digits = re.sub(r"\D", "", phone)
    rows = Identity.objects.filter(
        tenant_id=tenant_id,
        kind__in=(IdentityKind.PHONE, IdentityKind.JID),
        value__in=(digits, f"+{digits}"),
    )
    return list(rows.values_list("contact_id", flat=True).distinct())


def with_facts(rows: QuerySet[MessageLog]) -> QuerySet[MessageLog]:
    """With all a table shows of each row."""
    return rows.select_related("contact", "chat__group")


def newest_first(rows: QuerySet[MessageLog]) -> QuerySet[MessageLog]:
    """Ordered, with all a table shows of each row."""
    return with_facts(rows).order_by("-created_at", "-serial")


def page(
    *,
    tenant_id: int,
    wanted: LogFilter,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE_SIZE,
) -> LogPage:
    """The rows older than serial `before`, or newer than `after`; else the newest. Any depth costs the same."""
    rows = find(tenant_id=tenant_id, wanted=wanted)
    if after is not None and (at := _place(tenant_id, after)) is not None:
        newer = newest_first(rows.filter(_beyond(at, after, newer=True))).reverse()
        found = list(newer[: size + 1])
        has_newer, found = len(found) > size, found[:size][::-1]
        return LogPage(found, found[-1].serial if found else None, found[0].serial if has_newer else None)
    at = _place(tenant_id, before) if before is not None else None
    if before is not None and at is not None:
        rows = rows.filter(_beyond(at, before, newer=False))
    found = list(newest_first(rows)[: size + 1])
    has_older, found = len(found) > size, found[:size]
    return LogPage(
        found,
        older=found[-1].serial if has_older else None,
        newer=found[0].serial if at is not None and found else None,
    )


def _place(tenant_id: int, serial: int) -> datetime | None:
    if serial > _BIGGEST_ID:
        return None
    rows = MessageLog.objects.filter(tenant_id=tenant_id, serial=serial)
    return rows.values_list("created_at", flat=True).first()


def _beyond(at: datetime, serial: int, *, newer: bool) -> Q:
    """Past this place in the order. Said so that an index on the time finds it at once."""
    if newer:
        return Q(created_at__gte=at) & (Q(created_at__gt=at) | Q(serial__gt=serial))
    return Q(created_at__lte=at) & (Q(created_at__lt=at) | Q(serial__lt=serial))


def older_than(*, tenant_id: int, rows: QuerySet[MessageLog], serial: int) -> QuerySet[MessageLog]:
    at = _place(tenant_id, serial)
    return rows if at is None else rows.filter(_beyond(at, serial, newer=False))


def counts(*, tenant_id: int, wanted: LogFilter) -> Counts:
    """For the tabs: the wanted rows by status, whatever status is wanted. One query."""
    rows = find(tenant_id=tenant_id, wanted=wanted.without_status()).order_by()
    first, *rest = (
        rows.filter(support_status=status).values_list("support_status")[:COUNT_TO]
        for status in SupportStatus
    )
    try:
        sql, params = first.union(*rest, all=True).query.sql_with_params()
    except EmptyResultSet:  # it is known without asking that there are none
        return Counts(dict.fromkeys(SupportStatus.values, 0))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT support_status, count(*) FROM ({sql}) AS found (support_status) GROUP BY 1",  # noqa: S608 -- the ORM's own
            params,
        )
        counted = dict(cursor.fetchall())
    return Counts({status.value: counted.get(status.value, 0) for status in SupportStatus})


def last_serial(*, tenant_id: int) -> int:
    """Of the newest row there is; ask before reading a page, then nothing is missed after it."""
    return SerialCounter.objects.filter(tenant_id=tenant_id).values_list("last", flat=True).first() or 0


def count_new(*, tenant_id: int, wanted: LogFilter, after: int) -> int:
    """How many wanted rows have a greater serial, counted to NEW_UP_TO."""
    if after >= last_serial(tenant_id=tenant_id):
        return 0
    rows = find(tenant_id=tenant_id, wanted=wanted).filter(serial__gt=after)
    return rows.order_by()[:NEW_UP_TO].count()


def providers_seen(*, tenant_id: int) -> list[str]:
    """Hosts the logs name, in order of their names; skips from one to the next in the index."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVIDERS, {"tenant": tenant_id, "limit": MANY_PROVIDERS})
        return [name for (name,) in cursor.fetchall()]


def groups_seen(*, tenant_id: int) -> list[tuple[int, str]]:
    """(id, name) of the tenant's groups that have a chat."""
    rows = (
        Chat.objects.filter(tenant_id=tenant_id, group__isnull=False)
        .order_by("group__name", "group_id")
        .values_list("group_id", "group__name", "group__wa_id")
        .distinct()
    )
    return [(pk, name or wa_id) for pk, name, wa_id in rows if pk is not None]


def in_chunks(*, tenant_id: int, wanted: LogFilter) -> Iterator[Sequence[MessageLog]]:
    """All of them, newest first, so many at a time: the memory it takes does not grow. Each chunk is read when it is
    asked for; open the tenant's scope around that."""
    last: MessageLog | None = None
    while True:
        rows = find(tenant_id=tenant_id, wanted=wanted)
        if last is not None:
            rows = rows.filter(_beyond(last.created_at, last.serial, newer=False))
        found = list(newest_first(rows)[:EXPORT_CHUNK])
        if found:
            yield found
        if len(found) < EXPORT_CHUNK:
            return
        last = found[-1]


# --- one row -----------------------------------------------------------------------------------------------------


def get_log(*, tenant_id: int, log_id: int) -> MessageLog:
    """With what a page about it shows. Raises MessageLog.DoesNotExist, also for another tenant's."""
    rows = MessageLog.objects.select_related("contact", "chat__group", "chat__number", "message")
    return rows.get(tenant_id=tenant_id, pk=log_id)


def history(*, log: MessageLog) -> list[LogStatusChange]:
    """Its moves from status to status, oldest first."""
    return list(
        LogStatusChange.objects.filter(tenant_id=log.tenant_id, log=log)
        .select_related("by_user")
        .order_by("created_at", "pk")
    )


def decisions(*, log: MessageLog) -> list[Approval]:
    rows = Approval.objects.filter(tenant_id=log.tenant_id, log=log).select_related("by_user")
    return list(rows.order_by("pk"))


def provider_requests(*, log: MessageLog) -> list[ProviderRequest]:
    """What was passed to the provider's group about this order, newest first."""
    if log.order_id is None:
        return []
    rows = ProviderRequest.objects.filter(tenant_id=log.tenant_id, order_id=log.order_id)
    if log.provider_oid:
        rows = rows.filter(provider_oid=log.provider_oid)
    elif log.message_id is not None:
        rows = rows.filter(message_id=log.message_id)
    else:
        return []
    return list(rows.select_related("provider", "sent_as").order_by("-pk")[:5])
