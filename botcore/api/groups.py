from django.urls import path

from botcore.domain import groups
from botcore.domain.groups import GroupFlag
from botcore.errors import UnknownGroupProvider
from botcore.models import Group
from botcore.schemas.groups import GroupOut, GroupPatch, GroupsChangedOut, GroupsPatch, GroupsQuery
from smmbot.api.answers import listed
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, endpoint, methods, ok
from smmbot.api.errors import bad_request, translates
from smmbot.api.pagination import paged
from tenants.api.jobs import job_out
from tenants.permissions import Permission
from tenants.schemas.jobs import JobOut

translates(UnknownGroupProvider, status=404)


def group_out(group: Group) -> GroupOut:
    """group: of `groups.listed`."""
    return {
        "id": group.pk,
        "wa_id": group.wa_id,
        "name": group.name,
        "support_enabled": group.support_enabled,
        "marketing_enabled": group.marketing_enabled,
        "silent_mode": group.silent_mode,
        "is_hidden": group.is_hidden,
        "member_count": group.member_count,
        "provider_id": group.provider_id,  # type: ignore[attr-defined]  # annotated
        "last_message_at": group.last_message_at,  # type: ignore[attr-defined]
        "created_at": group.created_at,
    }


@endpoint("GET", needs=Permission.MANAGE_BOT, query=GroupsQuery, out=listed(GroupOut))
def list_groups(request: ApiRequest) -> ApiResult:
    """The groups the bot has seen, by name."""
    rows = groups.listed(tenant_id=request.tenant_id, shown=request.query.show, text=request.query.q)
    return ok(paged(request.http, rows, request.query, group_out))


@endpoint("GET", needs=Permission.MANAGE_BOT, out=GroupOut)
def show_group(request: ApiRequest, group_id: int) -> ApiResult:
    """One group, hidden or not."""
    return ok(group_out(groups.get_group(tenant_id=request.tenant_id, group_id=group_id)))


@endpoint("POST", needs=Permission.MANAGE_BOT, body=GroupsPatch, out=GroupsChangedOut)
def change_groups(request: ApiRequest) -> ApiResult:
    """Switch flags of several groups, or hide them. Acts on the next message."""
    which = {"tenant_id": request.tenant_id, "group_ids": request.body.ids}
    flags = _flags(request.body)
    if request.body.is_hidden:
        return ok({"changed": groups.hide_many(**which, **request.who)})
    return ok({"changed": groups.switch_many(**which, flags=flags, **request.who)})


@endpoint("PATCH", needs=Permission.MANAGE_BOT, body=GroupPatch, out=GroupOut)
def change_group(request: ApiRequest, group_id: int) -> ApiResult:
    """Switch a group's flags, or say whose provider group it is. Acts on the next message."""
    group = groups.get_group(tenant_id=request.tenant_id, group_id=group_id)
    given, flags = request.body.model_fields_set, _flags(request.body)
    if "provider_id" in given:
        groups.map_provider(group=group, provider_id=request.body.provider_id, **request.who)
    if request.body.is_hidden is not None:
        (groups.hide if request.body.is_hidden else groups.show)(group=group, **request.who)
    if flags:
        groups.switch(group=group, flags=flags, **request.who)
    return ok(group_out(groups.get_group(tenant_id=request.tenant_id, group_id=group_id)))


@endpoint("DELETE", needs=Permission.MANAGE_BOT, out=GroupOut)
def hide_group(request: ApiRequest, group_id: int) -> ApiResult:
    """Hide a group, with everything off, until it is synced again."""
    group = groups.get_group(tenant_id=request.tenant_id, group_id=group_id)
    groups.hide(group=group, **request.who)
    return ok(group_out(groups.get_group(tenant_id=request.tenant_id, group_id=group_id)))


@endpoint("POST", needs=Permission.MANAGE_BOT, answers=(202,), out=JobOut)
def sync_groups(request: ApiRequest) -> ApiResult:
    """Ask the linked numbers for their groups, in the background; hidden groups come back."""
    job = groups.start_sync(tenant_id=request.tenant_id, by=request.caller.user, now=request.now)
    return accepted(job_out(job))


def _flags(body: GroupPatch | GroupsPatch) -> dict[GroupFlag, bool]:
    """Those that are switched. Refuses what says nothing, or two things at once."""
    given = body.model_fields_set - {"ids"}
    if not given:
        raise bad_request("invalid", "Send at least one field to change.")
    switches = {flag.value for flag in GroupFlag} | {"is_hidden"}
    if missing := [name for name in switches & given if getattr(body, name) is None]:
        raise bad_request("invalid", "A switch is true or false.", **dict.fromkeys(missing, "true or false"))
    flags = {flag: bool(getattr(body, flag)) for flag in GroupFlag if flag in given}
    if body.is_hidden and flags:
        raise bad_request("invalid", "A hidden group is off.", is_hidden="Leave it out to switch the rest.")
    return flags


urlpatterns = [
    path("groups", methods(list_groups), name="api_groups"),
    path("groups/sync", methods(sync_groups), name="api_groups_sync"),
    path("groups/bulk-change", methods(change_groups), name="api_groups_bulk"),
    path("groups/<int:group_id>", methods(show_group, change_group, hide_group), name="api_group"),
]
