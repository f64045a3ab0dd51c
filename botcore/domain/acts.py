"""Claims on acts: an act on an order is claimed before it is done, so that it is never done twice.

A claim carries the run that made it. A run that meets a claim it did not make and that has no result yet comes
after a crash: whether the panel was reached is unknown, so the order is read again and nothing is repeated blindly.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from botcore.enums import Action, ActState, SupportStatus
from botcore.models import InboxMessage, MessageLog, OrderAct

# A request still with the staff is not asked again on the next day; after a week a new one may be made.
OPEN_FOR = timedelta(days=7)
_PENDING = (ActState.REQUESTED, ActState.QUEUED, ActState.UNKNOWN)
_COUNTS_FOR_COOLDOWN = (ActState.CLAIMED, ActState.DONE, *_PENDING)
_SETTLED = (SupportStatus.RESOLVED, SupportStatus.IGNORED)


@dataclass(slots=True)
class Claims:
    """What came of claiming an action on several orders.

    new: may act now. unclear: claimed by a run that died. settled: this message's own earlier result.
    cooling: seconds left. open_since: a request still being worked on.
    """

    new: dict[int, OrderAct] = field(default_factory=dict)
    unclear: dict[int, OrderAct] = field(default_factory=dict)
    settled: dict[int, OrderAct] = field(default_factory=dict)
    cooling: dict[int, int] = field(default_factory=dict)
    open_since: dict[int, datetime] = field(default_factory=dict)


@transaction.atomic
def claim(
    *,
    message: InboxMessage,
    run_token: uuid.UUID,
    action: Action,
    statuses: Mapping[int, str],
    cooldown_s: int,
    now: datetime,
) -> Claims:
    """Claim `action` on each order. statuses: order id to the panel's status as just read.

    Serialised per tenant and action, so two people asking for one order at one moment make one claim.
    """
    _lock(message.tenant_id, action)
    claims = Claims()
    mine, recent = _existing(message=message, action=action, order_ids=statuses, since=now - OPEN_FOR)
    working = _being_worked_on(recent.values(), message.tenant_id)
    renewed, fresh = [], []
    for order_id, status in statuses.items():
        own, last = mine.get(order_id), recent.get(order_id)
        if own is not None and own.state == ActState.CLAIMED and own.run_token != run_token:
            claims.unclear[order_id] = own
        elif own is not None and own.state != ActState.RETRY:
            claims.settled[order_id] = own
        elif last is not None and (left := _seconds_left(last, cooldown_s, now)) > 0:
            claims.cooling[order_id] = left
        elif last is not None and last.pk in working:
            claims.open_since[order_id] = last.created_at
        elif own is not None:
            own.state, own.run_token, own.status_before, own.updated_at = (
                ActState.CLAIMED,
                run_token,
                status,
                now,
            )
            renewed.append(own)
            claims.new[order_id] = own
        else:
            fresh.append(
                OrderAct(
                    tenant_id=message.tenant_id,
                    message=message,
                    order_id=order_id,
                    action=action,
                    status_before=status,
                    run_token=run_token,
                    created_at=now,
                    updated_at=now,
                )
            )
    if renewed:
        OrderAct.objects.bulk_update(renewed, ["state", "run_token", "status_before", "updated_at"])
    for act in OrderAct.objects.bulk_create(fresh) if fresh else ():
        claims.new[act.order_id] = act
    return claims


def settle(acts: Iterable[OrderAct], *, now: datetime) -> None:
    """Store the results written onto these acts, before the answer is committed: a crash in between keeps them."""
    acts = list(acts)
    for act in acts:
        act.updated_at = now
    if acts:
        OrderAct.objects.bulk_update(acts, ["state", "outcome", "reference", "updated_at"])


def begun_by(*, message: InboxMessage, action: Action) -> set[int]:
    """Orders on which an earlier run of this message began this action; none on its first run."""
    if message.attempts <= 1 and not message.deferrals:
        return set()
    rows = OrderAct.objects.filter(tenant_id=message.tenant_id, message=message, action=action)
    return set(rows.exclude(state=ActState.RETRY).values_list("order_id", flat=True))


def was_ever_done(*, tenant_id: int, action: Action, order_ids: Sequence[int], outcome: str) -> set[int]:
    """Orders on which this action came to this outcome at any time."""
    return set(
        OrderAct.objects.filter(
            tenant_id=tenant_id, action=action, order_id__in=order_ids, outcome=outcome
        ).values_list("order_id", flat=True)
    )


def latest(*, tenant_id: int, action: Action, order_ids: Sequence[int]) -> dict[int, OrderAct]:
    """The newest act of this kind on each order that has one."""
    rows = (
        OrderAct.objects.filter(tenant_id=tenant_id, action=action, order_id__in=order_ids)
        .exclude(state__in=(ActState.REFUSED, ActState.RETRY))
        .order_by("order_id", "-created_at")
        .distinct("order_id")
    )
    return {act.order_id: act for act in rows}


def _lock(tenant_id: int, action: Action) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s::int, hashtext(%s))", [tenant_id & 0x7FFFFFFF, f"act:{action}"]
        )


def _existing(
    *, message: InboxMessage, action: Action, order_ids: Iterable[int], since: datetime
) -> tuple[dict[int, OrderAct], dict[int, OrderAct]]:
    """This message's own claims, and per order the newest one of any other message that still counts."""
    rows = OrderAct.objects.filter(
        tenant_id=message.tenant_id, action=action, order_id__in=list(order_ids), created_at__gte=since
    ).order_by("created_at")
    mine, recent = {}, {}
    for act in rows:
        if act.message_id == message.pk:
            mine[act.order_id] = act
        elif act.state in _COUNTS_FOR_COOLDOWN:
            recent[act.order_id] = act
    return mine, recent


def _being_worked_on(acts: Iterable[OrderAct], tenant_id: int) -> set[int]:
    """Primary keys of acts whose request nobody has settled yet."""
    pending = {(act.message_id, act.order_id): act.pk for act in acts if act.state in _PENDING}
    if not pending:
        return set()
    settled = MessageLog.objects.filter(
        tenant_id=tenant_id,
        message__in=[message_id for message_id, _ in pending],
        support_status__in=_SETTLED,
    ).values_list("message_id", "order_id")
    return {pk for pair, pk in pending.items() if pair not in set(settled)}


def _seconds_left(act: OrderAct, cooldown_s: int, now: datetime) -> int:
    return int(cooldown_s - (now - act.created_at).total_seconds() + 0.999)
