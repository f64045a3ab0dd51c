"""Who asks: read from the cookies of the realm the address belongs to. Opens the tenant's scope for the request."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, cast

from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from smmbot.lib.logs import bind
from tenants import cookies, next_page
from tenants.domain import sessions
from tenants.domain.sessions import SignedIn
from tenants.enums import Realm
from tenants.errors import SessionEnded
from tenants.scoping import tenant_scope


class SignedInMiddleware(AuthenticationMiddleware):
    """Sets request.user and request.signed_in (SignedIn or None). An access token that is over is replaced by way
    of the refresh token, unseen by the person.

    Django's own is the base because its admin looks for one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        realm = cookies.realm_of(request.path_info)
        signed_in, tokens, is_over = _read(request, realm)
        request.signed_in = signed_in  # type: ignore[attr-defined]
        request.user = signed_in.user if signed_in else AnonymousUser()
        tenant = signed_in.tenant if signed_in else None
        if tenant is not None:
            bind(tenant_id=tenant.pk)
        with tenant_scope(tenant.pk) if tenant else nullcontext():
            response = cast(HttpResponseBase, self.get_response(request))
        if tokens is not None and not cookies.are_set(response, realm):
            cookies.set_tokens(response, realm, tokens)
        elif is_over and not cookies.are_set(response, realm):
            cookies.clear(response, realm)
        if signed_in is not None:
            # What one person sees is for no cache on the way, nor for whoever uses the browser next.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _read(request: HttpRequest, realm: Realm) -> tuple[SignedIn | None, sessions.Tokens | None, bool]:
    """Who it is; tokens to hand out; whether the cookies are of a session that is over."""
    now = timezone.now()
    access, refresh = cookies.read(request, realm)
    # A script with a key is who its key says, whatever else it sends along.
    if "Authorization" in request.headers or not (access or refresh):
        return None, None, False
    try:
        if access:
            signed_in = sessions.find(access, realm=realm, now=now)
            sessions.seen(signed_in=signed_in, now=now)
            return signed_in, None, False
    except SessionEnded as ended:
        if ended.reason != "bad_token" or not refresh:
            return None, None, True
    try:
        signed_in, tokens = sessions.refresh(refresh, realm=realm, now=now)
    except SessionEnded:
        return None, None, True
    return signed_in, tokens, False


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Everything is closed unless a view opens itself. A person whose password we made first sets their own."""

    def process_view(self, request, view_func, view_args, view_kwargs):  # type: ignore[no-untyped-def]
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None or not getattr(view_func, "login_required", True):
            return answer
        if must_choose_password(request) and request.resolver_match.view_name not in _BEFORE_PASSWORD:
            return go_to(request, reverse("first_password"))
        return None

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        # A fragment must not become the sign-in page: the whole page goes there, and comes back to itself.
        is_admin = cookies.realm_of(request.path_info) == Realm.ADMIN
        url = reverse("admin:login") if is_admin else self.get_login_url(view_func)
        return go_to(request, next_page.with_next(url, next_page.here(request)))


# What somebody may do before they chose a password.
_BEFORE_PASSWORD = ("first_password", "logout", "stop_impersonating", "admin:logout")


def must_choose_password(request: HttpRequest) -> bool:
    """Not who looks for support: the password is the person's to choose."""
    signed_in: SignedIn | None = getattr(request, "signed_in", None)
    return (
        signed_in is not None
        and signed_in.session.realm == Realm.TENANT
        and signed_in.user.must_change_password
        and signed_in.session.impersonator_id is None
    )


def go_to(request: HttpRequest, to: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponse(status=302, headers={"Location": to})
