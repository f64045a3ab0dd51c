from datetime import datetime
from typing import Any

from pydantic import Field

from smmbot.api.answers import TypedDict
from smmbot.api.body import Schema
from tenants.schemas.jobs import JobOut


class ConfigIn(Schema):
    """One setting. The value is text, read by the setting's own rule: `ai`, `60`, `true`, `UTC+5:30`."""

    key: str = Field(max_length=60, description="As GET /api/v1/config lists it.", examples=["chat_mode"])
    value: str = Field(max_length=4000, description="The new value as text.", examples=["ai"])


class PanelIn(Schema):
    """The panel to use from now on."""

    panel_url: str = Field(min_length=1, max_length=300, examples=["https://yourpanel.com"])
    api_key: str = Field(
        "", max_length=500, description="Admin API key; empty keeps the saved one of the same panel."
    )


class ValidatePanelIn(Schema):
    """A panel to look at; the saved one where nothing is given."""

    panel_url: str = Field("", max_length=300, examples=["https://yourpanel.com"])
    api_key: str = Field("", max_length=500, description="Needed with an address that is not the saved one.")


class PanelUse(Schema):
    in_use: bool = Field(description="true: the one before is not in use any more; false: no panel is.")


class SettingOut(TypedDict):
    """A secret's value is masked. choices: None where any value of the form will do."""

    key: str
    value: str
    default: str
    is_changed: bool
    is_secret: bool
    type: str
    allowed: str
    choices: list[str] | None
    unit: str | None
    section: str
    label: str
    help: str


class WebhookOut(TypedDict):
    """key: masked, but for the one time it is made."""

    url: str
    header: str
    key: str
    is_set: bool
    made_at: datetime | None


class MissingOut(TypedDict):
    name: str
    used_for: str
    fix: str


class ProbeOut(TypedDict):
    """What a look at a panel found. latency_ms: None when it did not answer."""

    panel_url: str
    reachable: bool
    authorised: bool
    is_v2: bool
    code: str
    latency_ms: int | None
    message: str
    capabilities: dict[str, bool]
    missing: list[MissingOut]


class PanelOut(TypedDict):
    """probe: what the last look found."""

    connected: bool
    panel_url: str | None
    api_key: str | None
    validated_at: datetime | None
    probe: dict[str, Any] | None


class SavedPanelOut(TypedDict):
    """api_key: masked. probe: what the last look found."""

    id: int
    panel_url: str
    api_key: str
    in_use: bool
    validated_at: datetime | None
    probe: dict[str, Any] | None


class ModelUseOut(TypedDict):
    """feature: empty for all of them. fallbacks: how often the plain text was sent instead of the model's."""

    feature: str
    name: str
    calls: int
    tokens: int
    cost_usd: str
    calls_today: int
    cost_usd_today: str
    fallbacks: int


class ModelOut(TypedDict):
    """name: None without a model. is_own: yours, not the platform's. month: all of it, in days of UTC; by_feature: its
    parts. is_over_limit: today's hard limit is reached, so answers stay plain. last_check: None before the first."""

    is_configured: bool
    name: str | None
    is_own: bool
    is_over_limit: bool
    month: ModelUseOut
    by_feature: list[ModelUseOut]
    last_check: JobOut | None
