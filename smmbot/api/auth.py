"""Who calls the API: a signed-in browser by its cookies, or a script by its bearer key."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone

from smmbot.api.errors import ApiProblem
from tenants.domain import api_keys
from tenants.domain.sessions import SignedIn
from tenants.enums import AuditSource, Role
from tenants.models import LoginSession, Tenant, User


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which tenant, in what role. session: None for a script; signed_in: the same."""

    user: User
    tenant: Tenant
    role: Role
    session: LoginSession | None
    is_fresh: bool

    @property
    def source(self) -> AuditSource:
        return AuditSource.API

    @property
    def must_choose_password(self) -> bool:
        """Not who looks for support: the password is the person's to choose."""
        is_person = self.session is not None and self.session.impersonator_id is None
        return is_person and self.user.must_change_password


def demand_fresh(caller: Caller) -> None:
    """Raises ApiProblem 403 where the password was not given lately."""
    if not caller.is_fresh:
        way_out = (
            "Send your password to POST /api/v1/auth/confirm first, then try again."
            if caller.session
            else "This wants a password given lately, which an API key cannot show: log in for it."
        )
        raise ApiProblem(403, "fresh_login_needed", way_out)


UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def caller_of(request: HttpRequest) -> Caller:
    """Raises ApiProblem: 401 without a session or with a key that is no good, 403 without the CSRF token."""
    given = request.headers.get("Authorization", "")
    if given:
        return _by_key(given)
    signed_in: SignedIn | None = getattr(request, "signed_in", None)
    if signed_in is None or signed_in.tenant is None or signed_in.role is None:
        raise ApiProblem(401, "not_signed_in", "Sign in, or send an API key: Authorization: Bearer smk_…")
    check_csrf(request)
    return Caller(
        signed_in.user,
        signed_in.tenant,
        signed_in.role,
        signed_in.session,
        signed_in.is_fresh(timezone.now()),
    )


def _by_key(given: str) -> Caller:
    scheme, _, key = given.partition(" ")
    row = api_keys.find(key.strip(), now=timezone.now()) if scheme.lower() == "bearer" else None
    if row is None:
        raise ApiProblem(401, "bad_api_key", "This API key is not known, or it was revoked.")
    # A key is made after a fresh login, and can be taken back at any time.
    return Caller(row.created_by, row.tenant, Role(row.role), None, is_fresh=False)


def check_csrf(request: HttpRequest) -> None:
    """Raises ApiProblem when an unsafe request comes without its token."""
    if request.method not in UNSAFE:
        return
    check = _Check(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request)
    if reason := check.process_view(request, _no_view, (), {}):
        raise ApiProblem(
            403, "csrf_failed", f"Send the token of GET /api/v1/auth/csrf as X-CSRFToken. ({reason})"
        )


class _Check(CsrfViewMiddleware):
    """Django's own check, which says what is wrong instead of answering with a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _no_view(request: HttpRequest) -> HttpResponse:
    """Stands where the check looks whether a view is exempt."""
    raise NotImplementedError
