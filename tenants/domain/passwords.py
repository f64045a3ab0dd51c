"""Passwords: checked, changed, made. A change ends every other session."""

import secrets
import string
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tenants.domain import limits, sessions
from tenants.errors import SamePassword, WeakPassword, WrongPassword
from tenants.models import LoginSession, User

MADE_LIVES = timedelta(hours=24)
MIN_LENGTH, MAX_LENGTH = 10, 128
_MADE_LENGTH = 14
# Without the letters and digits that look alike.
_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def check_strength(password: str, *, user: User | None = None) -> None:
    """Raises WeakPassword, which says what to change."""
    if len(password) > MAX_LENGTH:
        raise WeakPassword([f"Use at most {MAX_LENGTH} characters."])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(list(error.messages)) from error


@transaction.atomic
def set_own(*, user: User, password: str, now: datetime, keep: LoginSession | None = None) -> None:
    """Give the person a password of their own choice and end their sessions, but the one that is kept.

    Raises WeakPassword.
    """
    check_strength(password, user=user)
    user.set_password(password)
    user.password_expires_at = None
    user.save(update_fields=["password", "password_expires_at"])
    sessions.end_all(user=user, now=now, reason="password_changed", but=keep)


def confirm(*, user: User, password: str) -> None:
    """Is it really this person? Raises WrongPassword, TooManyTries."""
    limits.spend(limits.CONFIRMATIONS, str(user.pk))
    if not user.check_password(password):
        raise WrongPassword


def change(*, user: User, old: str, new: str, now: datetime, keep: LoginSession) -> None:
    """Raises WrongPassword when the old one is not right, WeakPassword, TooManyTries."""
    confirm(user=user, password=old)
    set_own(user=user, password=new, now=now, keep=keep)


def set_first(*, user: User, password: str, now: datetime, keep: LoginSession) -> None:
    """Replace the password we made. Raises SamePassword, WeakPassword."""
    if user.check_password(password):
        raise SamePassword
    set_own(user=user, password=password, now=now, keep=keep)


def make(*, user: User, now: datetime) -> str:
    """Give the person a password we made, to be changed at the first sign-in. Returns it: it is kept nowhere."""
    password = "".join(secrets.choice(_ALPHABET) for _ in range(_MADE_LENGTH))
    user.set_password(password)
    user.password_expires_at = now + MADE_LIVES
    user.save(update_fields=["password", "password_expires_at"])
    return password
