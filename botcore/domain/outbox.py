"""Replies on their way out: queued with the log rows they answer, sent once, tried again with a growing pause."""

import time
import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from botcore import wake
from botcore.domain import still_wanted
from botcore.enums import ChatKind, OutboxPriority, OutboxState
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import GatewayError, SessionNotConnected
from botcore.gateway.registry import driver_for
from botcore.gateway.types import Address, OutgoingText
from botcore.models import Chat, InboxMessage, OutboxMessage, WhatsAppNumber
from botcore.models.message import SECRET_PART
from botcore.wake import Wake
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

LEASE_S = 60
BATCH = 20
# Seconds before each further try; after the last one the reply is a dead letter that staff can send again.
PAUSES_S = (2, 10, 30, 120, 600, 1800, 3600)
# A sender asks for longer when so much of its lease is gone.
RENEW_S = LEASE_S / 4
_SETTLED = ("state", "attempts", "wa_message_id", "error_code", "sent_at", "next_attempt_at")
_UNSENT = (OutboxState.QUEUED, OutboxState.SENDING)

_TAKE_NUMBER = """
WITH lease AS (
    -- Waits for a sender that lets go this moment: it has looked for replies already and cannot see ours.
    SELECT id, sender_until FROM botcore_whatsappnumber WHERE id = %s AND tenant_id = %s FOR UPDATE
)
UPDATE botcore_whatsappnumber AS number SET sender_token = %s, sender_until = %s FROM lease
WHERE number.id = lease.id AND (lease.sender_until IS NULL OR lease.sender_until < %s)
RETURNING number.*
"""
_CLAIM_NEXT = """
UPDATE botcore_outboxmessage AS reply SET state = 'sending'
FROM (
    SELECT due.id, chat.wa_id, seen.support_enabled, seen.marketing_enabled, seen.silent_mode, seen.is_hidden
    FROM botcore_outboxmessage AS due JOIN botcore_chat AS chat ON chat.id = due.chat_id
    LEFT JOIN botcore_group AS seen ON seen.id = chat.group_id
    WHERE due.number_id = %s AND due.tenant_id = %s AND due.state = 'queued' AND due.next_attempt_at <= %s
    AND NOT EXISTS (
        SELECT FROM botcore_outboxmessage AS earlier
        WHERE earlier.chat_id = due.chat_id AND earlier.state = 'queued' AND earlier.id < due.id
        AND earlier.next_attempt_at > %s
    )
    ORDER BY due.priority, due.id LIMIT %s
) AS next
WHERE reply.id = next.id
RETURNING reply.*, next.wa_id AS chat_wa_id, next.support_enabled AS group_support,
    next.marketing_enabled AS group_marketing, next.silent_mode AS group_silent, next.is_hidden AS group_hidden
"""
_LET_GO = """
UPDATE botcore_whatsappnumber AS number SET sender_token = NULL, sender_until = NULL
WHERE id = %s AND tenant_id = %s AND sender_token = %s AND NOT EXISTS (
    SELECT FROM botcore_outboxmessage AS reply
    WHERE reply.number_id = number.id AND reply.state = 'queued' AND reply.next_attempt_at <= %s
)
"""


def queue_reply(
    *, message: InboxMessage, part: str, text: str, now: datetime, is_silent: bool, quotes: bool
) -> OutboxMessage:
    """Queue an answer to a message; call it in the transaction of its log rows. part: which answer it is."""
    return OutboxMessage.objects.create(
        tenant_id=message.tenant_id,
        number_id=message.number_id,
        chat_id=message.chat_id,
        inbox=message,
        part=part,
        text=text,
        quoted_id=message.wa_message_id if quotes else "",
        priority=OutboxPriority.SUPPORT,
        state=OutboxState.SUPPRESSED if is_silent else OutboxState.QUEUED,
        next_attempt_at=now,
        created_at=now,
    )


def queue_direct(*, message: InboxMessage, part: str, text: str, now: datetime) -> OutboxMessage:
    """Queue an answer to the sender alone, in their own chat with the number, whatever chat they asked in."""
    to = Address(phone=message.sender_phone, lid="" if message.sender_phone else message.sender_lid)
    chat, _ = Chat.objects.get_or_create(
        tenant_id=message.tenant_id,
        number_id=message.number_id,
        wa_id=to.wa_id,
        defaults={"kind": to.kind},
    )
    return OutboxMessage.objects.create(
        tenant_id=message.tenant_id,
        number_id=message.number_id,
        chat=chat,
        inbox=message,
        part=part,
        text=text,
        priority=OutboxPriority.SUPPORT,
        next_attempt_at=now,
        created_at=now,
    )


def queue_to_chat(
    *, chat: Chat, text: str, now: datetime, quoted_id: str = "", is_silent: bool = False
) -> OutboxMessage:
    """Queue a message of the bot's own to a chat, such as news of a request asked there."""
    row = OutboxMessage.objects.create(
        tenant_id=chat.tenant_id,
        number_id=chat.number_id,
        chat=chat,
        text=text,
        quoted_id=quoted_id if chat.kind == ChatKind.GROUP else "",
        priority=OutboxPriority.SUPPORT,
        state=OutboxState.SUPPRESSED if is_silent else OutboxState.QUEUED,
        next_attempt_at=now,
        created_at=now,
    )
    wake.after_commit(Wake.SEND_DUE, tenant_id=chat.tenant_id, row_id=chat.number_id)
    return row


def send_due(*, tenant_id: int, number_id: int) -> int:
    """Send what is due on this number, unless another sender holds it. Returns how many went out."""
    token = uuid.uuid4()
    sent = 0
    while number := _take_number(tenant_id, number_id, token):
        driver = driver_for(number)
        _recover(number, driver)
        limit = BATCH if Capability.SENDS_ONCE in driver.capabilities else 1
        renew_at = time.monotonic() + RENEW_S
        while rows := _next(number, limit=limit):
            sent += _send(number, driver, rows)
            if time.monotonic() > renew_at:
                if not _renew(number, token):
                    return sent
                renew_at = time.monotonic() + RENEW_S
            if len(rows) < limit:
                break  # what came meanwhile keeps _let_go from letting go
        if _let_go(number, token):
            break
    return sent


def numbers_due(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant id, number id) of numbers with replies that should be on their way."""
    rows = (
        OutboxMessage.objects.filter(state__in=_UNSENT, next_attempt_at__lte=now)
        .order_by("number_id")
        .values_list("tenant_id", "number_id")
        .distinct()[:limit]
    )
    return list(rows)


def _take_number(tenant_id: int, number_id: int, token: uuid.UUID) -> WhatsAppNumber | None:
    """The number, when it is free."""
    now = timezone.now()
    values = [number_id, tenant_id, token, now + timedelta(seconds=LEASE_S), now]
    return next(iter(WhatsAppNumber.objects.raw(_TAKE_NUMBER, values)), None)


def _renew(number: WhatsAppNumber, token: uuid.UUID) -> bool:
    held = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk, sender_token=token)
    return bool(held.update(sender_until=timezone.now() + timedelta(seconds=LEASE_S)))


def _let_go(number: WhatsAppNumber, token: uuid.UUID) -> bool:
    """Give the number back, unless a reply came due meanwhile: its own wake-up may have met our lease."""
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, [number.pk, number.tenant_id, token, timezone.now()])
        if cursor.rowcount:
            return True
    held = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk, sender_token=token)
    held.update(sender_until=timezone.now())
    return False


def _recover(number: WhatsAppNumber, driver: GatewayDriver) -> None:
    """Rows still `sending` while we hold the number were left by a sender that died: did they go out?"""
    left = OutboxMessage.objects.filter(tenant_id=number.tenant_id, number=number, state=OutboxState.SENDING)
    if Capability.SENDS_ONCE in driver.capabilities:
        left.update(state=OutboxState.QUEUED)
    else:
        left.update(state=OutboxState.DEAD, error_code="send_unclear")


def _next(number: WhatsAppNumber, *, limit: int) -> list[OutboxMessage]:
    """Claim what goes next: by priority, and in order within a chat, so a later reply waits for an earlier one."""
    now = timezone.now()
    rows = OutboxMessage.objects.raw(_CLAIM_NEXT, [number.pk, number.tenant_id, now, now, limit])
    return sorted(rows, key=lambda row: (row.priority, row.pk))


def _send(number: WhatsAppNumber, driver: GatewayDriver, rows: list[OutboxMessage]) -> int:
    """Send claimed rows in order; after a passing fault the rest of that chat waits its turn behind it."""
    sent: list[OutboxMessage] = []
    stuck: set[int] = set()
    for row in rows:
        if row.chat_id in stuck:
            row.state = OutboxState.QUEUED
            continue
        if not still_wanted.may_go(row):
            row.state, row.error_code = OutboxState.SUPPRESSED, "switched_off"
            continue
        row.attempts += 1
        try:
            result = driver.send_text(number.session_name, _outgoing(row))
        except GatewayError as error:
            _put_off(row, error)
            stuck.add(row.chat_id)
        else:
            row.state, row.wa_message_id, row.error_code = OutboxState.SENT, result.message_id[:128], ""
            row.sent_at = timezone.now()
            sent.append(row)
    _save(rows)
    if secrets := [row.pk for row in sent if row.part == SECRET_PART]:
        OutboxMessage.objects.filter(tenant_id=number.tenant_id, pk__in=secrets).update(text="")
    return len(sent)


def _save(rows: list[OutboxMessage]) -> None:
    if len(rows) > 1:
        OutboxMessage.objects.bulk_update(rows, _SETTLED)
    for row in rows[:1] if len(rows) == 1 else ():
        OutboxMessage.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in _SETTLED})


def _put_off(row: OutboxMessage, error: GatewayError) -> None:
    row.error_code = error.code
    if error.permanent or row.attempts > len(PAUSES_S):
        row.state = OutboxState.DEAD
        logger.error("reply not delivered", extra={"outbox_id": row.pk, "code": error.code})
        return
    pause = error.retry_after_s or PAUSES_S[row.attempts - 1]
    if isinstance(error, SessionNotConnected):
        pause = max(pause, 10)
    row.state = OutboxState.QUEUED
    row.next_attempt_at = timezone.now() + timedelta(seconds=pause)


def _outgoing(row: OutboxMessage) -> OutgoingText:
    return OutgoingText(
        to=Address.parse(row.chat_wa_id),  # type: ignore[attr-defined]  # by _CLAIM_NEXT
        text=row.text,
        client_ref=f"outbox-{row.pk}",
        quoted_id=row.quoted_id,
        mentions=tuple(row.mentions),
    )
