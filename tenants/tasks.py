"""Celery's way in to what happens to a tenant's people."""

from celery import shared_task
from django.utils import timezone

from smmbot.lib.logs import bound
from tenants.scoping import all_tenants, tenant_scope


@shared_task(name="tenants.deliver_code", expires=600)
def deliver_code(otp_id: int) -> None:
    from tenants.domain import otp  # noqa: PLC0415 -- the domain enqueues this task

    otp.deliver(otp_id=otp_id, now=timezone.now())


@shared_task(name="tenants.bring_codes", expires=15)
def bring_codes() -> None:
    """Codes whose own task was lost."""
    from tenants.domain import otp  # noqa: PLC0415 -- the domain enqueues tasks of this module

    for otp_id in otp.left_behind(now=timezone.now()):
        deliver_code.apply_async((otp_id,), queue="outbound")


@shared_task(name="tenants.forget_sign_ins", expires=3600)
def forget_sign_ins() -> None:
    from tenants.domain import otp, sessions  # noqa: PLC0415 -- the domain enqueues tasks of this module

    otp.forget(now=timezone.now())
    sessions.forget(now=timezone.now())


@shared_task(name="tenants.export_account")
def export_account(tenant_id: int, job_id: int) -> None:
    from tenants.domain import export, jobs  # noqa: PLC0415 -- the domain enqueues this task

    with (
        tenant_scope(tenant_id),
        bound(tenant_id=tenant_id),
        jobs.running(tenant_id=tenant_id, job_id=job_id) as progress,
    ):
        if progress is not None:
            export.make(tenant_id=tenant_id, progress=progress, now=timezone.now())


@shared_task(name="tenants.close_accounts", expires=300)
def close_accounts() -> None:
    """Delete the accounts whose week is over, and exports nobody fetched. Each is claimed, so it may overlap."""
    from tenants.domain import closing, export  # noqa: PLC0415 -- the domain enqueues tasks of this module

    closing.close_due(now=timezone.now())
    with all_tenants("old exports of every tenant"):
        export.forget_old(now=timezone.now())
