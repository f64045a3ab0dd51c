from typing import Literal

from pydantic import Field

from botcore.domain.templates import LONGEST
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
