"""Signing up, in and out, and one's own account. The public ones take JSON alone, which no form of another site can
send; the tokens travel in HttpOnly cookies, never in the answer."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token, rotate_token
from django.urls import path
from django.utils import timezone

from smmbot.api.answers import listed
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, created, endpoint, methods, ok
from smmbot.api.errors import ApiProblem, not_found, translates
from smmbot.api.pagination import PageQuery, paged
from tenants import cookies
from tenants.browser import browser_of
from tenants.domain import accounts, devices, otp, passwords, second_factor, sessions
from tenants.domain.sessions import SignedIn, Tokens
from tenants.enums import AuditSource, OtpPurpose, Realm, Role
from tenants.errors import (
    AccountError,
    AlreadyOn,
    NotAsSupport,
    NoTenant,
    PasswordExpired,
    SamePassword,
    SecondFactorNeeded,
    SessionEnded,
    Suspended,
    TooManyTries,
    WrongLogin,
)
from tenants.models import LoginSession, User
from tenants.permissions import ROLE_PERMISSIONS
from tenants.schemas.auth import (
    ChangedOut,
    CodeSentOut,
    ConfirmedOut,
    ConfirmIn,
    CsrfOut,
    EndedOut,
    EnteredOut,
    LoggedOut,
    LoginIn,
    MeOut,
    PasswordIn,
    PhoneIn,
    ProfileIn,
    ProfileOut,
    RecoveryCodesOut,
    RefreshedOut,
    ResetIn,
    ResetOut,
    SessionOut,
    SignUpIn,
    SwitchedOut,
    SwitchIn,
    TotpIn,
    TotpOut,
    TotpSecretOut,
    UserOut,
)

translates(AccountError, status=400)
translates(WrongLogin, status=401)
translates(SecondFactorNeeded, status=401)
translates(PasswordExpired, status=403)
translates(NoTenant, status=403)
translates(Suspended, status=403)
translates(NotAsSupport, status=403)
translates(AlreadyOn, status=409)
translates(SamePassword, status=400)
translates(TooManyTries, status=429)
translates(SessionEnded, status=401, message="The session is over. Log in again.")


# --- before there is a session ---------------------------------------------------------------------------------


@endpoint("POST", is_public=True, body=PhoneIn, answers=(202,), out=CodeSentOut)
def signup_send(request: ApiRequest) -> ApiResult:
    """Send a sign-up code to a phone. The answer is the same for a phone that has an account."""
    return _send(request, OtpPurpose.SIGNUP)


@endpoint("POST", is_public=True, body=SignUpIn, answers=(201,), out=EnteredOut)
def signup_verify(request: ApiRequest) -> ApiResult:
    """Sign up with the code: makes the owner and their tenant, and signs in."""
    session, tokens = accounts.sign_up(
        phone=request.body.phone,
        code=request.body.otp,
        password=request.body.password,
        browser=browser_of(request.http),
        now=request.now,
    )
    return _entered(request.http, session, tokens, status=201)


@endpoint("POST", is_public=True, body=LoginIn, out=EnteredOut)
def login_phone(request: ApiRequest) -> ApiResult:
    """Log in. `second_factor_needed`: send the same again with `code`."""
    session, tokens = accounts.sign_in(
        phone=request.body.phone,
        password=request.body.password,
        second=request.body.code,
        browser=browser_of(request.http),
        now=request.now,
    )
    return _entered(request.http, session, tokens)


@endpoint("POST", is_public=True, body=PhoneIn, answers=(202,), out=CodeSentOut)
def forgot_send(request: ApiRequest) -> ApiResult:
    """Send a code for a new password. The answer is the same for a phone without an account."""
    return _send(request, OtpPurpose.RESET)


@endpoint("POST", is_public=True, body=ResetIn, out=ResetOut)
def forgot_reset(request: ApiRequest) -> ApiResult:
    """Set a new password with the code; every session ends."""
    accounts.reset_password(
        phone=request.body.phone,
        code=request.body.otp,
        password=request.body.new_password,
        address=browser_of(request.http).address,
        now=request.now,
        source=AuditSource.API,
    )
    return ok({"reset": True})


@endpoint("POST", is_public=True, out=RefreshedOut)
def refresh(request: ApiRequest) -> ApiResult:
    """Trade the refresh cookie for new cookies. Each is good once."""
    _, token = cookies.read(request.http, Realm.TENANT)
    if not token:
        raise SessionEnded("no_cookie")
    response: JsonResponse
    try:
        signed_in, tokens = sessions.refresh(token, realm=Realm.TENANT, now=request.now)
    except SessionEnded:
        response = ApiProblem(401, "session_ended", "The session is over. Log in again.").response()
        cookies.clear(response, Realm.TENANT)
        return ApiResult(response=response)
    response = JsonResponse({"expires_at": signed_in.session.expires_at})
    cookies.set_tokens(response, Realm.TENANT, tokens)
    return ApiResult(response=response)


@endpoint("GET", is_public=True, out=CsrfOut)
def csrf(request: ApiRequest) -> ApiResult:
    """The token that unsafe calls with cookies send as X-CSRFToken."""
    return ok({"csrf_token": get_token(request.http)})


# --- who am I ----------------------------------------------------------------------------------------------------


@endpoint("GET", takes_first_password=True, out=MeOut)
def me(request: ApiRequest) -> ApiResult:
    """Who calls, for which team, and what they may do."""
    caller = request.caller
    more = {"csrf_token": get_token(request.http)} if caller.session else {}
    return ok(
        {
            "user": user_out(caller.user),
            "tenant": {"id": caller.tenant.pk, "name": caller.tenant.name, "slug": caller.tenant.slug},
            "role": caller.role,
            "permissions": sorted(ROLE_PERMISSIONS[caller.role]),
            "teams": [
                {"tenant_id": place.tenant_id, "name": place.tenant.name, "role": place.role}
                for place in (sessions.teams(caller.user) if caller.session else ())
            ],
            "is_fresh": caller.is_fresh,
            "impersonated_by": str(caller.session.impersonator)
            if caller.session and caller.session.impersonator
            else None,
            **more,
        }
    )


@endpoint("PATCH", body=ProfileIn, out=ProfileOut)
def rename(request: ApiRequest) -> ApiResult:
    """Change one's own name."""
    _own_session(request)
    user = request.caller.user
    accounts.rename(user=user, name=request.body.name, source=AuditSource.API, now=request.now)
    return ok({"user": user_out(user)})


@endpoint("POST", takes_first_password=True, out=LoggedOut)
def logout(request: ApiRequest) -> ApiResult:
    """End this session and forget its cookies."""
    sessions.end(session=_session(request), now=request.now)
    response = JsonResponse({"logged_out": True})
    cookies.clear(response, Realm.TENANT)
    return ApiResult(response=response)


@endpoint("POST", body=ConfirmIn, takes_first_password=True, out=ConfirmedOut)
def confirm(request: ApiRequest) -> ApiResult:
    """Give the password again, as dangerous acts ask for."""
    session = _own_session(request)
    passwords.confirm(user=request.caller.user, password=request.body.password)
    sessions.confirm(session=session, now=request.now)
    return ok({"fresh_until": request.now + sessions.FRESH_FOR})


@endpoint("POST", body=SwitchIn, out=SwitchedOut)
def switch(request: ApiRequest) -> ApiResult:
    """Open another of one's teams in this session."""
    _own_session(request)
    tenant = sessions.switch(signed_in=_signed_in(request), tenant_id=request.body.tenant_id, now=request.now)
    return ok({"tenant": {"id": tenant.pk, "name": tenant.name, "slug": tenant.slug}})


@endpoint("POST", body=PasswordIn, takes_first_password=True, out=ChangedOut)
def change_password(request: ApiRequest) -> ApiResult:
    """Change the password; every other session ends. Also replaces a first password we sent."""
    session, user = _own_session(request), request.caller.user
    if user.must_change_password and request.body.old_password == request.body.new_password:
        raise SamePassword
    accounts.change_password(
        user=user,
        old=request.body.old_password,
        new=request.body.new_password,
        keep=session,
        source=AuditSource.API,
        now=request.now,
    )
    return ok({"changed": True})


# --- the second factor -------------------------------------------------------------------------------------------


@endpoint("POST", is_fresh=True, out=TotpSecretOut)
def totp_begin(request: ApiRequest) -> ApiResult:
    """Make a secret for an authenticator app. It is asked for once `totp/enable` has seen a code of it."""
    _own_session(request)
    user = request.caller.user
    address = second_factor.begin(user=user)
    return ok({"otpauth_url": address, "secret": user.totp_secret})


@endpoint("POST", is_fresh=True, body=TotpIn, out=RecoveryCodesOut)
def totp_enable(request: ApiRequest) -> ApiResult:
    """Switch the second factor on. The recovery codes are told this once."""
    _own_session(request)
    codes = accounts.switch_second_factor_on(
        user=request.caller.user, code=request.body.code, source=AuditSource.API, now=request.now
    )
    return ok({"recovery_codes": codes})


@endpoint("POST", is_fresh=True, out=TotpOut)
def totp_disable(request: ApiRequest) -> ApiResult:
    """Switch the second factor off."""
    _own_session(request)
    accounts.switch_second_factor_off(user=request.caller.user, source=AuditSource.API, now=request.now)
    return ok({"has_second_factor": False})


@endpoint("POST", is_fresh=True, answers=(201,), out=RecoveryCodesOut)
def recovery_codes(request: ApiRequest) -> ApiResult:
    """Make new recovery codes; the old ones are void."""
    _own_session(request)
    if not request.caller.user.has_totp:
        raise ApiProblem(409, "second_factor_off", "Switch the second factor on first.")
    codes = accounts.renew_recovery_codes(user=request.caller.user, source=AuditSource.API, now=request.now)
    return created({"recovery_codes": codes})


# --- where am I signed in ----------------------------------------------------------------------------------------


@endpoint("GET", query=PageQuery, out=listed(SessionOut))
def list_sessions(request: ApiRequest) -> ApiResult:
    """Where one is signed in, the most recent first."""
    here = _session(request)
    rows = sessions.of_user(user=request.caller.user, now=request.now)
    return ok(paged(request.http, rows, request.query, lambda row: session_out(row, here)))


@endpoint("DELETE", out=EndedOut)
def delete_session(request: ApiRequest, session_id: UUID) -> ApiResult:
    """Sign out in one other place."""
    here = _own_session(request)
    if session_id == here.pk:
        raise ApiProblem(409, "this_session", "This is the session you call with: POST /api/v1/auth/logout.")
    if not sessions.end_one(user=request.caller.user, session_id=session_id, now=request.now):
        raise not_found("login_session_not_found", "There is no such session, or it is over.")
    return ok({"ended": 1})


@endpoint("DELETE", out=EndedOut)
def delete_other_sessions(request: ApiRequest) -> ApiResult:
    """Sign out everywhere else."""
    here = _own_session(request)
    return ok({"ended": sessions.end_others(user=request.caller.user, keep=here, now=request.now)})


def user_out(user: User) -> UserOut:
    return {
        "id": user.pk,
        "phone": str(user.phone),
        "name": user.name,
        "has_second_factor": user.has_totp,
        "must_change_password": user.must_change_password,
    }


def session_out(session: LoginSession, here: LoginSession) -> SessionOut:
    return {
        "id": str(session.pk),
        "device": devices.words(session.user_agent),
        "address": session.address,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "is_current": session.pk == here.pk,
    }


def _send(request: ApiRequest, purpose: OtpPurpose) -> ApiResult:
    otp.issue(
        purpose=purpose,
        phone=request.body.phone,
        address=browser_of(request.http).address,
        now=request.now,
    )
    return accepted(
        {
            "sent_to": request.body.phone,
            "expires_in_s": int(otp.LIVES.total_seconds()),
            "again_after_s": int(otp.AGAIN_AFTER.total_seconds()),
        }
    )


def _entered(http: HttpRequest, session: LoginSession, tokens: Tokens, *, status: int = 200) -> ApiResult:
    before: SignedIn | None = http.signed_in  # type: ignore[attr-defined]
    if before is not None:
        sessions.end(session=before.session, now=timezone.now(), reason="signed_in_again")
    # A token somebody planted before the sign-in is worth nothing after it.
    rotate_token(http)
    signed_in = sessions.find(tokens.access, realm=Realm.TENANT, now=timezone.now())
    response = JsonResponse(
        {
            "user": user_out(session.user),
            "tenant": {
                "id": signed_in.session.tenant_id,
                "name": signed_in.tenant.name if signed_in.tenant else "",
            },
            "role": signed_in.role or Role.STAFF,
            "csrf_token": get_token(http),
        },
        status=status,
    )
    cookies.set_tokens(response, Realm.TENANT, tokens)
    return ApiResult(response=response)


def _session(request: ApiRequest) -> LoginSession:
    """Keys open the team's data, not a person's account."""
    if request.caller.session is None:
        raise ApiProblem(403, "session_needed", "This is about a person: log in, an API key will not do.")
    return request.caller.session


def _own_session(request: ApiRequest) -> LoginSession:
    session = _session(request)
    if session.impersonator_id:
        raise NotAsSupport
    return session


def _signed_in(request: ApiRequest) -> SignedIn:
    signed_in: SignedIn = request.http.signed_in  # type: ignore[attr-defined]
    return signed_in


urlpatterns = [
    path("auth/phone/send", methods(signup_send), name="api_signup_send"),
    path("auth/phone/verify", methods(signup_verify), name="api_signup_verify"),
    path("auth/login/phone", methods(login_phone), name="api_login"),
    path("auth/phone/forgot-password/send", methods(forgot_send), name="api_forgot_send"),
    path("auth/phone/forgot-password/reset", methods(forgot_reset), name="api_forgot_reset"),
    path("auth/me", methods(me, rename), name="api_me"),
    path("auth/logout", methods(logout), name="api_logout"),
    path("auth/refresh", methods(refresh), name="api_refresh"),
    path("auth/csrf", methods(csrf), name="api_csrf"),
    path("auth/confirm", methods(confirm), name="api_confirm"),
    path("auth/switch", methods(switch), name="api_switch"),
    path("auth/password", methods(change_password), name="api_password"),
    path("auth/totp/begin", methods(totp_begin), name="api_totp_begin"),
    path("auth/totp/enable", methods(totp_enable), name="api_totp_enable"),
    path("auth/totp/disable", methods(totp_disable), name="api_totp_disable"),
    path("auth/totp/recovery-codes", methods(recovery_codes), name="api_recovery_codes"),
    path("auth/sessions", methods(list_sessions, delete_other_sessions), name="api_sessions"),
    path("auth/sessions/<uuid:session_id>", methods(delete_session), name="api_session"),
]
