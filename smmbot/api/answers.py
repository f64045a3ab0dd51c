"""What endpoints answer, as types: mypy holds the code to them, the OpenAPI document and the reference show them.

class GroupOut(TypedDict):
    id: int
    state: Annotated[str, one_of(GroupState)]

@endpoint("GET", out=listed(GroupOut))
@endpoint("POST", answers=(201, 200), out={201: JobOut, 200: PlanOut})
@endpoint("GET", out=Media("text/csv"))
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import WithJsonSchema

# pydantic reads this one; typing's own only from Python 3.12 on.
from typing_extensions import TypedDict

__all__ = ["Listing", "Media", "Nothing", "Out", "TypedDict", "listed", "one_of", "whole"]


class Nothing(TypedDict):
    """`{}`: it is done."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in its envelope, as `paged` and `whole` make it."""

    item: Any


@dataclass(frozen=True, slots=True)
class Media:
    """An answer that is not JSON."""

    content_type: str


# A type, a Listing or a Media; by status where they differ.
Out = Any


def listed(item: Any) -> Listing:
    return Listing(item)


def one_of(kind: type[Enum]) -> WithJsonSchema:
    """For text that is always one of these."""
    return WithJsonSchema({"type": "string", "enum": [str(one.value) for one in kind]})


def whole(results: list[Any]) -> dict[str, Any]:
    """The envelope of a list that comes all at once."""
    return {"results": results, "total": len(results), "total_is_exact": True, "next": None}


def by_status(out: Out, statuses: tuple[int, ...]) -> Mapping[int, Out]:
    """What each good answer holds."""
    good = [status for status in statuses if status < 300]
    return out if isinstance(out, Mapping) else dict.fromkeys(good, out)


def types_of(out: Out) -> Iterator[Any]:
    """The types a declaration names."""
    for one in out.values() if isinstance(out, Mapping) else (out,):
        kind = one.item if isinstance(one, Listing) else one
        if kind is not None and not isinstance(kind, Media):
            yield kind


def envelope(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["results", "total", "total_is_exact", "next"],
        "properties": {
            "results": {"type": "array", "items": item},
            "total": {"type": "integer", "minimum": 0},
            "total_is_exact": {"type": "boolean"},
            "next": {"type": ["string", "null"]},
        },
        "additionalProperties": False,
    }
