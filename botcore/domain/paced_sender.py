"""Sending as a person would: one chat after the other, read, typed, then sent, at the number's pace (pacing.py).

For gateways with WhatsApp behind them. The sandbox has nobody who watches: outbox.py sends there in batches.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from botcore.domain import (
    config,
    dead_letters,
    joining,
    pacing,
    send_faults,
    sender_lease,
    still_wanted,
    unclear_sends,
)
from botcore.domain.pacing import Held, Hold, Limits, Why
from botcore.enums import ChatKind, OutboxState
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import GatewayError
from botcore.gateway.types import Address
from botcore.models import OutboxMessage, WhatsAppNumber
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

RENEW_EVERY: Final = timedelta(seconds=sender_lease.LEASE_S / 4)
# What a chat's limit held back for so long is not worth saying any more.
GUARDED_TOO_LONG: Final = timedelta(minutes=30)
# Of one chat's waiting messages so many are looked at; more do not fit into one anyway.
_LOOKED_AT: Final = 20

_WITH_CHAT = """
    chat.wa_id AS chat_wa_id, chat.kind AS chat_kind, seen.support_enabled AS group_support,
    seen.marketing_enabled AS group_marketing, seen.silent_mode AS group_silent, seen.is_hidden AS group_hidden
"""
# What goes next: the chat whose first message is due and most urgent, and of two alike the one that was not just
# written to. Its messages come in the order they go; what is unclear holds its chat back.
_NEXT = f"""
WITH queue AS MATERIALIZED (
    SELECT id, chat_id, priority, next_attempt_at,
        row_number() OVER (PARTITION BY chat_id ORDER BY priority, id) AS place
    FROM botcore_outboxmessage WHERE number_id = %(number)s AND tenant_id = %(tenant)s AND state = 'queued'
),
head AS (
    SELECT chat_id FROM queue WHERE place = 1 AND next_attempt_at <= %(now)s AND NOT EXISTS (
        SELECT FROM botcore_outboxmessage AS unclear
        WHERE unclear.number_id = %(number)s AND unclear.chat_id = queue.chat_id AND unclear.state = 'unclear'
    )
    ORDER BY priority, EXISTS (
        SELECT FROM botcore_outboxmessage AS said
        WHERE said.number_id = %(number)s AND said.chat_id = queue.chat_id AND said.sent_at > %(gap_from)s
    ), id LIMIT 1
)
SELECT reply.*, {_WITH_CHAT},
    asked.wa_message_id AS asked_id, asked.sender_phone AS asked_phone, asked.sender_lid AS asked_lid,
    EXISTS (
        SELECT FROM botcore_outboxmessage AS other WHERE other.inbox_id = reply.inbox_id AND other.sent_at IS NOT NULL
    ) AS is_read,
    NOT EXISTS (
        SELECT FROM botcore_inboxmessage AS heard WHERE heard.chat_id = chat.id AND NOT heard.from_me
    ) AS is_first_contact
FROM head JOIN queue USING (chat_id) JOIN botcore_outboxmessage AS reply ON reply.id = queue.id
JOIN botcore_chat AS chat ON chat.id = reply.chat_id LEFT JOIN botcore_group AS seen ON seen.id = chat.group_id
LEFT JOIN botcore_inboxmessage AS asked ON asked.id = reply.inbox_id AND asked.chat_id = reply.chat_id
WHERE queue.place <= {_LOOKED_AT}
ORDER BY queue.place
"""  # noqa: S608 -- our own text
# Only while the number is ours, live and not held; one statement also holds it for the length of the call.
_CLAIM = f"""
WITH mine AS (
    UPDATE botcore_whatsappnumber SET sender_until = %(until)s
    WHERE id = %(number)s AND tenant_id = %(tenant)s AND sender_token = %(token)s AND state = 'open'
    AND (paused_until IS NULL OR paused_until <= %(now)s)
    RETURNING id
)
UPDATE botcore_outboxmessage AS reply SET state = 'sending', tried_at = %(now)s, attempts = reply.attempts + 1
FROM mine, botcore_chat AS chat LEFT JOIN botcore_group AS seen ON seen.id = chat.group_id
WHERE reply.id = ANY(%(ids)s) AND reply.number_id = mine.id AND reply.state = 'queued' AND chat.id = reply.chat_id
RETURNING reply.*, {_WITH_CHAT}
"""  # noqa: S608 -- our own text


def send(*, number: WhatsAppNumber, driver: GatewayDriver, token: uuid.UUID, until: datetime) -> int:
    """Send what may go, with the number held, at most until then. Returns how many rows went out."""
    dead_letters.give_up_late(now=timezone.now(), number=number)
    turn = _Turn(number, driver, token)
    while timezone.now() < until and turn.goes_on():
        pass
    return turn.sent


class _Turn:
    """One sender's turn on one number."""

    def __init__(self, number: WhatsAppNumber, driver: GatewayDriver, token: uuid.UUID) -> None:
        self.sent = 0
        self._number, self._driver, self._token = number, driver, token
        self._renewed_at = timezone.now()

    def goes_on(self) -> bool:
        """Send the next message, or find that it has to wait. False: nothing may go now, or the number is lost."""
        paused_until = self._number.paused_until
        if paused_until is not None and paused_until > timezone.now():
            return False
        settings = config.load(tenant_id=self._number.tenant_id)
        limits = pacing.limits_of(number=self._number, config=settings, now=timezone.now())
        rows = self._next(limits)
        if not rows or not self._is_still_ours():
            return False
        if not still_wanted.may_go(rows[0]):
            _suppress(rows[:1])
            return True
        if holds := self._holds(rows[0], limits):
            _wait(rows[0], holds)
            return True
        message = joining.first_of(rows, now=timezone.now(), joins=limits.joins_replies)
        self._be_seen(message, limits)
        claimed = self._claim(message)
        if not claimed:
            return False
        wanted = [row for row in claimed if still_wanted.may_go(row)]
        _suppress([row for row in claimed if row not in wanted])
        if wanted:
            self._send(wanted, limits)
        return True

    def _next(self, limits: Limits) -> list[OutboxMessage]:
        gap_from = timezone.now() - timedelta(seconds=limits.chat_gap_s)
        return list(OutboxMessage.objects.raw(_NEXT, self._values() | {"gap_from": gap_from}))

    def _is_still_ours(self) -> bool:
        if timezone.now() - self._renewed_at < RENEW_EVERY:
            return True
        self._renewed_at = timezone.now()
        return sender_lease.renew(self._number, self._token)

    def _holds(self, row: OutboxMessage, limits: Limits) -> list[Hold]:
        now = timezone.now()
        found = pacing.holds(number=self._number, limits=limits, row=row, now=now)
        until = self._number.no_new_chats_until
        if until is not None and until > now and _is_first_contact(row):
            found.append(Hold(until, Why.NEW_CHATS, Held.CHAT))
        return found

    def _be_seen(self, rows: Sequence[OutboxMessage], limits: Limits) -> None:
        """Read what is answered, then type for as long as a person would. Without it the message goes all the same."""
        session, chat = self._number.session_name, Address.parse(vars(rows[0])["chat_wa_id"])
        try:
            if Capability.READ_MARK in self._driver.capabilities:
                for sender, message_id in _answered(rows):
                    self._driver.mark_read(session, chat=chat, sender=sender, message_id=message_id)
            if Capability.TYPING in self._driver.capabilities:
                self._driver.typing(session, chat, on=True)
                pacing.pause(pacing.typing_s(joining.text_of(rows), limits))
                self._driver.typing(session, chat, on=False)
        except GatewayError as error:
            logger.info(
                "not seen reading or typing", extra={"number_id": self._number.pk, "code": error.code}
            )

    def _claim(self, rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
        until = timezone.now() + timedelta(seconds=sender_lease.LEASE_S)
        values = self._values() | {"token": self._token, "until": until, "ids": [row.pk for row in rows]}
        claimed = list(OutboxMessage.objects.raw(_CLAIM, values))
        self._renewed_at = timezone.now()
        return sorted(claimed, key=lambda row: (row.priority, row.pk))

    def _send(self, rows: Sequence[OutboxMessage], limits: Limits) -> None:
        number, driver = self._number, self._driver
        message = joining.outgoing(rows, chat_wa_id=vars(rows[0])["chat_wa_id"])
        try:
            result = driver.send_text(number.session_name, message)
        except GatewayError as error:
            now = timezone.now()
            if send_faults.failed(number=number, driver=driver, rows=rows, error=error, now=now):
                return
        else:
            unclear_sends.went_out(rows, message_id=result.message_id, at=timezone.now())
        send_faults.succeeded(number=number)
        self.sent += len(rows)
        if pacing.is_broadcast(rows[0]):
            gap = timedelta(seconds=pacing.broadcast_gap_s(limits))
            rest = Hold(timezone.now() + gap, Why.BROADCAST_GAP, Held.BROADCASTS)
            pacing.put_off(row=rows[0], hold=rest)

    def _values(self) -> dict[str, Any]:
        return {"number": self._number.pk, "tenant": self._number.tenant_id, "now": timezone.now()}


def _wait(row: OutboxMessage, holds: Sequence[Hold]) -> None:
    """A reply that may go in a moment is waited for; what has to wait longer is put off."""
    now = timezone.now()
    wait = max(hold.until for hold in holds) - now
    if not pacing.is_unasked(row) and wait <= pacing.SHORT_WAIT:
        pacing.pause(wait.total_seconds())
        return
    for hold in holds:
        if hold.why == Why.LOOP_GUARD:
            _give_up_guarded(row, now)
        pacing.put_off(row=row, hold=hold)


def _give_up_guarded(row: OutboxMessage, now: datetime) -> None:
    old = OutboxMessage.objects.filter(
        tenant_id=row.tenant_id,
        chat_id=row.chat_id,
        number_id=row.number_id,
        state=OutboxState.QUEUED,
        created_at__lt=now - GUARDED_TOO_LONG,
    )
    if count := old.update(state=OutboxState.SUPPRESSED, error_code=Why.LOOP_GUARD):
        logger.warning("too much for one chat", extra={"chat_id": row.chat_id, "count": count})


def _suppress(rows: Sequence[OutboxMessage]) -> None:
    """The bot was switched off there while they waited."""
    OutboxMessage.objects.filter(
        pk__in=[row.pk for row in rows], state__in=(OutboxState.QUEUED, OutboxState.SENDING)
    ).update(state=OutboxState.SUPPRESSED, error_code=still_wanted.SWITCHED_OFF)


def _is_first_contact(row: OutboxMessage) -> bool:
    return vars(row)["chat_kind"] == ChatKind.USER and bool(vars(row)["is_first_contact"])


def _answered(rows: Sequence[OutboxMessage]) -> list[tuple[Address, str]]:
    """(sender, message id) of the messages these are the first answers to, each once."""
    found = {}
    for row in map(vars, rows):
        if row["asked_id"] and not row["is_read"]:
            found[row["asked_id"]] = Address(phone=row["asked_phone"], lid=row["asked_lid"])
    return [(sender, message_id) for message_id, sender in found.items()]
