"""What becomes of a message, and of its number, when a gateway did not send it.

A message's own fault ends the message. A number's fault holds the number back: it waits out what WhatsApp asks for,
and after a few failures in a row its breaker opens, for longer each time. What is held back is not tried in vain.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from botcore import wake
from botcore.domain import platform, team_notices, unclear_sends
from botcore.enums import NumberState, OutboxState
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import (
    GatewayError,
    GatewayNotActivated,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    ReachoutBlocked,
    SessionMissing,
    SessionNotConnected,
)
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from tenants.scoping import all_tenants

logger = get_logger(__name__)

# Seconds before each further try; after the last one the reply is a dead letter that staff can send again.
PAUSES_S: Final = (2, 10, 30, 120, 600, 1800, 3600)
# So many failures in a row open the breaker.
BREAKS_AFTER: Final = 3
BREAK: Final = timedelta(minutes=1)
LONGEST_BREAK: Final = timedelta(minutes=30)
# The connection is asked after meanwhile; its state holds the number from then on.
RECHECK: Final = timedelta(seconds=10)
RATE_LIMITED_FOR: Final = timedelta(minutes=1)
LONGEST_RATE_LIMIT: Final = timedelta(days=1)
NO_NEW_CHATS_FOR: Final = timedelta(hours=1)

_NOT_CONNECTED = (SessionMissing, SessionNotConnected)
# Not the message's fault: it may wait for as long as a message may wait at all.
_SPARES_TRIES = (*_NOT_CONNECTED, RateLimited, GatewayUnreachable, GatewayRefused, GatewayNotActivated)


@transaction.atomic
def failed(
    *,
    number: WhatsAppNumber,
    driver: GatewayDriver,
    rows: Sequence[OutboxMessage],
    error: GatewayError,
    now: datetime,
) -> bool:
    """Write down that these rows, one message, were not sent. Returns False when an echo proved meanwhile that they
    were."""
    if error.is_unclear and Capability.SENDS_ONCE not in driver.capabilities:
        if not _settle(rows, state=OutboxState.UNCLEAR, error_code=error.code):
            return False
        _count(number, error, now)
    elif error.permanent:
        _settle(rows, state=OutboxState.DEAD, error_code=error.code)
        logger.error("reply not delivered", extra={"outbox_id": rows[0].pk, "code": error.code})
        if isinstance(error, ReachoutBlocked):
            block_new_chats(number=number, now=now)
    else:
        _put_off(rows, error, now)
        if isinstance(error, RateLimited):
            asked_for = timedelta(seconds=error.retry_after_s) if error.retry_after_s else RATE_LIMITED_FOR
            _hold(number, error, now + min(asked_for, LONGEST_RATE_LIMIT))
        else:
            _count(number, error, now)
    return True


def succeeded(*, number: WhatsAppNumber) -> None:
    """A message went out: what failed before is over."""
    if number.send_failures or number.pause_reason:
        number.send_failures, number.pause_reason, number.paused_until = 0, "", None
        _save(number, "send_failures", "pause_reason", "paused_until")


def block_new_chats(*, number: WhatsAppNumber, now: datetime) -> None:
    """WhatsApp let it open no new chat: it tries none for a while."""
    number.no_new_chats_until = now + NO_NEW_CHATS_FOR
    _save(number, "no_new_chats_until")
    logger.warning("no new chats for now", extra={"number_id": number.pk})


def _put_off(rows: Sequence[OutboxMessage], error: GatewayError, now: datetime) -> None:
    tried = rows[0].attempts
    pause: float
    if isinstance(error, _SPARES_TRIES):
        pause, to = PAUSES_S[0], {"state": OutboxState.QUEUED, "attempts": F("attempts") - 1}
    elif tried <= len(PAUSES_S):
        pause, to = max(PAUSES_S[tried - 1], error.retry_after_s or 0), {"state": OutboxState.QUEUED}
    else:
        pause, to = 0, {"state": OutboxState.DEAD}
        logger.error("reply not delivered", extra={"outbox_id": rows[0].pk, "code": error.code})
    # Where one reference is delivered once a send without an answer is repeated, by the same number alone.
    code = unclear_sends.CODE if error.is_unclear else error.code
    _settle(rows, error_code=code, next_attempt_at=now + timedelta(seconds=pause), **to)


def _settle(rows: Sequence[OutboxMessage], **to: object) -> int:
    mine = OutboxMessage.objects.filter(
        tenant_id=rows[0].tenant_id, pk__in=[row.pk for row in rows], state=OutboxState.SENDING
    )
    return mine.update(**to)


def _count(number: WhatsAppNumber, error: GatewayError, now: datetime) -> None:
    number.send_failures = min(number.send_failures + 1, 1000)
    _save(number, "send_failures")
    more = number.send_failures - BREAKS_AFTER
    if more >= 0:
        _hold(number, error, now + min(BREAK * 2 ** min(more, 10), LONGEST_BREAK))
    elif isinstance(error, _NOT_CONNECTED):
        _hold(number, error, now + RECHECK)
    if more == 0:
        _tell_team(number, now)
    if isinstance(error, _NOT_CONNECTED):
        wake.after_commit(Wake.CHECK_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)


def _hold(number: WhatsAppNumber, error: GatewayError, until: datetime) -> None:
    number.paused_until, number.pause_reason = until, error.code
    _save(number, "paused_until", "pause_reason")
    logger.warning("sending held", extra={"number_id": number.pk, "code": error.code})


def _tell_team(number: WhatsAppNumber, now: datetime) -> None:
    """Once a day, through another live number of theirs, else through the platform's."""
    with all_tenants("the platform tells an account of its number"):
        own = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id)
        messenger = _live(own, number, now) or _live(platform.numbers(), number, now)
        if messenger is None:
            logger.warning("nobody could be told that sending is held", extra={"number_id": number.pk})
            return
        team_notices.tell_once(
            tenant_id=number.tenant_id,
            number=messenger,
            about=f"sending-held-{number.pk}-{now:%Y-%m-%d}",
            text=f"⚠ *{number}* could not send {BREAKS_AFTER} messages in a row, so it takes a break. What waits goes "
            f"out when it can send again.\n\nYour numbers: {settings.PUBLIC_URL}/numbers/",
            now=now,
        )


def _live(numbers: QuerySet[WhatsAppNumber], but: WhatsAppNumber, now: datetime) -> WhatsAppNumber | None:
    live = numbers.filter(state=NumberState.OPEN).exclude(pk=but.pk).exclude(paused_until__gt=now)
    return live.order_by("-is_default", "pk").first()


def _save(number: WhatsAppNumber, *fields: str) -> None:
    rows = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk)
    rows.update(**{field: getattr(number, field) for field in fields})
