from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from botcore.domain.groups import BULK_LIMIT, Shown
from smmbot.api.answers import TypedDict
from smmbot.api.body import Schema
from smmbot.api.pagination import PageQuery


class GroupsQuery(PageQuery):
    show: Shown = Field(Shown.ALL, description="all, on, off or hidden.")
    q: str = Field("", max_length=100, description="Part of the name, or the beginning of the WhatsApp id.")


class GroupFlags(Schema):
    """What is left out stays."""

    support_enabled: bool | None = Field(None, description="The bot responds.")
    marketing_enabled: bool | None = Field(None, description="The bot broadcasts.")
    silent_mode: bool | None = Field(None, description="Process and log, send no replies.")


class GroupPatch(GroupFlags):
    """What is left out stays."""

    is_hidden: bool | None = Field(
        None, description="true takes it off the list, with everything off; false brings it back."
    )
    provider_id: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The provider whose group this is; null: nobody's."
    )


class GroupsPatch(GroupFlags):
    """The same for several groups."""

    ids: list[Annotated[int, Field(ge=1, le=2**31 - 1)]] = Field(min_length=1, max_length=BULK_LIMIT)
    is_hidden: Literal[True] | None = Field(None, description="Takes them off the list, with everything off.")


class GroupsChangedOut(TypedDict):
    """How many were not so before."""

    changed: int


class GroupOut(TypedDict):
    id: int
    wa_id: str
    name: str
    support_enabled: bool
    marketing_enabled: bool
    silent_mode: bool
    is_hidden: bool
    member_count: int | None
    provider_id: int | None
    last_message_at: datetime | None
    created_at: datetime
