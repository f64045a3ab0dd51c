"""Which of the named orders may this command touch? Known to the panel, and the asker's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from botcore.commands.context import CommandContext
from botcore.commands.results import Result, say
from panel.clients.types import PanelOrder


@dataclass(frozen=True, slots=True)
class Opened:
    """Orders as just read from the panel, and a refusal for each of the others."""

    orders: dict[int, PanelOrder]
    refused: dict[int, Result]


def open_orders(
    ctx: CommandContext, order_ids: Sequence[int], *, reads_only: bool, of_anybody: bool = False
) -> Opened:
    """Read the orders live, all in one go. A foreign order is refused and nothing of it is shown or logged.

    of_anybody: for a tool of the team's; the command's own permission was checked.
    """
    found = ctx.panel.get_orders(order_ids)
    orders, refused = {}, {}
    for order_id in order_ids:
        order = found.get(order_id)
        if order is None:
            refused[order_id] = say("order_not_found", order_id=order_id)
        elif not (of_anybody or _may_open(ctx, order, reads_only=reads_only)):
            refused[order_id] = say("order_not_owned", order_id=order_id)
        else:
            orders[order_id] = order
    ctx.trace.add("orders", asked=len(order_ids), found=len(found), allowed=len(orders))
    return Opened(orders, refused)


def _may_open(ctx: CommandContext, order: PanelOrder, *, reads_only: bool) -> bool:
    if ctx.may_see_any_order or ctx.person.owns(order.username):
        return True
    # Without verification nobody is linked, so nothing can be checked: reading is open, writing is not.
    return reads_only and not ctx.person.usernames and not ctx.config["verification_enabled"]
