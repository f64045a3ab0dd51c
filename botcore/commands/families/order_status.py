from collections.abc import Sequence

from botcore.commands.context import CommandContext
from botcore.commands.eligibility import open_orders
from botcore.commands.facts import order_facts
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result
from botcore.domain.replies import Answer
from botcore.enums import Action


@command(
    "order",
    "check",
    "status",
    "order status",
    "check order",
    "track",
    takes=Takes.ORDER_IDS,
    audience=Audience.CUSTOMER,
    logged_as=Action.ORDER,
    anywhere=True,
    yields=True,
    examples=("check 54321", "order 54321, 54322, 54323"),
)
def order(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """order <id> [<id> ...] - see how an order is doing, live from the panel. Same as check."""
    opened = open_orders(ctx, parsed.order_ids, reads_only=True)
    seen = {
        pk: Result(Answer("order_status", order_facts(ctx, found), pk), found)
        for pk, found in opened.orders.items()
    }
    return [(seen | opened.refused)[pk] for pk in parsed.order_ids]
