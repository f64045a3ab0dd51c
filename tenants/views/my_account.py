"""My account: for everybody of a team, whatever their role. Support that looks on may read it, not change it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tenants.decorators import TenantRequest, View, needs
from tenants.domain import accounts, devices, second_factor, sessions
from tenants.enums import AuditSource
from tenants.errors import AccountError, NotAsSupport, TooManyTries, WrongPassword
from tenants.forms.sign_in import NameForm, PasswordChangeForm
from tenants.models import LoginSession

P = ParamSpec("P")


def own_account(view: View[P]) -> Callable[..., HttpResponseBase]:
    """What only the person may change: support is sent back."""

    @wraps(view)
    def guarded(request: TenantRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.signed_in.session.impersonator_id:
            messages.error(request, NotAsSupport.message)
            return redirect("my_account")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@needs(None)
def index(request: TenantRequest) -> HttpResponseBase:
    return _page(request)


@require_POST
@needs(None)
@own_account
def rename(request: TenantRequest) -> HttpResponseBase:
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, name_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    name = form.cleaned_data["name"]
    accounts.rename(user=request.user, name=name, source=AuditSource.DASHBOARD, now=timezone.now())
    messages.success(request, "Your name is saved.")
    return redirect("my_account")


@require_POST
@needs(None)
@own_account
def change_password(request: TenantRequest) -> HttpResponseBase:
    form = PasswordChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, password_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        accounts.change_password(
            user=request.user,
            old=form.cleaned_data["old"],
            new=form.cleaned_data["new"],
            keep=request.signed_in.session,
            source=AuditSource.DASHBOARD,
            now=timezone.now(),
        )
    except AccountError as error:
        form.add_error("old" if isinstance(error, WrongPassword | TooManyTries) else "new", error.message)
        is_too_often = isinstance(error, TooManyTries)
        status = HTTPStatus.TOO_MANY_REQUESTS if is_too_often else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, password_form=form, status=status)
    messages.success(request, "Your password is changed. Everywhere else you are signed out.")
    return redirect("my_account")


@require_POST
@needs(None)
@own_account
def end_session(request: TenantRequest, session_id: UUID) -> HttpResponseBase:
    if session_id == request.signed_in.session.pk:
        messages.info(request, "That is this device. To leave here, log out.")
        return redirect("my_account")
    if not sessions.end_one(user=request.user, session_id=session_id, now=timezone.now()):
        raise Http404
    messages.success(request, "Signed out there.")
    return redirect("my_account")


@require_POST
@needs(None)
@own_account
def end_others(request: TenantRequest) -> HttpResponseBase:
    count = sessions.end_others(user=request.user, keep=request.signed_in.session, now=timezone.now())
    messages.success(request, f"Signed out in {count} other place{'' if count == 1 else 's'}.")
    return redirect("my_account")


def _page(
    request: TenantRequest,
    *,
    name_form: NameForm | None = None,
    password_form: PasswordChangeForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    user = request.user
    here = request.signed_in.session
    rows = list(sessions.of_user(user=user, now=timezone.now()))
    context = {
        "name_form": name_form or NameForm(initial={"name": user.name}),
        "password_form": password_form or PasswordChangeForm(),
        "recovery_codes_left": second_factor.left(user=user) if user.has_totp else 0,
        "places": [place_out(row, here) for row in sorted(rows, key=lambda row: row.pk != here.pk)],
        "is_support": here.impersonator_id is not None,
    }
    return render(request, "tenants/my_account/index.html", context, status=status)


def place_out(session: LoginSession, here: LoginSession) -> dict[str, Any]:
    """One line of “where am I signed in”."""
    return {
        "id": session.pk,
        "device": devices.words(session.user_agent),
        "is_handheld": devices.is_handheld(session.user_agent),
        "address": session.address or "",
        "last_seen_at": session.last_seen_at,
        "created_at": session.created_at,
        "is_here": session.pk == here.pk,
    }
