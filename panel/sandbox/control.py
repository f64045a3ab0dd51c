"""The fake panel's own control calls, beside those every sandbox server has."""

from typing import TYPE_CHECKING

from panel.sandbox.live_counts import live_count, set_live_count
from panel.sandbox.order_edit import edit_order
from panel.sandbox.state import PanelWorld
from panel.sandbox.wire import PanelRefusal
from smmbot.lib.sandbox import records
from smmbot.lib.sandbox.control import BadControlCallError, Body

if TYPE_CHECKING:
    from panel.sandbox.fake_panel import FakePanel


def add_panel_calls(panel: "FakePanel") -> None:
    control = _PanelControl(panel)
    panel.control.calls |= {
        ("GET", "orders"): control.orders,
        ("POST", "orders"): control.put_orders,
        ("GET", "users"): control.users,
        ("POST", "users"): control.put_user,
        ("GET", "tickets"): control.tickets,
        ("POST", "tickets"): control.customer_writes,
        ("GET", "live_count"): control.live_count,
        ("POST", "live_count"): control.set_live_count,
        ("GET", "panels"): control.panels,
        ("POST", "panels"): control.add_panel,
    }


class _PanelControl:
    """Every call takes `api_key` to say which panel it means; without one it is the first."""

    def __init__(self, panel: "FakePanel") -> None:
        self._panel = panel

    def orders(self, body: Body) -> Body:
        world = self._world(body)
        now = world.clock.now()
        return {
            "orders": [
                {
                    "id": order.id,
                    "user": order.user,
                    "status": order.progress(now).status,
                    "service_name": order.service_name,
                    "provider": order.provider,
                    "external_id": order.external_id,
                }
                for order in list(world.orders.values())
            ]
        }

    def put_orders(self, body: Body) -> Body:
        """One order's fields, or `{"orders": [...]}`."""
        world = self._world(body)
        rows = []
        for fields in body.get("orders") or [body]:
            order = edit_order(world, {name: one for name, one in fields.items() if name != "api_key"})
            rows.append(world.order_row(order.id))
        self._panel.on_change()
        return {"orders": rows}

    def users(self, body: Body) -> Body:
        world = self._world(body)
        world.settle()
        return {"users": records.dump(list(world.users.values()))}

    def put_user(self, body: Body) -> Body:
        world = self._world(body)
        user = world.put_user(**{name: one for name, one in body.items() if name != "api_key"})
        self._panel.on_change()
        return {"user": records.dump(user)}

    def tickets(self, body: Body) -> Body:
        return {"tickets": [ticket.row() for ticket in list(self._world(body).tickets.values())]}

    def customer_writes(self, body: Body) -> Body:
        """A customer opens a ticket (username, subject, message) or writes again in one (id, message)."""
        world = self._world(body)
        message = str(body.get("message", ""))
        try:
            if "id" in body:
                ticket = world.reply(int(body["id"]), message)
            else:
                ticket = world.open_ticket(
                    str(body.get("username", "")), str(body.get("subject", "")), message
                )
        except PanelRefusal as refusal:
            raise BadControlCallError(refusal.message) from refusal
        self._panel.on_change()
        return {"ticket": ticket.row()}

    def live_count(self, body: Body) -> Body:
        """What the order's link would show a visitor now; null where nobody could tell."""
        world = self._world(body)
        order_id = int(body["order"])
        with world.lock:
            if order_id not in world.orders:
                raise BadControlCallError("no such order")
            return {"order": order_id, "live_count": live_count(world, order_id)}

    def set_live_count(self, body: Body) -> Body:
        """`live_count` to a number, `drop` to so many units lost, neither of them back to what it makes up."""
        world = self._world(body)
        order_id = int(body["order"])
        with world.lock:
            set_live_count(world, order_id, live=body.get("live_count"), drop=body.get("drop"))
        self._panel.on_change()
        return self.live_count(body)

    def panels(self, body: Body) -> Body:
        return {"panels": [{"api_key": api_key} for api_key in list(self._panel.worlds)]}

    def add_panel(self, body: Body) -> Body:
        api_key = body.get("api_key")
        if not isinstance(api_key, str) or not api_key:
            raise BadControlCallError("api_key is missing")
        self._panel.add_panel(api_key)
        self._panel.on_change()
        return {"api_key": api_key}

    def _world(self, body: Body) -> PanelWorld:
        api_key = body.get("api_key")
        if api_key is not None and api_key not in self._panel.worlds:
            raise BadControlCallError("no panel has that api_key")
        return self._panel.world(api_key)
