from collections.abc import Mapping, Sequence

from botcore.commands.acting import (
    Done,
    act_on_orders,
    from_write,
    refuse_by_status,
)
from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result
from botcore.commands.routing import route, was_passed_on
from botcore.domain import acts
from botcore.enums import Action, ActionMode, ActState
from botcore.models import OrderAct
from panel.clients.types import PanelOrder
from panel.enums import OrderStatus

_ELIGIBLE = (OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.IN_PROGRESS, OrderStatus.FAIL)


@command(
    "speed up",
    "speedup",
    "boost",
    "faster",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.SPEED_UP,
    examples=("speed up 54321",),
    reads_only=False,
    anywhere=True,
)
def speed_up(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """speed up <id> [<id> ...] - ask for a slow order to be pushed."""
    return act_on_orders(
        ctx,
        parsed.order_ids,
        action=Action.SPEED_UP,
        judge=lambda orders: refuse_by_status(orders, _ELIGIBLE, "speedup_not_eligible"),
        perform=lambda orders: _perform(ctx, orders),
        infer=lambda order, act: _infer(ctx, order, act),
    )


def _perform(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, Done]:
    """Send an order that failed at the provider again, once in its life: on a live one a resend buys twice."""
    resendable: dict[int, PanelOrder] = {}
    failed = {pk: order for pk, order in orders.items() if order.status == OrderStatus.FAIL}
    if failed and ctx.config.mode(Action.SPEED_UP) in (ActionMode.AUTO, ActionMode.API):
        again = acts.was_ever_done(
            tenant_id=ctx.tenant_id, action=Action.SPEED_UP, order_ids=list(failed), outcome="speedup_resent"
        )
        # Read once more, singly: the status may have changed since the list was read.
        fresh = {pk: ctx.panel.get_order(pk) for pk in failed if pk not in again}
        resendable = {
            pk: order
            for pk, order in fresh.items()
            if order.status == OrderStatus.FAIL and order.actions is not None and order.actions.resend
        }
    rest = {pk: order for pk, order in orders.items() if pk not in resendable}
    done = route(ctx, rest, action=Action.SPEED_UP, outcome="speedup_submitted") if rest else {}
    if resendable:
        written = ctx.panel.resend(list(resendable))
        done |= from_write(written, resendable, accepted=_accepted, refused="speedup_submitted")
    return done


def _accepted(order: PanelOrder) -> Done:
    return Done(ActState.DONE, "speedup_resent", order)


def _infer(ctx: CommandContext, order: PanelOrder, act: OrderAct) -> Done:
    """An order that had failed and no longer does was sent again; any other stays with the staff."""
    if act.status_before == OrderStatus.FAIL and order.status != OrderStatus.FAIL:
        return _accepted(order)
    if was_passed_on(ctx, order.order_id, Action.SPEED_UP):
        return Done(ActState.REQUESTED, "speedup_submitted", order)
    state = ActState.UNKNOWN if act.status_before == OrderStatus.FAIL else ActState.QUEUED
    return Done(state, "speedup_submitted", order)
