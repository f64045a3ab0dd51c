"""A request is run again: its message goes through the pipeline once more, in the background.

The message keeps its rows, serials and claims, so nothing is done twice: what was carried out comes back as it was,
what was never begun is judged anew, under the sender's rights and the cool-downs of this moment. What the panel
refused may be asked of it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import F

from botcore import wake
from botcore.domain.approvals import AWAITING
from botcore.enums import REQUESTS, Action, ActState, InboxState
from botcore.models import InboxMessage, MessageLog, OrderAct
from botcore.wake import Wake
from tenants.domain import audit
from tenants.enums import AuditSource

# Commands about orders. The team's own are never repeated: a broadcast would go out twice.
RERUNNABLE = REQUESTS | {Action.ORDER, Action.REFILL_STATUS}
_ENDED = (InboxState.HANDLED, InboxState.FAILED)
# A claim in one of these is no obstacle: nothing was done, or the order itself is read to tell.
_MAY_ACT_AGAIN = (ActState.RETRY, ActState.REFUSED, ActState.CLAIMED)


class Rerun(StrEnum):
    """What came of it, of one row."""

    STARTED = "started"
    ALONGSIDE = (
        "alongside"  # another row of the same message was asked for too: it runs once, for all its orders
    )
    RUNNING = "running"
    NOT_A_REQUEST = "not_a_request"
    DONE_BEFORE = "done_before"
    WAITS_FOR_DECISION = "waits_for_decision"
    DECIDED = "decided"
    MESSAGE_GONE = "message_gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reruns:
    """by_log: what came of each row asked for, by its id."""

    by_log: dict[int, Rerun]

    def count(self, *kinds: Rerun) -> int:
        return sum(kind in kinds for kind in self.by_log.values())


def may_rerun(log: MessageLog) -> Rerun:
    """STARTED when it may be run again, else why not. log: with its message."""
    if log.action not in RERUNNABLE:
        return Rerun.NOT_A_REQUEST
    if log.facts.get(AWAITING):
        return Rerun.WAITS_FOR_DECISION
    if log.facts.get("decided"):
        return Rerun.DECIDED
    if log.message is None or not log.message.text:
        return Rerun.MESSAGE_GONE
    if log.message.state not in _ENDED:
        return Rerun.RUNNING
    if log.action in REQUESTS and log.order_id is not None and _was_done(log):
        return Rerun.DONE_BEFORE
    return Rerun.STARTED


def rerun(
    *, tenant_id: int, log_ids: Sequence[int], by_user_id: int, source: AuditSource, now: datetime
) -> Reruns:
    """Have the messages of these rows run again, each once."""
    rows = MessageLog.objects.filter(tenant_id=tenant_id, pk__in=log_ids).select_related("message")
    by_log = dict.fromkeys(log_ids, Rerun.UNKNOWN)
    started: set[int] = set()
    for log in rows.order_by("pk"):
        if log.message_id in started:
            by_log[log.pk] = Rerun.ALONGSIDE
            continue
        by_log[log.pk] = _start(log, by_user_id, source, now)
        if by_log[log.pk] is Rerun.STARTED and log.message_id is not None:
            started.add(log.message_id)
    return Reruns(by_log)


@transaction.atomic
def _start(log: MessageLog, by_user_id: int, source: AuditSource, now: datetime) -> Rerun:
    verdict = may_rerun(log)
    if verdict is not Rerun.STARTED or log.message is None:
        return verdict
    # A deferral more, so that the run finds the rows and claims of those before it.
    claimed = InboxMessage.objects.filter(
        tenant_id=log.tenant_id, pk=log.message.pk, state__in=_ENDED
    ).update(
        state=InboxState.WAITING,
        run_at=now,
        attempts=0,
        deferrals=F("deferrals") + 1,
        reruns=F("reruns") + 1,
    )
    if not claimed:
        return Rerun.RUNNING
    OrderAct.objects.filter(
        tenant_id=log.tenant_id,
        message_id=log.message.pk,
        order_id=log.order_id or 0,
        action=log.action,
        state=ActState.REFUSED,
    ).update(state=ActState.RETRY, updated_at=now)
    audit.record(
        tenant_id=log.tenant_id,
        user_id=by_user_id,
        action="log.rerun",
        subject=f"#{log.serial}",
        before={"outcome": log.outcome},
        source=source,
        now=now,
    )
    wake.after_commit(Wake.RUN_WAITING, tenant_id=log.tenant_id, row_id=log.message.pk)
    return Rerun.STARTED


def _was_done(log: MessageLog) -> bool:
    return (
        OrderAct.objects.filter(
            tenant_id=log.tenant_id,
            message_id=log.message_id,
            order_id=log.order_id or 0,
            action=log.action,
        )
        .exclude(state__in=_MAY_ACT_AGAIN)
        .exists()
    )
