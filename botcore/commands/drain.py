"""Chats are drained: one drain a chat at a time, its messages in order; many chats side by side.

The lease on the chat outlives no worker by more than CHAT_LEASE_S. A drain that lost it (a long pause, then
another took over) cannot commit: every message carries the token of the run that holds it.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Func, JSONField
from django.utils import timezone

from botcore.commands import delivery, pipeline, provider_chat, standing_back
from botcore.commands.context import Trace
from botcore.commands.delivery import Run
from botcore.domain import config
from botcore.errors import LeaseLost
from botcore.models import Chat, InboxMessage
from providers.models import SmmProvider
from smmbot.lib.logs import bound, get_logger

logger = get_logger(__name__)

# The steps of every message are plain SQL: the ORM takes longer to word them than the database to do them.
_TAKE = """
WITH lease AS (
    -- Waits for a drain that lets go this moment: it has looked for messages already and cannot see ours.
    SELECT id, drain_token, drain_until FROM botcore_chat
    WHERE id = %(chat)s AND tenant_id = %(tenant)s FOR UPDATE
), taken AS (
    UPDATE botcore_chat AS chat SET drain_token = %(token)s, drain_until = %(until)s FROM lease
    WHERE chat.id = lease.id
    AND (lease.drain_until IS NULL OR lease.drain_until < %(now)s OR lease.drain_token = %(token)s)
    RETURNING chat.id
), claimed AS (
    UPDATE botcore_inboxmessage SET run_token = %(token)s, run_until = %(until)s, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM botcore_inboxmessage
        WHERE chat_id = (SELECT id FROM taken) AND state = 'received' ORDER BY sent_at, id LIMIT 1
    )
    -- Again: the drain that had the chat a moment ago may have ended this message since this statement began.
    AND state = 'received'
    RETURNING *
)
SELECT claimed.*, {beside} FROM taken LEFT JOIN claimed ON true
""".replace("{beside}", standing_back.BESIDE.format(message="claimed"))
_LET_GO = """
UPDATE botcore_chat AS chat SET drain_token = NULL, drain_until = NULL
WHERE id = %s AND tenant_id = %s AND drain_token = %s AND NOT EXISTS (
    SELECT FROM botcore_inboxmessage AS message WHERE message.chat_id = chat.id AND message.state = 'received'
)
"""
# What naming, matching and recognising a provider's group need; never a key.
_PROVIDERS = Func(
    F("tenant_id"),
    template="""(
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'name', name, 'alias', alias, 'host', host, 'other_hosts', other_hosts, 'group_wa_id', group_wa_id
        )) FROM smm_providers WHERE smm_providers.tenant_id = %(expressions)s
    )""",
    output_field=JSONField(),
)
_CLAIM_WAITING = """
WITH claimed AS (
    UPDATE botcore_inboxmessage SET run_token = %s, run_until = %s, attempts = attempts + 1
    WHERE id = %s AND tenant_id = %s AND state = 'waiting' AND run_at <= %s AND (run_until IS NULL OR run_until < %s)
    RETURNING *
)
SELECT claimed.*, {beside} FROM claimed
""".replace("{beside}", standing_back.BESIDE.format(message="claimed"))


def drain_chat(*, tenant_id: int, chat_id: int) -> int:
    """Handle the chat's messages until none is left, unless another drain does. Returns how many were handled."""
    token = uuid.uuid4()
    handled = 0
    while taken := _take(tenant_id, chat_id, token):
        for message in taken.messages:
            # Loaded each time: what the owner switched while we worked acts on the next message.
            try:
                _run(_load(message, token))
            except LeaseLost:
                logger.warning("chat was taken over", extra={"chat_id": chat_id})
                return handled
            handled += 1
        if _let_go(tenant_id, chat_id, token):
            break
    return handled


def run_waiting(*, tenant_id: int, message_id: int) -> bool:
    """Run one acknowledged message in the background, if it is due and nobody else does. Returns whether it ran."""
    token, now = uuid.uuid4(), timezone.now()
    rows = InboxMessage.objects.raw(_CLAIM_WAITING, [token, _lease_end(now), message_id, tenant_id, now, now])
    message = next(iter(rows), None)
    if message is None:
        return False
    try:
        _run(_load(message, token), in_background=True)
    except LeaseLost:
        logger.warning("message was taken over", extra={"message_id": message_id})
    return True


def _load(message: InboxMessage, token: uuid.UUID) -> Run:
    """All that a run of this message needs to know of its chat, as it stands now, in one query."""
    rows = Chat.objects.select_related("number", "group").annotate(
        settings=config.AS_ANNOTATION, providers=_PROVIDERS
    )
    chat: Any = rows.get(tenant_id=message.tenant_id, pk=message.chat_id)
    return Run(
        message=message,
        chat=chat,
        token=token,
        config=config.from_annotation(chat.settings),
        trace=Trace(),
        providers=[SmmProvider(tenant_id=message.tenant_id, **row) for row in chat.providers or ()],
    )


def _run(this: Run, *, in_background: bool = False) -> None:
    with bound(message_id=this.message.pk):
        if this.message.attempts > pipeline.MAX_ATTEMPTS:
            pipeline.give_up(this)
        elif decision := standing_back.decide(this, now=timezone.now()):
            delivery.commit(this, None, decision, delivery.Spoken())
        elif this.chat.wa_id in {provider.group_wa_id for provider in this.providers}:
            provider_chat.run(this)
        else:
            pipeline.run(this, in_background=in_background)


@dataclass(frozen=True, slots=True)
class _Taken:
    """The chat is ours; messages: the next one, claimed, or none."""

    messages: tuple[InboxMessage, ...]


def _take(tenant_id: int, chat_id: int, token: uuid.UUID) -> _Taken | None:
    """Take the chat, or hold on to it for longer, and claim its next message. None while another drain has it."""
    now = timezone.now()
    values = {"token": token, "until": _lease_end(now), "chat": chat_id, "tenant": tenant_id, "now": now}
    rows = list(InboxMessage.objects.raw(_TAKE, values))
    return _Taken(tuple(row for row in rows if row.pk is not None)) if rows else None


def _let_go(tenant_id: int, chat_id: int, token: uuid.UUID) -> bool:
    """Give the chat back, unless a message came meanwhile: its own drain may have met our lease and gone."""
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, [chat_id, tenant_id, token])
        return bool(cursor.rowcount)


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.CHAT_LEASE_S)
