"""Input of /api/v1/auth."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from smmbot.api.body import Schema
from tenants.domain import passwords, phones
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
