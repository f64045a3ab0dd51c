"""Celery's way in to what happens to a tenant's people."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="tenants.deliver_code", expires=600)
def deliver_code(otp_id: int) -> None:
    from tenants.domain import otp  # noqa: PLC0415 -- the domain enqueues this task

    otp.deliver(otp_id=otp_id, now=timezone.now())
