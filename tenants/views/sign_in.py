"""In and out: signing up, logging in, a lost password, the password asked again."""

from datetime import datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from smmbot.ui.forms import posted
from tenants import cookies, next_page
from tenants.browser import browser_of
from tenants.decorators import TenantRequest, needs
from tenants.domain import accounts, passwords, sessions
from tenants.domain.sessions import SignedIn, Tokens
from tenants.enums import AuditSource, OtpPurpose, Realm
from tenants.errors import (
    AccountError,
    NotAsSupport,
    NoTenant,
    SecondFactorNeeded,
    TooManyTries,
    WrongLogin,
    WrongSecondFactor,
)
from tenants.forms.sign_in import ConfirmForm, FirstPasswordForm, LoginForm, SecondFactorForm
from tenants.views.phone_steps import Steps

_HOME = "/overview"
# Proof that the password was right, in the person's own signed cookie, while the second factor is asked for.
_HALF_WAY = "half_way"
_show_or_take = require_http_methods(["GET", "HEAD", "POST"])


@_show_or_take
@login_not_required
@never_cache
def signup(request: HttpRequest) -> HttpResponse:
    """Phone, then code and password; the phone becomes the owner of a new tenant."""
    if _who(request) is not None:
        return redirect(_HOME)
    return _SIGN_UP.answer(request)


@_show_or_take
@login_not_required
@never_cache
def forgot(request: HttpRequest) -> HttpResponse:
    return _FORGOT.answer(request)


@_show_or_take
@login_not_required
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """Phone and password, then the second factor where there is one."""
    if _who(request) is not None:
        return redirect(next_page.wanted(request, default=_HOME))
    if request.method != "POST":
        request.session.pop(_HALF_WAY, None)
        return _show_login(request, LoginForm(initial={"phone": request.session.pop("phone", "")}))
    if request.POST.get("step") == "second":
        return _second_step(request)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _show_login(request, form)
    try:
        _, tokens = accounts.sign_in(
            phone=form.cleaned_data["phone"],
            password=form.cleaned_data["password"],
            browser=browser_of(request),
            now=timezone.now(),
        )
    except SecondFactorNeeded as half:
        request.session[_HALF_WAY] = half.half_way
        return _show_login(request, SecondFactorForm())
    except AccountError as error:
        form.add_error(None, error.message)
        return _show_login(request, form, status=_status(error))
    return _enter(request, tokens, next_page.wanted(request, default=_HOME))


def _second_step(request: HttpRequest) -> HttpResponse:
    form = SecondFactorForm(request.POST)
    if not form.is_valid():
        return _show_login(request, form)
    try:
        _, tokens = accounts.finish_sign_in(
            half_way=request.session.get(_HALF_WAY, ""),
            second=form.cleaned_data["code"],
            browser=browser_of(request),
            now=timezone.now(),
        )
    except WrongLogin:
        return _show_login(request, LoginForm(), problem="That took too long. Please log in again.")
    except AccountError as error:
        form.add_error("code" if isinstance(error, WrongSecondFactor) else None, error.message)
        return _show_login(request, form, status=_status(error))
    request.session.pop(_HALF_WAY, None)
    return _enter(request, tokens, next_page.wanted(request, default=_HOME))


def _show_login(
    request: HttpRequest, form: LoginForm | SecondFactorForm, *, problem: str = "", status: int | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "problem": problem,
        "is_second": isinstance(form, SecondFactorForm),
        "next": next_page.wanted(request, default=""),
        "is_demo": settings.DEMO,
    }
    wanted = status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or problem else HTTPStatus.OK)
    return render(request, "tenants/sign_in/login.html", context, status=wanted)


@require_POST
@needs(None)
def logout(request: TenantRequest) -> HttpResponseBase:
    """Ends the session here; the tokens are void at once, wherever they are."""
    session = request.signed_in.session
    sessions.end(session=session, now=timezone.now())
    return _leave("/admin/" if session.impersonator_id else reverse("login"))


@_show_or_take
@never_cache
@needs(None)
def confirm(request: TenantRequest) -> HttpResponseBase:
    """The password again, before a dangerous act."""
    form = ConfirmForm(posted(request))
    to, now = next_page.wanted(request, default=_HOME), timezone.now()
    is_support = request.signed_in.session.impersonator_id is not None
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            if is_support:
                raise NotAsSupport
            passwords.confirm(user=request.user, password=form.cleaned_data["password"])
        except AccountError as error:
            form.add_error("password", error.message)
            status = HTTPStatus(_status(error))
        else:
            sessions.confirm(session=request.signed_in.session, now=now)
            return redirect(to)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "next": to, "is_support": is_support, "minutes": _minutes(sessions.FRESH_FOR)}
    return render(request, "tenants/sign_in/confirm.html", context, status=status)


@_show_or_take
@never_cache
@needs(None)
def first_password(request: TenantRequest) -> HttpResponseBase:
    """The password we sent is exchanged for one that only the person knows."""
    if not request.user.must_change_password or request.signed_in.session.impersonator_id:
        return redirect("my_account")
    form = FirstPasswordForm(posted(request))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                accounts.set_first_password(
                    user=request.user,
                    password=form.cleaned_data["password"],
                    keep=request.signed_in.session,
                    source=AuditSource.DASHBOARD,
                    now=timezone.now(),
                )
            except AccountError as error:
                form.add_error("password", error.message)
            else:
                messages.success(request, "Your password is set. Welcome!")
                return redirect(_HOME)
    return render(request, "tenants/sign_in/first_password.html", {"form": form}, status=status)


@require_POST
@needs(None)
def switch_team(request: TenantRequest) -> HttpResponseBase:
    """Another team of the person; a page of this one may not exist there, so the overview opens."""
    wanted = request.POST.get("tenant", "")
    try:
        # isdecimal knows digits of other scripts, and so does int; a number that is no id is nobody's team.
        tenant_id = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
        tenant = sessions.switch(signed_in=request.signed_in, tenant_id=tenant_id, now=timezone.now())
    except NoTenant:
        messages.error(request, "You are not in that team any more.")
    else:
        messages.success(request, f"You are now in {tenant.name}.")
    return redirect(_HOME)


@require_POST
@needs(None)
def stop_impersonating(request: TenantRequest) -> HttpResponseBase:
    """Support leaves the tenant and is back in the platform admin."""
    if not request.signed_in.session.impersonator_id:
        return redirect(_HOME)
    sessions.end(session=request.signed_in.session, now=timezone.now(), reason="support_left")
    return _leave("/admin/")


def _finish_sign_up(
    request: HttpRequest, phone: str, code: str, password: str, now: datetime
) -> HttpResponse:
    _, tokens = accounts.sign_up(
        phone=phone, code=code, password=password, browser=browser_of(request), now=now
    )
    messages.success(request, "Welcome! Your account is ready.")
    return _enter(request, tokens, _HOME)


def _finish_forgot(request: HttpRequest, phone: str, code: str, password: str, now: datetime) -> HttpResponse:
    accounts.reset_password(
        phone=phone,
        code=code,
        password=password,
        address=browser_of(request).address,
        now=now,
        source=AuditSource.DASHBOARD,
    )
    messages.success(request, "Your new password is set. Log in with it; everywhere else you are signed out.")
    request.session["phone"] = phone
    response = redirect("login")
    cookies.clear(response, Realm.TENANT)
    return response


_SIGN_UP = Steps("signup", "tenants/sign_in/signup.html", OtpPurpose.SIGNUP, _finish_sign_up)
_FORGOT = Steps("forgot", "tenants/sign_in/forgot.html", OtpPurpose.RESET, _finish_forgot)


def _who(request: HttpRequest) -> SignedIn | None:
    signed_in: SignedIn | None = request.signed_in  # type: ignore[attr-defined]
    return signed_in


def _enter(request: HttpRequest, tokens: Tokens, to: str) -> HttpResponse:
    # A token somebody planted before the sign-in is worth nothing after it.
    rotate_token(request)
    response = redirect(to)
    cookies.set_tokens(response, Realm.TENANT, tokens)
    return response


def _leave(to: str) -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": to})
    cookies.clear(response, Realm.TENANT)
    return response


def _status(error: AccountError) -> int:
    is_too_often = isinstance(error, TooManyTries)
    return HTTPStatus.TOO_MANY_REQUESTS if is_too_often else HTTPStatus.UNPROCESSABLE_ENTITY


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60
