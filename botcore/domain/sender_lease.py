"""One sender a number at a time, and none while the number may not send: a lease in its row."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from botcore.models import WhatsAppNumber

LEASE_S: Final = 60

# While the connection is lost or the breaker is open nobody takes the number: what waits stays where it is.
_TAKE = """
WITH lease AS (
    -- Waits for a sender that lets go this moment: it has looked for replies already and cannot see ours.
    SELECT id, sender_until FROM botcore_whatsappnumber
    WHERE id = %s AND tenant_id = %s AND state = 'open' AND (paused_until IS NULL OR paused_until <= %s) FOR UPDATE
)
UPDATE botcore_whatsappnumber AS number SET sender_token = %s, sender_until = %s FROM lease
WHERE number.id = lease.id AND (lease.sender_until IS NULL OR lease.sender_until < %s)
RETURNING number.*
"""
_LET_GO = """
UPDATE botcore_whatsappnumber AS number SET sender_token = NULL, sender_until = NULL
WHERE id = %(number)s AND tenant_id = %(tenant)s AND sender_token = %(token)s AND NOT (
    number.state = 'open' AND (number.paused_until IS NULL OR number.paused_until <= %(now)s) AND EXISTS (
        SELECT FROM botcore_outboxmessage AS due
        WHERE due.number_id = number.id AND due.state = 'queued' AND due.next_attempt_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM botcore_outboxmessage AS ahead
            WHERE ahead.number_id = due.number_id AND ahead.chat_id = due.chat_id AND ahead.state = 'queued'
            AND ahead.next_attempt_at > %(now)s AND (ahead.priority, ahead.id) < (due.priority, due.id)
        )
        AND NOT EXISTS (
            SELECT FROM botcore_outboxmessage AS unclear
            WHERE unclear.number_id = due.number_id AND unclear.chat_id = due.chat_id
            AND unclear.state = 'unclear'
        )
    )
)
"""


def take(*, tenant_id: int, number_id: int, token: uuid.UUID) -> WhatsAppNumber | None:
    """The number, when it is free and may send."""
    now = timezone.now()
    until = now + timedelta(seconds=LEASE_S)
    values = [number_id, tenant_id, now, token, until, now]
    return next(iter(WhatsAppNumber.objects.raw(_TAKE, values)), None)


def renew(number: WhatsAppNumber, token: uuid.UUID) -> bool:
    """Hold it for as long again. False: it is another's."""
    held = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk, sender_token=token)
    return bool(held.update(sender_until=timezone.now() + timedelta(seconds=LEASE_S)))


def let_go(number: WhatsAppNumber, token: uuid.UUID) -> bool:
    """Give it back, unless something may go that came meanwhile: its own wake-up may have met our lease."""
    values: dict[str, Any] = {
        "number": number.pk,
        "tenant": number.tenant_id,
        "token": token,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, values)
        if cursor.rowcount:
            return True
    held = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk, sender_token=token)
    held.update(sender_until=timezone.now())
    return False


def give_back(number: WhatsAppNumber, token: uuid.UUID) -> None:
    """Give it back whatever waits: somebody else goes on."""
    held = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk, sender_token=token)
    held.update(sender_token=None, sender_until=None)
