"""The actions of the user API v2. Source: reference/panel-api.md 3.1."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from providers.sandbox.manners import Manner
from providers.sandbox.state import ProviderRefusal, ProviderWorld

LONGEST_LIST = 100


@dataclass(slots=True)
class ActionCall:
    """written: what the call changed, for the journal; None while nothing has changed."""

    world: ProviderWorld
    manner: Manner
    form: dict[str, str]
    refuses_refill: bool = False
    rejects_refills: bool = False
    refuses_cancel: bool = False
    unknown_orders: bool = False
    mixed_list: bool = False
    written: list[str] | None = None

    def listed(self, name: str) -> list[str]:
        """A comma list of the form. Raises ProviderRefusal when it is too long."""
        parts = [part.strip() for part in self.form.get(name, "").split(",") if part.strip()]
        if len(parts) > LONGEST_LIST:
            raise ProviderRefusal("Incorrect request")
        return list(dict.fromkeys(parts))

    def check_order(self, oid: str) -> None:
        if self.unknown_orders:
            raise ProviderRefusal("Incorrect order ID")
        self.world.order(oid)

    def changed(self, oid: str) -> None:
        self.written = [*(self.written or []), oid]


def services(call: ActionCall) -> Any:
    return call.manner.services([call.manner.service_row(one) for one in call.world.services.values()])


def balance(call: ActionCall) -> Any:
    return {"balance": call.manner.number(call.world.balance), "currency": call.world.currency}


def status(call: ActionCall) -> Any:
    def row(oid: str) -> dict[str, Any]:
        call.check_order(oid)
        return call.manner.status_row(call.world, call.world.order(oid))

    if "orders" in call.form:
        return call.manner.many_statuses({oid: _or_error(row, oid) for oid in call.listed("orders")})
    oid = call.form.get("order", "").strip()
    return call.manner.one_status(oid, row(oid))


def refill(call: ActionCall) -> Any:
    listed = call.listed("orders")

    def ask(oid: str) -> Any:
        call.check_order(oid)
        if call.refuses_refill or (call.mixed_list and [oid] == listed[:1]):
            raise ProviderRefusal("This order is not eligible for refill")
        taken = call.world.refill(oid, is_rejected=call.rejects_refills)
        call.changed(oid)
        return call.manner.number(taken.id)

    if "orders" in call.form:
        rows = _rows(call, "order", "refill", listed, ask)
        return rows[:-1] if call.mixed_list else rows
    return {"refill": ask(call.form.get("order", "").strip())}


def refill_status(call: ActionCall) -> Any:
    def word(refill_id: str) -> str:
        return call.world.refill_of(refill_id).status(call.world.clock.now())

    if "refills" in call.form:
        return _rows(call, "refill", "status", call.listed("refills"), word)
    return {"status": word(call.form.get("refill", "").strip())}


def cancel(call: ActionCall) -> Any:
    def ask(oid: str) -> Any:
        call.check_order(oid)
        if call.refuses_cancel:
            raise ProviderRefusal("Order cannot be canceled")
        call.world.cancel(oid)
        call.changed(oid)
        return 1

    if "orders" in call.form:
        return _rows(call, "order", "cancel", call.listed("orders"), ask)
    if call.manner.takes_single_cancel and "order" in call.form:
        return {"cancel": ask(call.form["order"].strip())}
    raise ProviderRefusal("Incorrect request")


def add(call: ActionCall) -> Any:
    raise ProviderRefusal("Adding orders is not possible in the sandbox")


ACTIONS: dict[str, Callable[[ActionCall], Any]] = {
    "services": services,
    "balance": balance,
    "status": status,
    "refill": refill,
    "refill_status": refill_status,
    "cancel": cancel,
    "add": add,
}


def _rows(
    call: ActionCall, subject: str, name: str, oids: list[str], perform: Callable[[str], Any]
) -> list[dict[str, Any]]:
    return [call.manner.list_row(subject, oid, name, _or_error(perform, oid)) for oid in oids]


def _or_error(perform: Callable[[str], Any], one: str) -> Any:
    """One row of a list: the others go on when it is refused."""
    try:
        return perform(one)
    except ProviderRefusal as refusal:
        return {"error": refusal.message}
