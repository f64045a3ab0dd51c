"""Celery's way in: ids only, the tenant first. Each opens the tenant's scope and calls one function."""

from datetime import timedelta
from enum import StrEnum

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from botcore import wake
from smmbot.lib import heartbeat
from smmbot.lib.logs import bound
from tenants.scoping import all_tenants, tenant_scope


class Queue(StrEnum):
    """Queues, and what each keeps apart."""

    INTERACTIVE = "interactive"  # somebody waits in a chat
    OUTBOUND = "outbound"  # sending: paced, and slow when a gateway is
    PANEL = "panel"  # tickets and watches
    SYNC = "sync"  # catalogues: long and heavy
    MARKETING = "marketing"  # may always wait


SWEEP_LIMIT = 500


@shared_task(name="botcore.drain_chat", queue=Queue.INTERACTIVE)
def drain_chat(tenant_id: int, chat_id: int) -> None:
    from botcore.commands import drain  # noqa: PLC0415 -- the engine wakes tasks itself

    wake.begun("botcore.drain_chat", chat_id)
    with tenant_scope(tenant_id), bound(tenant_id=tenant_id):
        drain.drain_chat(tenant_id=tenant_id, chat_id=chat_id)


@shared_task(name="botcore.run_waiting", queue=Queue.PANEL)
def run_waiting(tenant_id: int, message_id: int) -> None:
    from botcore.commands import drain  # noqa: PLC0415 -- the engine wakes tasks itself

    wake.begun("botcore.run_waiting", message_id)
    with tenant_scope(tenant_id), bound(tenant_id=tenant_id):
        drain.run_waiting(tenant_id=tenant_id, message_id=message_id)


@shared_task(name="botcore.send_due", queue=Queue.OUTBOUND)
def send_due(tenant_id: int, number_id: int) -> None:
    from botcore.domain import outbox  # noqa: PLC0415 -- domain modules may enqueue

    wake.begun("botcore.send_due", number_id)
    with tenant_scope(tenant_id), bound(tenant_id=tenant_id):
        outbox.send_due(tenant_id=tenant_id, number_id=number_id)


@shared_task(name="botcore.sweep", queue=Queue.INTERACTIVE, expires=30)
def sweep() -> None:
    """Find what a crash, a lost broker or a deploy left behind, and what has come due. Only wakes, so it may overlap."""
    from botcore.domain import inbox, outbox  # noqa: PLC0415 -- domain modules may enqueue

    now = timezone.now()
    with all_tenants("the sweeper looks for every tenant's work"):
        chats = inbox.left_behind(before=now - timedelta(seconds=settings.SWEEP_AFTER_S), limit=SWEEP_LIMIT)
        waiting = inbox.due(now=now, limit=SWEEP_LIMIT)
        numbers = outbox.numbers_due(now=now, limit=SWEEP_LIMIT)
    for tenant_id, chat_id in chats:
        wake.chat(tenant_id=tenant_id, chat_id=chat_id)
    for tenant_id, message_id in waiting:
        wake.waiting(tenant_id=tenant_id, message_id=message_id)
    for tenant_id, number_id in numbers:
        wake.sender(tenant_id=tenant_id, number_id=number_id)


@shared_task(name="botcore.beat_tick", queue=Queue.INTERACTIVE, expires=30)
def beat_tick() -> None:
    """Prove that beat, broker and a worker are alive: /readyz reads the time of the last tick."""
    heartbeat.tick()
