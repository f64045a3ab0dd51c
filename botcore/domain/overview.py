"""How a tenant's bot is doing, in a few figures. Read by ranges of the day and by what is open, so that none of it
takes longer because the tables have grown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, Func, QuerySet, Subquery

from botcore.domain import groups, provider_follow_up
from botcore.domain.approvals import AWAITING, FOR_APPROVAL
from botcore.domain.config import Config
from botcore.enums import REQUESTS, Action, NumberState, SupportStatus
from botcore.models import Group, MessageLog, WhatsAppNumber
from tenants.models import Tenant, TenantUser

HOURS: Final = 24
# Counting further costs more than anybody learns from it.
COUNT_TO: Final = 500
OLDEST: Final = 6
_DAY: Final = timedelta(days=1)
_ACTIONS: Final = """
SELECT floor(extract(epoch FROM created_at - %(start)s::timestamptz) / 3600)::int, action,
       created_at < %(same_time)s, count(*)
FROM botcore_messagelog
WHERE tenant_id = %(tenant)s AND created_at >= %(start)s AND created_at < %(end)s
GROUP BY 1, 2, 3
"""
_MESSAGES: Final = """
SELECT floor(extract(epoch FROM received_at - %(start)s::timestamptz) / 3600)::int, '',
       received_at < %(same_time)s, count(*)
FROM botcore_inboxmessage
WHERE tenant_id = %(tenant)s AND received_at >= %(start)s AND received_at < %(end)s AND NOT from_me
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Overview:
    """uptime_s: since the number came online; 0 while it is not."""

    is_online: bool
    uptime_s: float
    verified_users: int
    active_groups: int


def of_tenant(*, tenant_id: int, number: WhatsAppNumber, now: datetime) -> Overview:
    is_online = number.state == NumberState.OPEN
    return Overview(
        is_online=is_online,
        uptime_s=uptime_s(number, now),
        verified_users=TenantUser.objects.filter(tenant_id=tenant_id, is_blocked=False).count(),
        active_groups=groups.whitelisted(tenant_id=tenant_id).count(),
    )


def uptime_s(number: WhatsAppNumber, now: datetime) -> float:
    """Since the number came online; 0 while it is not."""
    if number.state != NumberState.OPEN:
        return 0
    return max(0.0, (now - (number.state_at or number.created_at)).total_seconds())


# --- the bot ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bot:
    """number: the one that speaks for the tenant, the default one if it is live; None: there is none. live: how many
    of `numbers` are. groups_on: support is on there; groups: all that are shown."""

    number: WhatsAppNumber | None
    numbers: int
    live: int
    uptime_s: float
    chat_mode: str
    ai_provider: str
    verified_users: int
    groups: int
    groups_on: int

    @property
    def is_online(self) -> bool:
        return self.live > 0


def bot(*, tenant_id: int, config: Config, now: datetime) -> Bot:
    rows = list(WhatsAppNumber.objects.filter(tenant_id=tenant_id).order_by("-is_default", "pk"))
    live = [row for row in rows if row.state == NumberState.OPEN]
    number = next(iter(live or rows), None)
    shown = Group.objects.filter(tenant_id=tenant_id, is_hidden=False)
    counted = _figures(
        tenant_id,
        verified=_number_of(TenantUser.objects.filter(tenant_id=tenant_id, is_blocked=False)),
        groups=_number_of(shown),
        groups_on=_number_of(shown.filter(support_enabled=True)),
    )
    return Bot(
        number=number,
        numbers=len(rows),
        live=len(live),
        uptime_s=uptime_s(number, now) if number else 0,
        chat_mode=config["chat_mode"],
        ai_provider=config.ai_provider,
        verified_users=counted["verified"],
        groups=counted["groups"],
        groups_on=counted["groups_on"],
    )


# --- today and yesterday ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """How often something happened, by hour of the tenant's day. by_now: yesterday until this time of the day."""

    today: tuple[int, ...]
    yesterday: tuple[int, ...]
    by_now: int

    @property
    def total(self) -> int:
        return sum(self.today)

    @property
    def total_yesterday(self) -> int:
        return sum(self.yesterday)

    @property
    def change_percent(self) -> int | None:
        """Against yesterday until this time; None where there was nothing to compare with."""
        return round((self.total - self.by_now) * 100 / self.by_now) if self.by_now else None


@dataclass(frozen=True, slots=True)
class Activity:
    """start: when the tenant's day began. by_action: today's, the most frequent first."""

    start: datetime
    messages: Course
    actions: Course
    by_action: Sequence[tuple[Action, int]]


def activity(*, tenant_id: int, config: Config, now: datetime) -> Activity:
    """Today's and yesterday's rows, whatever else there is."""
    start = datetime.combine(now.astimezone(config.zone).date(), time.min, config.zone)
    span: dict[str, int | datetime] = {
        "tenant": tenant_id,
        "start": start - _DAY,
        "end": start + _DAY,
        "same_time": now - _DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, span)
        messages = cursor.fetchall()
        cursor.execute(_ACTIONS, span)
        actions = cursor.fetchall()
    kinds: Counter[str] = Counter()
    for hour, action, _, count in actions:
        if hour >= HOURS and action in Action:
            kinds[action] += count
    ranked = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return Activity(
        start, _course(messages), _course(actions), [(Action(name), count) for name, count in ranked]
    )


def _course(rows: Sequence[tuple[int, str, bool, int]]) -> Course:
    hours, by_now = [0] * (2 * HOURS), 0
    for hour, _, was_by_now, count in rows:
        hours[hour] += count
        by_now += count if was_by_now else 0
    return Course(tuple(hours[HOURS:]), tuple(hours[:HOURS]), by_now)


# --- what waits for the team ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """Requests nobody has seen to yet. Each is counted to COUNT_TO. oldest: a few of them, the oldest first.

    money: those that wait for an approval; provider_replies: passed to a provider's group and not answered.
    """

    open: int
    escalated: int
    money: int
    provider_replies: int
    oldest: Sequence[MessageLog]

    @property
    def total(self) -> int:
        return self.open + self.escalated


def waiting(*, tenant_id: int, now: datetime) -> Waiting:
    counted = _figures(
        tenant_id,
        money=_number_up_to(_money(tenant_id)),
        replies=_number_up_to(provider_follow_up.unanswered(tenant_id=tenant_id, now=now)),
        escalated=_number_up_to(_escalated(tenant_id)),
        **{action: _number_up_to(rows) for action, rows in _asked(tenant_id).items()},
    )
    is_open = min(sum(counted[action] for action in REQUESTS), COUNT_TO)
    return Waiting(
        open=is_open,
        escalated=counted["escalated"],
        money=counted["money"],
        provider_replies=counted["replies"],
        oldest=_oldest(tenant_id) if is_open or counted["escalated"] else [],
    )


def _money(tenant_id: int) -> QuerySet[MessageLog]:
    return MessageLog.objects.filter(
        tenant_id=tenant_id,
        facts__contains={AWAITING: FOR_APPROVAL},
        support_status__in=[SupportStatus.OPEN, SupportStatus.ESCALATED, SupportStatus.TICKET_CREATED],
    )


def _asked(tenant_id: int) -> Mapping[str, QuerySet[MessageLog]]:
    """Open requests by action: each is one stretch of an index in the order of time. Looked-up orders are open too,
    but nobody waits for anything."""
    rows = MessageLog.objects.filter(tenant_id=tenant_id, support_status=SupportStatus.OPEN)
    return {action.value: rows.filter(action=action) for action in sorted(REQUESTS)}


def _escalated(tenant_id: int) -> QuerySet[MessageLog]:
    """Whatever was escalated counts."""
    return MessageLog.objects.filter(tenant_id=tenant_id, support_status=SupportStatus.ESCALATED)


def _oldest(tenant_id: int) -> list[MessageLog]:
    first, *rest = (
        part.order_by("created_at", "serial").values_list("pk", "created_at", "serial")[:OLDEST]
        for part in (*_asked(tenant_id).values(), _escalated(tenant_id))
    )
    found = sorted(first.union(*rest, all=True), key=lambda row: (row[1], row[2]))[:OLDEST]
    rows = MessageLog.objects.filter(tenant_id=tenant_id, pk__in=[pk for pk, _, _ in found])
    return list(rows.select_related("contact", "chat__group").order_by("created_at", "serial"))


# --- counting -----------------------------------------------------------------------------------------------------


def _figures(tenant_id: int, **figures: Func | Subquery) -> Mapping[str, int]:
    """Many figures in one query."""
    found: Any = Tenant.objects.filter(pk=tenant_id).values(**figures).get()
    return cast(Mapping[str, int], found)


def _number_of(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().values(number=Func(F("pk"), function="count")))


def _number_up_to(rows: QuerySet[Any]) -> Func:
    """To COUNT_TO. The tenant is in every index, so none of the rows themselves is read."""
    return Func(ArraySubquery(rows.order_by().values("tenant_id")[:COUNT_TO]), function="cardinality")
