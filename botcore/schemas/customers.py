from datetime import datetime
from typing import Annotated

from pydantic import Field

from botcore.domain.customer_queries import Shown
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema
from smmbot.api.pagination import PageQuery
from tenants.domain.customer_list import LONGEST_NAME, MAX_ROWS
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


class CustomerIn(Schema):
    """Verified by hand: no code is sent."""

    phone: str = Field(max_length=MAX_TYPED, description="E.164: +447911123456.")
    username: str = Field(
        min_length=1, max_length=LONGEST_NAME, description="As it stands on your panel; it is asked."
    )
    without_panel: bool = Field(False, description="Go on when the panel cannot be asked.")


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
