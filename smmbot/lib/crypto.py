"""Vendors' secrets at rest: Fernet with the keys of settings.FIELD_ENCRYPTION_KEY, newest first."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

_DOTS = "••••"
_SHOWN = 4
_SHORTEST_SHOWN = 12


class WrongFieldKey(Exception):
    """A stored secret cannot be read with the keys configured. Put the key it was written with back into
    FIELD_ENCRYPTION_KEY, behind the newest one, or enter the secret again."""

    code = "wrong_field_key"

    def __str__(self) -> str:
        return (
            "A stored secret cannot be read with the keys in FIELD_ENCRYPTION_KEY. Add the key it was "
            "written with after the newest one, or enter the secret again."
        )


def encrypt(text: str) -> str:
    """Return the token to store, written with the newest key."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises WrongFieldKey, also for text that was never a token."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken:
        # The cause would only add the token's bytes to a traceback.
        raise WrongFieldKey from None


def rotate(token: str) -> str:
    """Return the same secret written with the newest key. Raises WrongFieldKey."""
    try:
        return _fernet().rotate(token.encode()).decode()
    except InvalidToken:
        raise WrongFieldKey from None


def mask(secret: str) -> str:
    """Return dots and the last four characters; nothing of a secret shorter than twelve."""
    if not secret:
        return ""
    return _DOTS + (secret[-_SHOWN:] if len(secret) >= _SHORTEST_SHOWN else "")


def _fernet() -> MultiFernet:
    return _fernet_of(tuple(_configured_keys()))


def _configured_keys() -> Iterable[str]:
    keys: str | Iterable[str] = settings.FIELD_ENCRYPTION_KEY
    return keys.split(",") if isinstance(keys, str) else keys


@lru_cache(maxsize=8)
def _fernet_of(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys if key.strip()])
    except ValueError:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEY must be one or more Fernet keys, newest first: 32 bytes in URL-safe base64."
        ) from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """Text that stands in the database as a token and in Python as itself; empty stays empty. Tokens of the
    same text differ, so it cannot be searched. Reading with a wrong key raises WrongFieldKey."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value
