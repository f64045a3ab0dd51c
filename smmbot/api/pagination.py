"""The one way lists are paged: by `page`, or by `limit` and `offset`; the answer is the same for both."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from pydantic import Field

from smmbot.api.body import Schema

DEFAULT_SIZE, MAX_SIZE = 25, 100
# Counting further costs more than anybody learns from it; `total` stops here and says so.
COUNT_TO = 10_000

M = TypeVar("M", bound=Model)


class PageQuery(Schema):
    """Base of every list's query."""

    page: int | None = Field(None, ge=1, le=1_000_000, description="From 1.")
    page_size: int = Field(DEFAULT_SIZE, ge=1, le=MAX_SIZE)
    limit: int | None = Field(None, ge=1, le=MAX_SIZE)
    offset: int | None = Field(None, ge=0, le=100_000_000)

    @property
    def size(self) -> int:
        return self.limit or self.page_size

    @property
    def start(self) -> int:
        return self.offset if self.offset is not None else ((self.page or 1) - 1) * self.size


def paged(
    request: HttpRequest, rows: "QuerySet[M]", query: PageQuery, out: Callable[[M], Mapping[str, Any]]
) -> dict[str, Any]:
    """`{"results", "total", "total_is_exact", "next"}`. next: the address of the page after this one, or null."""
    start, size = query.start, query.size
    found = list(rows[start : start + size + 1])
    total = count(rows)
    has_more = len(found) > size
    return {
        "results": [out(row) for row in found[:size]],
        "total": total,
        "total_is_exact": total < COUNT_TO,
        "next": _next(request, query) if has_more else None,
    }


def count(rows: "QuerySet[Any]") -> int:
    """How many there are, counted to COUNT_TO at most."""
    return rows.order_by()[:COUNT_TO].count()


def _next(request: HttpRequest, query: PageQuery) -> str:
    params = request.GET.copy()
    if query.offset is not None or query.limit is not None:
        params["offset"] = str(query.start + query.size)
    else:
        params["page"] = str((query.page or 1) + 1)
    return f"{request.path}?{params.urlencode()}"
