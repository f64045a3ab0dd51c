"""What the screens and the API read of the customers: found by index and paged by place, newest first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from botcore.domain import log_queries
from botcore.enums import SupportStatus
from botcore.models import MessageLog
from tenants.domain import audit, audit_log
from tenants.domain.phones import spoken
from tenants.enums import CodeState, IdentityKind, VerifiedBy
from tenants.models import AuditEntry, Identity, Tenant, TenantUser, VerificationCode

PAGE_SIZE = 25
ACTIVE_FOR = timedelta(days=7)
# Counting further costs more than anybody learns from it.
COUNT_TO = 10_000
REQUESTS_TO = 100
RECENT = 15
BATCHES = 5
EXPORT_CHUNK = 500
_OPEN = (SupportStatus.OPEN, SupportStatus.ESCALATED, SupportStatus.TICKET_CREATED)


class Shown(StrEnum):
    """Which customers a list shows; the value stands in the address."""

    ALL = "all"
    ACTIVE = "active"
    BLOCKED = "blocked"
    CODE = "code"
    STAFF = "staff"
    BULK = "bulk"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Row:
    """A verified customer as lists show them. open_requests: counted to REQUESTS_TO."""

    link: TenantUser
    phones: tuple[str, ...]
    lids: tuple[str, ...]
    open_requests: int

    @property
    def pk(self) -> int:
        return self.link.pk

    @property
    def spoken_phones(self) -> list[str]:
        return [spoken(phone) for phone in self.phones]

    @property
    def many_requests(self) -> bool:
        return self.open_requests >= REQUESTS_TO


@dataclass(frozen=True, slots=True)
class Page:
    """older, newer: ids to go on from, None where the list ends."""

    rows: Sequence[Row]
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """A step in a customer's verification, in words. by: who of the team, or empty."""

    at: datetime
    said: str
    by: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one bulk run added and is still there. how: of VerifiedBy; blocked: of them, not taken back."""

    name: str
    how: str
    count: int
    blocked: int
    at: datetime

    @property
    def label(self) -> str:
        return "Import" if self.how == VerifiedBy.IMPORT else "!verify-users in a group"


class _Capped(Subquery):
    """How many rows a limited subquery has."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def found(*, tenant_id: int, shown: Shown, text: str, now: datetime) -> QuerySet[TenantUser]:
    """The rows, in no order yet. text: a part of the username, of the name or of a phone number."""
    rows = TenantUser.objects.filter(tenant_id=tenant_id).filter(_which(shown, now))
    if not text:
        return rows
    wanted = Q(panel_username__icontains=text) | Q(contact__name__icontains=text)
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 3 and not re.search(r"[^\W\d_]", text):
        people = Identity.objects.filter(tenant_id=tenant_id, value__contains=digits)
        wanted |= Q(contact_id__in=people.values("contact_id"))
    return rows.filter(wanted)


def _which(shown: Shown, now: datetime) -> Q:
    if shown is Shown.ALL:
        return Q()
    if shown is Shown.ACTIVE:
        return Q(last_active_at__gte=now - ACTIVE_FOR)
    if shown is Shown.BLOCKED:
        return Q(is_blocked=True)
    return Q(verified_by=shown.value)


def with_facts(rows: QuerySet[TenantUser]) -> QuerySet[TenantUser]:
    """With all a list shows of each row; `row_of` reads it."""
    open_ones = MessageLog.objects.filter(
        tenant_id=OuterRef("tenant_id"), contact_id=OuterRef("contact_id"), support_status__in=_OPEN
    )
    return (
        rows.select_related("contact")
        .prefetch_related("contact__identities")
        .annotate(open_requests=_Capped(open_ones.order_by().values("pk")[:REQUESTS_TO]))
    )


def row_of(link: TenantUser) -> Row:
    """link: of `with_facts`."""
    known = sorted(link.contact.identities.all(), key=lambda one: one.pk)
    return Row(
        link,
        tuple(one.value for one in known if one.kind == IdentityKind.PHONE),
        tuple(one.value for one in known if one.kind == IdentityKind.LID),
        link.open_requests,  # type: ignore[attr-defined]  # annotated
    )


def listed(*, tenant_id: int, shown: Shown, text: str, now: datetime) -> QuerySet[TenantUser]:
    """In the list's order, with facts."""
    rows = with_facts(found(tenant_id=tenant_id, shown=shown, text=text, now=now))
    return rows.order_by(*(("-last_active_at", "-pk") if shown is Shown.ACTIVE else ("-pk",)))


def page(
    *,
    tenant_id: int,
    shown: Shown,
    text: str,
    now: datetime,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """The rows after the one with the id `before` in the list, or those ahead of `after`; else the first. Any depth
    costs the same."""
    rows = listed(tenant_id=tenant_id, shown=shown, text=text, now=now)
    by_activity = shown is Shown.ACTIVE
    mark = after if after is not None else before
    past = _past(tenant_id, mark, newer=after is not None, by_activity=by_activity) if mark else None
    if past is None:
        mark = after = None
    else:
        rows = rows.filter(past)
    links = list((rows.reverse() if after is not None else rows)[: size + 1])
    has_more, links = len(links) > size, links[:size]
    if after is not None:
        links.reverse()
    first, last = (links[0].pk, links[-1].pk) if links else (None, None)
    if after is not None:
        older, newer = last, first if has_more else None
    else:
        older, newer = last if has_more else None, first if mark else None
    return Page([row_of(one) for one in links], older, newer)


def _past(tenant_id: int, mark: int, *, newer: bool, by_activity: bool) -> Q | None:
    """Beyond this place of the list; None when it is not in it any more."""
    side = "gt" if newer else "lt"
    if not by_activity:
        return Q(**{f"pk__{side}": mark})
    at = (
        TenantUser.objects.filter(tenant_id=tenant_id, pk=mark)
        .values_list("last_active_at", flat=True)
        .first()
    )
    if at is None:
        return None
    return Q(**{f"last_active_at__{side}": at}) | Q(last_active_at=at, **{f"pk__{side}": mark})


def counts(*, tenant_id: int, text: str, now: datetime) -> dict[Shown, int]:
    """How many each list has, counted to COUNT_TO, in one query."""
    each = [
        _Capped(
            found(tenant_id=tenant_id, shown=shown, text=text, now=now).order_by().values("pk")[:COUNT_TO]
        )
        for shown in Shown
    ]
    values = Tenant.objects.filter(pk=tenant_id).values_list(*each).get()
    return dict(zip(Shown, values, strict=True))


def get_customer(*, tenant_id: int, customer_id: int) -> TenantUser:
    """With facts. Raises TenantUser.DoesNotExist, also for another tenant's."""
    return with_facts(TenantUser.objects.filter(tenant_id=tenant_id)).get(pk=customer_id)


def siblings(*, customer: TenantUser) -> tuple[list[TenantUser], list[TenantUser]]:
    """(other usernames of the same person, other people with the same username)."""
    links = (
        TenantUser.objects.filter(tenant_id=customer.tenant_id)
        .annotate(name=Lower("panel_username"))
        .filter(Q(contact_id=customer.contact_id) | Q(name=customer.panel_username.lower()))
        .exclude(pk=customer.pk)
        .select_related("contact")
        .order_by("-pk")[:50]
    )
    mine: list[TenantUser] = []
    others: list[TenantUser] = []
    for one in links:
        (mine if one.contact_id == customer.contact_id else others).append(one)
    return mine, others


def recent_requests(*, customer: TenantUser) -> list[MessageLog]:
    rows = MessageLog.objects.filter(tenant_id=customer.tenant_id, contact_id=customer.contact_id)
    return list(log_queries.newest_first(rows)[:RECENT])


_CODES: Mapping[str, str] = {
    CodeState.CLAIMED: "A code for {name} was on its way",
    CodeState.SENT: "A code for {name} was put into a panel ticket",
    CodeState.UNSENT: "A code for {name} could not be put into a ticket",
    CodeState.VOID: "A code for {name} was replaced or taken back",
    CodeState.USED: "The code for {name} was right",
}


def history(*, customer: TenantUser) -> list[Event]:
    """How this person came to their usernames, and what the team did about it. The newest first."""
    tenant_id, contact_id = customer.tenant_id, customer.contact_id
    mine = list(TenantUser.objects.filter(tenant_id=tenant_id, contact_id=contact_id))
    events = [
        Event(
            one.verified_at, f"Verified as {one.panel_username}: {one.get_verified_by_display().lower()}", ""
        )
        for one in mine
    ]
    codes = VerificationCode.objects.filter(tenant_id=tenant_id, contact_id=contact_id)
    events += [
        Event(code.created_at, _CODES[code.state].format(name=code.panel_username), "")
        for code in codes.order_by("-created_at")[:RECENT]
    ]
    entries = AuditEntry.objects.filter(
        tenant_id=tenant_id, subject__in=[audit.subject_of("customer", one) for one in mine]
    ).select_related("user")
    events += [
        Event(one.created_at, f"{audit_log.said(one.action)}: {_name(one)}", str(one.user or ""))
        for one in entries.order_by("-created_at")[:RECENT]
    ]
    return sorted(events, key=lambda one: one.at, reverse=True)[: 2 * RECENT]


def _name(entry: AuditEntry) -> str:
    return entry.subject.removeprefix("customer ")


def batches(*, tenant_id: int) -> list[Batch]:
    """The newest bulk runs of which something is left to take back."""
    rows: QuerySet[Any, Any] = (
        TenantUser.objects.filter(tenant_id=tenant_id)
        .exclude(batch="")
        .values("batch", "verified_by")
        .annotate(
            count=Count("pk"),
            blocked=Count("pk", filter=Q(is_blocked=True)),
            at=Max("verified_at"),
        )
        .order_by("-at")[:BATCHES]
    )
    return [Batch(row["batch"], row["verified_by"], row["count"], row["blocked"], row["at"]) for row in rows]


def chunk(*, tenant_id: int, shown: Shown, text: str, now: datetime, before: int | None) -> list[TenantUser]:
    """The next rows of an export, by id."""
    rows = with_facts(found(tenant_id=tenant_id, shown=shown, text=text, now=now)).order_by("-pk")
    return list((rows.filter(pk__lt=before) if before is not None else rows)[:EXPORT_CHUNK])
