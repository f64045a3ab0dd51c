"""Who of the platform's staff asks, and whether their password was given lately. The realm is the admin's own
(tenants/cookies.py): a session of a dashboard is nobody here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from tenants import next_page
from tenants.domain.sessions import SignedIn
from tenants.enums import Realm
from tenants.models import User


def signed_in_of(request: HttpRequest) -> SignedIn | None:
    signed_in: SignedIn | None = getattr(request, "signed_in", None)
    return signed_in if signed_in is not None and signed_in.session.realm == Realm.ADMIN else None


def staff_session(request: HttpRequest) -> SignedIn:
    """Behind `admin_view`, which lets nobody else in."""
    signed_in = signed_in_of(request)
    assert signed_in is not None  # noqa: S101 -- see above
    return signed_in


def platform_user(request: HttpRequest) -> User:
    """Who of the platform's staff asks, behind `admin_view`."""
    return staff_session(request).user


def wanted_page(request: HttpRequest) -> str:
    """The page of the admin that was asked for; never one outside it, whose realm is another."""
    to = next_page.wanted(request, default="")
    return to if to.startswith(reverse("admin:index")) else reverse("admin:index")


def fresh(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A dangerous act: the password is asked for again unless it was given in the last minutes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not staff_session(request).is_fresh(timezone.now()):
            return redirect(next_page.with_next(reverse("admin:confirm"), next_page.here(request)))
        return view(request, *args, **kwargs)

    return guarded
