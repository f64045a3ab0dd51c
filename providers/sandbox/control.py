"""The fake providers' own control calls, beside those every sandbox server has."""

from decimal import Decimal
from typing import TYPE_CHECKING

from providers.sandbox.state import ProviderWorld
from smmbot.lib.sandbox import records
from smmbot.lib.sandbox.control import BadControlCallError, Body

if TYPE_CHECKING:
    from providers.sandbox.fake_provider import FakeProviders


def add_provider_calls(providers: "FakeProviders") -> None:
    control = _ProviderControl(providers)
    providers.control.calls |= {
        ("GET", "orders"): control.orders,
        ("GET", "refills"): control.refills,
        ("POST", "services"): control.put_service,
        ("POST", "balance"): control.set_balance,
    }


class _ProviderControl:
    """Every call takes `slug`, and `key` for another account than the provider's first."""

    def __init__(self, providers: "FakeProviders") -> None:
        self._providers = providers

    def orders(self, body: Body) -> Body:
        world = self._world(body)
        now = world.clock.now()
        return {
            "orders": [
                {"oid": order.oid, "status": order.progress(now).status, "service_name": order.service_name}
                for order in list(world.orders.values())
            ]
        }

    def refills(self, body: Body) -> Body:
        world = self._world(body)
        now = world.clock.now()
        return {
            "refills": [
                {"id": refill.id, "oid": refill.oid, "status": refill.status(now)}
                for refill in list(world.refills.values())
            ]
        }

    def put_service(self, body: Body) -> Body:
        """A service's fields; `{"id": ..., "is_gone": true}` takes it off the list."""
        world = self._world(body)
        fields = {name: one for name, one in body.items() if name not in ("slug", "key", "id", "is_gone")}
        if "id" not in body:
            raise BadControlCallError("id is missing")
        service_id = int(body["id"])
        if body.get("is_gone"):
            world.drop_service(service_id)
            self._providers.on_change()
            return {"service": None}
        service = world.put_service(service_id, **fields)
        self._providers.on_change()
        return {"service": records.dump(service)}

    def set_balance(self, body: Body) -> Body:
        world = self._world(body)
        world.balance = Decimal(str(body.get("balance")))
        self._providers.on_change()
        return {"balance": str(world.balance)}

    def _world(self, body: Body) -> ProviderWorld:
        try:
            return self._providers.world(str(body.get("slug")), body.get("key"))
        except (KeyError, StopIteration) as error:
            raise BadControlCallError("no account there") from error
