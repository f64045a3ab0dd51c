from datetime import datetime
from typing import Annotated

from pydantic import Field

from botcore.enums import NumberState
from smmbot.api.answers import TypedDict, one_of
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


class ScanIn(Schema):
    """The phone that scans the code, played by the sandbox."""

    phone: str = Field(
        pattern=r"^\+?[0-9]{8,15}$",
        description="Any number with its country code; nothing leaves the sandbox.",
        examples=["+15550200001"],
    )


class NumberOut(TypedDict):
    """unsent: replies that wait for it."""

    id: int
    name: str
    phone: str
    driver: str
    state: Annotated[str, one_of(NumberState)]
    state_reason: str
    state_text: str
    state_at: datetime | None
    last_seen_at: datetime | None
    is_default: bool
    unsent: int
    created_at: datetime


class QrOut(TypedDict):
    state: Annotated[str, one_of(NumberState)]
    text: str | None
    png_base64: str | None
    expires_at: datetime | None
