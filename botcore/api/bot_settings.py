"""Settings and the panel's connection."""

from django.urls import path
from django.utils import timezone

from botcore.commands import settings
from botcore.domain import config, panel_check, ticket_webhook
from botcore.domain.config import Config, ConfigKey
from botcore.errors import InvalidConfigValue, SettingNotPossible, UnknownConfigKey
from botcore.schemas.bot_settings import (
    ConfigIn,
    PanelIn,
    PanelOut,
    ProbeOut,
    SettingOut,
    ValidatePanelIn,
    WebhookOut,
)
from panel.clients.types import Probe
from panel.domain import connections, probe
from panel.domain.probe import Unsaved
from panel.errors import PanelKeyMissing, PanelNotConfigured, PanelUrlRefused
from panel.models import PanelConnection
from smmbot.api.answers import listed, whole
from smmbot.api.auth import demand_fresh
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.api.errors import ApiProblem, bad_request, conflict, not_found, translates
from smmbot.lib import crypto
from tenants.domain.limits import spend
from tenants.errors import TooManyTries
from tenants.permissions import Permission

translates(TooManyTries, status=429)
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
    try:
        key = config.key_of(asked.key)
    except UnknownConfigKey as error:
        known = ", ".join(sorted(config.KEYS))
        raise not_found(error.code, f"There is no setting {asked.key}. There are: {known}.") from error
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


urlpatterns = [
    path("config", methods(list_config, set_config), name="api_config"),
    path("config/ticket-webhook-info", methods(show_webhook), name="api_ticket_webhook"),
    path("config/regenerate-webhook-key", methods(regenerate_webhook_key), name="api_webhook_key"),
    path("config/validate-panel", methods(validate_panel), name="api_validate_panel"),
    path("panel", methods(show_panel, save_panel), name="api_panel"),
]
