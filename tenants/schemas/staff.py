from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema
from tenants.enums import Role

# `admin` is another word for staff_admin.
RoleIn = Literal["staff_admin", "staff", "admin"]


class SendCodeIn(Schema):
    phone: str = Field(min_length=1, max_length=40, examples=["+919876543210"])


class JoinIn(Schema):
    phone: str = Field(min_length=1, max_length=40, examples=["+919876543210"])
    code: str = Field(min_length=1, max_length=12, description="Six digits.", examples=["123456"])
    role: RoleIn = "staff"
    name: str = Field("", max_length=100)


class MemberIn(Schema):
    role: RoleIn


def role_of(given: str) -> Role:
    return Role.STAFF_ADMIN if given == "admin" else Role(given)


class MemberOut(TypedDict):
    id: int
    phone: str
    name: str
    role: Annotated[str, one_of(Role)]
    added_at: datetime
    last_signed_in_at: datetime | None
    has_second_factor: bool
    must_change_password: bool


class SentCodeOut(TypedDict):
    """again_at: when another code can be sent."""

    phone: str
    expires_at: datetime
    again_at: datetime


class RemovedOut(TypedDict):
    id: int
    removed: bool
