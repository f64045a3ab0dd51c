"""Bot Settings: a tab an address, each a form of the registry's keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from botcore.ai import check as model_check
from botcore.commands import settings
from botcore.domain import config, llm_usage, panel_check
from botcore.domain.config import Config, Section
from botcore.enums import ActionMode
from botcore.errors import UnknownConfigKey
from botcore.forms.bot_settings import PanelForm, SettingsForm, form_class
from panel.domain import connections, probe
from panel.models import PanelConnection
from smmbot.ui.htmx import go_to, render_screen
from tenants.decorators import TenantRequest, needs
from tenants.domain import jobs
from tenants.enums import AuditSource
from tenants.errors import JobRunning, TooManyTries
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Tab:
    section: Section
    title: str
    icon: str

    @property
    def url(self) -> str:
        return _url(self.section)


TABS: Sequence[Tab] = (
    Tab(Section.GENERAL, "General", "adjustments"),
    Tab(Section.PANEL, "Panel", "plug-connected"),
    Tab(Section.AI, "AI", "robot"),
    Tab(Section.VERIFICATION, "Verification", "shield-lock"),
    Tab(Section.ROUTING, "Provider routing", "route"),
    Tab(Section.SENDING, "Sending", "send"),
    Tab(Section.PRIVACY, "Privacy", "eye-off"),
)
CHAT_MODES = (
    (
        "manual",
        "notes",
        "Manual",
        "Fixed, built-in texts.",
        "No model is asked to word an answer. Predictable and free.",
    ),
    (
        "ai",
        "robot",
        "AI",
        "A model words every answer in the customer's own language.",
        "Numbers, links and statuses are checked; in doubt the built-in text is sent. Free text is answered too.",
    ),
    (
        "custom",
        "template",
        "Custom",
        "Your own texts from Templates.",
        "Where you wrote none, the built-in text is sent.",
    ),
)
# What each way means for the customer, the panel and you.
MODES: Sequence[tuple[str, str, str]] = (
    (
        ActionMode.AUTO,
        "Automatic",
        "The panel's or provider's API where it can, else the provider's group, else your staff.",
    ),
    (
        ActionMode.API,
        "API only",
        "The panel's or provider's API; what it does not take waits for your staff. No group hears of it.",
    ),
    (
        ActionMode.FORWARD,
        "Provider's group",
        "A message to the provider's WhatsApp group; without one it waits for your staff.",
    ),
    (
        ActionMode.APPROVE,
        "Staff decide",
        "Nothing happens until somebody of your team approves it in Message Logs or by chat.",
    ),
    (ActionMode.OFF, "Off", "Customers are told that this is not offered here."),
)
# What a person should know of one request beside what its help says.
NOTES = {
    "cancel_mode": "A cancel is asked for; the money comes back when the provider accepts.",
    "speedup_mode": "Failed orders are sent to the provider again, once.",
    "refill_mode": "A refill needs the provider's own key or its group.",
    "fakecomplete_mode": "The order is checked like a refill, then passed on.",
}


@require_safe
@needs(Permission.MANAGE_BOT)
def index(request: TenantRequest) -> HttpResponseBase:
    return redirect("bot_settings_section", Section.GENERAL)


@needs(Permission.MANAGE_BOT)
def section(request: TenantRequest, section: str) -> HttpResponseBase:
    tab = _tab(section)
    saved = config.load(tenant_id=request.tenant.pk)
    is_fresh = request.signed_in.is_fresh(timezone.now())
    data = request.POST if request.method == "POST" else None
    form = form_class(tab.section)(data, saved=saved, is_fresh=is_fresh)
    if data is None or not form.is_valid():
        return _show(request, tab, form, saved, status=200 if data is None else 422)
    changed = settings.change(
        tenant_id=request.tenant.pk,
        values=form.values,
        by=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    messages.success(request, _told(changed, form))
    return go_to(request, tab.url)


@require_POST
@needs(Permission.MANAGE_BOT)
def reset(request: TenantRequest, key: str) -> HttpResponseBase:
    """Back to the default. A key's secret goes with a fresh login alone."""
    try:
        found = config.key_of(key)
    except UnknownConfigKey as error:
        raise Http404 from error
    if found.is_secret and not request.signed_in.is_fresh(timezone.now()):
        messages.warning(request, "Confirm your password first, then remove the key.")
        return go_to(request, f"{reverse('confirm')}?next={_url(found.section)}")
    settings.reset(
        tenant_id=request.tenant.pk,
        name=key,
        by=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    messages.success(request, f"“{found.label}” is back to its default. It counts from the next message on.")
    return go_to(request, _url(found.section))


@require_POST
@needs(Permission.MANAGE_BOT)
def save_panel(request: TenantRequest) -> HttpResponseBase:
    """Use this panel, and look at it at once."""
    current = connections.in_use(tenant_id=request.tenant.pk)
    form = PanelForm(request.POST, saved=current, is_fresh=request.signed_in.is_fresh(timezone.now()))
    if not form.is_valid():
        tab, saved = _tab(Section.PANEL), config.load(tenant_id=request.tenant.pk)
        settings_form = form_class(Section.PANEL)(saved=saved, is_fresh=form.is_fresh)
        return _show(request, tab, settings_form, saved, status=422, panel_form=form)
    connections.save(
        tenant_id=request.tenant.pk,
        base_url=form.cleaned_data["base_url"],
        api_key=form.cleaned_data["api_key"],
        by=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    messages.success(request, "Saved. We are looking at the panel now.")
    return _check_panel(request)


@require_POST
@needs(Permission.MANAGE_BOT)
def check_panel(request: TenantRequest) -> HttpResponseBase:
    return _check_panel(request)


def _check_panel(request: TenantRequest) -> HttpResponseBase:
    try:
        panel_check.start(tenant_id=request.tenant.pk, by=request.user, now=timezone.now())
    except TooManyTries as error:
        messages.warning(request, error.message)
    except JobRunning:
        pass  # the page shows the one that runs
    return go_to(request, _url(Section.PANEL))


@require_POST
@needs(Permission.MANAGE_BOT)
def check_model(request: TenantRequest) -> HttpResponseBase:
    try:
        model_check.start(tenant_id=request.tenant.pk, by=request.user, now=timezone.now())
    except TooManyTries as error:
        messages.warning(request, error.message)
    except JobRunning:
        pass
    return go_to(request, _url(Section.AI))


@require_POST
@needs(Permission.MANAGE_BOT, fresh=True)
def use_panel(request: TenantRequest, connection_id: int) -> HttpResponseBase:
    """Switch a saved panel on, or the one in use off."""
    connection = _connection(request, connection_id)
    is_active = request.POST.get("is_active") == "true"
    connections.switch(
        connection=connection,
        is_active=is_active,
        by=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    told = "is in use now" if is_active else "is no longer in use; the bot answers that no panel is connected"
    messages.success(request, f"{connection.base_url} {told}.")
    return go_to(request, _url(Section.PANEL))


@require_POST
@needs(Permission.MANAGE_BOT, fresh=True)
def remove_panel(request: TenantRequest, connection_id: int) -> HttpResponseBase:
    connection = _connection(request, connection_id)
    connections.remove(
        connection=connection, by=request.user.pk, source=AuditSource.DASHBOARD, now=timezone.now()
    )
    messages.success(request, f"{connection.base_url} and its key are removed.")
    return go_to(request, _url(Section.PANEL))


def _show(
    request: TenantRequest,
    tab: Tab,
    form: SettingsForm,
    saved: Config,
    *,
    status: int,
    panel_form: PanelForm | None = None,
) -> HttpResponseBase:
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": TABS,
        "form": form,
        "rows": form.rows(),
        "zone": saved.zone,
        "saved": saved,
        "confirm_url": f"{reverse('confirm')}?next={tab.url}",
        **_MORE.get(tab.section, _nothing)(request, saved),
    }
    if panel_form is not None:
        context["panel_form"] = panel_form
    return render_screen(
        request, "botcore/bot_settings/page.html", "botcore/bot_settings/_page.html", context, status=status
    )


def _nothing(request: TenantRequest, saved: Config) -> dict[str, Any]:
    return {}


def _general(request: TenantRequest, saved: Config) -> dict[str, Any]:
    return {"chat_modes": CHAT_MODES, "has_model": saved.llm.is_configured}


def _panel(request: TenantRequest, saved: Config) -> dict[str, Any]:
    rows = connections.all_of(tenant_id=request.tenant.pk)
    panel = next((row for row in rows if row.is_active), None)
    found = panel.probe if panel else {}
    return {
        "panel": panel,
        "others": [row for row in rows if row != panel],
        "panel_form": PanelForm(saved=panel, is_fresh=request.signed_in.is_fresh(timezone.now())),
        "found": found,
        "is_well": probe.is_well(found),
        "problem": probe.words_of(found.get("code", "ok")),
        "capabilities": probe.capabilities_of(found) if found.get("authorised") else [],
        "job": jobs.latest(tenant_id=request.tenant.pk, kind=panel_check.KIND),
    }


def _ai(request: TenantRequest, saved: Config) -> dict[str, Any]:
    return {
        "model": llm_usage.in_use(tenant_id=request.tenant.pk, config=saved, today=timezone.now().date()),
        "job": jobs.latest(tenant_id=request.tenant.pk, kind=model_check.KIND),
    }


def _routing(request: TenantRequest, saved: Config) -> dict[str, Any]:
    return {"modes": MODES, "mode_words": {value: text for value, _, text in MODES}, "notes": NOTES}


_MORE = {
    Section.GENERAL: _general,
    Section.PANEL: _panel,
    Section.AI: _ai,
    Section.ROUTING: _routing,
}


def _told(changed: Sequence[str], form: SettingsForm) -> str:
    if not changed:
        return "Nothing was changed."
    told = "Saved. It counts from the next message on."
    if "llm_api_key" in changed and not form.values.get("llm_api_key"):
        told += " The saved API key belonged to the old address and is removed: enter the new one's."
    return told


def _tab(section: str) -> Tab:
    for tab in TABS:
        if tab.section == section:
            return tab
    raise Http404


def _url(section: Section) -> str:
    return reverse("bot_settings_section", args=[section.value])


def _connection(request: TenantRequest, connection_id: int) -> PanelConnection:
    try:
        return connections.get(tenant_id=request.tenant.pk, connection_id=connection_id)
    except PanelConnection.DoesNotExist as error:
        raise Http404 from error
