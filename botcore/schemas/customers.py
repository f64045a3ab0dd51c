from datetime import datetime
from typing import Annotated

from pydantic import Field

from botcore.domain.customer_queries import Shown
from botcore.schemas.logs import LogOut
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema
from smmbot.api.pagination import PageQuery
from tenants.domain.customer_list import LONGEST_NAME, MAX_ROWS
from tenants.domain.customers import BULK_LIMIT
from tenants.domain.phones import MAX_TYPED
from tenants.enums import VerifiedBy

_Q = "Part of the username, of the WhatsApp name, or of the phone number."
_SHOW = "all, active (this week), blocked, or how they were verified: code, staff, bulk, import."


class CustomersQuery(PageQuery):
    show: Shown = Field(Shown.ALL, description=_SHOW)
    q: str = Field("", max_length=100, description=_Q)


class ExportQuery(Schema):
    show: Shown = Field(Shown.ALL, description=_SHOW)
    q: str = Field("", max_length=100, description=_Q)


class ImportRow(Schema):
    phone: str = Field(max_length=200)
    username: str = Field(max_length=200)


class ImportIn(Schema):
    rows: list[ImportRow] = Field(min_length=1, max_length=MAX_ROWS)
    dry_run: bool = Field(False, description="Only say what would become of each row.")
    bare_is_international: bool = Field(False, description="A phone without + begins with its country code.")


class UndoIn(Schema):
    batch: str = Field(min_length=1, max_length=40, description="`batch` of an import's result.")


class CustomerOut(TypedDict):
    id: int
    username: str
    name: str
    phone: str | None
    lid: str | None
    verified_by: Annotated[str, one_of(VerifiedBy)]
    verified_at: datetime
    last_active_at: datetime | None
    is_blocked: bool
    open_requests: int
    batch: str


class OtherUsernameOut(TypedDict):
    id: int
    username: str
    is_blocked: bool


class OtherPersonOut(TypedDict):
    """name: of the WhatsApp account, or how it is reached."""

    id: int
    name: str
    is_blocked: bool


class EventOut(TypedDict):
    """A step of the verification, in words. by: who of the team, None where nobody did it."""

    at: datetime
    said: str
    by: str | None


class WholeCustomerOut(CustomerOut):
    """phones, lids: all this person is known by. is_person_blocked: with this username or another of theirs."""

    phones: list[str]
    lids: list[str]
    first_seen_at: datetime
    is_person_blocked: bool
    other_usernames: list[OtherUsernameOut]
    other_people: list[OtherPersonOut]
    requests: list[LogOut]
    history: list[EventOut]


class CustomerIds(Schema):
    ids: list[Annotated[int, Field(ge=1, le=2**31 - 1)]] = Field(min_length=1, max_length=BULK_LIMIT)


class BulkBlockIn(CustomerIds):
    is_blocked: bool = Field(description="false serves them again.")


class BulkBlockOut(TypedDict):
    """changed: how many people; unknown: ids there are no customers of."""

    changed: int
    unknown: list[int]


class BulkRemoveOut(TypedDict):
    """removed: how many; kept: usernames that stay, as they are blocked; unknown: ids there are no customers of."""

    removed: int
    kept: list[str]
    unknown: list[int]


class UsernameIn(Schema):
    """Another username of the same person: no code is sent."""

    username: str = Field(
        min_length=1, max_length=LONGEST_NAME, description="As it stands on your panel; it is asked."
    )
    without_panel: bool = Field(False, description="Go on when the panel cannot be asked.")


class CustomerIn(UsernameIn):
    """Verified by hand: no code is sent."""

    phone: str = Field(max_length=MAX_TYPED, description="E.164: +447911123456.")


class BatchOut(TypedDict):
    batch: str
    verified_by: Annotated[str, one_of(VerifiedBy)]
    customers: int
    blocked: int
    at: datetime


class LeftOut(TypedDict):
    row: int
    username: str
    code: str
    why: str


class ImportPlan(TypedDict):
    """What an import would do."""

    added: int
    already: int
    conflicts: int
    invalid: int
    left_out: list[LeftOut]


class UndoneOut(TypedDict):
    """removed: how many; kept: usernames that stay, as they are blocked."""

    removed: int
    kept: list[str]
