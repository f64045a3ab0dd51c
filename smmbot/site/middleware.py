"""Every request has an id: taken from the proxy when it looks like one, told back, and on every log line. Webhooks are
answered before what only people need. And a zone in which a person's times are shown."""

import re
import uuid
from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from botcore.domain import config
from smmbot.lib.logs import bind, clear
from tenants.domain.sessions import SignedIn

_LOOKS_LIKE_AN_ID = re.compile(r"[A-Za-z0-9._\-]{8,64}")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _LOOKS_LIKE_AN_ID.fullmatch(given) else uuid.uuid4().hex
        # Not undone at the end: Django logs a failed response after the middleware; the next request begins anew.
        clear()
        bind(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class WebhookMiddleware:
    """Answers other machines' webhooks here: they come by the thousand, and cookies, forms, static files and what a
    browser must be forbidden are nothing to them. Each proves itself by key and signature; what stands before this
    holds for them too: the id, https, the host."""

    PREFIX = "/webhooks/"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(self.PREFIX):
            return self.get_response(request)
        try:
            found = request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)  # whoever is lost there gets the page that says so
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        return response


class ZoneMiddleware:
    """Sets request.zone: called, it says in which zone this tenant's times are shown. Asked for only where a page
    shows one, and once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in: SignedIn | None = getattr(request, "signed_in", None)
        tenant = signed_in.tenant if signed_in else None
        if tenant is not None:
            request.zone = cache(lambda: config.load(tenant_id=tenant.pk).zone)  # type: ignore[attr-defined]
        return self.get_response(request)
