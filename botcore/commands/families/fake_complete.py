"""fake complete: from a customer a complaint, from the team a tool that sets an order to Completed by hand.

The customer says that an order shows Completed but nothing came: it goes the way of a refill. The tool asks first,
and the same person confirms within minutes.
"""

from collections.abc import Mapping, Sequence

from botcore.commands.acting import Done, act_on_orders, from_write, refuse_by_status
from botcore.commands.context import CommandContext
from botcore.commands.eligibility import open_orders
from botcore.commands.facts import order_facts
from botcore.commands.measuring import drop_facts, measure_drops
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.commands.routing import route, was_passed_on
from botcore.domain import confirmations
from botcore.domain.replies import Answer
from botcore.enums import Action, ActState
from panel.clients.types import PanelOrder
from panel.domain.drops import DropVerdict
from panel.enums import OrderStatus
from tenants.domain import audit
from tenants.enums import AuditSource, Role
from tenants.permissions import Permission, may

CONFIRM = "confirm"
STAFF_KEY = "staff_may_force_complete"
_STALLED = (
    OrderStatus.PENDING,
    OrderStatus.PROCESSING,
    OrderStatus.IN_PROGRESS,
    OrderStatus.FAIL,
    OrderStatus.ERROR,
)


@command(
    "fake complete",
    "fake completed",
    "fakecomplete",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.FAKE_COMPLETE,
    reads_only=False,
    staff_key=STAFF_KEY,
)
def fake_complete(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """fake complete <id> [<id> ...] - tell us that an order shows Completed but did not arrive."""
    if not _may_force(ctx):
        return _complain(ctx, parsed.order_ids)
    if CONFIRM in parsed.leftover:
        return _confirmed(ctx, parsed.order_ids)
    return _ask(ctx, parsed.order_ids)


def _may_force(ctx: CommandContext) -> bool:
    is_opened = ctx.person.role is Role.STAFF and ctx.config[STAFF_KEY]
    return is_opened or may(ctx.person.role, Permission.FAKE_COMPLETE)


# --- the complaint -----------------------------------------------------------------------------------------------


def _complain(ctx: CommandContext, order_ids: Sequence[int]) -> list[Result]:
    return act_on_orders(
        ctx,
        order_ids,
        action=Action.FAKE_COMPLETE,
        judge=lambda orders: _judge_complaint(ctx, orders),
        perform=lambda orders: route(
            ctx, orders, action=Action.FAKE_COMPLETE, outcome="fake_complete_submitted"
        ),
        infer=lambda order, act: _infer_complaint(ctx, order),
    )


def _judge_complaint(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, Result]:
    refused = refuse_by_status(orders, [OrderStatus.COMPLETED], "fake_complete_not_eligible")
    left = {pk: order for pk, order in orders.items() if pk not in refused}
    for pk, drop in measure_drops(ctx, left).items():
        if drop.verdict is DropVerdict.NO_DROP:
            params = order_facts(ctx, left[pk]) | drop_facts(ctx, drop)
            refused[pk] = Result(Answer("fake_complete_all_there", params, pk), left[pk])
    return refused


def _infer_complaint(ctx: CommandContext, order: PanelOrder) -> Done:
    """A complaint leaves no mark on the order: what is not known to be on its way is the staff's."""
    passed_on = was_passed_on(ctx, order.order_id, Action.FAKE_COMPLETE)
    state = ActState.REQUESTED if passed_on else ActState.UNKNOWN
    return Done(state, "fake_complete_submitted", order)


# --- the tool ----------------------------------------------------------------------------------------------------


def _ask(ctx: CommandContext, order_ids: Sequence[int]) -> list[Result]:
    opened = open_orders(ctx, order_ids, reads_only=True, of_anybody=True)
    results = opened.refused | refuse_by_status(opened.orders, _STALLED, "force_complete_not_eligible")
    asked = [pk for pk in opened.orders if pk not in results]
    confirmations.ask(contact=ctx.person.contact, action=Action.FORCE_COMPLETE, order_ids=asked, now=ctx.now)
    for pk in asked:
        order = opened.orders[pk]
        params = order_facts(ctx, order) | {"minutes": int(confirmations.GOOD_FOR.total_seconds() // 60)}
        results[pk] = Result(Answer("force_complete_confirm", params, pk), order)
    return [_settled(results[pk]) for pk in order_ids]


def _confirmed(ctx: CommandContext, order_ids: Sequence[int]) -> list[Result]:
    confirmed = confirmations.use(
        message=ctx.message, contact=ctx.person.contact, action=Action.FORCE_COMPLETE, order_ids=order_ids
    )
    results = {pk: say("force_complete_not_asked", order_id=pk) for pk in order_ids if pk not in confirmed}
    if confirmed:
        forced = act_on_orders(
            ctx,
            [pk for pk in order_ids if pk in confirmed],
            action=Action.FORCE_COMPLETE,
            judge=lambda orders: refuse_by_status(orders, _STALLED, "force_complete_not_eligible"),
            perform=lambda orders: _force(ctx, orders),
            infer=lambda order, act: _audited(ctx, act.status_before, _by_status(order)),
            by_team=True,
        )
        results |= {one.answer.order_id or 0: one for one in forced}
    return [_settled(results[pk]) for pk in order_ids]


def _force(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, Done]:
    written = ctx.panel.change_status(list(orders), OrderStatus.COMPLETED)
    done = from_write(written, orders, accepted=_by_status, refused="force_complete_refused")
    return {
        pk: _audited(
            ctx,
            orders[pk].status,
            # Said to the one who would be asked: nobody else has to see to it.
            Done(ActState.REFUSED, one.outcome, one.order or orders[pk])
            if one.state == ActState.QUEUED
            else one,
        )
        for pk, one in done.items()
    }


def _by_status(order: PanelOrder) -> Done:
    if order.status == OrderStatus.COMPLETED:
        return Done(ActState.DONE, "fake_complete_done", order)
    return Done(ActState.UNKNOWN, "force_complete_unclear", order)


def _audited(ctx: CommandContext, status_before: str, done: Done) -> Done:
    order = done.order
    if order is not None:
        audit.record(
            tenant_id=ctx.tenant_id,
            user_id=ctx.person.user_id,
            action="order.force_complete",
            subject=f"order {order.order_id}",
            before={"status": status_before},
            after={"status": order.status, "remains": order.remains, "act": done.state.value},
            source=AuditSource.CHAT,
            now=ctx.now,
        )
    return done


def _settled(result: Result) -> Result:
    """Nobody waits for the team here, except where the panel's answer was lost."""
    is_settled = result.facts.get("act") != ActState.UNKNOWN.value
    return Result(result.answer, result.order, result.is_priority, is_settled, result.facts)
