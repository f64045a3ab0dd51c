"""What a screen's view asks of the person: a permission of the one table, a password given lately."""

from collections.abc import Callable
from datetime import tzinfo
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from tenants import next_page
from tenants.domain.sessions import SignedIn
from tenants.enums import AuditSource, Role
from tenants.models import Tenant, User
from tenants.permissions import Permission, may

P = ParamSpec("P")


class TenantRequest(HttpRequest):
    """A request of somebody signed in for a tenant, as views behind `needs` get it."""

    signed_in: SignedIn
    tenant: Tenant
    role: Role
    user: User
    zone: Callable[[], tzinfo]


View = Callable[Concatenate[TenantRequest, P], HttpResponseBase]


def needs(
    permission: Permission | None, *, fresh: bool = False
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Let in whoever's role may do this; None: every member of the team. fresh: a dangerous act, so the password
    is asked for again unless it was given in the last minutes. 403 is a page that says who may."""

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            signed_in: SignedIn = request.signed_in
            if signed_in.tenant is None or signed_in.role is None:
                return HttpResponse(status=404)
            if permission is not None and not may(signed_in.role, permission):
                return render(request, "tenants/not_yours.html", {"permission": permission}, status=403)
            if fresh and not signed_in.is_fresh(timezone.now()):
                return confirm_first(request)
            request.tenant, request.role = signed_in.tenant, signed_in.role
            return view(request, *args, **kwargs)

        guarded.permission, guarded.is_fresh = permission, fresh  # type: ignore[attr-defined]
        return guarded

    return decorate


def who(request: TenantRequest) -> dict[str, Any]:
    """Who does it, from where and when, as what changes something in the domain asks for it."""
    return {"by": request.user, "source": AuditSource.DASHBOARD, "now": timezone.now()}


def confirm_first(request: HttpRequest) -> HttpResponse:
    """Send the person to give the password again, and back to this page."""
    to = next_page.with_next(reverse("confirm"), next_page.here(request))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponse(status=302, headers={"Location": to})
