"""Input of /api/v1/auth."""

from datetime import datetime
from typing import Annotated, NotRequired

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema
from tenants.domain import passwords, phones
from tenants.enums import Role
from tenants.errors import InvalidPhone


def _normalised(typed: str) -> str:
    try:
        return phones.normalise(typed)
    except InvalidPhone as error:
        raise PydanticCustomError("invalid_phone", "{words}", {"words": error.message}) from error


Phone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=phones.MAX_TYPED),
    AfterValidator(_normalised),
    Field(description="With + and country code.", examples=["+447911123456"]),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(examples=["123456"])]
# Blanks at its ends are part of a password.
Password = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=1, max_length=passwords.MAX_LENGTH)
]


class PhoneIn(Schema):
    phone: Phone


class SignUpIn(Schema):
    phone: Phone
    otp: Code
    password: Password


class LoginIn(Schema):
    phone: Phone
    password: Password
    code: str = Field("", max_length=40, description="Of the second factor, or a recovery code.")


class ResetIn(Schema):
    phone: Phone
    otp: Code
    new_password: Password


class ConfirmIn(Schema):
    password: Password


class PasswordIn(Schema):
    old_password: Password
    new_password: Password


class TotpIn(Schema):
    code: Code


class SwitchIn(Schema):
    tenant_id: int = Field(ge=1, le=2**63 - 1)


class ProfileIn(Schema):
    name: str = Field(max_length=100)


class UserOut(TypedDict):
    id: int
    phone: str
    name: str
    has_second_factor: bool
    must_change_password: bool


class TeamOut(TypedDict):
    id: int
    name: str
    slug: str


class PlaceOut(TypedDict):
    """A team one belongs to."""

    tenant_id: int
    name: str
    role: Annotated[str, one_of(Role)]


class MeOut(TypedDict):
    """csrf_token: for who came with cookies; teams: for a person, none for a key."""

    user: UserOut
    tenant: TeamOut
    role: Annotated[str, one_of(Role)]
    permissions: list[str]
    teams: list[PlaceOut]
    is_fresh: bool
    impersonated_by: str | None
    csrf_token: NotRequired[str]


class EnteredTeamOut(TypedDict):
    id: int | None
    name: str


class EnteredOut(TypedDict):
    """Signed in: the tokens are in the cookies."""

    user: UserOut
    tenant: EnteredTeamOut
    role: Annotated[str, one_of(Role)]
    csrf_token: str


class CodeSentOut(TypedDict):
    sent_to: str
    expires_in_s: int
    again_after_s: int


class SessionOut(TypedDict):
    id: str
    device: str
    address: str | None
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


class ProfileOut(TypedDict):
    user: UserOut


class SwitchedOut(TypedDict):
    tenant: TeamOut


class TotpSecretOut(TypedDict):
    otpauth_url: str
    secret: str


class RecoveryCodesOut(TypedDict):
    """Told this once."""

    recovery_codes: list[str]


class TotpOut(TypedDict):
    has_second_factor: bool


class ResetOut(TypedDict):
    reset: bool


class RefreshedOut(TypedDict):
    expires_at: datetime


class CsrfOut(TypedDict):
    csrf_token: str


class LoggedOut(TypedDict):
    logged_out: bool


class ConfirmedOut(TypedDict):
    fresh_until: datetime


class ChangedOut(TypedDict):
    changed: bool


class EndedOut(TypedDict):
    """How many sessions were ended."""

    ended: int
