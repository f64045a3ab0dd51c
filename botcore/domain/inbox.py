"""Messages come in: stored before the webhook is answered, once each, whatever the gateway repeats."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.utils import timezone

from botcore.enums import ChatKind, InboxState
from botcore.gateway.types import MessageReceived
from botcore.models import Chat, Group, InboxMessage, WhatsAppNumber

MAX_TEXT = 65_536  # WhatsApp's own limit
# At a reconnect WhatsApp brings what was said meanwhile. Older than this it is logged, and nothing is done.
LATE_AFTER: Final = timedelta(minutes=5)
# Where the number was live all the time the delay was ours or the gateway's, and the sender still waits: so long.
LATE_FOR_ANYBODY: Final = timedelta(hours=1)

# The hot path of the webhook: one statement, no transaction of its own, for a chat that is known already.
_INSERT = """
INSERT INTO botcore_inboxmessage (
    tenant_id, number_id, chat_id, wa_message_id, sender_phone, sender_lid, sender_name, text, media_kind,
    quoted_id, quoted_text, mentions, edits_id, from_me, is_late, sent_at, received_at, state, attempts
)
SELECT chat.tenant_id, chat.number_id, chat.id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0
FROM botcore_chat AS chat
WHERE chat.number_id = %s AND chat.wa_id = %s AND chat.tenant_id = %s
ON CONFLICT (chat_id, wa_message_id) DO NOTHING
RETURNING chat_id
"""


@dataclass(frozen=True, slots=True)
class NumberRef:
    """What the intake needs to know of a number."""

    number_id: int
    tenant_id: int


def receive(*, number: NumberRef, event: MessageReceived) -> int | None:
    """Store a message. Returns its chat's id when the chat should be drained, None for a repeat.

    A person's own message from the linked phone is kept as history and asks for nothing. One that says nothing is
    not kept: the text may follow under the same id.
    """
    if not event.text.strip() and not event.media_kind:
        return None
    now = timezone.now()
    is_late = not event.from_me and _is_late(number, event, now)
    chat_id = _insert(number, event, now, is_late=is_late)
    if chat_id is None and not _known_chat(number, event).exists():
        _make_chat(number, event)
        chat_id = _insert(number, event, now, is_late=is_late)
    return None if event.from_me else chat_id


def _is_late(number: NumberRef, event: MessageReceived, now: datetime) -> bool:
    if now - event.sent_at <= LATE_AFTER:
        return False
    if now - event.sent_at > LATE_FOR_ANYBODY:
        return True
    rows = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.number_id)
    return rows.filter(state_at__gt=event.sent_at).exists()


def _insert(number: NumberRef, event: MessageReceived, now: datetime, *, is_late: bool) -> int | None:
    values: list[Any] = [
        _clean(event.message_id)[:128],
        _clean(event.sender.phone)[:20],
        _clean(event.sender.lid)[:40],
        _clean(event.sender_name)[:100],
        _clean(event.text)[:MAX_TEXT],
        _clean(event.media_kind)[:20],
        _clean(event.quoted_id)[:128],
        _clean(event.quoted_text)[:MAX_TEXT],
        [_clean(digits)[:64] for digits in event.mentions[:256]],
        _clean(event.edits_id)[:128],
        event.from_me,
        is_late,
        event.sent_at,
        now,
        InboxState.IGNORED if event.from_me else InboxState.RECEIVED,
        number.number_id,
        event.chat.wa_id,
        number.tenant_id,
    ]
    with _prepared_cursor() as cursor:
        cursor.execute(_INSERT, values)
        row = cursor.fetchone()
    return row[0] if row else None


class _Prepared(psycopg.Cursor[Any]):
    """Sends the values apart from the statement, which the server then plans once a connection, not once a message.

    Where the settings allow no prepared statements (behind PgBouncer) it only sends them apart.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, prepare=True, **options)


def _prepared_cursor() -> CursorWrapper:
    connection.ensure_connection()
    cursor: Any = _Prepared(connection.connection)
    return (
        connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
    )


def _known_chat(number: NumberRef, event: MessageReceived) -> QuerySet[Chat]:
    return Chat.objects.filter(tenant_id=number.tenant_id, number_id=number.number_id, wa_id=event.chat.wa_id)


def _make_chat(number: NumberRef, event: MessageReceived) -> None:
    """The first message of a chat makes it; a group appears by itself, with everything switched off."""
    group = None
    if event.chat.kind == ChatKind.GROUP:
        group, _ = Group.objects.get_or_create(tenant_id=number.tenant_id, wa_id=event.chat.group)
    Chat.objects.get_or_create(
        tenant_id=number.tenant_id,
        number_id=number.number_id,
        wa_id=event.chat.wa_id,
        defaults={"kind": event.chat.kind, "group": group},
    )


def left_behind(*, before: object, limit: int) -> list[tuple[int, int]]:
    """(tenant id, chat id) of chats with messages received before this time that nobody took up, oldest first."""
    rows = (
        InboxMessage.objects.filter(state=InboxState.RECEIVED, received_at__lt=before)
        .order_by("received_at")
        .values_list("tenant_id", "chat_id")[:limit]
    )
    return list(dict.fromkeys(rows))


def due(*, now: object, limit: int) -> list[tuple[int, int]]:
    """(tenant id, message id) of waiting messages whose time has come."""
    rows = InboxMessage.objects.filter(state=InboxState.WAITING, run_at__lte=now).order_by("run_at")
    return list(rows.values_list("tenant_id", "pk")[:limit])


def _clean(text: str) -> str:
    """PostgreSQL stores no NUL; half a surrogate pair is no text either."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
