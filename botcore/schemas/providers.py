from datetime import datetime
from typing import Any

from pydantic import Field

from smmbot.api.answers import TypedDict
from smmbot.api.body import Schema


class ProviderIn(Schema):
    name: str = Field(min_length=1, max_length=100)
    alias: str = Field("", max_length=100, description="What customers may see; empty: nothing.")
    host: str = Field("", max_length=253, description="As the panel names it on orders; empty: of panel_url.")
    other_hosts: list[str] = Field(default_factory=list, max_length=20)
    panel_url: str = Field("", max_length=300, description="The provider's site or API address.")
    api_key: str = Field("", max_length=300, description="Needs a fresh login.")
    group_wa_id: str = Field("", max_length=64, pattern=r"^([0-9-]+@g\.us)?$")
    is_active: bool = True
    sync_interval: int = Field(360, ge=15, le=10_080, description="Minutes.")
    message_formats: dict[str, str] = Field(default_factory=dict, description='{"refill": "{oids} refill"}')


class ProviderPatch(Schema):
    """What is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=100)
    alias: str | None = Field(None, max_length=100)
    host: str | None = Field(None, max_length=253)
    other_hosts: list[str] | None = Field(None, max_length=20)
    panel_url: str | None = Field(None, max_length=300, description="Needs a fresh login.")
    api_key: str | None = Field(
        None, max_length=300, description="Needs a fresh login. Empty takes the key away."
    )
    group_wa_id: str | None = Field(None, max_length=64, pattern=r"^([0-9-]+@g\.us)?$")
    is_active: bool | None = None
    sync_interval: int | None = Field(None, ge=15, le=10_080)
    message_formats: dict[str, str] | None = None


class ProviderOut(TypedDict):
    """The key is masked; the balance is a decimal as text."""

    id: int
    name: str
    alias: str
    host: str
    other_hosts: list[str]
    panel_url: str
    api_key: str
    key_refused_at: datetime | None
    group_wa_id: str
    is_active: bool
    sync_interval: int
    balance: str | None
    balance_currency: str
    balance_at: datetime | None
    message_formats: dict[str, Any]
    created_at: datetime
