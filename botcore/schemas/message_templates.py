from pydantic import Field

from smmbot.api.body import Schema


class TemplateIn(Schema):
    """The new text; empty for the built-in one."""

    value: str = Field(max_length=10_000, examples=["Order {order_id} is {status}."])
