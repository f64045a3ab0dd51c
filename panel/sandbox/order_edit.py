"""Sets an order of a world by hand, as tests and demos want it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from panel.sandbox.catalogue import SERVICES
from panel.sandbox.orders import NO_PROVIDER, PanelOrder
from panel.sandbox.state import PanelWorld, external_id
from smmbot.lib.sandbox import records
from smmbot.lib.sandbox.control import BadControlCallError
from smmbot.lib.sandbox.timeline import STATUSES, Timeline

PLAIN_FIELDS = (
    "user", "service_id", "service_name", "service_type", "quantity", "charge", "link", "external_id",
    "provider", "provider_charge", "mode", "start_count", "creation_type", "comments",
)  # fmt: skip
STATE_FIELDS = ("id", "status", "remains", "completed_at", "status_at", "created_at", "timeline", "actions")
ACTION_FIELDS = {"refill": "offers_refill", "request_cancel": "offers_cancel", "resend": "offers_resend"}
LATEST_LEAD_S = 3600.0  # an order set to an earlier time than its placing was placed so long before


def edit_order(world: PanelWorld, fields: dict[str, Any]) -> PanelOrder:
    """Adds the order, or changes what is named of it. `status` stands still from then on, since
    `completed_at` or `status_at` (unix seconds, else now), with `remains` still owed; `timeline` (fields of
    Timeline) makes it move instead; `actions` pins what the panel offers. Raises BadControlCallError."""
    unknown = set(fields) - set(PLAIN_FIELDS) - set(STATE_FIELDS)
    if unknown or "id" not in fields:
        raise BadControlCallError(f"unknown: {', '.join(sorted(unknown))}" if unknown else "id is missing")
    hints = PanelOrder.__annotations__
    plain = {name: records.convert(hints[name], fields[name]) for name in PLAIN_FIELDS if name in fields}
    with world.lock:
        order_id = int(fields["id"])
        known = world.orders.get(order_id)
        order = replace(known, **plain) if known is not None else _new_order(world, order_id, plain)
        _set_times(order, fields, world.clock.now())
        for name, offered in (fields.get("actions") or {}).items():
            if name not in ACTION_FIELDS:
                raise BadControlCallError(f"no action {name}")
            setattr(order, ACTION_FIELDS[name], offered)
        world.put_order(order)
    return order


def _new_order(world: PanelWorld, order_id: int, plain: dict[str, Any]) -> PanelOrder:
    service = SERVICES[plain.get("service_id", 4301)]
    defaults: dict[str, Any] = {
        "user": next(iter(world.users)),
        "service_id": service.id,
        "service_name": service.name,
        "quantity": 1000,
        "charge": Decimal("1.0000"),
        "link": f"https://social.example/p/{order_id}",
        "timeline": Timeline(placed_at=world.clock.now()),
        "provider": service.provider,
        "provider_charge": Decimal("0.7000"),
        "start_count": 100,
    }
    order = PanelOrder(id=order_id, **{**defaults, **plain})
    if "external_id" not in plain and order.provider not in NO_PROVIDER:
        order.external_id = external_id(order.provider, order_id)
    return order


def _set_times(order: PanelOrder, fields: dict[str, Any], now: float) -> None:
    """Any of these fields undoes what staff or a cancel request did to the order."""
    if not {"status", "remains", "completed_at", "status_at", "timeline", "created_at"} & set(fields):
        return
    before = order.progress(now)
    placed_at = float(fields.get("created_at", order.timeline.placed_at))
    order.stand = order.cancel_asked_at = None
    order.refunded = Decimal(0)
    if "timeline" in fields:
        order.timeline = records.load(Timeline, {"placed_at": placed_at, **fields["timeline"]})
        return
    order.timeline = replace(order.timeline, placed_at=placed_at, cancel_at=None)
    if not {"status", "remains", "completed_at", "status_at"} & set(fields):
        return
    status = fields.get("status", "completed" if "completed_at" in fields else before.status)
    if status not in STATUSES:
        raise BadControlCallError(f"no status {status}")
    at = float(fields.get("completed_at", fields.get("status_at", now)))
    if at < placed_at:
        order.timeline = replace(order.timeline, placed_at=at - LATEST_LEAD_S)
    delivered = {
        "completed": order.quantity,
        "partial": order.quantity // 2,
        "in_progress": order.quantity // 2,
    }.get(status, 0)
    if "remains" in fields:
        delivered = order.quantity - int(fields["remains"])
    order.timeline = order.timeline.standing(status, delivered=delivered, at=at)
    order.is_resent = False
