"""Settings and the panel's connection."""

from django.urls import path
from django.utils import timezone

from botcore.ai import check as model_check
from botcore.commands import settings
from botcore.domain import config, llm_usage, panel_check, ticket_webhook
from botcore.domain.config import Config, ConfigKey
from botcore.domain.llm_usage import InUse, Used
from botcore.errors import InvalidConfigValue, SettingNotPossible, UnknownConfigKey
from botcore.schemas.bot_settings import (
    ConfigIn,
    ModelOut,
    ModelUseOut,
    PanelIn,
    PanelOut,
    PanelUse,
    ProbeOut,
    SavedPanelOut,
    SettingOut,
    ValidatePanelIn,
    WebhookOut,
)
from panel.clients.types import Probe
from panel.domain import connections, probe
from panel.domain.probe import Unsaved
from panel.errors import PanelKeyMissing, PanelNotConfigured, PanelUrlRefused
from panel.models import PanelConnection
from smmbot.api.answers import Nothing, listed, whole
from smmbot.api.auth import demand_fresh
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, endpoint, methods, ok
from smmbot.api.errors import ApiProblem, bad_request, conflict, not_found, translates
from smmbot.lib import crypto
from tenants.api.jobs import job_out
from tenants.domain import jobs
from tenants.domain.limits import spend
from tenants.models import Job
from tenants.permissions import Permission
from tenants.schemas.jobs import JobOut

translates(SettingNotPossible, status=409)


@endpoint("GET", needs=Permission.MANAGE_BOT, out=listed(SettingOut))
def list_config(request: ApiRequest) -> ApiResult:
    """List all settings with their values, defaults and allowed forms. Secrets are masked."""
    saved = config.load(tenant_id=request.tenant_id)
    rows = [setting_out(key, saved) for key in config.KEYS.values()]
    return ok(whole(rows))


@endpoint("PATCH", needs=Permission.MANAGE_BOT, body=ConfigIn, answers=(200, 400, 404, 409), out=SettingOut)
def set_config(request: ApiRequest) -> ApiResult:
    """Change one setting; it counts from the next message on. Secrets need a fresh login."""
    asked: ConfigIn = request.body
    key = _key(asked.key)
    if key.is_secret:
        demand_fresh(request.caller)
    try:
        settings.change(
            tenant_id=request.tenant_id,
            values={key.name: asked.value},
            by=request.caller.user.pk,
            source=request.caller.source,
            now=request.now,
            is_meant=True,
        )
    except InvalidConfigValue as error:
        raise bad_request(
            "invalid_config_value", f"{key.name} takes {error.allowed}.", value=f"Send {error.allowed}."
        ) from error
    return ok(setting_out(key, config.load(tenant_id=request.tenant_id)))


@endpoint("POST", needs=Permission.MANAGE_BOT, answers=(200, 404), out=SettingOut)
def reset_config(request: ApiRequest, key: str) -> ApiResult:
    """Go back to a setting's default. Secrets need a fresh login."""
    found = _key(key)
    if found.is_secret:
        demand_fresh(request.caller)
    settings.reset(
        tenant_id=request.tenant_id,
        name=found.name,
        by=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    return ok(setting_out(found, config.load(tenant_id=request.tenant_id)))


@endpoint("GET", needs=Permission.MANAGE_BOT, out=WebhookOut)
def show_webhook(request: ApiRequest) -> ApiResult:
    """Show where ticket webhooks are sent to, and the masked key."""
    info = ticket_webhook.info(tenant=request.caller.tenant)
    return ok(
        {
            "url": info.url,
            "header": ticket_webhook.HEADER,
            "key": info.masked_key,
            "is_set": bool(info.masked_key),
            "made_at": info.made_at,
        }
    )


@endpoint("POST", needs=Permission.MANAGE_BOT, is_fresh=True, out=WebhookOut)
def regenerate_webhook_key(request: ApiRequest) -> ApiResult:
    """Make a new ticket webhook key. It is shown this once; the old one is void at once."""
    key = ticket_webhook.regenerate(
        tenant_id=request.tenant_id,
        by=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    info = ticket_webhook.info(tenant=request.caller.tenant)
    return ok(
        {
            "url": info.url,
            "header": ticket_webhook.HEADER,
            "key": key,
            "is_set": True,
            "made_at": info.made_at,
        }
    )


@endpoint(
    "POST", needs=Permission.MANAGE_BOT, body=ValidatePanelIn, answers=(200, 400, 409, 429), out=ProbeOut
)
def validate_panel(request: ApiRequest) -> ApiResult:
    """Look at a panel without changing anything: reachable, key accepted, what the key may read."""
    asked: ValidatePanelIn = request.body
    spend(panel_check.CHECKS, str(request.tenant_id))
    saved = connections.in_use(tenant_id=request.tenant_id)
    try:
        if not asked.panel_url and not asked.api_key:
            if saved is None:
                raise PanelNotConfigured
            found = probe.look_and_keep(connection=saved, now=timezone.now())
            return ok(probe_out(saved.base_url, found))
        typed = _typed(asked, saved)
        return ok(probe_out(typed.base_url, probe.look(typed)))
    except PanelNotConfigured as error:
        raise conflict(
            error.code, "No panel is saved. Send panel_url and api_key, or save them with PUT /api/v1/panel."
        ) from error
    except PanelUrlRefused as error:
        raise _refused(error) from error


@endpoint("GET", needs=Permission.MANAGE_BOT, answers=(200,), out=PanelOut)
def show_panel(request: ApiRequest) -> ApiResult:
    """Show the panel in use, its masked key and what the last look at it found."""
    return ok(panel_out(connections.in_use(tenant_id=request.tenant_id)))


@endpoint("PUT", needs=Permission.MANAGE_BOT, is_fresh=True, body=PanelIn, answers=(200, 400), out=PanelOut)
def save_panel(request: ApiRequest) -> ApiResult:
    """Use this panel from now on. Another address is another panel and needs its own key."""
    asked: PanelIn = request.body
    try:
        saved = connections.save(
            tenant_id=request.tenant_id,
            base_url=asked.panel_url,
            api_key=asked.api_key,
            by=request.caller.user.pk,
            source=request.caller.source,
            now=request.now,
        )
    except PanelUrlRefused as error:
        raise _refused(error) from error
    except PanelKeyMissing as error:
        raise _key_missing(error) from error
    return ok(panel_out(saved))


@endpoint("GET", needs=Permission.MANAGE_BOT, out=listed(SavedPanelOut))
def list_panels(request: ApiRequest) -> ApiResult:
    """All saved panels, the one in use first."""
    rows = connections.all_of(tenant_id=request.tenant_id)
    return ok(whole([saved_panel_out(row) for row in rows]))


@endpoint("PATCH", needs=Permission.MANAGE_BOT, is_fresh=True, body=PanelUse, out=SavedPanelOut)
def use_panel(request: ApiRequest, connection_id: int) -> ApiResult:
    """Use a saved panel from now on, or the one in use no longer."""
    connections.switch(
        connection=connections.get(tenant_id=request.tenant_id, connection_id=connection_id),
        is_active=request.body.in_use,
        by=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    return ok(saved_panel_out(connections.get(tenant_id=request.tenant_id, connection_id=connection_id)))


@endpoint("DELETE", needs=Permission.MANAGE_BOT, is_fresh=True, out=Nothing)
def remove_panel(request: ApiRequest, connection_id: int) -> ApiResult:
    """Forget a saved panel and its key."""
    connections.remove(
        connection=connections.get(tenant_id=request.tenant_id, connection_id=connection_id),
        by=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    return ok()


@endpoint("GET", needs=Permission.MANAGE_BOT, out=ModelOut)
def show_model(request: ApiRequest) -> ApiResult:
    """Show which language model words the answers, what it cost this month, and its last check."""
    used = llm_usage.in_use(
        tenant_id=request.tenant_id,
        config=config.load(tenant_id=request.tenant_id),
        today=request.now.date(),
    )
    return ok(model_out(used, jobs.latest(tenant_id=request.tenant_id, kind=model_check.KIND)))


@endpoint("POST", needs=Permission.MANAGE_BOT, answers=(202,), out=JobOut)
def check_model(request: ApiRequest) -> ApiResult:
    """Ask the language model one cheap question, in the background: does it answer?"""
    job = model_check.start(tenant_id=request.tenant_id, by=request.caller.user, now=request.now)
    return accepted(job_out(job))


def _key(name: str) -> ConfigKey:
    try:
        return config.key_of(name)
    except UnknownConfigKey as error:
        known = ", ".join(sorted(config.KEYS))
        raise not_found(error.code, f"There is no setting {name}. There are: {known}.") from error


def _typed(asked: ValidatePanelIn, saved: PanelConnection | None) -> Unsaved:
    """A saved key goes to its own panel alone."""
    url = asked.panel_url or (saved.base_url if saved else "")
    if not url:
        raise bad_request("panel_url_missing", "Send the panel's address too.", panel_url="Send it.")
    key = asked.api_key
    if not key:
        if saved is None or not connections.is_same_panel(saved, url):
            raise _key_missing(PanelKeyMissing())
        key = saved.api_key
    return Unsaved(url, key)


def _refused(error: PanelUrlRefused) -> ApiProblem:
    words = probe.REFUSED_URL.get(error.reason, probe.REFUSED_URL["host"])
    return bad_request(error.code, words, panel_url=words)


def _key_missing(error: PanelKeyMissing) -> ApiProblem:
    return bad_request(
        error.code,
        "Send the panel's Admin API key: a saved key is used for its own panel alone.",
        api_key="Send it.",
    )


def setting_out(key: ConfigKey, saved: Config) -> SettingOut:
    value = saved.text(key.name)
    return {
        "key": key.name,
        "value": crypto.mask(value) if key.is_secret else value,
        "default": key.default,
        "is_changed": saved.is_changed(key.name),
        "is_secret": key.is_secret,
        "type": key.kind.form.value,
        "allowed": key.kind.allowed,
        "choices": list(key.kind.choices) or None,
        "unit": key.unit or None,
        "section": key.section.value,
        "label": key.label,
        "help": key.help,
    }


def probe_out(panel_url: str, found: Probe) -> ProbeOut:
    stored = probe.stored(found)
    return {
        "panel_url": panel_url,
        "reachable": found.reachable,
        "authorised": found.authorised,
        "is_v2": found.is_v2,
        "code": found.code,
        "latency_ms": found.latency_ms,
        "message": probe.words_of(found.code),
        "capabilities": dict(found.capabilities),
        "missing": [
            {"name": one.name, "used_for": one.used_for, "fix": one.missing}
            for one in probe.capabilities_of(stored)
            if one.missing
        ],
    }


def panel_out(connection: PanelConnection | None) -> PanelOut:
    if connection is None:
        return {"connected": False, "panel_url": None, "api_key": None, "validated_at": None, "probe": None}
    return {
        "connected": True,
        "panel_url": connection.base_url,
        "api_key": crypto.mask(connection.api_key),
        "validated_at": connection.validated_at,
        "probe": connection.probe or None,
    }


def saved_panel_out(connection: PanelConnection) -> SavedPanelOut:
    return {
        "id": connection.pk,
        "panel_url": connection.base_url,
        "api_key": crypto.mask(connection.api_key),
        "in_use": connection.is_active,
        "validated_at": connection.validated_at,
        "probe": connection.probe or None,
    }


def model_out(model: InUse, last_check: Job | None) -> ModelOut:
    return {
        "is_configured": model.llm.is_configured,
        "name": model.llm.shown or None,
        "is_own": model.is_own,
        "is_over_limit": model.is_over,
        "month": model_use_out(model.month),
        "by_feature": [model_use_out(one) for one in model.by_feature],
        "last_check": job_out(last_check) if last_check else None,
    }


def model_use_out(used: Used) -> ModelUseOut:
    return {
        "feature": used.feature,
        "name": used.name,
        "calls": used.calls,
        "tokens": used.tokens,
        "cost_usd": str(used.cost_usd),
        "calls_today": used.today_calls,
        "cost_usd_today": str(used.today_usd),
        "fallbacks": used.fallbacks,
    }


urlpatterns = [
    path("config", methods(list_config, set_config), name="api_config"),
    path("config/ticket-webhook-info", methods(show_webhook), name="api_ticket_webhook"),
    path("config/regenerate-webhook-key", methods(regenerate_webhook_key), name="api_webhook_key"),
    path("config/validate-panel", methods(validate_panel), name="api_validate_panel"),
    path("config/<str:key>/reset", methods(reset_config), name="api_config_reset"),
    path("panel", methods(show_panel, save_panel), name="api_panel"),
    path("panels", methods(list_panels), name="api_panels"),
    path("panels/<int:connection_id>", methods(use_panel, remove_panel), name="api_saved_panel"),
    path("model", methods(show_model), name="api_model"),
    path("model/check", methods(check_model), name="api_model_check"),
]
