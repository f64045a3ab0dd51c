"""Chats are drained: one drain a chat at a time, its messages in order; many chats side by side.

The lease on the chat outlives no worker by more than CHAT_LEASE_S. A drain that lost it (a long pause, then
another took over) cannot commit: every message carries the token of the run that holds it.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from botcore.commands import pipeline, provider_chat
from botcore.domain import config
from botcore.enums import InboxState
from botcore.errors import LeaseLost
from botcore.models import Chat, InboxMessage
from providers.models import SmmProvider
from smmbot.lib.logs import bound, get_logger

logger = get_logger(__name__)

_CLAIM_NEXT = """
UPDATE botcore_inboxmessage SET run_token = %s, run_until = %s, attempts = attempts + 1
WHERE id = (
    SELECT id FROM botcore_inboxmessage WHERE chat_id = %s AND state = 'received' ORDER BY sent_at, id LIMIT 1
)
RETURNING *
"""
_CLAIM_WAITING = """
UPDATE botcore_inboxmessage SET run_token = %s, run_until = %s, attempts = attempts + 1
WHERE id = %s AND tenant_id = %s AND state = 'waiting' AND run_at <= %s AND (run_until IS NULL OR run_until < %s)
RETURNING *
"""


def drain_chat(*, tenant_id: int, chat_id: int) -> int:
    """Handle the chat's messages until none is left, unless another drain does. Returns how many were handled."""
    token = uuid.uuid4()
    handled = 0
    if not _take(tenant_id, chat_id, token):
        return 0
    chat = _load(tenant_id, chat_id)
    while True:
        message = _next(chat, token)
        if message is not None:
            try:
                _run(message, chat, token)
            except LeaseLost:
                logger.warning("chat was taken over", extra={"chat_id": chat_id})
                return handled
            handled += 1
        if _let_go(chat, token):
            return handled
        if not _take(tenant_id, chat_id, token):
            return handled
        # What the owner switched while we worked acts on the next message.
        chat = _load(tenant_id, chat_id)


def run_waiting(*, tenant_id: int, message_id: int) -> bool:
    """Run one acknowledged message in the background, if it is due and nobody else does. Returns whether it ran."""
    token, now = uuid.uuid4(), timezone.now()
    rows = InboxMessage.objects.raw(_CLAIM_WAITING, [token, _lease_end(now), message_id, tenant_id, now, now])
    message = next(iter(rows), None)
    if message is None:
        return False
    chat = _load(tenant_id, message.chat_id)
    try:
        _run(message, chat, token, in_background=True)
    except LeaseLost:
        logger.warning("message was taken over", extra={"message_id": message_id})
    return True


def _load(tenant_id: int, chat_id: int) -> Chat:
    """The chat with its number, its group and the tenant's settings, as they stand now, in one query."""
    providers = SmmProvider.objects.filter(tenant_id=tenant_id, group_wa_id=OuterRef("wa_id"))
    rows = Chat.objects.select_related("number", "group").annotate(
        settings=config.as_annotation(), is_of_a_provider=Exists(providers)
    )
    return rows.get(tenant_id=tenant_id, pk=chat_id)


def _run(message: InboxMessage, chat: Chat, token: uuid.UUID, *, in_background: bool = False) -> None:
    settings = config.from_annotation(chat.settings)  # type: ignore[attr-defined]  # annotated by _load
    is_of_a_provider = chat.is_of_a_provider  # type: ignore[attr-defined]  # the same
    with bound(message_id=message.pk):
        if message.attempts > pipeline.MAX_ATTEMPTS:
            pipeline.give_up(message=message, chat=chat, settings=settings, run_token=token)
        elif is_of_a_provider:
            provider_chat.run(message=message, chat=chat, settings=settings, run_token=token)
        else:
            pipeline.run(
                message=message,
                chat=chat,
                settings=settings,
                run_token=token,
                in_background=in_background,
            )


def _take(tenant_id: int, chat_id: int, token: uuid.UUID) -> bool:
    """Take the chat, or hold on to it for longer."""
    now = timezone.now()
    free = Q(drain_until__isnull=True) | Q(drain_until__lt=now) | Q(drain_token=token)
    held = Chat.objects.filter(free, tenant_id=tenant_id, pk=chat_id)
    return bool(held.update(drain_token=token, drain_until=_lease_end(now)))


def _next(chat: Chat, token: uuid.UUID) -> InboxMessage | None:
    rows = InboxMessage.objects.raw(_CLAIM_NEXT, [token, _lease_end(timezone.now()), chat.pk])
    return next(iter(rows), None)


def _let_go(chat: Chat, token: uuid.UUID) -> bool:
    """Give the chat back, unless a message came meanwhile: its own drain may have met our lease and gone."""
    waiting = InboxMessage.objects.filter(chat=OuterRef("pk"), state=InboxState.RECEIVED)
    held = Chat.objects.filter(tenant_id=chat.tenant_id, pk=chat.pk, drain_token=token)
    return bool(held.filter(~Exists(waiting)).update(drain_token=None, drain_until=None))


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.CHAT_LEASE_S)
