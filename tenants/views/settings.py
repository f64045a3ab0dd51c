from django.contrib import messages
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smmbot.ui.forms import posted
from smmbot.ui.htmx import go_to, render_screen
from tenants.decorators import TenantRequest, needs, who
from tenants.domain import api_keys, audit_log, closing, export, jobs, staff
from tenants.enums import Role
from tenants.errors import AccountError, JobRunning
from tenants.forms.settings import ApiKeyForm, AuditFilterForm, CloseForm
from tenants.models import ApiKey, Job
from tenants.permissions import Permission

_form_view = require_http_methods(["GET", "HEAD", "POST"])


@_form_view
@needs(Permission.MANAGE_STAFF, fresh=True)
def keys(request: TenantRequest) -> HttpResponseBase:
    """The keys, and the form for a new one. A new key is shown in this one answer and never again."""
    form, made = ApiKeyForm(posted(request)), ""
    if request.method == "POST" and form.is_valid():
        _, made = api_keys.create(
            tenant_id=request.tenant.pk,
            name=form.cleaned_data["name"],
            role=Role(form.cleaned_data["role"]),
            **who(request),
        )
        form = ApiKeyForm()
    context = {"keys": list(api_keys.of_tenant(tenant_id=request.tenant.pk)), "form": form, "made": made}
    response = render(request, "tenants/settings/keys.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs(Permission.MANAGE_STAFF, fresh=True)
def revoke_key(request: TenantRequest, key_id: int) -> HttpResponseBase:
    try:
        key = api_keys.of_tenant(tenant_id=request.tenant.pk).get(pk=key_id)
    except ApiKey.DoesNotExist as error:
        raise Http404 from error
    api_keys.revoke(key=key, **who(request))
    messages.success(
        request, f"The key “{key.name}” is revoked. Scripts that use it are refused from now on."
    )
    return go_to(request, reverse("settings_keys"))


@require_safe
@needs(Permission.MANAGE_STAFF)
def audit(request: TenantRequest) -> HttpResponseBase:
    team = [(str(row.user_id), str(row.user)) for row in staff.team(tenant_id=request.tenant.pk)]
    form = AuditFilterForm(request.GET or None, people=team)
    filters = form.filters(request.zone())
    rows = audit_log.entries(tenant_id=request.tenant.pk, filters=filters)
    found, next_mark = audit_log.page_of(rows, after=request.GET.get("after", ""))
    context = {
        "entries": [audit_log.shown(row) for row in found],
        "next_mark": next_mark,
        "is_first": "after" not in request.GET,
        "is_filtered": any(value for name, value in request.GET.items() if name != "after"),
        "form": form,
    }
    return render_screen(request, "tenants/settings/audit.html", "tenants/settings/_entries.html", context)


@require_safe
@needs(Permission.MANAGE_STAFF)
def data(request: TenantRequest) -> HttpResponseBase:
    context = {
        "job": jobs.latest(tenant_id=request.tenant.pk, kind=export.KIND),
        "ready": export.ready(tenant_id=request.tenant.pk),
    }
    return render_screen(request, "tenants/settings/data.html", "tenants/settings/_export.html", context)


@require_POST
@needs(Permission.MANAGE_STAFF, fresh=True)
def start_export(request: TenantRequest) -> HttpResponseBase:
    try:
        export.start(
            tenant_id=request.tenant.pk,
            **who(request),
        )
    except JobRunning:
        messages.info(request, "An export is being made already.")
    return go_to(request, reverse("settings_data"))


@require_safe
@needs(Permission.MANAGE_STAFF, fresh=True)
def download_export(request: TenantRequest, job_id: int) -> HttpResponseBase:
    try:
        job = export.get(tenant_id=request.tenant.pk, job_id=job_id)
    except Job.DoesNotExist as error:
        raise Http404 from error
    return zip_response(request.tenant.name, job)


@_form_view
@needs(Permission.MANAGE_STAFF, fresh=True)
def close(request: TenantRequest) -> HttpResponseBase:
    form = CloseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            closing.ask(
                tenant=request.tenant,
                name=form.cleaned_data["name"],
                **who(request),
            )
        except AccountError as error:
            form.add_error("name", error.message)
        else:
            messages.success(
                request, "The account will be deleted in seven days. Until then you can undo it."
            )
            return go_to(request, reverse("settings_data"))
    return render(request, "tenants/settings/close.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs(Permission.MANAGE_STAFF)
def keep(request: TenantRequest) -> HttpResponseBase:
    if closing.undo(tenant=request.tenant, **who(request)):
        messages.success(request, "The account stays. Nothing was deleted.")
    return go_to(request, reverse("settings_data"))


def zip_response(name: str, job: Job) -> HttpResponseBase:
    """The ZIP as a download, here and in the API."""
    made = job.finished_at or job.created_at
    file_name = f"{slugify(name) or 'account'}-{made:%Y-%m-%d}.zip"
    response = StreamingHttpResponse(
        export.read(tenant_id=job.tenant_id, job_id=job.pk), content_type="application/zip"
    )
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["Content-Length"] = str(job.result["bytes"])
    response["Cache-Control"] = "no-store"
    return response
