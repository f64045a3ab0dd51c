"""Webhooks nobody could read: kept without media and keys, a few of each number, and read again after a mend."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from botcore.domain.inbox import NumberRef
from botcore.gateway.errors import GatewayError
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Event, Webhook
from botcore.models import KeptWebhook
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

KEPT_OF_A_NUMBER: Final = 200
LONGEST: Final = 64 * 1024
# What no log and no table may hold, in any gateway's spelling: its token, media and the keys to it.
_LEFT_OUT: Final = frozenset(
    {"apikey", "base64", "data_base64", "jpegthumbnail", "mediakey", "media", "thumbnail", "token"}
)
_DEEPEST: Final = 40


def keep(*, number: NumberRef, driver: str, body: bytes, problem: str, now: datetime) -> None:
    """Keep it, and let go of the number's oldest. Text that is no JSON is kept as far as it can be read; problem:
    storable."""
    rows = KeptWebhook.objects.filter(tenant_id=number.tenant_id, number_id=number.number_id)
    KeptWebhook.objects.create(
        tenant_id=number.tenant_id,
        number_id=number.number_id,
        driver=driver,
        body=_without_secrets(body),
        problem=problem[:200],
        received_at=now,
    )
    last = rows.order_by("-pk").values_list("pk", flat=True)[KEPT_OF_A_NUMBER : KEPT_OF_A_NUMBER + 1].first()
    if last is not None:
        rows.filter(pk__lte=last).delete()


def replay(*, kept: KeptWebhook, store: Callable[[NumberRef, Sequence[Event]], None], now: datetime) -> str:
    """Read it once more. Returns what is still wrong with it, empty when it is stored now."""
    try:
        events = driver_named(kept.driver).parse(Webhook({}, kept.body.encode()))
    except GatewayError as error:
        return str(error)
    except Exception as error:
        logger.exception("driver failed to read", extra={"kept_id": kept.pk})
        return type(error).__name__
    store(NumberRef(kept.number_id, kept.tenant_id), events)
    KeptWebhook.objects.filter(tenant_id=kept.tenant_id, pk=kept.pk).update(replayed_at=now)
    return ""


def storable(text: str) -> str:
    """PostgreSQL stores no NUL; half a surrogate pair is no text either."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _without_secrets(body: bytes) -> str:
    text = body.decode("utf-8", "replace").replace("\x00", "")
    with suppress(ValueError, RecursionError):  # no JSON: as it is
        text = json.dumps(_stripped(json.loads(text), 0), ensure_ascii=False)
    return text.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore")


def _stripped(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            name: "…" if name.lower() in _LEFT_OUT else _stripped(part, depth + 1)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_stripped(part, depth + 1) for part in value]
    return value
