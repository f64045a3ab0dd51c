"""How each fake provider writes what all of them know. Source of the quirks: reference/panel-api.md 3.2."""

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import Any

from providers.sandbox.catalogue import ProviderService
from providers.sandbox.state import ProviderOrder, ProviderRefusal, ProviderWorld

USER_STATUSES = {
    "pending": "Pending",
    "processing": "Processing",
    "in_progress": "In progress",
    "completed": "Completed",
    "partial": "Partial",
    "canceled": "Canceled",
    "fail": "Canceled",
    "error": "Processing",
}


class Manner(ABC):
    """takes_single_cancel: `cancel` with `order` beside the list form."""

    takes_single_cancel = False
    numbers_as_text = True
    headers_with_limit = False

    @abstractmethod
    def error_status(self, refusal: ProviderRefusal) -> int:
        """Of HTTP."""

    @abstractmethod
    def services(self, rows: list[dict[str, Any]]) -> Any: ...

    @abstractmethod
    def one_status(self, oid: str, row: dict[str, Any]) -> Any: ...

    @abstractmethod
    def many_statuses(self, rows: dict[str, dict[str, Any]]) -> Any: ...

    @abstractmethod
    def status_word(self, status: str) -> str: ...

    @abstractmethod
    def list_row(self, subject: str, oid: str, name: str, value: Any) -> dict[str, Any]:
        """One row of a list answer. subject: what the row is about, `order` or `refill`; name: of the
        value, which is `{"error": text}` where that row was refused."""

    def number(self, value: int | Decimal) -> Any:
        """As this provider writes it, text or number."""
        if self.numbers_as_text:
            return f"{value:.4f}" if isinstance(value, Decimal) else str(value)
        return float(value) if isinstance(value, Decimal) else value

    def status_row(self, world: ProviderWorld, order: ProviderOrder) -> dict[str, Any]:
        progress = order.progress(world.clock.now())
        start_count = order.start_count if progress.delivery_began is not None else 0
        return {
            "charge": self.number(order.charge),
            "start_count": None if start_count is None else self.number(start_count),
            "status": self.status_word(progress.status),
            "remains": self.number(order.quantity - progress.delivered),
            "currency": world.currency,
        }

    def service_row(self, service: ProviderService) -> dict[str, Any]:
        return {
            "service": self.number(service.id),
            "name": service.name,
            "type": service.type,
            "category": service.category,
            "rate": self.number(service.rate),
            "min": self.number(service.minimum),
            "max": self.number(service.maximum),
            "refill": service.can_refill,
            "cancel": service.can_cancel,
            "dripfeed": False,
        }


class ClassicManner(Manner):
    """The script most suppliers run: text for numbers, every error inside a 200."""

    def error_status(self, refusal: ProviderRefusal) -> int:
        return 200

    def services(self, rows: list[dict[str, Any]]) -> Any:
        return rows

    def one_status(self, oid: str, row: dict[str, Any]) -> Any:
        return row

    def many_statuses(self, rows: dict[str, dict[str, Any]]) -> Any:
        return rows

    def status_word(self, status: str) -> str:
        return USER_STATUSES[status]

    def list_row(self, subject: str, oid: str, name: str, value: Any) -> dict[str, Any]:
        return {subject: int(oid) if oid.isdecimal() else oid, name: value}


class CloneManner(Manner):
    """A modern clone: numbers, slugs, wrapped lists, HTTP statuses for errors, unknown orders left out."""

    takes_single_cancel = True
    numbers_as_text = False
    headers_with_limit = True

    def error_status(self, refusal: ProviderRefusal) -> int:
        return refusal.status

    def services(self, rows: list[dict[str, Any]]) -> Any:
        return {"data": [{**row, "description": ""} for row in rows]}

    def one_status(self, oid: str, row: dict[str, Any]) -> Any:
        return {oid: row}

    def many_statuses(self, rows: dict[str, dict[str, Any]]) -> Any:
        known = {oid: row for oid, row in rows.items() if "error" not in row}
        return known or []  # an empty PHP array is written as a list

    def status_word(self, status: str) -> str:
        return USER_STATUSES[status].lower().replace(" ", "_")

    def list_row(self, subject: str, oid: str, name: str, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return {subject: oid, "error": value["error"]}
        return {subject: oid, name: value}


MANNERS: dict[str, Manner] = {"smmcost": ClassicManner(), "boostlab": CloneManner()}


def with_wrong_types(value: Any, name: str = "") -> Any:
    """The other way round from what the provider's own manner writes: numbers for text, text for numbers."""
    if isinstance(value, list):
        return [with_wrong_types(one) for one in value]
    if isinstance(value, dict):
        return {key: with_wrong_types(one, key) for key, one in value.items()}
    if value is None:
        return ""
    if isinstance(value, str) and name not in ("name", "order"):
        return float(value) if value.replace(".", "", 1).isdecimal() else value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
