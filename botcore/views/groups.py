from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from botcore.domain import config, groups, numbers
from botcore.domain.groups import Shown
from botcore.enums import NumberState
from botcore.errors import UnknownGroupProvider
from botcore.forms.groups import HIDE, SWITCHES, BulkForm, GroupsFilter, ProviderForm, SwitchForm
from botcore.models import Group
from providers.domain.queries import providers_of
from smmbot.api.pagination import DEFAULT_SIZE
from smmbot.ui.htmx import is_partial, render_part, render_screen
from tenants.decorators import TenantRequest, needs, who
from tenants.domain import jobs
from tenants.enums import JobState
from tenants.errors import JobRunning
from tenants.permissions import Permission

_TABS = ((Shown.ALL, "All"), (Shown.ON, "On"), (Shown.OFF, "Off"), (Shown.HIDDEN, "Hidden"))


class _Page:
    """A page of a list that nobody counts."""

    def __init__(self, rows: list[Group], number: int, *, has_next: bool) -> None:
        self.rows, self.number, self.has_next = rows, number, has_next
        self.has_previous = number > 1
        self.previous_page_number, self.next_page_number = number - 1, number + 1


@require_safe
@needs(Permission.MANAGE_BOT)
def index(request: TenantRequest) -> HttpResponseBase:
    tenant_id = request.tenant.pk
    chosen = GroupsFilter(request.GET).chosen()
    start = (chosen["page"] - 1) * DEFAULT_SIZE
    rows = list(
        groups.listed(tenant_id=tenant_id, shown=chosen["shown"], text=chosen["text"])[
            start : start + DEFAULT_SIZE + 1
        ]
    )
    counts = groups.counts(tenant_id=tenant_id, text=chosen["text"])
    context = (
        _context(request)
        | chosen
        | {
            "page": _Page(rows[:DEFAULT_SIZE], chosen["page"], has_next=len(rows) > DEFAULT_SIZE),
            "tabs": [(shown, label, counts[shown]) for shown, label in _TABS],
            "has_any": any(counts.values()) or bool(chosen["text"]),
        }
    )
    if not is_partial(request):
        job = jobs.latest(tenant_id=tenant_id, kind=groups.SYNC)
        context["job"] = job if job and job.state in (JobState.QUEUED, JobState.RUNNING) else None
        context["has_live_number"] = (
            numbers.listed(tenant_id=tenant_id).filter(state=NumberState.OPEN).exists()
        )
    return render_screen(request, "botcore/groups/index.html", "botcore/groups/_list.html", context)


@require_POST
@needs(Permission.MANAGE_BOT)
def switch(request: TenantRequest, group_id: int) -> HttpResponseBase:
    """One flag of one group; it acts on the very next message."""
    group = _group(request, group_id)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return _row(request, group.pk, "That switch does not exist. Reload the page.", status=422)
    flag, is_on = SWITCHES[form.cleaned_data["switch"]]
    groups.switch(group=group, flags={flag: is_on}, **who(request))
    return _row(request, group.pk)


@require_POST
@needs(Permission.MANAGE_BOT)
def provider(request: TenantRequest, group_id: int) -> HttpResponseBase:
    """Whose provider group this is."""
    group = _group(request, group_id)
    form = ProviderForm(request.POST)
    try:
        if not form.is_valid():
            raise UnknownGroupProvider
        found = groups.map_provider(group=group, provider_id=form.cleaned_data["provider"], **who(request))
    except UnknownGroupProvider as error:
        return _row(request, group.pk, error.message, status=422)
    if found is None:
        messages.success(request, f"{group} is nobody's provider group now.")
    else:
        messages.success(request, f"{group} is the group of {found} now: escalations go there.")
        if group.support_enabled:
            messages.warning(
                request,
                "Support is on in a provider's group. The bot reads the provider's answers there; customers do not "
                "belong in it.",
            )
    return _row(request, group.pk)


@require_POST
@needs(Permission.MANAGE_BOT)
def hide(request: TenantRequest, group_id: int) -> HttpResponseBase:
    group = _group(request, group_id)
    groups.hide(group=group, **who(request))
    messages.success(request, f"{group} is hidden and off. Syncing, or the Hidden list, brings it back.")
    return _list_again(request)


@require_POST
@needs(Permission.MANAGE_BOT)
def show(request: TenantRequest, group_id: int) -> HttpResponseBase:
    group = _group(request, group_id)
    groups.show(group=group, **who(request))
    messages.success(request, f"{group} is back in the list, with everything off.")
    return _list_again(request)


@require_POST
@needs(Permission.MANAGE_BOT)
def bulk(request: TenantRequest) -> HttpResponseBase:
    """The same for all selected groups."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Select at least one group, and say what to do with it.")
        return _list_again(request)
    act, ids = form.cleaned_data["act"], form.cleaned_data["ids"]
    mine: dict[str, Any] = {"tenant_id": request.tenant.pk, "group_ids": ids}
    if act == HIDE:
        changed = groups.hide_many(**mine, **who(request))
        said = "hidden and off"
    else:
        flag, is_on = SWITCHES[act]
        changed = groups.switch_many(**mine, flags={flag: is_on}, **who(request))
        said = f"{flag.name.lower()} {'on' if is_on else 'off'}"
    noun = "1 group" if changed == 1 else f"{changed} groups"
    messages.success(
        request, f"{noun} changed: {said}." if changed else "Nothing to change: they were so already."
    )
    return _list_again(request)


@require_POST
@needs(Permission.MANAGE_BOT)
def sync(request: TenantRequest) -> HttpResponseBase:
    """Ask the numbers for their groups, in the background."""
    now = timezone.now()
    try:
        job = groups.start_sync(tenant_id=request.tenant.pk, by=request.user, now=now)
    except JobRunning as error:
        job = jobs.get(tenant_id=request.tenant.pk, job_id=error.job_id)
    if is_partial(request):
        return render_part(request, "components/job.html", {"job": job})
    return HttpResponseRedirect(reverse("groups"))


def _row(request: TenantRequest, group_id: int, error: str = "", *, status: int = 200) -> HttpResponse:
    """The row as it is now; the whole page again for a browser without scripts."""
    if error:
        messages.error(request, error)
    if not is_partial(request):
        return HttpResponseRedirect(_came_from(request))
    context = _context(request) | {"group": _group(request, group_id)}
    return render_part(request, "botcore/groups/_row.html", context, status=status)


def _list_again(request: TenantRequest) -> HttpResponse:
    """htmx reloads the list by itself when it hears of the change."""
    if is_partial(request):
        response = render_part(request, "botcore/groups/_changed.html", {})
        response["HX-Trigger"] = "groups-changed"
        return response
    return HttpResponseRedirect(_came_from(request))


def _came_from(request: TenantRequest) -> str:
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}) and reverse("groups") in back
    return back if is_ours else reverse("groups")


def _context(request: TenantRequest) -> dict[str, Any]:
    return {
        "providers": providers_of(request.tenant.pk),
        "zone": config.load(tenant_id=request.tenant.pk).zone,
    }


def _group(request: TenantRequest, group_id: int) -> Group:
    try:
        return groups.get_group(tenant_id=request.tenant.pk, group_id=group_id)
    except Group.DoesNotExist as error:
        raise Http404 from error
