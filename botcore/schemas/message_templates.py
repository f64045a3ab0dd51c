from typing import Annotated

from pydantic import Field

from botcore.enums import ChatMode
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema


class TemplateIn(Schema):
    """The new text; empty for the built-in one."""

    value: str = Field(max_length=10_000, examples=["Order {order_id} is {status}."])


class TemplatesQuery(Schema):
    q: str = Field("", max_length=100, description="Words of the key, its title or its text.")
    changed: bool = Field(False, description="Only those with words of your own.")


class PreviewIn(Schema):
    """A text to look at; nothing is stored."""

    value: str | None = Field(
        None, max_length=10_000, description="Left out: the saved text.", examples=["Hello {username}!"]
    )


class PreviewOut(TypedDict):
    """The text as customers get it in each mode, with sample values. ai: what a model puts into the customer's own
    language. unknown: variables it cannot have, which is why it could not be saved; limit: of its length."""

    key: str
    chat_mode: Annotated[str, one_of(ChatMode)]
    value: str
    manual: str
    ai: str
    custom: str
    unknown: list[str]
    length: int
    limit: int


class TemplateOut(TypedDict):
    """text: the saved value, or the built-in one."""

    key: str
    title: str
    subject: str
    value: str
    default: str
    text: str
    is_changed: bool
    variables: list[str]
