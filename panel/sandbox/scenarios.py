"""Bad days of the fake panel: those of any server, and those only this API can have."""

from typing import Any

from smmbot.lib.sandbox.faults import FAULTS

PANEL_SCENARIOS = {
    **FAULTS,
    "error_in_200": "an error in the envelope, HTTP 200; nothing is performed",
    "skipped_ids": "writes leave every order alone and list it as skipped",
    "refuses_cancel": "cancel requests are taken, and never granted",
    "ignores_filter": "lists answer as if no filter had been given",
    "wrong_types": "ids and counts as text, money as numbers, empty text for null",
    "unknown_fields": "objects carry fields nobody has heard of",
}

_TEXT_FIELDS = ("id", "quantity", "remains", "service_id", "start_count", "payment_id")


def with_wrong_types(value: Any) -> Any:
    """The same data as a sloppy server would write it."""
    if isinstance(value, list):
        return [with_wrong_types(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "currency_code" in value:
        return {**value, "value": float(value["value"])}
    return {name: _wrong(name, one) for name, one in value.items()}


def _wrong(name: str, value: Any) -> Any:
    if name in _TEXT_FIELDS or name.endswith("_timestamp"):
        return "" if value is None else str(value)
    if name in ("external_id", "provider") and value is None:
        return ""
    return with_wrong_types(value)
