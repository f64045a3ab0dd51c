"""watch and unwatch: tell me when my order is done."""

from collections.abc import Sequence
from dataclasses import replace

from botcore.commands.context import CommandContext
from botcore.commands.eligibility import open_orders
from botcore.commands.facts import order_facts
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain import watches
from botcore.domain.replies import Answer
from botcore.enums import Action
from panel.enums import is_final_status


@command(
    "watch",
    "watch order",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.WATCH,
)
def watch(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """watch <id> [<id> ...] - get a message here when an order is done, partial, canceled or stands still."""
    opened = open_orders(ctx, parsed.order_ids, reads_only=True)
    live = {pk: order for pk, order in opened.orders.items() if not is_final_status(order.status)}
    limit = ctx.config["watch_limit"]
    started = watches.start(
        message=ctx.message, contact=ctx.person.contact, orders=live, limit=limit, now=ctx.now
    )
    keys = dict.fromkeys(opened.orders, "watch_already_final")
    keys |= dict.fromkeys(started.new, "watch_started")
    keys |= dict.fromkeys(started.already, "watch_already_on")
    keys |= dict.fromkeys(started.over_limit, "watch_limit_reached")
    results = dict(opened.refused)
    for pk, key in keys.items():
        order = opened.orders[pk]
        results[pk] = Result(Answer(key, order_facts(ctx, order) | {"limit": limit}, pk), order)
    return [replace(results[pk], is_settled=True) for pk in parsed.order_ids]


@command(
    "unwatch",
    "stop watching",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.WATCH,
)
def unwatch(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """unwatch <id> [<id> ...] - stop the messages about an order."""
    stopped = watches.stop(
        message=ctx.message, contact=ctx.person.contact, order_ids=parsed.order_ids, now=ctx.now
    )
    return [say("watch_stopped" if pk in stopped else "watch_none", order_id=pk) for pk in parsed.order_ids]
