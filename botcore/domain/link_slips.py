"""What a worker leaves in Redis for the screen that links a number, and what the screen leaves for the worker.

All of it is short-lived, and losing it costs a second try: a screen never waits for a gateway.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.utils import timezone
from redis.exceptions import RedisError

from botcore.gateway.types import Qr
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key

logger = get_logger(__name__)

# WhatsApp takes a pairing code for about so long.
PAIRING_FOR: Final = timedelta(seconds=160)
_KEPT_S: Final = 300


@dataclass(frozen=True, slots=True)
class KeptQr:
    """A code to scan. kept_at: when it came from the gateway; png: as of Qr."""

    text: str
    expires_at: datetime
    kept_at: datetime
    png: bytes = b""

    def age_s(self, now: datetime) -> int:
        return max(0, int((now - self.kept_at).total_seconds()))


@dataclass(frozen=True, slots=True)
class PairingCode:
    """A code to type on the phone. phone: digits alone; code: empty while it is fetched, or where it failed.

    problem: why there is none, one of number_states.STEP_PROBLEMS.
    """

    phone: str
    code: str
    problem: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PasskeyStep:
    """What WhatsApp wants before it links. challenge: WebAuthn request options as JSON; confirmation: the code to
    compare with the phone's. Both are empty while they are fetched. problem: as of PairingCode."""

    challenge: str = ""
    confirmation: str = ""
    problem: str = ""


class Errand(StrEnum):
    """What the screen wants of the worker."""

    PAIR = "pair"
    ANSWER_PASSKEY = "answer_passkey"
    CONFIRM_PASSKEY = "confirm_passkey"


def keep_qr(number_id: int, qr: Qr) -> None:
    now = timezone.now()
    value = {
        "text": qr.text,
        "expires_at": qr.expires_at.isoformat(),
        "kept_at": now.isoformat(),
        "png": b64encode(qr.png).decode(),
    }
    _keep("number_qr", number_id, value, max(1, int((qr.expires_at - now).total_seconds())))


def kept_qr(number_id: int, *, now: datetime) -> KeptQr | None:
    kept = _kept("number_qr", number_id)
    if kept is None:
        return None
    qr = KeptQr(
        kept["text"],
        datetime.fromisoformat(kept["expires_at"]),
        datetime.fromisoformat(kept["kept_at"]),
        b64decode(kept["png"]),
    )
    return qr if qr.expires_at > now else None


def keep_pairing(number_id: int, *, phone: str, code: str = "", problem: str = "") -> None:
    expires_at = timezone.now() + PAIRING_FOR
    _keep(
        "number_pairing",
        number_id,
        {"phone": phone, "code": code, "problem": problem, "expires_at": expires_at.isoformat()},
        int(PAIRING_FOR.total_seconds()),
    )


def kept_pairing(number_id: int, *, now: datetime) -> PairingCode | None:
    kept = _kept("number_pairing", number_id)
    if kept is None:
        return None
    found = PairingCode(
        kept["phone"], kept["code"], kept["problem"], datetime.fromisoformat(kept["expires_at"])
    )
    return found if found.expires_at > now else None


def keep_passkey(number_id: int, step: PasskeyStep) -> None:
    _keep("number_passkey", number_id, asdict(step), _KEPT_S)


def kept_passkey(number_id: int) -> PasskeyStep | None:
    kept = _kept("number_passkey", number_id)
    return PasskeyStep(**kept) if kept is not None else None


def forget(number_id: int) -> None:
    """The link is made, or given up."""
    try:
        names = ("number_qr", "number_pairing", "number_passkey", "number_errand")
        get_redis().delete(*(key(name, number_id) for name in names))
    except RedisError:
        logger.warning("link slips not forgotten", extra={"number_id": number_id})


def send(number_id: int, errand: Errand, value: str = "") -> bool:
    """Leave an errand; the worker must be woken too. False: Redis is away."""
    return _keep("number_errand", number_id, {"what": errand, "value": value}, _KEPT_S)


def take_errand(number_id: int) -> tuple[Errand, str] | None:
    """Each is run once."""
    try:
        raw = get_redis().getdel(key("number_errand", number_id))
    except RedisError:
        return None
    if not raw:
        return None
    kept = json.loads(str(raw))
    return Errand(kept["what"]), kept["value"]


def _keep(name: str, number_id: int, value: Mapping[str, Any], for_s: int) -> bool:
    try:
        get_redis().set(key(name, number_id), json.dumps(value), ex=for_s)
    except RedisError:
        logger.warning("link slip not kept", extra={"slip": name})
        return False
    return True


def _kept(name: str, number_id: int) -> dict[str, Any] | None:
    try:
        raw = get_redis().get(key(name, number_id))
    except RedisError:
        return None
    kept: dict[str, Any] | None = json.loads(str(raw)) if raw else None
    return kept
