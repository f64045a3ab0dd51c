"""The second factor of my own account: set up with an authenticator app, recovery codes, off again."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenants.decorators import TenantRequest, needs
from tenants.domain import accounts, second_factor
from tenants.enums import AuditSource
from tenants.errors import AccountError, AlreadyOn, TooManyTries, WrongSecondFactor
from tenants.forms.sign_in import TotpForm
from tenants.views.my_account import own_account


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(None, fresh=True)
@own_account
def set_up(request: TenantRequest) -> HttpResponseBase:
    """Begin with POST: a new secret, drawn as a QR until its first code is entered."""
    if request.method == "POST":
        try:
            second_factor.begin(user=request.user)
        except AlreadyOn:
            return redirect("my_account")
        return redirect("second_factor")
    return _show(request, TotpForm())


@require_POST
@never_cache
@needs(None, fresh=True)
@own_account
def switch_on(request: TenantRequest) -> HttpResponseBase:
    form = TotpForm(request.POST)
    if not form.is_valid():
        return _show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        codes = accounts.switch_second_factor_on(
            user=request.user,
            code=form.cleaned_data["code"],
            source=AuditSource.DASHBOARD,
            now=timezone.now(),
        )
    except AlreadyOn:
        return redirect("my_account")
    except WrongSecondFactor:
        form.add_error(
            "code", "That code is not right. Is the phone's clock set by itself? Enter the next code."
        )
        return _show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except AccountError as error:
        form.add_error("code", error.message)
        is_too_often = isinstance(error, TooManyTries)
        status = HTTPStatus.TOO_MANY_REQUESTS if is_too_often else HTTPStatus.UNPROCESSABLE_ENTITY
        return _show(request, form, status)
    return _show_codes(request, codes, is_new=True)


@require_POST
@never_cache
@needs(None, fresh=True)
@own_account
def new_codes(request: TenantRequest) -> HttpResponseBase:
    if not request.user.has_totp:
        return redirect("my_account")
    codes = accounts.renew_recovery_codes(user=request.user, source=AuditSource.DASHBOARD, now=timezone.now())
    return _show_codes(request, codes, is_new=False)


@require_POST
@needs(None, fresh=True)
@own_account
def switch_off(request: TenantRequest) -> HttpResponseBase:
    accounts.switch_second_factor_off(user=request.user, source=AuditSource.DASHBOARD, now=timezone.now())
    messages.success(request, "The second factor is off. Your password alone lets you in.")
    return redirect("my_account")


def _show(request: TenantRequest, form: TotpForm, status: int = HTTPStatus.OK) -> HttpResponse:
    """The secret, as long as it is not in use: after that it is nobody's to see."""
    if request.user.has_totp or not request.user.totp_secret:
        return redirect("my_account")
    context = {"form": form, "set_up": second_factor.set_up_of(request.user)}
    return render(request, "tenants/my_account/second_factor.html", context, status=status)


def _show_codes(request: TenantRequest, codes: list[str], *, is_new: bool) -> HttpResponse:
    """Once: they are kept as digests."""
    context = {"codes": codes, "text": "\n".join(codes), "is_new": is_new}
    return render(request, "tenants/my_account/recovery_codes.html", context)
