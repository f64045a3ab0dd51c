from datetime import datetime

from pydantic import Field

from smmbot.api.answers import TypedDict
from smmbot.api.body import Schema


class PhoneQuery(Schema):
    phone: str = Field(
        "",
        max_length=24,
        description="Whose messages: any spelling of the number. Without it there are none.",
    )


class HeardOut(TypedDict):
    text: str
    at: datetime


class PhoneChatOut(TypedDict):
    """One chat of the phone. phone: digits of who wrote; messages: the oldest first."""

    name: str
    phone: str
    messages: list[HeardOut]
