"""What is asked of a number's gateway: link it, log it out, forget it, look after it. Workers call these.

A screen never waits for a gateway. It reads the number's state and the QR code a worker left for it.
"""

import json
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from botcore import wake
from botcore.domain import numbers
from botcore.domain.number_states import REMOVING, SESSION_GONE, UNREACHABLE
from botcore.enums import NumberState
from botcore.gateway.errors import GatewayError, SessionMissing
from botcore.gateway.registry import driver_for
from botcore.gateway.types import Qr, SessionChanged
from botcore.models import Chat, InboxMessage, OutboxMessage, WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key

logger = get_logger(__name__)

# New codes are fetched for so long after linking began; then somebody has to ask again.
OFFERED_FOR: Final = timedelta(minutes=5)
# Waiting for a scan; where the gateway may have a code for us.
_BEFORE_SCAN = (NumberState.NEW, NumberState.CONNECTING, NumberState.QR)
# Live numbers are asked after so often; others as often as the round comes by.
SEEN_EVERY: Final = timedelta(minutes=5)
_ERASED_AT_ONCE: Final = 2000


def link(*, tenant_id: int, number_id: int) -> None:
    """Make the session exist, start linking where it is not live, and leave state and QR for the screens."""
    number = _find(tenant_id, number_id)
    if number is None or number.state in (NumberState.LOGGED_OUT, NumberState.BANNED):
        return  # logged out meanwhile; asking to connect it puts it to connecting first
    driver = driver_for(number)
    session = number.session_name
    try:
        driver.ensure_session(session, webhook_url=webhook_url(number), secret=number.webhook_secret)
        if driver.status(session).state != NumberState.OPEN and driver.qr(session) is None:
            driver.connect(session)
        status = driver.status(session)
        code = driver.qr(session) if status.state == NumberState.QR else None
    except GatewayError as error:
        _unreachable(number, error)
        return
    _keep_qr(number.pk, code)
    _tell(number, SessionChanged(status.state, status.reason, status.own))


def offer_qr(*, number: WhatsAppNumber, now: datetime) -> Qr | None:
    """The code to scan now. Where it ran out, a worker is asked for the next one: look again in a moment."""
    if number.state not in _BEFORE_SCAN:
        return None
    code = _kept_qr(number.pk)
    if code is not None and code.expires_at > now:
        return code
    if not is_offer_over(number=number, now=now):
        wake.up(Wake.LINK_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)
    return None


def is_offer_over(*, number: WhatsAppNumber, now: datetime) -> bool:
    return number.state_at is not None and now - number.state_at > OFFERED_FOR


def log_out(*, tenant_id: int, number_id: int) -> None:
    """End the link at the gateway. Raises GatewayError: the task tries again."""
    number = _find(tenant_id, number_id)
    if number is None or number.state != NumberState.LOGGED_OUT:
        return  # linked again meanwhile
    driver_for(number).logout(number.session_name)
    _keep_qr(number.pk, None)


def forget(*, tenant_id: int, number_id: int) -> None:
    """Delete a removed number: at its gateway, then its messages in steps, then itself. Raises GatewayError."""
    number = _find(tenant_id, number_id)
    if number is None or number.state_reason != REMOVING:
        return
    driver = driver_for(number)
    driver.logout(number.session_name)
    driver.delete(number.session_name)
    _keep_qr(number.pk, None)
    for model in (OutboxMessage, InboxMessage, Chat):
        rows = model.objects.filter(tenant_id=tenant_id, number=number)
        while ids := list(rows.values_list("pk", flat=True)[:_ERASED_AT_ONCE]):
            model.objects.filter(tenant_id=tenant_id, pk__in=ids).delete()
    number.delete()


def check(*, tenant_id: int, number_id: int) -> None:
    """Ask the gateway how the number is: some tell nothing by themselves, and events get lost."""
    number = _find(tenant_id, number_id)
    if number is None or number.state_reason == REMOVING:
        return
    try:
        status = driver_for(number).status(number.session_name)
    except SessionMissing:
        _tell(number, SessionChanged(NumberState.LOGGED_OUT, SESSION_GONE))
        return
    except GatewayError as error:
        _unreachable(number, error)
        return
    _tell(number, SessionChanged(status.state, status.reason, status.own))
    if status.state == NumberState.OPEN:
        numbers.seen(tenant_id=tenant_id, number_id=number_id, now=timezone.now())


def to_check(*, now: datetime, limit: int) -> list[tuple[Wake, int, int]]:
    """(what to do, tenant id, number id): linked numbers not seen lately, and those whose removal was cut short."""
    known = WhatsAppNumber.objects.filter(tenant__is_active=True)
    linked = known.filter(state__in=(NumberState.OPEN, NumberState.CLOSED)).exclude(
        last_seen_at__gt=now - SEEN_EVERY
    )
    leaving = known.filter(state_reason=REMOVING, state_at__lt=now - timedelta(minutes=1))
    return [
        *((Wake.CHECK_NUMBER, *ids) for ids in linked.values_list("tenant_id", "pk")[:limit]),
        *((Wake.REMOVE_NUMBER, *ids) for ids in leaving.values_list("tenant_id", "pk")[:limit]),
    ]


def webhook_url(number: WhatsAppNumber) -> str:
    return f"{settings.PUBLIC_URL}/webhooks/whatsapp/{number.webhook_key}"


def _find(tenant_id: int, number_id: int) -> WhatsAppNumber | None:
    number = WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id).first()
    if number is None:
        logger.info("number is gone", extra={"number_id": number_id})
    return number


def _tell(number: WhatsAppNumber, change: SessionChanged) -> None:
    numbers.set_state(tenant_id=number.tenant_id, number_id=number.pk, change=change)


def _unreachable(number: WhatsAppNumber, error: GatewayError) -> None:
    """Only the reason is ours to change: where the number stands nobody knows now."""
    logger.warning("gateway did not serve", extra={"number_id": number.pk, "code": error.code})
    WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk).exclude(
        state_reason=REMOVING
    ).update(state_reason=UNREACHABLE)


def _keep_qr(number_id: int, code: Qr | None) -> None:
    try:
        if code is None:
            get_redis().delete(_qr_key(number_id))
            return
        left_s = max(1, int((code.expires_at - timezone.now()).total_seconds()))
        raw = json.dumps({"text": code.text, "expires_at": code.expires_at.isoformat()})
        get_redis().set(_qr_key(number_id), raw, ex=left_s)
    except RedisError:
        logger.warning("QR code not kept")


def _kept_qr(number_id: int) -> Qr | None:
    try:
        raw = get_redis().get(_qr_key(number_id))
    except RedisError:
        return None
    if not raw:
        return None
    kept = json.loads(raw)
    return Qr(text=kept["text"], expires_at=datetime.fromisoformat(kept["expires_at"]))


def _qr_key(number_id: int) -> str:
    return key("number_qr", number_id)
