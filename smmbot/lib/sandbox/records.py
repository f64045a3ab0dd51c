"""Dataclasses to plain JSON and back, for the state file and for the control calls."""

import types
import typing
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

T = TypeVar("T")


def dump(value: Any) -> Any:
    """Lists, dicts, texts and numbers only; Decimal as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: dump(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): dump(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [dump(one) for one in value]
    return value


def load(kind: type[T], data: dict[str, Any]) -> T:
    """What `dump` made of a dataclass of that kind. Raises TypeError for a field it does not have."""
    hints = _hints(typing.cast(Any, kind))
    unknown = set(data) - set(hints)
    if unknown:
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{name: convert(hints[name], value) for name, value in data.items()})


def convert(hint: Any, value: Any) -> Any:
    """One plain value as the type of a field."""
    origin = get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(one for one in get_args(hint) if one is not type(None))
        return None if value is None else convert(inner, value)
    if origin is list:
        return [convert(get_args(hint)[0], one) for one in value]
    if origin is dict:
        key, inner = get_args(hint)
        return {key(name): convert(inner, one) for name, one in value.items()}
    if is_dataclass(hint):
        return value if isinstance(value, typing.cast(type, hint)) else load(typing.cast(type, hint), value)
    if hint is Decimal:
        return Decimal(str(value))
    if hint is float and isinstance(value, int):
        return float(value)
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
