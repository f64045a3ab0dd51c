"""Live counts of the orders' links, made up: what was delivered, less a drop that is the same every time."""

from panel.sandbox.state import PanelWorld
from smmbot.lib.sandbox.control import BadControlCallError

# Percent of what was delivered, by the last step of the order id: nothing, hardly anything, enough for a refill.
DROPS_PERCENT = (0, 1, 2, 8, 15, 40)


def live_count(world: PanelWorld, order_id: int) -> int | None:
    """None for work done by hand and for orders whose start nobody counted."""
    if order_id in world.live_counts:
        return world.live_counts[order_id]
    full = _full_count(world, order_id)
    return None if full is None else full - _delivered(world, order_id) * _percent(order_id) // 100


def set_live_count(world: PanelWorld, order_id: int, *, live: int | None, drop: int | None) -> None:
    """Raises BadControlCallError."""
    full = _full_count(world, order_id) if drop is not None else None
    if drop is not None and full is None:
        raise BadControlCallError("an order without a start count has no drop")
    if live is None and full is None:
        world.live_counts.pop(order_id, None)
    else:
        world.live_counts[order_id] = int(live) if live is not None else max(0, (full or 0) - int(drop or 0))


def _percent(order_id: int) -> int:
    return DROPS_PERCENT[order_id % len(DROPS_PERCENT)]


def _full_count(world: PanelWorld, order_id: int) -> int | None:
    order = world.order(order_id)
    if order.start_count is None or not order.has_provider:
        return None
    return order.start_count + _delivered(world, order_id)


def _delivered(world: PanelWorld, order_id: int) -> int:
    return world.order(order_id).progress(world.clock.now()).delivered
