from pydantic import Field

from smmbot.api.body import Schema


class NumberIn(Schema):
    """A new number. It is linked by scanning its QR code."""

    name: str = Field(min_length=1, max_length=100, description="Only your team sees it.")


class NumberPatch(Schema):
    """What is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=100)
    is_default: bool | None = Field(
        None, description="true makes it the default; the other one stops being it."
    )
