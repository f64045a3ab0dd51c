from pydantic import Field

from smmbot.api.answers import TypedDict
from smmbot.api.body import Schema


class TemplateIn(Schema):
    """The new text; empty for the built-in one."""

    value: str = Field(max_length=10_000, examples=["Order {order_id} is {status}."])


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
