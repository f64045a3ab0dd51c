from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smmbot.lib.client_address import client_address
from smmbot.ui.forms import posted
from smmbot.ui.htmx import go_to, render_screen
from tenants.decorators import TenantRequest, needs, who
from tenants.domain import staff
from tenants.enums import Role
from tenants.errors import AccountError
from tenants.forms.staff import AddNumberForm, JoinForm, RoleForm
from tenants.models import TenantAdmin
from tenants.permissions import Permission

_form_view = require_http_methods(["GET", "HEAD", "POST"])
_FIRST, _SECOND = "tenants/staff/_phone.html", "tenants/staff/_code.html"


@require_safe
@needs(Permission.MANAGE_STAFF, fresh=True)
def index(request: TenantRequest) -> HttpResponseBase:
    team = list(staff.team(tenant_id=request.tenant.pk))
    return render(request, "tenants/staff/index.html", {"team": team, "now": timezone.now()})


@_form_view
@needs(Permission.MANAGE_STAFF, fresh=True)
def add(request: TenantRequest) -> HttpResponseBase:
    """The first step: the code goes out, and the second step is shown."""
    form = AddNumberForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        return _step(request, _FIRST, form, status=422 if form.errors else 200)
    error = ""
    try:
        staff.send_code(
            tenant_id=request.tenant.pk,
            phone=form.cleaned_data["phone"],
            address=client_address(request),
            now=timezone.now(),
        )
    except AccountError as problem:
        error = problem.message
    if error and "again" not in request.POST:
        form.add_error("phone", error)
        return _step(request, _FIRST, form, status=422)
    second = JoinForm(initial=form.cleaned_data)
    # A code that was asked for again too soon: the one that is on its way is still good.
    return _step(request, _SECOND, second, status=422 if error else 200, told=error)


@require_POST
@needs(Permission.MANAGE_STAFF, fresh=True)
def join(request: TenantRequest) -> HttpResponseBase:
    """The second step: the code is right, and the team has one more."""
    form = JoinForm(request.POST)
    if not form.is_valid():
        if not form["phone"].errors and not form["role"].errors:
            return _step(request, _SECOND, form, status=422)
        return _step(request, _FIRST, AddNumberForm(request.POST), status=422)
    given = form.cleaned_data
    try:
        member = staff.join(
            tenant=request.tenant,
            phone=given["phone"],
            code=given["code"],
            role=Role(given["role"]),
            name=given["name"],
            address=client_address(request),
            **who(request),
        )
    except AccountError as error:
        form.add_error("code", error.message)
        return _step(request, _SECOND, form, status=422)
    what = "The first password" if member.user.must_change_password else "The news"
    messages.success(request, f"{member.user} is in the team. {what} is on its way to their WhatsApp.")
    return go_to(request, reverse("staff"))


@_form_view
@needs(Permission.MANAGE_STAFF, fresh=True)
def member(request: TenantRequest, admin_id: int) -> HttpResponseBase:
    person = _get(request, admin_id)
    form = RoleForm(posted(request), initial={"role": person.role})
    if request.method == "POST" and form.is_valid():
        person = staff.change_role(
            tenant_id=request.tenant.pk,
            admin_id=admin_id,
            role=Role(form.cleaned_data["role"]),
            **who(request),
        )
        messages.success(request, f"{person.user} is {Role(person.role).label} now.")
        return go_to(request, reverse("staff"))
    context = {"member": person, "form": form, "now": timezone.now()}
    return render(request, "tenants/staff/member.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.MANAGE_STAFF, fresh=True)
def remove(request: TenantRequest, admin_id: int) -> HttpResponseBase:
    _get(request, admin_id)
    gone = staff.remove(
        tenant_id=request.tenant.pk,
        admin_id=admin_id,
        **who(request),
    )
    messages.success(request, f"{gone.user} is no longer in the team.")
    return go_to(request, reverse("staff"))


@require_POST
@needs(Permission.MANAGE_STAFF, fresh=True)
def send_password(request: TenantRequest, admin_id: int) -> HttpResponseBase:
    _get(request, admin_id)
    try:
        person = staff.send_password_again(
            tenant=request.tenant,
            admin_id=admin_id,
            **who(request),
        )
    except AccountError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"A new first password is on its way to {person.user}.")
    return go_to(request, reverse("staff_member", args=[admin_id]))


def _get(request: TenantRequest, admin_id: int) -> TenantAdmin:
    """Somebody who can be changed: the owner has no such page."""
    try:
        person = staff.get(tenant_id=request.tenant.pk, admin_id=admin_id)
    except TenantAdmin.DoesNotExist as error:
        raise Http404 from error
    if person.role == Role.OWNER:
        raise Http404
    return person


def _step(
    request: TenantRequest, part: str, form: AddNumberForm, *, status: int = 200, told: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "told": told,
        "phone": form["phone"].value(),
        "is_second": part == _SECOND,
    }
    return render_screen(request, "tenants/staff/add.html", part, context, status=status)
