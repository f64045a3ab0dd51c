"""How every action on orders goes: read, judge, claim, perform, settle. Never twice, never blindly.

An action brings three functions: `judge` refuses by rule, `perform` does it, `infer` reads from a fresh order
whether an act whose answer was lost has happened.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from botcore.commands.context import CommandContext
from botcore.commands.eligibility import open_orders
from botcore.commands.facts import order_facts
from botcore.commands.results import Result, say
from botcore.domain import acts
from botcore.domain.replies import Answer, formatting
from botcore.enums import Action, ActionMode, ActState
from botcore.models import OrderAct
from panel.clients.types import PanelOrder, WriteResult
from panel.enums import status_label
from panel.errors import PanelError, PanelNotFound, PanelRefused


@dataclass(frozen=True, slots=True)
class Done:
    """How one order fared. outcome: reply key; order: read after the act, when it was; reference: its id at
    the provider, to ask after it."""

    state: ActState
    outcome: str
    order: PanelOrder | None = None
    reference: str = ""


Judge = Callable[[Mapping[int, PanelOrder]], Mapping[int, Result]]
Perform = Callable[[Mapping[int, PanelOrder]], Mapping[int, Done]]
Infer = Callable[[PanelOrder, OrderAct], Done]

_SPOKEN = {
    Action.REFILL: "refill",
    Action.CANCEL: "cancellation",
    Action.SPEED_UP: "speed-up",
    Action.REFUND: "refund",
    Action.PARTIAL: "partial refund",
    Action.FAKE_COMPLETE: "delivery check",
    Action.FORCE_COMPLETE: "completion",
}
# After one of these the panel answers for the next order as well as ever.
_ABOUT_ONE_ORDER = (PanelRefused, PanelNotFound)


def act_on_orders(
    ctx: CommandContext,
    order_ids: Sequence[int],
    *,
    action: Action,
    judge: Judge,
    perform: Perform,
    infer: Infer,
    by_team: bool = False,
    one_by_one: bool = False,
) -> list[Result]:
    """Carry out an action. Raises PanelError when some of it could not be done for now: run the message again.

    What was done before such an error is settled and comes back as it was on the next run.
    by_team: a tool of the team's, on any order; modes are for customers. one_by_one: perform writes an order a call,
    so it gets them singly and a failure leaves what came before it alone.
    """
    spoken = _SPOKEN[action]
    if not by_team and ctx.config.mode(action) == ActionMode.OFF:
        return [say("action_disabled", action=spoken.capitalize())]
    opened = open_orders(ctx, order_ids, reads_only=False, of_anybody=by_team)
    results = dict(opened.refused)
    # An act of an earlier run of this message is not judged again: its own effect may be what refuses it now.
    begun = acts.begun_by(message=ctx.message, action=action)
    results |= judge({pk: order for pk, order in opened.orders.items() if pk not in begun})
    wanted = {pk: order for pk, order in opened.orders.items() if pk not in results}
    ctx.trace.add("eligible", action=action.value, orders=len(wanted), refused=len(results))
    if not wanted:
        return _in_order(order_ids, results)
    if ctx.connection.is_read_only:
        ctx.trace.add("read_only", action=action.value, orders=len(wanted))
        for pk, order in wanted.items():
            results[pk] = _about(order, Answer("panel_read_only", {"action": spoken}, pk))
        return _in_order(order_ids, results)

    claims = acts.claim(
        message=ctx.message,
        run_token=ctx.run_token,
        action=action,
        statuses={pk: order.status for pk, order in wanted.items()},
        cooldown_s=ctx.config.cooldown_s(action),
        now=ctx.now,
    )
    for pk, seconds in claims.cooling.items():
        results[pk] = _about(
            wanted[pk],
            Answer("action_cooldown", {"action": spoken, "time_left": formatting.span(seconds)}, pk),
        )
    for pk, since in claims.open_since.items():
        results[pk] = _about(
            wanted[pk],
            Answer(
                "action_already_open",
                {"action": spoken, "since": formatting.date(since, ctx.config.zone)},
                pk,
            ),
        )
    ctx.trace.add("claim", new=len(claims.new), unclear=len(claims.unclear), cooling=len(claims.cooling))

    done = {pk: Done(ActState(act.state), act.outcome) for pk, act in claims.settled.items()}
    done |= {pk: infer(wanted[pk], act) for pk, act in claims.unclear.items()}
    postponed: PanelError | None = None
    if claims.new:
        fresh = {pk: wanted[pk] for pk in claims.new}
        for part in [{pk: order} for pk, order in fresh.items()] if one_by_one else [fresh]:
            if postponed is not None and not isinstance(postponed, _ABOUT_ONE_ORDER):
                done |= {pk: Done(ActState.RETRY, "panel_unavailable") for pk in part}
                continue
            try:
                done |= perform(part)
            except PanelError as error:
                postponed = error
                done |= _after_failure(ctx, error, part, claims.new, infer)
    _settle(ctx, {**claims.new, **claims.unclear}, done)
    if postponed is not None and any(one.state == ActState.RETRY for one in done.values()):
        raise postponed
    for pk, one in done.items():
        order = one.order or wanted[pk]
        results[pk] = Result(
            Answer(one.outcome, order_facts(ctx, order), pk),
            order,
            is_priority=action == Action.SPEED_UP or one.state in (ActState.QUEUED, ActState.UNKNOWN),
            facts={"act": one.state.value},
        )
    return _in_order(order_ids, results)


def queued_for_staff(orders: Mapping[int, PanelOrder], outcome: str) -> dict[int, Done]:
    """Hand these to the staff: their log rows stay open and are marked."""
    return {pk: Done(ActState.QUEUED, outcome) for pk in orders}


def from_write(
    written: WriteResult,
    orders: Mapping[int, PanelOrder],
    *,
    accepted: Callable[[PanelOrder], Done],
    refused: str,
) -> dict[int, Done]:
    """Read a write's answer: what the panel skipped goes to the staff, the rest is as the order now shows."""
    done = {}
    for pk, order in orders.items():
        after = written.orders.get(pk)
        if pk in written.skipped:
            done[pk] = Done(ActState.QUEUED, refused, after)
        else:
            done[pk] = accepted(after or order)
    return done


def refuse_by_status(orders: Mapping[int, PanelOrder], allowed: Sequence[str], key: str) -> dict[int, Result]:
    """Refuse each order whose status is not one of these."""
    return {
        pk: _about(order, Answer(key, {"status": status_label(order.status)}, pk))
        for pk, order in orders.items()
        if order.status not in allowed
    }


def _after_failure(
    ctx: CommandContext,
    error: PanelError,
    orders: Mapping[int, PanelOrder],
    acts_by_id: Mapping[int, OrderAct],
    infer: Infer,
) -> Mapping[int, Done]:
    """Nothing was done: try again later. It may have been done: let the order tell. Refused for good: staff."""
    ctx.trace.add("act_error", code=error.code, maybe_written=error.maybe_written)
    if error.maybe_written:
        return _reread(ctx, orders, acts_by_id, infer)
    if isinstance(error, _ABOUT_ONE_ORDER):
        return {pk: infer(order, acts_by_id[pk]) for pk, order in orders.items()}
    return {pk: Done(ActState.RETRY, "panel_unavailable") for pk in orders}


def _reread(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], acts_by_id: Mapping[int, OrderAct], infer: Infer
) -> Mapping[int, Done]:
    """Whether the write arrived is unknown: let the orders themselves tell; where they cannot, the staff look."""
    try:
        fresh = ctx.panel.get_orders(list(orders))
    except PanelError:
        fresh = {}
    return {pk: infer(fresh.get(pk, order), acts_by_id[pk]) for pk, order in orders.items()}


def _settle(ctx: CommandContext, acts_by_id: Mapping[int, OrderAct], done: Mapping[int, Done]) -> None:
    for pk, act in acts_by_id.items():
        act.state, act.outcome, act.reference = done[pk].state, done[pk].outcome, done[pk].reference
    acts.settle(acts_by_id.values(), now=ctx.now)
    ctx.trace.add("acted", **{str(pk): done[pk].state.value for pk in list(acts_by_id)[:10]})


def _about(order: PanelOrder, answer: Answer) -> Result:
    return Result(answer, order)


def _in_order(order_ids: Sequence[int], results: Mapping[int, Result]) -> list[Result]:
    return [results[order_id] for order_id in order_ids if order_id in results]
