from collections.abc import Mapping, Sequence

from botcore.commands import refill_progress
from botcore.commands.acting import Done, act_on_orders
from botcore.commands.context import CommandContext
from botcore.commands.eligibility import open_orders
from botcore.commands.facts import order_facts
from botcore.commands.measuring import drop_facts, measure_drops
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result
from botcore.commands.routing import route, was_passed_on
from botcore.domain import acts, logs
from botcore.domain.replies import Answer, formatting
from botcore.enums import Action, ActState
from botcore.models import OrderAct
from panel.clients.types import PanelOrder
from panel.domain.refills import RefillVerdict, decide
from panel.enums import status_label
from providers.domain import requests

_REFUSALS = {
    RefillVerdict.WRONG_STATUS: "refill_not_eligible",
    RefillVerdict.NO_GUARANTEE: "refill_no_guarantee",
    RefillVerdict.WINDOW_OVER: "refill_guarantee_expired",
}


@command(
    "refill status",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.REFILL_STATUS,
    examples=("refill status 54321",),
    anywhere=True,
)
def refill_status(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """refill status <id> [<id> ...] - see how a refill you asked for is doing."""
    opened = open_orders(ctx, parsed.order_ids, reads_only=True)
    latest = acts.latest(tenant_id=ctx.tenant_id, action=Action.REFILL, order_ids=list(opened.orders))
    said = refill_progress.of_acts(ctx, opened.orders, latest)
    seen = {
        pk: _status_of(ctx, order, latest.get(pk), said.get(pk, "")) for pk, order in opened.orders.items()
    }
    return [(seen | opened.refused)[pk] for pk in parsed.order_ids]


def _status_of(ctx: CommandContext, order: PanelOrder, act: OrderAct | None, said: str) -> Result:
    if act is None:
        return Result(Answer("refill_status_none", {}, order.order_id), order)
    params = {
        "refill_state": said,
        "requested_on": formatting.moment(act.created_at, ctx.config.zone),
        "status": status_label(order.status),
    }
    return Result(Answer("refill_status", params, order.order_id), order)


@command(
    "refill",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.REFILL,
    examples=("refill 54321", "refill 54321 54322 54323"),
    reads_only=False,
    anywhere=True,
)
def refill(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """refill <id> [<id> ...] - ask for what dropped to be delivered again."""
    return act_on_orders(
        ctx,
        parsed.order_ids,
        action=Action.REFILL,
        judge=lambda orders: _judge(ctx, orders),
        # The Admin API has no call that creates a refill: it goes to the provider, or to the staff.
        perform=lambda orders: route(
            ctx,
            orders,
            action=Action.REFILL,
            outcome="refill_submitted",
            api_call=lambda provider, oids: requests.request_refills(
                provider=provider, oids=oids, on_call=ctx.trace.add_call
            ),
        ),
        infer=lambda order, act: _infer(ctx, order),
    )


def _infer(ctx: CommandContext, order: PanelOrder) -> Done:
    """A refill leaves no mark on the order: what is not known to be on its way is the staff's."""
    if was_passed_on(ctx, order.order_id, Action.REFILL):
        return Done(ActState.REQUESTED, "refill_submitted", order)
    return Done(ActState.UNKNOWN, "refill_submitted", order)


def _judge(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, Result]:
    seen = logs.first_seen_completed(tenant_id=ctx.tenant_id, order_ids=list(orders)) if orders else {}
    refused = {}
    for pk, order in orders.items():
        decision = decide(order, first_seen_completed=seen.get(pk), now=ctx.now)
        if decision.verdict is RefillVerdict.ELIGIBLE:
            continue
        params = order_facts(ctx, order)
        if decision.ended_at is not None:
            params |= {
                "window_days": decision.window_days,
                "ended_on": formatting.date(decision.ended_at, ctx.config.zone),
            }
        refused[pk] = Result(Answer(_REFUSALS[decision.verdict], params, pk), order)
    return refused | _not_dropped(ctx, {pk: order for pk, order in orders.items() if pk not in refused})


def _not_dropped(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, Result]:
    """Where the tenant's source tells the live count, a refill needs a drop that is worth one."""
    return {
        pk: Result(
            Answer("refill_no_drop", order_facts(ctx, orders[pk]) | drop_facts(ctx, drop), pk),
            orders[pk],
            facts={"live": drop.live, "drop": drop.drop},
        )
        for pk, drop in measure_drops(ctx, orders).items()
        if drop.is_below_threshold
    }
