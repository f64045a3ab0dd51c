"""The cookies of the two realms. HttpOnly, Secure outside the demo, SameSite; the admin's are sent to /admin/ alone."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenants.domain.sessions import Tokens
from tenants.domain.tokens import REFRESH_LIVES
from tenants.enums import Realm

_NAMES = {Realm.TENANT: ("access", "refresh"), Realm.ADMIN: ("admin_access", "admin_refresh")}
_PATHS = {Realm.TENANT: "/", Realm.ADMIN: "/admin/"}


def realm_of(path: str) -> Realm:
    """path: the one addresses are resolved by, request.path_info: a prefix in front of it must not change the realm."""
    return Realm.ADMIN if path.startswith(_PATHS[Realm.ADMIN]) else Realm.TENANT


def read(request: HttpRequest, realm: Realm) -> tuple[str, str]:
    """Access and refresh token; empty where there is none."""
    access, refresh = _NAMES[realm]
    return request.COOKIES.get(access, ""), request.COOKIES.get(refresh, "")


def set_tokens(response: HttpResponseBase, realm: Realm, tokens: Tokens) -> None:
    """Both cookies live as long as the refresh token: an access token that is over is what asks for the next."""
    for name, value in zip(_NAMES[realm], (tokens.access, tokens.refresh), strict=True):
        response.set_cookie(
            name,
            value,
            max_age=REFRESH_LIVES,
            path=_PATHS[realm],
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def are_set(response: HttpResponseBase, realm: Realm) -> bool:
    return _NAMES[realm][0] in response.cookies


def clear(response: HttpResponseBase, realm: Realm) -> None:
    for name in _NAMES[realm]:
        response.delete_cookie(name, path=_PATHS[realm], samesite="Lax")
