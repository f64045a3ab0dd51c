"""The second factor of the platform's own staff: set up with an authenticator app, recovery codes, off again. Their
account is the same as in a dashboard, the way in is not: these pages open with a session of the admin alone."""

from http import HTTPStatus

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smmbot.site.admin_access import fresh, platform_user, staff_session, wanted_page
from smmbot.site.admin_forms import AdminCodeForm, AdminConfirmForm
from smmbot.ui.forms import posted
from tenants.domain import accounts, passwords, second_factor, sessions
from tenants.enums import AuditSource
from tenants.errors import AccountError, AlreadyOn, TooManyTries, WrongSecondFactor

_ADMIN = AuditSource.ADMIN


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Is it on, and how many recovery codes are left?"""
    user = platform_user(request)
    left = second_factor.left(user=user) if user.has_totp else 0
    return _page(request, "index", "Second factor", recovery_codes_left=left)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def set_up(request: HttpRequest) -> HttpResponseBase:
    """Begin with POST: a new secret, drawn as a QR until its first code is entered."""
    user = platform_user(request)
    if request.method == "POST":
        try:
            second_factor.begin(user=user)
        except AlreadyOn:
            return redirect("admin:second_factor")
        return redirect("admin:second_factor_set_up")
    return _show(request, AdminCodeForm())


@require_POST
@fresh
def switch_on(request: HttpRequest) -> HttpResponseBase:
    form = AdminCodeForm(request.POST)
    if not form.is_valid():
        return _show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        codes = accounts.switch_second_factor_on(
            user=platform_user(request), code=form.cleaned_data["code"], source=_ADMIN, now=timezone.now()
        )
    except AlreadyOn:
        return redirect("admin:second_factor")
    except WrongSecondFactor:
        form.add_error(
            "code", "That code is not right. Is the phone’s clock set by itself? Enter the next code."
        )
        return _show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except AccountError as error:
        form.add_error("code", error.message)
        return _show(request, form, _status(error))
    return _page(request, "codes", "The second factor is on", codes=codes, text="\n".join(codes))


@require_POST
@fresh
def new_codes(request: HttpRequest) -> HttpResponseBase:
    user = platform_user(request)
    if not user.has_totp:
        return redirect("admin:second_factor")
    codes = accounts.renew_recovery_codes(user=user, source=_ADMIN, now=timezone.now())
    return _page(request, "codes", "New recovery codes", codes=codes, text="\n".join(codes))


@require_POST
@fresh
def switch_off(request: HttpRequest) -> HttpResponseBase:
    accounts.switch_second_factor_off(user=platform_user(request), source=_ADMIN, now=timezone.now())
    messages.success(request, "The second factor is off. Your password alone lets you in.")
    return redirect("admin:second_factor")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """The password again, before a dangerous act."""
    form, to, status = AdminConfirmForm(posted(request)), wanted_page(request), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            passwords.confirm(user=platform_user(request), password=form.cleaned_data["password"])
        except AccountError as error:
            form.add_error("password", error.message)
            status = _status(error)
        else:
            sessions.confirm(session=staff_session(request).session, now=timezone.now())
            return redirect(to)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    minutes = int(sessions.FRESH_FOR.total_seconds() // 60)
    return _page(request, "confirm", "Is it you?", status, form=form, next=to, minutes=minutes)


def _show(request: HttpRequest, form: AdminCodeForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponseBase:
    """The secret, as long as it is not in use: after that it is nobody's to see."""
    user = platform_user(request)
    if user.has_totp or not user.totp_secret:
        return redirect("admin:second_factor")
    shown = second_factor.set_up_of(user)
    return _page(request, "set_up", "Set up the second factor", status, form=form, set_up=shown)


def _page(
    request: HttpRequest, name: str, title: str, status: HTTPStatus = HTTPStatus.OK, **more: object
) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **more}
    return TemplateResponse(request, f"admin/second_factor/{name}.html", context, status=status)


def _status(error: AccountError) -> HTTPStatus:
    is_too_often = isinstance(error, TooManyTries)
    return HTTPStatus.TOO_MANY_REQUESTS if is_too_often else HTTPStatus.UNPROCESSABLE_ENTITY
