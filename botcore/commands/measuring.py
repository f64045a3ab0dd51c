"""Drops measured for a command: counts somebody typed, else those of the tenant's source."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from botcore.commands.context import CommandContext
from botcore.domain import count_sources
from botcore.domain.replies import formatting
from panel.clients.types import PanelOrder
from panel.domain.drops import Drop, measure

UNKNOWN = "unknown"
_NOTHING_TYPED: Mapping[int, int] = {}


def measure_drops(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], typed: Mapping[int, int] = _NOTHING_TYPED
) -> dict[int, Drop]:
    """typed: live counts by order id."""
    if not orders:
        return {}
    source = count_sources.source_of(tenant_id=ctx.tenant_id, config=ctx.config)
    live = count_sources.live_counts(source, [order for pk, order in orders.items() if pk not in typed])
    live |= typed
    threshold = ctx.config["refill_drop_threshold_percent"]
    drops = {
        pk: measure(order, live=live.get(pk), threshold_percent=threshold) for pk, order in orders.items()
    }
    ctx.trace.add("measured", orders=len(orders), live=len(live))
    return drops


def drop_facts(ctx: CommandContext, drop: Drop) -> dict[str, Any]:
    """Values for the variables of a reply about a drop."""
    return {
        "expected": formatting.count(drop.expected) or UNKNOWN,
        "live": formatting.count(drop.live) or UNKNOWN,
        "drop": f"{formatting.count(drop.drop)} ({_percent(drop.share)})"
        if drop.share is not None
        else UNKNOWN,
        "threshold": _percent(ctx.config["refill_drop_threshold_percent"]),
    }


def _percent(share: Decimal) -> str:
    """`15%`, `2.7%`"""
    return f"{share.normalize():f}%"
