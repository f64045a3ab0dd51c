"""An order's facts as an answer shows them to this person."""

from typing import Any

from botcore.commands.context import CommandContext
from botcore.domain.replies import formatting
from panel.clients.types import PanelOrder
from panel.enums import status_label
from providers.domain import matching

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
        "provider": _provider_shown(ctx, order) if ctx.shows_provider else None,
    }


def _provider_shown(ctx: CommandContext, order: PanelOrder) -> str:
    """The team sees the provider as the panel names it; a customer its alias where it has one."""
    if order.provider is None:
        return OWN_TEAM
    if ctx.person.role is not None:
        return order.provider
    held_by = matching.match(order.provider, ctx.providers)
    return held_by.alias if held_by and held_by.alias else order.provider
