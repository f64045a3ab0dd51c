"""What all pages of the platform admin share: rows to look at, and lists whose cost does not grow with the table."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

COUNT_TO = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Counts to COUNT_TO at most: nobody turns more pages than that, they search."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNT_TO + 1].count())


class PlatformAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Base of all. Which tenants are open is decided by the site: every one of them (smmbot/site/admin_site.py)."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    empty_value_display = "–"


class ReadOnlyAdmin(PlatformAdmin):
    """To look at: what is in these rows is changed by the product alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def digits_of(term: str) -> str:
    """The digits of a number as people quote it: `#1247`, `+91 98765-43210`; empty for anything else."""
    bare = term.strip().lstrip("#+")
    for mark in " -()":
        bare = bare.replace(mark, "")
    return bare if bare.isascii() and bare.isdigit() and len(bare) < 19 else ""
