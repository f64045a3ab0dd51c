"""Providers that keep silent: reminded once, then the team is alerted once. What is settled is left alone."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from botcore.domain import outbox, support_status, team_notices
from botcore.domain.config import Config
from botcore.domain.provider_answers import OPEN_FOR
from botcore.enums import TEAM_ACTIONS, Action, OutboxState
from botcore.models import MessageLog, ProviderRequest

AT_ONCE = 500
K = TypeVar("K", bound=Hashable)


def tenants_waiting(*, now: datetime) -> list[int]:
    """Tenants with requests no provider has answered yet. Call it across tenants."""
    rows = ProviderRequest.objects.filter(
        answered_at__isnull=True, alerted_at__isnull=True, created_at__gte=now - OPEN_FOR
    )
    return sorted(set(rows.values_list("tenant_id", flat=True)))


def unanswered(*, tenant_id: int, now: datetime) -> QuerySet[ProviderRequest]:
    """What providers were asked in their groups and have not answered, while somebody still waits for it."""
    return ProviderRequest.objects.filter(
        _is_unsettled(tenant_id),
        tenant_id=tenant_id,
        answered_at__isnull=True,
        created_at__gte=now - OPEN_FOR,
    )


def follow_up(*, tenant_id: int, config: Config, now: datetime) -> int:
    """Take the next step with every silent request that is due for one. Returns how many were touched.

    Two at once share the work: each claims the rows it speaks of.
    """
    long_ago = now - timedelta(hours=config["provider_reminder_hours"])
    return (
        _remind(tenant_id, long_ago, now)
        + _alert(tenant_id, now, "does not answer, even when reminded.", reminded_at__lt=long_ago)
        + _alert(
            tenant_id,
            now,
            "could not be reached in its group: the request was not delivered.",
            sent_as__state__in=(OutboxState.DEAD, OutboxState.SUPPRESSED),
        )
    )


@transaction.atomic
def _remind(tenant_id: int, long_ago: datetime, now: datetime) -> int:
    """One polite line for each message sent, quoting it. It is remembered: the answer may quote it instead."""
    # From when it reached the group: a number that was offline for a day must not hurry anybody.
    due = _claim(tenant_id, now, reminded_at__isnull=True, sent_as__sent_at__lt=long_ago)
    for requests in _grouped(due, lambda request: request.sent_as_id).values():
        sent = requests[0].sent_as
        oids = ",".join(dict.fromkeys(request.provider_oid for request in requests))
        reminder = outbox.queue_to_chat(
            chat=sent.chat, text=f"{oids} any update, please?", quoted_id=sent.wa_message_id, now=now
        )
        ProviderRequest.objects.filter(pk__in=[request.pk for request in requests]).update(
            reminded_at=now, reminder=reminder
        )
    return len(due)


@transaction.atomic
def _alert(tenant_id: int, now: datetime, what: str, **due_when: object) -> int:
    due = _claim(tenant_id, now, alerted_at__isnull=True, **due_when)
    for requests in _grouped(due, lambda request: request.provider_id).values():
        orders = ", ".join(str(request.order_id) for request in requests[:30])
        team_notices.tell(
            tenant_id=tenant_id,
            number=requests[0].sent_as.number,
            text=f"{requests[0].provider.name} {what}\nOrders: {orders}",
            now=now,
        )
        ProviderRequest.objects.filter(pk__in=[request.pk for request in requests]).update(alerted_at=now)
    return len(due)


def _claim(tenant_id: int, now: datetime, **due: object) -> list[ProviderRequest]:
    rows: QuerySet[ProviderRequest] = ProviderRequest.objects.select_for_update(
        of=("self",), skip_locked=True
    )
    return list(
        rows.select_related("provider", "sent_as__chat", "sent_as__number")
        .filter(
            _is_unsettled(tenant_id),
            tenant_id=tenant_id,
            answered_at__isnull=True,
            created_at__gte=now - OPEN_FOR,
            **due,
        )
        .order_by("pk")[:AT_ONCE]
    )


def _is_unsettled(tenant_id: int) -> Q:
    """Somebody still waits: the row of what was asked is open; for an escalation, any row of the order."""
    rows = MessageLog.objects.filter(tenant_id=tenant_id, order_id=OuterRef("order_id")).exclude(
        support_status__in=support_status.CLOSED
    )
    return Q(Exists(rows.filter(action=OuterRef("action")))) | Q(
        Exists(rows.exclude(action__in=TEAM_ACTIONS)), action=Action.ESCALATION
    )


def _grouped(
    requests: Iterable[ProviderRequest], by: Callable[[ProviderRequest], K]
) -> dict[K, list[ProviderRequest]]:
    groups: dict[K, list[ProviderRequest]] = defaultdict(list)
    for request in requests:
        groups[by(request)].append(request)
    return groups
