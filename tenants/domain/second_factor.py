"""The optional second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes, each good once."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from django.db import transaction
from django.utils.crypto import constant_time_compare

from tenants.domain import limits, tokens
from tenants.errors import AlreadyOn, WrongSecondFactor
from tenants.models import RecoveryCode, User

ISSUER = "SMM Bot"
RECOVERY_CODES = 10
_STEP_S = 30
# Without the letters and digits that look alike.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def begin(*, user: User) -> str:
    """Make a new secret, not asked for until `switch_on`. Returns the otpauth:// address to draw as a QR.

    Raises AlreadyOn: a new secret would switch the old one off unasked.
    """
    user.totp_secret = pyotp.random_base32()
    # Asked of the row itself: another window may have switched it on meanwhile.
    if not User.objects.filter(pk=user.pk, totp_confirmed_at=None).update(totp_secret=user.totp_secret):
        raise AlreadyOn
    return address_of(user)


def address_of(user: User) -> str:
    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=str(user.phone), issuer_name=ISSUER)


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the app is told: qr, a data: address of a drawing to scan; secret, the same to type, in groups."""

    qr: str
    secret: str


def set_up_of(user: User) -> SetUp:
    drawn = segno.make(address_of(user), error="m")
    secret = user.totp_secret
    return SetUp(
        qr=drawn.svg_data_uri(scale=5, border=3, light="#fff", dark="#000"),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    )


@transaction.atomic
def switch_on(*, user: User, code: str, now: datetime) -> list[str]:
    """From now on a code is asked for at sign-in. Returns the recovery codes: they are shown once.

    Raises WrongSecondFactor, TooManyTries.
    """
    limits.spend(limits.SECOND_FACTORS, str(user.pk))
    if user.has_totp:
        raise AlreadyOn
    if not user.totp_secret or not _use(user, code, now):
        raise WrongSecondFactor
    user.totp_confirmed_at = now
    user.save(update_fields=["totp_confirmed_at"])
    return new_recovery_codes(user=user)


@transaction.atomic
def new_recovery_codes(*, user: User) -> list[str]:
    """Replace the recovery codes."""
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return codes


@transaction.atomic
def switch_off(*, user: User) -> None:
    user.totp_secret, user.totp_confirmed_at = "", None
    user.save(update_fields=["totp_secret", "totp_confirmed_at"])
    RecoveryCode.objects.filter(user=user).delete()


def check(*, user: User, code: str, now: datetime) -> None:
    """Use a code up. Raises WrongSecondFactor, TooManyTries."""
    limits.spend(limits.SECOND_FACTORS, str(user.pk))
    rows = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    if not _use(user, code, now) and not rows.update(used_at=now):
        raise WrongSecondFactor


def _use(user: User, code: str, now: datetime) -> bool:
    """A code of now or of the step beside it, if that step was not used yet."""
    totp, step = pyotp.TOTP(user.totp_secret), int(now.timestamp()) // _STEP_S
    for near in (step, step - 1, step + 1):
        if constant_time_compare(totp.at(near * _STEP_S), "".join(code.split())):
            return bool(User.objects.filter(pk=user.pk, totp_last_step__lt=near).update(totp_last_step=near))
    return False


def left(*, user: User) -> int:
    """How many recovery codes were not used yet."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _new_code() -> str:
    """79 bits: enough for a plain digest."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(user: User, code: str) -> str:
    spoken = "".join(char for char in code.lower() if char.isalnum())
    return tokens.digest(f"{user.pk}:{spoken}")
