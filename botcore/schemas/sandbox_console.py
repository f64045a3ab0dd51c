from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from botcore.domain.templates import LONGEST
from smmbot.api.answers import TypedDict
from smmbot.api.body import Schema

ChatKey = Literal["direct", "support", "provider"]
ActorKey = Literal["customer", "rahul", "stranger", "staff", "owner", "supplier"]


class SandboxMessageIn(Schema):
    """What is said, by whom, where. Nothing of it reaches WhatsApp."""

    text: str = Field(min_length=1, max_length=LONGEST, examples=["check 54321"])
    chat: ChatKey = Field("direct", description="The provider group holds the supplier and the owner alone.")
    actor: ActorKey = "customer"
    panel: Literal["sandbox", "own"] | None = Field(
        None, description="own: the tenant's panel, read-only. Left out: the one used last."
    )
    play_as: str = Field(
        "",
        max_length=100,
        pattern=r"^[^\x00-\x1f]*$",
        description="On the own panel: the username the customer is verified with.",
    )
    quoted_id: str = Field("", max_length=128, pattern=r"^[\x20-\x7e]*$", description="wa_id of the message.")


class SandboxChatQuery(Schema):
    """As whom one looks: a direct chat is another one for everybody."""

    actor: ActorKey | None = Field(None, description="Left out: the first person of the chat.")


# With names that are words of Python.
SandboxActorOut = TypedDict("SandboxActorOut", {"actor": str, "name": str, "is": str})
_Sender = TypedDict("_Sender", {"from": str})


class SandboxChatOut(TypedDict):
    chat: str
    name: str
    actors: list[SandboxActorOut]
    last_said: str
    last_said_at: datetime | None


class BubbleOut(_Sender):
    """message_id: the message it shows or answers; None when the bot spoke by itself."""

    wa_id: str
    is_bot: bool
    text: str
    at: datetime
    message_id: int | None
    quotes: str | None
    note: str


class TalkOut(TypedDict):
    """is_pending: an answer is on its way."""

    chat: str
    actor: str
    is_pending: bool
    messages: list[BubbleOut]


class SandboxAnswerOut(TypedDict):
    wa_id: str
    text: str
    state: str
    to: str


class PassedOnOut(TypedDict):
    provider: str
    order_id: int
    action: str


class SandboxLogOut(TypedDict):
    serial: int
    action: str
    outcome: str
    order_id: int | None
    support_status: str
    took_ms: int


class TraceStepOut(TypedDict):
    title: str
    text: str
    at_ms: float | None
    ms: float | None
    facts: dict[str, Any]


class HandlingOut(_Sender):
    """A message from text to delivered answer. handled_ms, delivered_ms: None while it is under way."""

    id: int
    wa_id: str
    text: str
    state: str
    received_at: datetime
    handled_ms: int | None
    delivered_ms: int | None
    panel_calls: int
    panel_ms: float
    tokens: int
    cost_usd: str
    answers: list[SandboxAnswerOut]
    passed_on: list[PassedOnOut]
    logs: list[SandboxLogOut]
    trace: list[TraceStepOut]


class ClearedOut(TypedDict):
    deleted: int
