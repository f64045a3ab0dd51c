from datetime import UTC, date, datetime, time, timedelta

from django.urls import path

from smmbot.api.answers import Media, listed, whole
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, created, endpoint, methods, ok
from smmbot.api.errors import bad_request, translates
from smmbot.api.pagination import paged
from tenants.api.jobs import job_out
from tenants.domain import api_keys, audit_log, closing, export, jobs
from tenants.domain.audit_log import Filters
from tenants.enums import Role
from tenants.errors import WrongName
from tenants.models import ApiKey, AuditEntry
from tenants.permissions import Permission
from tenants.schemas.jobs import JobOut
from tenants.schemas.settings import (
    ApiKeyIn,
    ApiKeyOut,
    AuditOut,
    AuditQuery,
    CloseIn,
    ClosingOut,
    ExportOut,
    KeptOut,
    NewApiKeyOut,
    RevokedOut,
)
from tenants.views.settings import zip_response

translates(WrongName, status=400)


def key_out(key: ApiKey) -> ApiKeyOut:
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "role": key.role,
        "created_by": str(key.created_by),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
    }


def entry_out(entry: AuditEntry) -> AuditOut:
    return {
        "id": entry.pk,
        "at": entry.created_at,
        "user_id": entry.user_id,
        "who": str(entry.user) if entry.user else None,
        "action": entry.action,
        "said": audit_log.said(entry.action),
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
        "source": entry.source,
    }


@endpoint("GET", needs=Permission.MANAGE_STAFF, out=listed(ApiKeyOut))
def list_keys(request: ApiRequest) -> ApiResult:
    """API keys in use; the keys themselves are shown once, when they are made."""
    results = [key_out(key) for key in api_keys.of_tenant(tenant_id=request.tenant_id)]
    return ok(whole(results))


@endpoint(
    "POST", needs=Permission.MANAGE_STAFF, is_fresh=True, body=ApiKeyIn, answers=(201,), out=NewApiKeyOut
)
def create_key(request: ApiRequest) -> ApiResult:
    """Make an API key. `key` is in this answer alone."""
    row, key = api_keys.create(
        tenant_id=request.tenant_id,
        name=request.body.name,
        role=Role(request.body.role),
        **request.who,
    )
    return created({**key_out(row), "key": key})


@endpoint("DELETE", needs=Permission.MANAGE_STAFF, is_fresh=True, out=RevokedOut)
def revoke_key(request: ApiRequest, key_id: int) -> ApiResult:
    """Revoke an API key: scripts that use it are refused from now on."""
    key = api_keys.of_tenant(tenant_id=request.tenant_id).get(pk=key_id)
    api_keys.revoke(key=key, **request.who)
    return ok({"id": key_id, "revoked": True})


@endpoint("GET", needs=Permission.MANAGE_STAFF, query=AuditQuery, out=listed(AuditOut))
def list_audit(request: ApiRequest) -> ApiResult:
    """Who did what, before and after, the newest first."""
    query = request.query
    if query.area and query.area not in audit_log.AREAS:
        known = ", ".join(audit_log.AREAS)
        raise bad_request("invalid", f"area is one of {known}.", area=f"One of {known}.")
    filters = Filters(
        user_id=query.user_id,
        area=query.area,
        source=query.source,
        text=query.q,
        since=_midnight(query.since),
        until=_midnight(query.until, days=1),
    )
    rows = audit_log.entries(tenant_id=request.tenant_id, filters=filters)
    return ok(paged(request.http, rows, query, entry_out))


@endpoint("GET", needs=Permission.MANAGE_STAFF, out=ExportOut)
def show_export(request: ApiRequest) -> ApiResult:
    """How far the newest export is, and which one can be downloaded."""
    latest = jobs.latest(tenant_id=request.tenant_id, kind=export.KIND)
    ready = export.ready(tenant_id=request.tenant_id)
    return ok({"latest": latest and job_out(latest), "ready": ready and job_out(ready)})


@endpoint("POST", needs=Permission.MANAGE_STAFF, is_fresh=True, answers=(202,), out=JobOut)
def start_export(request: ApiRequest) -> ApiResult:
    """Begin to put everything of the account into a ZIP. Ask after the job, then download it."""
    job = export.start(
        tenant_id=request.tenant_id,
        **request.who,
    )
    return accepted(job_out(job))


@endpoint("GET", needs=Permission.MANAGE_STAFF, is_fresh=True, out=Media("application/zip"))
def download_export(request: ApiRequest, job_id: int) -> ApiResult:
    """Download an export that is done."""
    job = export.get(tenant_id=request.tenant_id, job_id=job_id)
    return ApiResult(response=zip_response(request.caller.tenant.name, job))


@endpoint("POST", needs=Permission.MANAGE_STAFF, is_fresh=True, body=CloseIn, out=ClosingOut)
def close(request: ApiRequest) -> ApiResult:
    """Delete the account, seven days from now. Until then it can be undone."""
    closes_at = closing.ask(
        tenant=request.caller.tenant,
        name=request.body.name,
        **request.who,
    )
    return ok({"closes_at": closes_at})


@endpoint("POST", needs=Permission.MANAGE_STAFF, out=KeptOut)
def keep(request: ApiRequest) -> ApiResult:
    """Keep an account that was to be deleted."""
    undone = closing.undo(
        tenant=request.caller.tenant,
        **request.who,
    )
    return ok({"closes_at": None, "changed": undone})


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    try:
        return datetime.combine(day + timedelta(days=days), time(), tzinfo=UTC) if day else None
    except OverflowError:
        return None


urlpatterns = [
    path("api-keys", methods(list_keys, create_key), name="api_keys"),
    path("api-keys/<int:key_id>", methods(revoke_key), name="api_key"),
    path("audit", methods(list_audit), name="api_audit"),
    path("account/export", methods(show_export, start_export), name="api_export"),
    path("account/export/<int:job_id>", methods(download_export), name="api_export_download"),
    path("account/close", methods(close), name="api_account_close"),
    path("account/keep", methods(keep), name="api_account_keep"),
]
