from pydantic import Field

from smmbot.api.body import Schema


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
