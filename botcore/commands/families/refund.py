"""refund and partial: money back, in full or for what was not delivered.

A customer's request waits for the team's decision (approve.py) unless the owner chose otherwise; nothing is called
refunded before the panel, read again, shows it. A partial refund by the owner or a staff admin is the decision
itself and is carried out at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from botcore.commands.acting import Done, act_on_orders, from_write, queued_for_staff
from botcore.commands.context import CommandContext
from botcore.commands.facts import order_facts
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result
from botcore.commands.routing import route, was_passed_on
from botcore.domain import approvals
from botcore.domain.replies import Answer
from botcore.enums import Action, ActionMode, ActState
from botcore.models import OrderAct
from panel.clients.types import PanelOrder
from panel.enums import OrderStatus
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.permissions import Permission, may

_PAID_BACK: Mapping[str, str] = {
    OrderStatus.CANCELED: "refund_not_eligible",
    OrderStatus.PARTIAL: "refund_partial_already",
}
_FAILED = (OrderStatus.FAIL, OrderStatus.ERROR)
_AT_ONCE = (ActionMode.AUTO, ActionMode.API)
_SUBMITTED = {Action.REFUND: "refund_submitted", Action.PARTIAL: "partial_submitted"}
_UNSURE = (ActState.REQUESTED, ActState.UNKNOWN)


@command(
    "refund",
    "money back",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.REFUND,
    reads_only=False,
    anywhere=True,
)
def refund(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """refund <id> [<id> ...] - ask for your money back for an order. Our team decides."""
    results = act_on_orders(
        ctx,
        parsed.order_ids,
        action=Action.REFUND,
        judge=lambda orders: _refused(
            ctx, {pk: _PAID_BACK.get(o.status) for pk, o in orders.items()}, orders
        ),
        perform=lambda orders: _perform_refund(ctx, orders),
        infer=lambda order, act: _infer(ctx, order, act),
        one_by_one=ctx.config.mode(Action.REFUND) in _AT_ONCE,
    )
    return _awaiting(results)


def _perform_refund(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, Done]:
    """Pay failed orders back where the owner wants that at once. All others a person has to judge."""
    at_once = ctx.config.mode(Action.REFUND) in _AT_ONCE
    failed = [pk for pk, order in orders.items() if at_once and _has_failed(order)]
    done = _wait(ctx, Action.REFUND, {pk: order for pk, order in orders.items() if pk not in failed})
    for pk in failed:
        fresh = ctx.panel.get_order(pk)
        if not _has_failed(fresh):
            done |= queued_for_staff({pk: fresh}, "refund_submitted")
            continue
        written = ctx.panel.cancel([pk])
        done |= from_write(
            written, {pk: fresh}, accepted=lambda o: _paid(ctx, o, Action.REFUND), refused="refund_submitted"
        )
        _audit(ctx, Action.REFUND, fresh, done[pk])
    return done


def _has_failed(order: PanelOrder) -> bool:
    """It never reached the provider: nothing can have been delivered."""
    return order.status in _FAILED and order.remains in (None, order.quantity)


@command(
    "partial",
    "partial refund",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.PARTIAL,
    reads_only=False,
    anywhere=("partial refund",),
)
def partial(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """partial <id> [<id> ...] - ask for an order to end here and what is missing to be refunded."""
    by_team = may(ctx.person.role, Permission.APPROVE_MONEY)
    results = act_on_orders(
        ctx,
        parsed.order_ids,
        action=Action.PARTIAL,
        judge=lambda orders: _judge_partial(ctx, orders, by_team=by_team),
        perform=lambda orders: _perform_partial(ctx, orders, by_team=by_team),
        infer=lambda order, act: _infer(ctx, order, act, by_team=by_team),
        by_team=by_team,
        one_by_one=by_team or ctx.config.mode(Action.PARTIAL) in _AT_ONCE,
    )
    return [_of_team(one) for one in results] if by_team else _awaiting(results)


def _judge_partial(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], *, by_team: bool
) -> dict[int, Result]:
    why = {pk: _why_no_partial(order) for pk, order in orders.items()}
    if by_team and orders:
        asked = approvals.waiting(tenant_id=ctx.tenant_id, order_ids=list(orders))
        why = {pk: key or ("approval_is_waiting" if pk in asked else None) for pk, key in why.items()}
    return _refused(ctx, why, orders)


def _why_no_partial(order: PanelOrder) -> str | None:
    """A key when there is no undelivered part to pay back, or nobody can tell how large it is."""
    if order.status in _PAID_BACK:
        return _PAID_BACK[order.status]
    if order.remains is None or order.quantity is None:
        return "partial_delivery_unknown"
    if order.remains <= 0:
        return "partial_not_eligible"
    return "partial_nothing_delivered" if order.remains >= order.quantity else None


def _perform_partial(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], *, by_team: bool
) -> dict[int, Done]:
    if not by_team and ctx.config.mode(Action.PARTIAL) not in _AT_ONCE:
        return _wait(ctx, Action.PARTIAL, orders)
    return {pk: _set_partial(ctx, pk, by_team=by_team) for pk in orders}


def _set_partial(ctx: CommandContext, order_id: int, *, by_team: bool) -> Done:
    """End the order where it stands this moment. Only a person ends one the panel calls completed."""
    fresh = ctx.panel.get_order(order_id)
    if key := _why_no_partial(fresh):
        return Done(ActState.REFUSED, key, fresh)
    if fresh.status == OrderStatus.COMPLETED and not by_team:
        return Done(ActState.QUEUED, "partial_submitted", fresh)
    written = ctx.panel.set_partial(order_id, fresh.remains or 0)
    done = from_write(
        written,
        {order_id: fresh},
        accepted=lambda order: _paid(ctx, order, Action.PARTIAL, by_team=by_team),
        refused="partial_not_taken" if by_team else "partial_submitted",
    )[order_id]
    if by_team and done.state == ActState.QUEUED:
        done = replace(done, state=ActState.REFUSED)  # said to the one who would be asked
    _audit(ctx, Action.PARTIAL, fresh, done)
    return done


def _of_team(result: Result) -> Result:
    unsure = result.facts.get("act") in [state.value for state in _UNSURE]
    return replace(result, is_settled=not unsure)


# --- both --------------------------------------------------------------------------------------------------------


def _refused(
    ctx: CommandContext, why: Mapping[int, str | None], orders: Mapping[int, PanelOrder]
) -> dict[int, Result]:
    return {
        pk: Result(Answer(key, order_facts(ctx, orders[pk]), pk), orders[pk], is_settled=True)
        for pk, key in why.items()
        if key is not None
    }


def _wait(ctx: CommandContext, action: Action, orders: Mapping[int, PanelOrder]) -> dict[int, Done]:
    """Leave these to the team; their provider hears of them where the owner wants requests forwarded."""
    if orders and ctx.config.mode(action) == ActionMode.FORWARD:
        return route(ctx, orders, action=action, outcome=_SUBMITTED[action])
    return queued_for_staff(orders, _SUBMITTED[action])


def _paid(ctx: CommandContext, order: PanelOrder, action: Action, *, by_team: bool = False) -> Done:
    """What a write came to, by the order as read after it."""
    if order.status in _PAID_BACK:
        return Done(ActState.DONE, "refund_done" if action == Action.REFUND else "partial_done", order)
    if by_team:
        return Done(ActState.UNKNOWN, "partial_unclear", order)
    return Done(ActState.UNKNOWN, _SUBMITTED[action], order)


def _infer(ctx: CommandContext, order: PanelOrder, act: OrderAct, *, by_team: bool = False) -> Done:
    """An order that is paid back tells for itself; one that is not may still be: only a person decides again."""
    action = Action(act.action)
    if by_team or order.status in _PAID_BACK:
        return _paid(ctx, order, action, by_team=by_team)
    if was_passed_on(ctx, order.order_id, action):
        return Done(ActState.REQUESTED, _SUBMITTED[action], order)
    is_written = ctx.config.mode(action) in _AT_ONCE
    return Done(ActState.UNKNOWN if is_written else ActState.QUEUED, _SUBMITTED[action], order)


def _awaiting(results: Iterable[Result]) -> list[Result]:
    """Mark what the team has to decide on. By the answer, so that a message run again marks it as well."""
    mark = {approvals.AWAITING: approvals.FOR_APPROVAL}
    return [
        replace(one, facts={**one.facts, **mark}, is_priority=True)
        if one.answer.key in _SUBMITTED.values()
        else one
        for one in results
    ]


def _audit(ctx: CommandContext, action: Action, before: PanelOrder, done: Done) -> None:
    after = done.order or before
    audit.record(
        tenant_id=ctx.tenant_id,
        user_id=ctx.person.user_id,
        action=f"{action}.at_once",
        subject=f"order {before.order_id}",
        before={"status": before.status, "remains": before.remains},
        after={"status": after.status, "remains": after.remains, "act": done.state.value},
        source=AuditSource.CHAT,
        now=ctx.now,
    )
