"""An order's facts as an answer shows them to this person."""

from typing import Any

from botcore.commands.context import CommandContext
from botcore.domain.replies import formatting
from panel.clients.types import PanelOrder
from panel.enums import status_label

NOT_REPORTED = "not reported yet"
OWN_TEAM = "our own team"


def order_facts(ctx: CommandContext, order: PanelOrder) -> dict[str, Any]:
    """Values for the variables of a reply about this order. None where this person is not to see it."""
    return {
        "service": order.service_name,
        "status": status_label(order.status),
        "link": order.link,
        "quantity": formatting.count(order.quantity) or NOT_REPORTED,
        "start_count": formatting.count(order.start_count) or NOT_REPORTED,
        "remains": formatting.count(order.remains) or NOT_REPORTED,
        "charge": formatting.money(order.charge) if ctx.shows_charge else None,
        "provider": (order.provider or OWN_TEAM) if ctx.shows_provider else None,
    }
