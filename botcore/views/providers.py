from django.contrib import messages
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from botcore.domain import config, provider_checks
from botcore.forms.providers import ProviderForm
from botcore.models import Group
from providers.domain import managing, queries
from providers.domain.managing import InvalidProvider
from providers.models import SmmProvider
from smmbot.ui.forms import posted
from smmbot.ui.htmx import is_partial, render_part
from tenants.decorators import TenantRequest, confirm_first, needs, who
from tenants.domain import jobs
from tenants.errors import JobRunning
from tenants.permissions import Permission


@require_safe
@needs(Permission.MANAGE_CUSTOMERS)
def index(request: TenantRequest) -> HttpResponseBase:
    tenant_id = request.tenant.pk
    groups = {group.wa_id: group for group in Group.objects.filter(tenant_id=tenant_id)}
    rows = [(one, groups.get(one.group_wa_id)) for one in queries.providers_of(tenant_id)]
    context = {"rows": rows, "zone": config.load(tenant_id=tenant_id).zone}
    return render(request, "botcore/providers/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_CUSTOMERS)
def add(request: TenantRequest) -> HttpResponseBase:
    groups = _groups(request)
    form = ProviderForm(posted(request), groups=groups)
    if request.method == "POST" and form.is_valid():
        if form.changes_account and not request.signed_in.is_fresh(timezone.now()):
            return confirm_first(request)
        try:
            provider = managing.add(tenant_id=request.tenant.pk, values=form.values(), **who(request))
        except InvalidProvider as error:
            form.blame(error)
        else:
            messages.success(request, f"{provider} is added. Test the key to see whether it works.")
            return HttpResponseRedirect(reverse("provider", args=[provider.pk]))
    status = 422 if form.errors else 200
    return render(request, "botcore/providers/form.html", {"form": form, "provider": None}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_CUSTOMERS)
def edit(request: TenantRequest, provider_id: int) -> HttpResponseBase:
    provider = _provider(request, provider_id)
    form = ProviderForm(posted(request), provider=provider, groups=_groups(request))
    if request.method == "POST" and form.is_valid():
        if form.changes_account and not request.signed_in.is_fresh(timezone.now()):
            return confirm_first(request)
        try:
            managing.change(provider=provider, values=form.values(), **who(request))
        except InvalidProvider as error:
            form.blame(error)
        else:
            messages.success(request, f"{provider} is saved.")
            return HttpResponseRedirect(reverse("provider", args=[provider.pk]))
    context = {
        "form": form,
        "provider": provider,
        "job": jobs.latest(tenant_id=request.tenant.pk, kind=provider_checks.kind_of(provider)),
        "zone": config.load(tenant_id=request.tenant.pk).zone,
    }
    return render(request, "botcore/providers/form.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.MANAGE_CUSTOMERS)
def check(request: TenantRequest, provider_id: int) -> HttpResponseBase:
    """Ask the provider whether the key works, in the background."""
    provider = _provider(request, provider_id)
    try:
        job = provider_checks.start(provider=provider, by=request.user, now=timezone.now())
    except JobRunning as error:
        job = jobs.get(tenant_id=request.tenant.pk, job_id=error.job_id)
    if is_partial(request):
        return render_part(request, "components/job.html", {"job": job})
    return HttpResponseRedirect(reverse("provider", args=[provider.pk]))


@require_POST
@needs(Permission.MANAGE_CUSTOMERS, fresh=True)
def remove(request: TenantRequest, provider_id: int) -> HttpResponseBase:
    provider = _provider(request, provider_id)
    managing.remove(provider=provider, **who(request))
    messages.success(request, f"{provider} is removed. The message logs keep its name.")
    return HttpResponseRedirect(reverse("providers"))


def _provider(request: TenantRequest, provider_id: int) -> SmmProvider:
    try:
        return queries.get_provider(tenant_id=request.tenant.pk, provider_id=provider_id)
    except SmmProvider.DoesNotExist as error:
        raise Http404 from error


def _groups(request: TenantRequest) -> list[Group]:
    return list(Group.objects.filter(tenant_id=request.tenant.pk, is_hidden=False).order_by("name", "pk"))
