from collections.abc import Mapping, Sequence
from dataclasses import replace

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
from botcore.enums import Action, ActionMode, ActState
from panel.clients.types import PanelOrder
from panel.enums import OrderStatus

_CANCELABLE = (
    OrderStatus.PENDING,
    OrderStatus.PROCESSING,
    OrderStatus.IN_PROGRESS,
    OrderStatus.FAIL,
    OrderStatus.ERROR,
)
_STOPPED = (OrderStatus.CANCELED, OrderStatus.PARTIAL)


@command(
    "cancel",
    "cancel order",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.CANCEL,
    examples=("cancel 54321",),
    reads_only=False,
    anywhere=True,
)
def cancel(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """cancel <id> [<id> ...] - ask for an order to be stopped and the rest refunded."""
    return act_on_orders(
        ctx,
        parsed.order_ids,
        action=Action.CANCEL,
        judge=lambda orders: refuse_by_status(orders, _CANCELABLE, "cancel_not_eligible"),
        perform=lambda orders: _perform(ctx, orders),
        infer=lambda order, act: _infer(ctx, order),
    )


def _perform(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, Done]:
    """Ask the panel where it offers that, else the staff. Only a request: the refund follows the panel's word."""
    offered: dict[int, PanelOrder] = {}
    if ctx.config.mode(Action.CANCEL) in (ActionMode.AUTO, ActionMode.API):
        offered = {pk: order for pk, order in _with_actions(ctx, orders).items() if _is_offered(order)}
    rest = {pk: order for pk, order in orders.items() if pk not in offered}
    done = route(ctx, rest, action=Action.CANCEL, outcome="cancel_submitted") if rest else {}
    if offered:
        written = ctx.panel.request_cancel(list(offered))
        done |= from_write(written, offered, accepted=_accepted, refused="cancel_submitted")
    return done


def _with_actions(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, PanelOrder]:
    """A panel may leave `actions` out of its lists; the single order has them."""
    return {
        pk: order if order.actions is not None else replace(order, actions=ctx.panel.get_order(pk).actions)
        for pk, order in orders.items()
    }


def _is_offered(order: PanelOrder) -> bool:
    return order.actions is not None and bool(order.actions.request_cancel)


def _accepted(order: PanelOrder) -> Done:
    if order.status in _STOPPED:
        return Done(ActState.DONE, "cancel_confirmed", order)
    return Done(ActState.REQUESTED, "cancel_submitted", order)


def _infer(ctx: CommandContext, order: PanelOrder) -> Done:
    """The panel takes its offer back once a cancellation is requested; while it stands, nobody can tell."""
    if order.status in _STOPPED or (order.actions is not None and not order.actions.request_cancel):
        return _accepted(order)
    if was_passed_on(ctx, order.order_id, Action.CANCEL):
        return Done(ActState.REQUESTED, "cancel_submitted", order)
    return Done(ActState.UNKNOWN, "cancel_submitted", order)
