"""Celery's way in: ids only, the tenant first. Each opens the tenant's scope and calls one function.

Who sends a task names its queue: wake.py and schedule.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from botcore import wake
from botcore.ai import check as model_check
from botcore.commands import drain
from botcore.domain import (
    config,
    customer_changes,
    dead_letters,
    ended_sessions,
    groups,
    inbox,
    linking,
    number_alerts,
    outbox,
    panel_check,
    provider_checks,
    provider_follow_up,
    reconcile,
    standby,
    unclear_sends,
    watches,
)
from botcore.enums import Queue
from botcore.gateway.errors import GatewayError
from botcore.wake import Wake
from smmbot.lib import heartbeat
from smmbot.lib.logs import bound
from tenants.domain import jobs
from tenants.domain.jobs import Progress
from tenants.scoping import all_tenants, tenant_scope

SWEEP_LIMIT = 500
# A gateway that is away for an hour must not leave a number half logged out.
_UNTIL_DONE = {
    "autoretry_for": (GatewayError,),
    "retry_backoff": 5,
    "retry_backoff_max": 600,
    "max_retries": 12,
}


@contextmanager
def _taken_up(what: Wake, tenant_id: int, row_id: int) -> Iterator[None]:
    """The wake-up is used up, the tenant is open, the log lines name it."""
    wake.begun(what, row_id)
    with tenant_scope(tenant_id), bound(tenant_id=tenant_id):
        yield


@contextmanager
def _job(what: Wake, tenant_id: int, job_id: int) -> Iterator[Progress | None]:
    """The same for a job a person started: claimed, its end written down. None when it is not there to be claimed."""
    with _taken_up(what, tenant_id, job_id), jobs.running(tenant_id=tenant_id, job_id=job_id) as progress:
        yield progress


@shared_task(name=Wake.DRAIN_CHAT.task_name)
def drain_chat(tenant_id: int, chat_id: int) -> None:
    with _taken_up(Wake.DRAIN_CHAT, tenant_id, chat_id):
        drain.drain_chat(tenant_id=tenant_id, chat_id=chat_id)


@shared_task(name=Wake.RUN_WAITING.task_name)
def run_waiting(tenant_id: int, message_id: int) -> None:
    with _taken_up(Wake.RUN_WAITING, tenant_id, message_id):
        drain.run_waiting(tenant_id=tenant_id, message_id=message_id)


@shared_task(name=Wake.SEND_DUE.task_name)
def send_due(tenant_id: int, number_id: int) -> None:
    with _taken_up(Wake.SEND_DUE, tenant_id, number_id):
        outbox.send_due(tenant_id=tenant_id, number_id=number_id)


@shared_task(name=Wake.CLEAR_UNCLEAR.task_name)
def clear_unclear(tenant_id: int, number_id: int) -> None:
    with _taken_up(Wake.CLEAR_UNCLEAR, tenant_id, number_id):
        unclear_sends.clear(tenant_id=tenant_id, number_id=number_id)


@shared_task(name="botcore.tidy_outbox", expires=15)
def tidy_outbox() -> None:
    """Give up what waited too long, and have sends that ended unclear cleared up. It may overlap."""
    now = timezone.now()
    with all_tenants("the messages of every tenant"):
        dead_letters.give_up_late(now=now)
        numbers = unclear_sends.numbers_to_clear(now=now, limit=SWEEP_LIMIT)
    for tenant_id, number_id in numbers:
        wake.up(Wake.CLEAR_UNCLEAR, tenant_id=tenant_id, row_id=number_id)


@shared_task(name="botcore.take_over", expires=30)
def take_over() -> None:
    """Have live numbers send what waits for their groups at numbers that dropped. Each row is claimed."""
    with all_tenants("every tenant's numbers that dropped"):
        tenant_ids = standby.tenants_waiting(now=timezone.now())
    for tenant_id in tenant_ids:
        with tenant_scope(tenant_id), bound(tenant_id=tenant_id):
            standby.take_over(tenant_id=tenant_id, now=timezone.now())


@shared_task(name=Wake.POLL_WATCHES.task_name)
def poll_watches(tenant_id: int, _: int) -> None:
    with _taken_up(Wake.POLL_WATCHES, tenant_id, tenant_id):
        watches.poll(tenant_id=tenant_id, now=timezone.now())


@shared_task(name="botcore.watch_orders", expires=60)
def watch_orders() -> None:
    """Wake a round for every tenant with watches that are due. Only wakes, so it may overlap."""
    with all_tenants("the watches of every tenant"):
        tenant_ids = watches.tenants_due(now=timezone.now(), limit=SWEEP_LIMIT)
    for tenant_id in tenant_ids:
        wake.up(Wake.POLL_WATCHES, tenant_id=tenant_id, row_id=tenant_id)


@shared_task(name="botcore.sweep", expires=30)
def sweep() -> None:
    """Find what a crash, a lost broker or a deploy left behind, and what is due. Only wakes, so it may overlap."""
    now = timezone.now()
    with all_tenants("the sweeper looks for every tenant's work"):
        chats = inbox.left_behind(before=now - timedelta(seconds=settings.SWEEP_AFTER_S), limit=SWEEP_LIMIT)
        waiting = inbox.due(now=now, limit=SWEEP_LIMIT)
        numbers = outbox.numbers_due(now=now, limit=SWEEP_LIMIT)
    for what, rows in ((Wake.DRAIN_CHAT, chats), (Wake.RUN_WAITING, waiting), (Wake.SEND_DUE, numbers)):
        for tenant_id, row_id in rows:
            wake.up(what, tenant_id=tenant_id, row_id=row_id)


@shared_task(name="botcore.follow_up_providers", expires=300)
def follow_up_providers() -> None:
    """Remind silent providers, then alert the team. Each step is claimed, so it may overlap."""
    with all_tenants("every tenant's silent providers"):
        tenant_ids = provider_follow_up.tenants_waiting(now=timezone.now())
    for tenant_id in tenant_ids:
        with tenant_scope(tenant_id), bound(tenant_id=tenant_id):
            provider_follow_up.follow_up(
                tenant_id=tenant_id, config=config.load(tenant_id=tenant_id), now=timezone.now()
            )


@shared_task(name=Wake.LINK_NUMBER.task_name)
def link_number(tenant_id: int, number_id: int) -> None:
    with _taken_up(Wake.LINK_NUMBER, tenant_id, number_id):
        linking.link(tenant_id=tenant_id, number_id=number_id)


@shared_task(name=Wake.LOG_OUT_NUMBER.task_name, **_UNTIL_DONE)
def log_out_number(tenant_id: int, number_id: int) -> None:
    with _taken_up(Wake.LOG_OUT_NUMBER, tenant_id, number_id):
        linking.log_out(tenant_id=tenant_id, number_id=number_id)


@shared_task(name=Wake.REMOVE_NUMBER.task_name, **_UNTIL_DONE)
def remove_number(tenant_id: int, number_id: int) -> None:
    with _taken_up(Wake.REMOVE_NUMBER, tenant_id, number_id):
        linking.forget(tenant_id=tenant_id, number_id=number_id)


@shared_task(name=Wake.CHECK_NUMBER.task_name)
def check_number(tenant_id: int, number_id: int) -> None:
    with _taken_up(Wake.CHECK_NUMBER, tenant_id, number_id):
        linking.check(tenant_id=tenant_id, number_id=number_id)


@shared_task(name=Wake.LINK_STEP.task_name)
def link_step(tenant_id: int, number_id: int) -> None:
    with _taken_up(Wake.LINK_STEP, tenant_id, number_id):
        linking.take_step(tenant_id=tenant_id, number_id=number_id)


@shared_task(name=Wake.END_SESSION.task_name, **_UNTIL_DONE)
def end_session(tenant_id: int, ended_id: int) -> None:
    with _taken_up(Wake.END_SESSION, tenant_id, ended_id):
        ended_sessions.end(ended_id=ended_id)


@shared_task(name="botcore.reconcile_gateways", expires=20)
def reconcile_gateways() -> None:
    """Have every gateway looked at whose round is due. Each is claimed, so it may overlap."""
    for gateway_id in reconcile.due():
        reconcile_gateway.apply_async((gateway_id,), queue=Queue.SYNC)


@shared_task(name="botcore.reconcile_gateway", expires=60)
def reconcile_gateway(gateway_id: int) -> None:
    reconcile.run(gateway_id=gateway_id, now=timezone.now())


@shared_task(name="botcore.tell_of_drops", expires=20)
def tell_of_drops() -> None:
    """Tell owners of numbers that dropped or are back, and the platform of its gateways. Each is claimed."""
    number_alerts.tell_due(now=timezone.now())


@shared_task(name="botcore.name_groups", expires=60)
def name_groups() -> None:
    """Have new groups asked for their names. Only wakes, so it may overlap."""
    with all_tenants("the new groups of every tenant"):
        found = groups.nameless(now=timezone.now(), limit=SWEEP_LIMIT)
    for tenant_id, group_id in found:
        wake.up(Wake.NAME_GROUP, tenant_id=tenant_id, row_id=group_id)


@shared_task(name=Wake.NAME_GROUP.task_name)
def name_group(tenant_id: int, group_id: int) -> None:
    with _taken_up(Wake.NAME_GROUP, tenant_id, group_id):
        groups.ask_name(tenant_id=tenant_id, group_id=group_id)


@shared_task(name=Wake.SYNC_GROUPS.task_name)
def sync_groups(tenant_id: int, job_id: int) -> None:
    with _job(Wake.SYNC_GROUPS, tenant_id, job_id) as progress:
        if progress is not None:
            groups.sync(tenant_id=tenant_id, progress=progress)


@shared_task(name=Wake.IMPORT_CUSTOMERS.task_name)
def import_customers(tenant_id: int, job_id: int) -> None:
    with _job(Wake.IMPORT_CUSTOMERS, tenant_id, job_id) as progress:
        if progress is not None:
            customer_changes.run_import(tenant_id=tenant_id, progress=progress)


@shared_task(name=Wake.CHECK_PROVIDER.task_name)
def check_provider(tenant_id: int, job_id: int) -> None:
    with _job(Wake.CHECK_PROVIDER, tenant_id, job_id) as progress:
        if progress is not None:
            provider_checks.run(tenant_id=tenant_id, progress=progress)


@shared_task(name="botcore.beat_tick", expires=30)
def beat_tick() -> None:
    """Prove that beat, broker and a worker are alive: /readyz reads the time of the last tick."""
    heartbeat.tick()


@shared_task(name=Wake.CHECK_PANEL.task_name)
def check_panel(tenant_id: int, job_id: int) -> None:
    with _taken_up(Wake.CHECK_PANEL, tenant_id, job_id):
        panel_check.run(tenant_id=tenant_id, job_id=job_id)


@shared_task(name=Wake.CHECK_MODEL.task_name)
def check_model(tenant_id: int, job_id: int) -> None:
    with _taken_up(Wake.CHECK_MODEL, tenant_id, job_id):
        model_check.run(tenant_id=tenant_id, job_id=job_id)
