"""The team's decision on a request that moves money, and what follows from it. Chat, screens and API call it alike.

claim ──▶ read the order ──▶ judge ──▶ write, once ──▶ read again ──▶ settle: request, customer, audit

Two claims on one order cannot stand at one moment (Approval). An answer that was lost is not followed by a second
write: the request stays, a later decision begins by reading the order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction

from botcore.domain import config, notices, support_status
from botcore.domain.replies import Answer, formatting
from botcore.enums import Action, ActState, ApprovalState, SupportStatus
from botcore.models import Approval, MessageLog, OrderAct
from panel.clients.base import PanelClient
from panel.clients.types import PanelOrder, WriteResult
from panel.domain import connections
from panel.enums import OrderStatus, status_label
from panel.errors import PanelError, PanelNotFound, PanelRefused
from tenants.domain import audit
from tenants.enums import AuditSource

# A request waits for a decision while its log row says so and is not closed.
AWAITING, FOR_APPROVAL = "awaiting", "approval"
# Longer than any call with its retries: a claim this old is that of a run that died.
CLAIM_LIVES = timedelta(minutes=5)
# After a lost answer the write may still arrive; until then nobody decides again.
PAUSE_AFTER_UNCLEAR = timedelta(minutes=2)

_PAID_BACK = (OrderStatus.CANCELED, OrderStatus.PARTIAL)
_NEVER_STARTED = (OrderStatus.PENDING, OrderStatus.FAIL, OrderStatus.ERROR)
_DONE = {Action.REFUND: "refund_done", Action.PARTIAL: "partial_done"}
_REFUSED = {Action.REFUND: "refund_refused", Action.PARTIAL: "partial_refused_by_team"}


class Verdict(Enum):
    """What came of a decision."""

    DONE = "done"
    ALREADY = "already"  # the panel had paid it back before
    REFUSED = "refused"  # by the team
    COMPLETED_MEANWHILE = "completed_meanwhile"
    NOTHING_LEFT = "nothing_left"
    DELIVERY_UNKNOWN = "delivery_unknown"  # how much was delivered is not known, so neither is the amount
    PANEL_REFUSED = "panel_refused"
    PANEL_DOWN = "panel_down"  # nothing was done
    ORDER_GONE = "order_gone"
    UNCLEAR = "unclear"
    BUSY = "busy"  # somebody decides on this order right now
    NOT_WAITING = "not_waiting"


_PAID = (Verdict.DONE, Verdict.ALREADY)


@dataclass(frozen=True, slots=True)
class Decided:
    """log: as it stands now; order: as last read, None when it was not."""

    verdict: Verdict
    log: MessageLog
    order: PanelOrder | None = None


def is_waiting(log: MessageLog) -> bool:
    """Whether this request waits for a decision."""
    return log.facts.get(AWAITING) == FOR_APPROVAL and log.support_status not in support_status.CLOSED


def waiting(*, tenant_id: int, order_ids: Sequence[int]) -> dict[int, list[MessageLog]]:
    """Requests about these orders that wait for a decision, newest first."""
    rows = MessageLog.objects.filter(
        tenant_id=tenant_id, order_id__in=order_ids, facts__contains={AWAITING: FOR_APPROVAL}
    ).exclude(support_status__in=support_status.CLOSED)
    found: dict[int, list[MessageLog]] = {}
    for row in rows.order_by("-pk"):
        if row.order_id is not None:
            found.setdefault(row.order_id, []).append(row)
    return found


def last_decision(*, tenant_id: int, order_id: int) -> Approval | None:
    """The newest decision that ended a request about this order."""
    ended = (ApprovalState.DONE, ApprovalState.REFUSED)
    rows = Approval.objects.filter(tenant_id=tenant_id, order_id=order_id, state__in=ended)
    return rows.select_related("by_user").order_by("-pk").first()


def approve(
    *,
    tenant_id: int,
    log_id: int,
    by_user_id: int | None,
    now: datetime,
    source: AuditSource = AuditSource.CHAT,
) -> Decided:
    """Pay a request back at the panel. Call it outside transactions: it waits for the panel.

    Raises MessageLog.DoesNotExist, PanelNotConfigured.
    """
    client = connections.client_of(tenant_id=tenant_id)
    claim = _claim(tenant_id, log_id, by_user_id, now)
    if isinstance(claim, Decided):
        return claim
    verdict, order = _carry_out(client, claim.log)
    return _settle(claim, verdict, order, now, source)


def refuse(
    *,
    tenant_id: int,
    log_id: int,
    by_user_id: int | None,
    now: datetime,
    source: AuditSource = AuditSource.CHAT,
) -> Decided:
    """Turn a request down and tell the customer. One whose payment is unclear is first looked up at the panel.

    Raises MessageLog.DoesNotExist.
    """
    claim = _claim(tenant_id, log_id, by_user_id, now)
    if isinstance(claim, Decided):
        return claim
    verdict, order = _look_after_unclear(claim) if _was_unclear(claim) else (None, None)
    return _settle(claim, verdict or Verdict.REFUSED, order, now, source)


# --- the claim ---------------------------------------------------------------------------------------------------


def _claim(tenant_id: int, log_id: int, by_user_id: int | None, now: datetime) -> Approval | Decided:
    with transaction.atomic():
        log = (
            MessageLog.objects.select_for_update(of=("self",))
            .select_related("chat__group", "message")
            .get(tenant_id=tenant_id, pk=log_id)
        )
        if log.order_id is None or not is_waiting(log):
            return Decided(Verdict.NOT_WAITING, log)
        ours = Approval.objects.filter(tenant_id=tenant_id, order_id=log.order_id)
        ours.filter(state=ApprovalState.RUNNING, created_at__lt=now - CLAIM_LIVES).update(
            state=ApprovalState.UNCLEAR
        )
        if ours.filter(state=ApprovalState.UNCLEAR, updated_at__gt=now - PAUSE_AFTER_UNCLEAR).exists():
            return Decided(Verdict.BUSY, log)
        try:
            with transaction.atomic():
                return Approval.objects.create(
                    tenant_id=tenant_id,
                    log=log,
                    order_id=log.order_id,
                    by_user_id=by_user_id,
                    created_at=now,
                    updated_at=now,
                )
        except IntegrityError:  # another request about this order is being decided
            return Decided(Verdict.BUSY, log)


def _was_unclear(claim: Approval) -> bool:
    before = Approval.objects.filter(tenant_id=claim.tenant_id, order_id=claim.order_id, pk__lt=claim.pk)
    last = before.order_by("-pk").first()
    return last is not None and last.state == ApprovalState.UNCLEAR


def _look_after_unclear(claim: Approval) -> tuple[Verdict | None, PanelOrder | None]:
    try:
        return _look(connections.client_of(tenant_id=claim.tenant_id), claim.log)
    except PanelError:  # there is no panel any more, or not at an address we call
        return Verdict.PANEL_DOWN, None


# --- the panel ---------------------------------------------------------------------------------------------------


def _carry_out(client: PanelClient, log: MessageLog) -> tuple[Verdict, PanelOrder | None]:
    verdict, order = _look(client, log)
    if verdict is not None or order is None:
        return verdict or Verdict.ORDER_GONE, order
    write = _payment(log, order)
    if isinstance(write, Verdict):
        return write, order
    try:
        written = write(client)
    except PanelError as error:
        if error.maybe_written:
            return _after_lost_answer(client, order)
        is_no = isinstance(error, PanelRefused | PanelNotFound)
        return (Verdict.PANEL_REFUSED if is_no else Verdict.PANEL_DOWN), order
    after = written.orders.get(order.order_id)
    if after is not None and after.status in _PAID_BACK:
        return Verdict.DONE, after
    if order.order_id in written.skipped:
        return Verdict.PANEL_REFUSED, after or order
    return Verdict.UNCLEAR, after or order


def _look(client: PanelClient, log: MessageLog) -> tuple[Verdict | None, PanelOrder | None]:
    """Read the order; a verdict when that ends the matter."""
    try:
        order = client.get_order(log.order_id or 0)
    except PanelNotFound:
        return Verdict.ORDER_GONE, None
    except PanelError:
        return Verdict.PANEL_DOWN, None
    return (Verdict.ALREADY if order.status in _PAID_BACK else None), order


def _payment(log: MessageLog, order: PanelOrder) -> Callable[[PanelClient], WriteResult] | Verdict:
    """What to ask of the panel: the undelivered part back, or all of it; or why not.

    An order completed since the request was made is not paid back on that request: it was made about another state.
    """
    pk, quantity, remains = order.order_id, order.quantity, order.remains
    if order.status == OrderStatus.COMPLETED and log.facts.get("status") != OrderStatus.COMPLETED:
        return Verdict.COMPLETED_MEANWHILE
    if quantity is not None and remains is not None and 0 < remains < quantity:
        return lambda client: client.set_partial(pk, remains)
    is_untouched = order.status in _NEVER_STARTED or (remains is not None and remains == quantity)
    if log.action == Action.PARTIAL:
        if is_untouched and remains != 0:
            return lambda client: client.cancel([pk])
        return Verdict.DELIVERY_UNKNOWN if remains is None else Verdict.NOTHING_LEFT
    if is_untouched or order.status == OrderStatus.COMPLETED:
        return lambda client: client.cancel([pk])
    return Verdict.DELIVERY_UNKNOWN if remains is None or quantity is None else Verdict.NOTHING_LEFT


def _after_lost_answer(client: PanelClient, before: PanelOrder) -> tuple[Verdict, PanelOrder]:
    try:
        after = client.get_order(before.order_id)
    except PanelError:
        return Verdict.UNCLEAR, before
    return (Verdict.DONE if after.status in _PAID_BACK else Verdict.UNCLEAR), after


# --- what follows ------------------------------------------------------------------------------------------------

_STATES = {
    Verdict.DONE: ApprovalState.DONE,
    Verdict.ALREADY: ApprovalState.DONE,
    Verdict.REFUSED: ApprovalState.REFUSED,
    Verdict.UNCLEAR: ApprovalState.UNCLEAR,
}


@transaction.atomic
def _settle(
    claim: Approval, verdict: Verdict, order: PanelOrder | None, now: datetime, source: AuditSource
) -> Decided:
    """Write down what came of it. A claim taken over meanwhile says nothing any more."""
    held = Approval.objects.filter(tenant_id=claim.tenant_id, pk=claim.pk, state=ApprovalState.RUNNING)
    if not held.update(state=_STATES.get(verdict, ApprovalState.FAILED), updated_at=now):
        return Decided(Verdict.UNCLEAR, claim.log, order)
    log = claim.log
    before = {"status": log.facts.get("status"), "support_status": log.support_status}
    if verdict in _PAID:
        rows = [log, *_others(log)]
        _close(rows, _DONE, ActState.DONE, SupportStatus.RESOLVED, claim.by_user_id, order, now, source)
    elif verdict is Verdict.REFUSED:
        _close([log], _REFUSED, ActState.REFUSED, SupportStatus.IGNORED, claim.by_user_id, order, now, source)
    if verdict in _PAID or verdict in (Verdict.REFUSED, Verdict.UNCLEAR):
        audit.record(
            tenant_id=log.tenant_id,
            user_id=claim.by_user_id,
            action=f"{log.action}.{'refuse' if verdict is Verdict.REFUSED else 'approve'}",
            subject=f"order {log.order_id}",
            before=before,
            after={"verdict": verdict.value, "status": order.status if order else None},
            source=source,
            now=now,
        )
    return Decided(verdict, log, order)


def _others(log: MessageLog) -> list[MessageLog]:
    """More requests about the same order: the one payment answers them all."""
    rows = (
        MessageLog.objects.select_for_update(of=("self",))
        .select_related("chat__group", "message")
        .filter(tenant_id=log.tenant_id, order_id=log.order_id, facts__contains={AWAITING: FOR_APPROVAL})
        .exclude(pk=log.pk)
        .exclude(support_status__in=support_status.CLOSED)
        .order_by("-pk")
    )
    return list(rows)


def _close(
    rows: Sequence[MessageLog],
    keys: Mapping[Action, str],
    act_state: ActState,
    status: SupportStatus,
    by_user_id: int | None,
    order: PanelOrder | None,
    now: datetime,
    source: AuditSource,
) -> None:
    """End these requests and tell every chat they came from, once."""
    settings = config.load(tenant_id=rows[0].tenant_id)
    told: set[int] = set()
    for row in rows:
        row.outcome = keys[Action(row.action)]
        row.facts = {name: value for name, value in row.facts.items() if name != AWAITING}
        row.facts |= {"decided": act_state.value} | ({"status": order.status} if order else {})
        row.save(update_fields=["outcome", "facts"])
        OrderAct.objects.filter(
            tenant_id=row.tenant_id, message_id=row.message_id, order_id=row.order_id or 0, action=row.action
        ).exclude(message_id=None).update(state=act_state, outcome=row.outcome, updated_at=now)
        changed = support_status.set_for_log(
            tenant_id=row.tenant_id,
            log_id=row.pk,
            status=status,
            by_user_id=by_user_id,
            now=now,
            source=source,
        )
        row.support_status = changed.support_status
        if row.chat is not None and row.chat.pk not in told:
            told.add(row.chat.pk)
            notices.tell(
                chat=row.chat,
                answers=[Answer(row.outcome, _facts(row, order), row.order_id)],
                config=settings,
                now=now,
                quoted_id=row.message.wa_message_id if row.message else "",
            )


def _facts(row: MessageLog, order: PanelOrder | None) -> dict[str, Any]:
    if order is None:
        return {"service": row.facts.get("service"), "status": status_label(row.facts.get("status") or "")}
    return {
        "service": order.service_name,
        "status": status_label(order.status),
        "link": order.link,
        "quantity": formatting.count(order.quantity),
        "remains": formatting.count(order.remains),
    }
