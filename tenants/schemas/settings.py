from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema
from smmbot.api.pagination import PageQuery
from tenants.enums import AuditSource, Role
from tenants.schemas.jobs import JobOut


class ApiKeyIn(Schema):
    name: str = Field(min_length=1, max_length=60)
    role: Literal["owner", "staff_admin", "staff"]


class CloseIn(Schema):
    name: str = Field(min_length=1, max_length=100, description="The account's name, to be sure.")


class AuditQuery(PageQuery):
    user_id: int | None = Field(None, ge=1, lt=2**63)
    area: str = Field("", max_length=20, description="settings, people, keys, customers, groups, orders, …")
    source: Literal["", "chat", "dashboard", "api", "admin", "system"] = ""
    q: str = Field("", max_length=100, description="Part of the subject or the action.")
    since: date | None = Field(None, description="First day, UTC.")
    until: date | None = Field(None, description="Last day, UTC.")


class ApiKeyOut(TypedDict):
    """prefix: what the key begins with."""

    id: int
    name: str
    prefix: str
    role: Annotated[str, one_of(Role)]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None


class NewApiKeyOut(ApiKeyOut):
    """key: shown this once."""

    key: str


class RevokedOut(TypedDict):
    id: int
    revoked: bool


class AuditOut(TypedDict):
    """said: the action in words."""

    id: int
    at: datetime
    user_id: int | None
    who: str | None
    action: str
    said: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    source: Annotated[str, one_of(AuditSource)]


class ExportOut(TypedDict):
    """latest: the newest export, done or not; ready: the newest that can be downloaded."""

    latest: JobOut | None
    ready: JobOut | None


class ClosingOut(TypedDict):
    closes_at: datetime


class KeptOut(TypedDict):
    """changed: it was to be deleted."""

    closes_at: None
    changed: bool
