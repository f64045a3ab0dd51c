from datetime import date
from typing import Literal

from pydantic import Field

from smmbot.api.body import Schema
from smmbot.api.pagination import PageQuery


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
