"""Replies on their way out: queued with the log rows they answer, sent once, tried again with a growing pause.

Where WhatsApp stands behind the gateway, a number sends as a person would (paced_sender.py); what is here sends to
the sandbox.
"""

import time
import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from botcore import wake
from botcore.domain import paced_sender, sender_lease, still_wanted, unclear_sends
from botcore.domain.send_faults import PAUSES_S
from botcore.enums import ChatKind, NumberState, OutboxPriority, OutboxState
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import GatewayError, SessionNotConnected
from botcore.gateway.registry import driver_for
from botcore.gateway.types import Address, OutgoingText
from botcore.models import Chat, InboxMessage, OutboxMessage, WhatsAppNumber
from botcore.models.message import SECRET_PART
from botcore.wake import Wake
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

BATCH = 20
# A sender asks for longer when so much of its lease is gone.
RENEW_S = sender_lease.LEASE_S / 4
# Then somebody else goes on: a worker that is to stop does not wait for a number that always has something to send.
TURN = timedelta(minutes=1)
_SETTLED = ("state", "attempts", "wa_message_id", "error_code", "sent_at", "next_attempt_at")
_UNSENT = (OutboxState.QUEUED, OutboxState.SENDING)

_CLAIM_NEXT = """
UPDATE botcore_outboxmessage AS reply SET state = 'sending'
FROM (
    SELECT due.id, chat.wa_id, seen.support_enabled, seen.marketing_enabled, seen.silent_mode, seen.is_hidden
    FROM botcore_outboxmessage AS due JOIN botcore_chat AS chat ON chat.id = due.chat_id
    LEFT JOIN botcore_group AS seen ON seen.id = chat.group_id
    WHERE due.number_id = %s AND due.tenant_id = %s AND due.state = 'queued' AND due.next_attempt_at <= %s
    AND NOT EXISTS (
        SELECT FROM botcore_outboxmessage AS ahead
        WHERE ahead.number_id = due.number_id AND ahead.chat_id = due.chat_id AND ahead.state = 'queued'
        AND ahead.next_attempt_at > %s AND (ahead.priority, ahead.id) < (due.priority, due.id)
    )
    ORDER BY due.priority, due.id LIMIT %s
) AS next
-- Said again: another number may have taken it over this moment.
WHERE reply.id = next.id AND reply.state = 'queued' AND reply.number_id = %s
RETURNING reply.*, next.wa_id AS chat_wa_id, next.support_enabled AS group_support,
    next.marketing_enabled AS group_marketing, next.silent_mode AS group_silent, next.is_hidden AS group_hidden
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
    """Send what is due on this number, unless another sender holds it or it may not send. Returns how many went out."""
    token = uuid.uuid4()
    until = timezone.now() + TURN
    sent = 0
    while number := sender_lease.take(tenant_id=tenant_id, number_id=number_id, token=token):
        driver = driver_for(number)
        unclear_sends.left_by_dead_sender(number=number, driver=driver, now=timezone.now())
        if driver.is_paced:
            sent += paced_sender.send(number=number, driver=driver, token=token, until=until)
        else:
            sent += _send_all(number, driver, token)
        if timezone.now() >= until:
            sender_lease.give_back(number, token)
            wake.up(Wake.SEND_DUE, tenant_id=tenant_id, row_id=number_id)
            break
        if sender_lease.let_go(number, token):
            break
    return sent


def numbers_due(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant id, number id) of numbers that may send, with replies that should be on their way."""
    rows = (
        OutboxMessage.objects.filter(
            state__in=_UNSENT, next_attempt_at__lte=now, number__state=NumberState.OPEN
        )
        .exclude(number__paused_until__gt=now)
        .order_by("number_id")
        .values_list("tenant_id", "number_id")
        .distinct()[:limit]
    )
    return list(rows)


def _send_all(number: WhatsAppNumber, driver: GatewayDriver, token: uuid.UUID) -> int:
    """Send all that is due, as fast as the gateway takes it."""
    sent = 0
    limit = BATCH if Capability.SENDS_ONCE in driver.capabilities else 1
    renew_at = time.monotonic() + RENEW_S
    while rows := _next(number, limit=limit):
        sent += _send(number, driver, rows)
        if time.monotonic() > renew_at:
            if not sender_lease.renew(number, token):
                return sent
            renew_at = time.monotonic() + RENEW_S
        if len(rows) < limit:
            break  # what came meanwhile keeps the number from being given back
    return sent


def _next(number: WhatsAppNumber, *, limit: int) -> list[OutboxMessage]:
    """Claim what goes next: by priority, and in order within a chat, so a later reply waits for an earlier one."""
    now = timezone.now()
    rows = OutboxMessage.objects.raw(_CLAIM_NEXT, [number.pk, number.tenant_id, now, now, limit, number.pk])
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
            row.state, row.error_code = OutboxState.SUPPRESSED, still_wanted.SWITCHED_OFF
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
