"""Every address of the website and the API, read from the URLconf, so that a new one is tested by itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

from tenants.permissions import Permission

_PARAM = re.compile(r"<(?:(\w+):)?(\w+)>")
# The platform admin has a realm and tests of its own; gateways sign what they send.
_ELSEWHERE = ("admin/", "webhooks/")


@dataclass(frozen=True, slots=True)
class Address:
    """One way in. route: as Django spells it. methods: those to try; permission: of the one table, None for every
    member of the team."""

    route: str
    methods: tuple[str, ...]
    permission: Permission | None
    is_public: bool
    is_api: bool
    is_fresh: bool
    is_guarded: bool

    @property
    def params(self) -> tuple[str, ...]:
        return tuple(name for _, name in _PARAM.findall(self.route))

    def filled(self, values: Callable[[str], Any]) -> str:
        return "/" + _PARAM.sub(lambda match: str(values(match[2])), self.route)


def addresses() -> Iterator[Address]:
    for route, view in _views(get_resolver().url_patterns, ""):
        if route.startswith(_ELSEWHERE) or "^" in route:
            continue
        if endpoints := getattr(view, "endpoints", None):
            for one in endpoints:
                spec = one.spec
                yield Address(
                    route, (spec.method,), spec.needs, spec.is_public, True, spec.is_fresh, is_guarded=True
                )
        else:
            yield Address(
                route,
                ("GET", "POST"),
                getattr(view, "permission", None),
                is_public=not getattr(view, "login_required", True),
                is_api=False,
                is_fresh=getattr(view, "is_fresh", False),
                is_guarded=hasattr(view, "permission"),
            )


def named_views(patterns: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(views of screens, endpoints of the API), by the names of their addresses."""
    screens, api = {}, {}
    for route, view, name in _named(patterns, ""):
        if endpoints := getattr(view, "endpoints", None):
            api[name] = endpoints
        elif not route.startswith((*_ELSEWHERE, "api/")):
            screens[name] = view
    return screens, api


def _views(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for route, view, _ in _named(patterns, prefix):
        yield route, view


def _named(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any, str]]:
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _named(one.url_patterns, route)
        else:
            yield route, one.callback, one.name
