"""The account itself: its name, and whether the platform has closed it."""

from datetime import datetime

from django.db import transaction

from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.models import Tenant, User
from tenants.scoping import tenant_scope


@transaction.atomic
def rename(*, tenant: Tenant, name: str, by: User, now: datetime, source: AuditSource) -> None:
    name = " ".join(name.split())
    before = tenant.name
    if name == before:
        return
    Tenant.objects.filter(pk=tenant.pk).update(name=name)
    tenant.name = name
    audit.record(
        tenant_id=tenant.pk,
        user_id=by.pk,
        action="account.change",
        before={"name": before},
        after={"name": name},
        source=source,
        now=now,
    )


@transaction.atomic
def suspend(*, tenant: Tenant, reason: str, by: User, now: datetime) -> bool:
    """Nothing is answered and nobody gets in, from the next message and click on. reason: shown to the team.

    Returns False when it was suspended already.
    """
    if not Tenant.objects.filter(pk=tenant.pk, is_active=True).update(
        is_active=False, suspended_reason=reason[:200]
    ):
        return False
    _record(tenant, by, "tenant.suspend", now, {"reason": reason[:200]})
    return True


@transaction.atomic
def resume(*, tenant: Tenant, by: User, now: datetime) -> bool:
    """Returns False when it was not suspended."""
    if not Tenant.objects.filter(pk=tenant.pk, is_active=False).update(is_active=True, suspended_reason=""):
        return False
    _record(tenant, by, "tenant.resume", now, {})
    return True


def _record(tenant: Tenant, by: User, action: str, now: datetime, after: dict[str, str]) -> None:
    with tenant_scope(tenant.pk):
        audit.record(
            tenant_id=tenant.pk,
            user_id=by.pk,
            action=action,
            after=after,
            source=AuditSource.ADMIN,
            now=now,
        )
