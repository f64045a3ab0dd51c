"""The signed tokens in the cookies. Each realm signs with its own secret and names itself: neither opens the other."""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from django.conf import settings

from tenants.enums import Realm

ACCESS_LIVES = timedelta(minutes=15)
REFRESH_LIVES = timedelta(days=30)
_ALGORITHM = "HS256"
_REQUIRED = ["exp", "iat", "aud", "sub", "sid", "typ"]


class BadToken(Exception):
    """Not a token of this realm and type, or one whose time is over."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. nonce: of a refresh token; the session knows which one is next."""

    user_id: int
    session_id: uuid.UUID
    nonce: str = ""


def access(*, realm: Realm, user_id: int, session_id: uuid.UUID, now: datetime) -> str:
    return _encode(realm, "access", user_id, session_id, now, ACCESS_LIVES)


def refresh(*, realm: Realm, user_id: int, session_id: uuid.UUID, nonce: str, now: datetime) -> str:
    return _encode(realm, "refresh", user_id, session_id, now, REFRESH_LIVES, jti=nonce)


def read(token: str, *, realm: Realm, kind: str) -> Claims:
    """kind: access or refresh. Raises BadToken."""
    try:
        claims = jwt.decode(
            token,
            _secret(realm),
            algorithms=[_ALGORITHM],
            audience=realm.value,
            options={"require": _REQUIRED},
        )
        if claims["typ"] != kind:
            raise BadToken
        return Claims(int(claims["sub"]), uuid.UUID(claims["sid"]), str(claims.get("jti", "")))
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise BadToken from error


def new_nonce() -> str:
    return secrets.token_urlsafe(24)


def nonce_after(nonce: str, *, realm: Realm) -> str:
    """The one that follows: it can be told again to a browser that lost the answer, and made by nobody else."""
    return hmac.new(_secret(realm).encode(), f"nonce after {nonce}".encode(), hashlib.sha256).hexdigest()


def digest(nonce: str) -> str:
    """What is kept of a nonce or an API key: both are long and random, so a plain hash is enough."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def _encode(
    realm: Realm, kind: str, user_id: int, session_id: uuid.UUID, now: datetime, lives: timedelta, **more: str
) -> str:
    claims = {
        "aud": realm.value,
        "typ": kind,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": now,
        "exp": now + lives,
        **more,
    }
    return jwt.encode(claims, _secret(realm), algorithm=_ALGORITHM)


def _secret(realm: Realm) -> str:
    of_realm: dict[Realm, str] = {
        Realm.TENANT: settings.TENANT_JWT_SECRET,
        Realm.ADMIN: settings.ADMIN_JWT_SECRET,
    }
    return of_realm[realm]
