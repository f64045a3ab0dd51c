"""Replies on their way out: queued with the log rows they answer, sent once, tried again with a growing pause."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from botcore import wake
from botcore.enums import ChatKind, OutboxPriority, OutboxState
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import GatewayError, SessionNotConnected
from botcore.gateway.registry import driver_for
from botcore.gateway.types import Address, OutgoingText
from botcore.models import Chat, InboxMessage, OutboxMessage, WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

LEASE_S = 60
BATCH = 20
# Seconds before each further try; after the last one the reply is a dead letter that staff can send again.
PAUSES_S = (2, 10, 30, 120, 600, 1800, 3600)
_UNSENT = (OutboxState.QUEUED, OutboxState.SENDING)


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
    while _take_number(tenant_id, number_id, token):
        number = WhatsAppNumber.objects.get(tenant_id=tenant_id, pk=number_id)
        driver = driver_for(number.driver)
        _recover(number, driver)
        while rows := _next(number, limit=BATCH if Capability.SENDS_ONCE in driver.capabilities else 1):
            sent += _send(number, driver, rows)
            if not _renew(number, token):
                return sent
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


def _take_number(tenant_id: int, number_id: int, token: uuid.UUID) -> bool:
    now = timezone.now()
    return bool(
        WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id)
        .filter(Q(sender_until__isnull=True) | Q(sender_until__lt=now))
        .update(sender_token=token, sender_until=now + timedelta(seconds=LEASE_S))
    )


def _renew(number: WhatsAppNumber, token: uuid.UUID) -> bool:
    held = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk, sender_token=token)
    return bool(held.update(sender_until=timezone.now() + timedelta(seconds=LEASE_S)))


def _let_go(number: WhatsAppNumber, token: uuid.UUID) -> bool:
    """Give the number back, unless a reply came due meanwhile: its own wake-up may have met our lease."""
    held = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk, sender_token=token)
    waiting = OutboxMessage.objects.filter(
        number=number, state=OutboxState.QUEUED, next_attempt_at__lte=timezone.now()
    )
    if held.filter(~Exists(waiting)).update(sender_token=None, sender_until=None):
        return True
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
    earlier = OutboxMessage.objects.filter(
        chat=OuterRef("chat"), state=OutboxState.QUEUED, pk__lt=OuterRef("pk"), next_attempt_at__gt=now
    )
    rows = list(
        OutboxMessage.objects.filter(
            tenant_id=number.tenant_id, number=number, state=OutboxState.QUEUED, next_attempt_at__lte=now
        )
        .filter(~Exists(earlier))
        .select_related("chat")
        .order_by("priority", "pk")[:limit]
    )
    OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(state=OutboxState.SENDING)
    return rows


def _send(number: WhatsAppNumber, driver: GatewayDriver, rows: list[OutboxMessage]) -> int:
    """Send claimed rows in order; after a passing fault the rest of that chat waits its turn behind it."""
    sent: list[OutboxMessage] = []
    stuck: set[int] = set()
    for row in rows:
        if row.chat_id in stuck:
            row.state = OutboxState.QUEUED
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
    OutboxMessage.objects.bulk_update(
        rows, ["state", "attempts", "wa_message_id", "error_code", "sent_at", "next_attempt_at"]
    )
    return len(sent)


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
        to=_address(row.chat),
        text=row.text,
        client_ref=f"outbox-{row.pk}",
        quoted_id=row.quoted_id,
        mentions=tuple(row.mentions),
    )


def _address(chat: Chat) -> Address:
    return Address.parse(chat.wa_id)
