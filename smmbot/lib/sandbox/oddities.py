"""Answers as servers write them that changed while nobody looked."""

from typing import Any

STRANGERS: dict[str, Any] = {"x_region": "eu-2", "x_labels": ["new", None], "x_meta": {"version": 7}}


def with_unknown_fields(value: Any) -> Any:
    """The same data, every object in it with fields nobody has heard of."""
    if isinstance(value, list):
        return [with_unknown_fields(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {**{name: with_unknown_fields(one) for name, one in value.items()}, **STRANGERS}
