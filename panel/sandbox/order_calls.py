"""The order calls of the Admin API. Source: reference/panel-api.md 1.3, 1.4, 1.7."""

from collections.abc import Callable

from panel.sandbox.call import Data, PanelCall
from panel.sandbox.orders import PanelOrder
from panel.sandbox.state import Outcome
from panel.sandbox.wire import BAD_INPUT, PanelRefusal, envelope
from smmbot.lib.sandbox.timeline import STATUSES

# Name to what it reads of an order, and whether it takes a comma list.
FILTERS: dict[str, tuple[Callable[[PanelOrder], str | None], bool]] = {
    "external_order_ids": (lambda order: order.external_id, True),
    "service_ids": (lambda order: str(order.service_id), True),
    "user": (lambda order: order.user, False),
    "provider": (lambda order: order.provider, False),
    "mode": (lambda order: order.mode, False),
    "creation_type": (lambda order: order.creation_type, False),
    "ip_address": (lambda order: order.ip_address, False),
    "link": (lambda order: order.link, False),
}


def list_orders(call: PanelCall) -> Data:
    with_last_update = "last_update" in call.query.get("include", "").split(",")
    tests = _tests(call)
    rows = [order for order in _candidates(call) if all(test(order) for test in tests)]
    rows.sort(
        key=lambda order: (order.timeline.placed_at, order.id), reverse=call.query.get("sort") != "date-asc"
    )
    return call.page(
        rows,
        lambda order: order.row(call.now, currency=call.world.currency, with_last_update=with_last_update),
    )


def show_order(call: PanelCall, order_id: str) -> Data:
    row = call.world.order(int(order_id)).row(call.now, currency=call.world.currency, with_last_update=True)
    return envelope(row)


def resend(call: PanelCall) -> Data:
    return _write(call, call.world.resend)


def request_cancel(call: PanelCall) -> Data:
    return _write(call, lambda ids: call.world.request_cancel(ids, is_refused=call.refuses_cancel))


def cancel(call: PanelCall) -> Data:
    return _write(call, call.world.cancel)


def change_status(call: PanelCall) -> Data:
    status = call.text("status")
    if status not in STATUSES:
        raise PanelRefusal(BAD_INPUT, "Incorrect status.")
    return _write(call, lambda ids: call.world.change_status(ids, status), status=status)


def set_partial(call: PanelCall, order_id: str) -> Data:
    remains = call.json.get("remains") if isinstance(call.json, dict) else None
    if not isinstance(remains, int) or isinstance(remains, bool):
        raise PanelRefusal(BAD_INPUT, "Incorrect remains.")
    number = call.world.order(int(order_id)).id
    if call.skips_all:
        return call.outcome(Outcome([], [number]), status="partial")
    return call.outcome(call.world.set_partial(number, remains), status="partial", remains=remains)


def _write(call: PanelCall, change: Callable[[list[int]], Outcome], **facts: str) -> Data:
    ids = call.ids()
    return call.outcome(Outcome([], ids) if call.skips_all else change(ids), **facts)


def _candidates(call: PanelCall) -> list[PanelOrder]:
    orders = call.world.orders
    if not call.filter("ids"):
        return list(orders.values())
    wanted = {int(part) for part in _parts(call.filter("ids")) if part.isdecimal()}
    return [orders[order_id] for order_id in wanted if order_id in orders]


def _tests(call: PanelCall) -> list[Callable[[PanelOrder], bool]]:
    """One for every filter given that the panel knows; it passes over the others, as the real thing does."""
    tests: list[Callable[[PanelOrder], bool]] = []
    for name, (read, is_list) in FILTERS.items():
        wanted = call.filter(name)
        if wanted:
            allowed = set(_parts(wanted)) if is_list else {wanted}
            tests.append(lambda order, read=read, allowed=allowed: read(order) in allowed)  # type: ignore[misc]
    created_from, created_to = call.number_filter("created_from"), call.number_filter("created_to")
    if created_from is not None:
        tests.append(lambda order: order.timeline.placed_at >= created_from)
    if created_to is not None:
        tests.append(lambda order: order.timeline.placed_at <= created_to)
    status = call.filter("order_status")
    if status:
        tests.append(lambda order: order.progress(call.now).status == status)
    return tests


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
