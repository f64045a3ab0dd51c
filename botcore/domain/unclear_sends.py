"""Sends that nobody knows the end of: the gateway did not answer, or the sender died. Nothing is sent twice for them.

They hold their chat's later messages back until it is known whether they went out: the gateway tells our own message
back (deliveries.py), or is asked what it sent. Where it cannot tell, staff decide whether to send again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from botcore import wake
from botcore.domain import joining
from botcore.domain.sender_lease import LEASE_S
from botcore.enums import OutboxState
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import GatewayError
from botcore.gateway.registry import driver_for
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.models.message import SECRET_PART
from botcore.wake import Wake
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

CODE: Final = "send_unclear"
ASK_AFTER: Final = timedelta(seconds=60)
GIVE_UP_AFTER: Final = timedelta(minutes=3)
# A gateway that cannot be asked is asked again, for so long.
ASK_FOR: Final = timedelta(days=1)
# WhatsApp's times are whole seconds, and its clock is not ours.
_CLOCKS_DIFFER: Final = timedelta(seconds=30)
AT_ONCE: Final = 20
_LEASE: Final = timedelta(seconds=LEASE_S)


def may_have_gone_out() -> Q:
    """Messages of which it may still be told that they went out, be it after the staff were left to decide."""
    given_up = Q(state=OutboxState.DEAD, error_code=CODE, tried_at__isnull=False)
    return Q(state=OutboxState.SENDING) | Q(state=OutboxState.UNCLEAR) | given_up


def left_by_dead_sender(
    *, number: WhatsAppNumber, driver: GatewayDriver, now: datetime, tried_before: datetime | None = None
) -> None:
    """Rows still `sending` that nobody sends: with the number held all of them, else those tried a lease ago."""
    left = OutboxMessage.objects.filter(tenant_id=number.tenant_id, number=number, state=OutboxState.SENDING)
    if tried_before is not None:
        left = left.filter(tried_at__lte=tried_before)
    if Capability.SENDS_ONCE in driver.capabilities:
        left.update(state=OutboxState.QUEUED, error_code=CODE)
    elif driver.is_paced:
        left.update(state=OutboxState.UNCLEAR, tried_at=Coalesce("tried_at", now), error_code=CODE)
    else:
        left.update(state=OutboxState.DEAD, error_code=CODE)


def numbers_to_clear(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant id, number id) of numbers with sends to clear up. Call it across tenants."""
    asked_for = Q(state=OutboxState.UNCLEAR, tried_at__lte=now - ASK_AFTER)
    is_held = Q(number__sender_until__gt=now)
    abandoned = Q(state=OutboxState.SENDING, tried_at__lte=now - _LEASE) & ~is_held
    rows = OutboxMessage.objects.filter(asked_for | abandoned).order_by("number_id")
    return list(rows.values_list("tenant_id", "number_id").distinct()[:limit])


def clear(*, tenant_id: int, number_id: int) -> int:
    """Clear up what can be. Returns how many messages. Two at once do no harm: each end is written under condition."""
    now = timezone.now()
    number = WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id).first()
    if number is None:
        return 0
    driver = driver_for(number)
    if number.sender_until is None or number.sender_until <= now:
        left_by_dead_sender(number=number, driver=driver, now=now, tried_before=now - _LEASE)
    unclear = OutboxMessage.objects.filter(tenant_id=tenant_id, number=number, state=OutboxState.UNCLEAR)
    waiting = unclear.filter(tried_at__lte=now - ASK_AFTER).select_related("chat").order_by("tried_at", "pk")
    cleared = sum(_clear(number, driver, rows, now) for rows in joining.tries(waiting)[:AT_ONCE])
    if cleared:
        wake.up(Wake.SEND_DUE, tenant_id=tenant_id, row_id=number_id)
    return cleared


def went_out(rows: Sequence[OutboxMessage], *, message_id: str, at: datetime) -> int:
    """These rows, one message, were sent: known by its answer, its echo, or by asking. A secret is forgotten."""
    mine = OutboxMessage.objects.filter(
        may_have_gone_out(), tenant_id=rows[0].tenant_id, pk__in=[row.pk for row in rows]
    )
    # A secret goes alone (joining.py).
    forgotten = {"text": ""} if rows[0].part == SECRET_PART else {}
    return mine.update(
        state=OutboxState.SENT, wa_message_id=message_id[:128], sent_at=at, error_code="", **forgotten
    )


def give_up(*, tenant_id: int, number_id: int) -> int:
    """Leave all of a number's open ends to the staff: nobody can be asked any more, as when its gateway changes."""
    rows = OutboxMessage.objects.filter(tenant_id=tenant_id, number_id=number_id).filter(
        Q(state=OutboxState.SENDING)
        | Q(state=OutboxState.UNCLEAR)
        | Q(state=OutboxState.QUEUED, error_code=CODE)
    )
    return rows.update(state=OutboxState.DEAD, error_code=CODE)


def _clear(
    number: WhatsAppNumber, driver: GatewayDriver, rows: Sequence[OutboxMessage], now: datetime
) -> bool:
    tried_at = rows[0].tried_at
    if tried_at is None:
        return False
    gives_up = now - tried_at >= GIVE_UP_AFTER
    if Capability.HISTORY in driver.capabilities:
        message = joining.outgoing(rows, chat_wa_id=rows[0].chat.wa_id)
        try:
            found = driver.find_sent(number.session_name, message, since=tried_at - _CLOCKS_DIFFER)
        except GatewayError as error:
            logger.info(
                "gateway cannot tell what it sent", extra={"number_id": number.pk, "code": error.code}
            )
            gives_up = gives_up if error.permanent else now - tried_at >= ASK_FOR
        else:
            if found is None:
                return _end(rows, state=OutboxState.QUEUED, next_attempt_at=now)
            if not _is_known(number, found.message_id):
                return bool(went_out(rows, message_id=found.message_id, at=tried_at))
            # The same words, sent a moment before: whether they went out twice it does not say.
    return gives_up and _end(rows, state=OutboxState.DEAD, error_code=CODE)


def _is_known(number: WhatsAppNumber, message_id: str) -> bool:
    known = OutboxMessage.objects.filter(
        tenant_id=number.tenant_id, number=number, wa_message_id=message_id[:128]
    )
    return bool(message_id) and known.exists()


def _end(rows: Sequence[OutboxMessage], **to: object) -> bool:
    mine = OutboxMessage.objects.filter(
        tenant_id=rows[0].tenant_id,
        pk__in=[row.pk for row in rows],
        state=OutboxState.UNCLEAR,
        tried_at=rows[0].tried_at,
    )
    return bool(mine.update(**to))
