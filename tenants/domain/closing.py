"""Deleting an account: asked for by its owner, done a week later, taken back until then.

ask ──▶ closes_at ──▶ a week, with a banner and a way back ──▶ claim ──▶ sessions elsewhere let go ──▶ rows gone
"""

from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, OuterRef

from smmbot.lib.logs import get_logger
from tenants import signals
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.errors import WrongName
from tenants.models import LoginSession, Tenant, TenantAdmin, User
from tenants.scoping import TenantModel, all_tenants

logger = get_logger(__name__)

THINK_IT_OVER = timedelta(days=7)
# A run that died may be begun again after this.
CLAIMED_FOR = timedelta(hours=1)
ROWS_AT_ONCE = 5000


def ask(*, tenant: Tenant, name: str, by: User, now: datetime, source: AuditSource) -> datetime:
    """The account is deleted a week from now. name: of the account, typed again. Asking twice changes nothing.

    Returns when. Raises WrongName.
    """
    if " ".join(name.split()) != " ".join(tenant.name.split()):
        raise WrongName
    closes_at = now + THINK_IT_OVER
    with transaction.atomic():
        asked = Tenant.objects.filter(pk=tenant.pk, closes_at=None, is_platform=False)
        if asked.update(closes_at=closes_at):
            tenant.closes_at = closes_at
            _record(tenant, by, "account.close", source, now, after={"closes_at": closes_at})
    return tenant.closes_at or closes_at


def undo(*, tenant: Tenant, by: User, now: datetime, source: AuditSource) -> bool:
    """Keep the account after all. Returns False when nobody had asked to delete it."""
    with transaction.atomic():
        if not Tenant.objects.filter(pk=tenant.pk, closes_at__gt=now).update(closes_at=None):
            return False
        _record(tenant, by, "account.keep", source, now, before={"closes_at": tenant.closes_at})
    tenant.closes_at = None
    return True


def close_due(*, now: datetime) -> int:
    """Delete every account whose time has come. Returns how many."""
    due = Tenant.objects.filter(closes_at__lte=now, is_platform=False).order_by("closes_at")
    return sum(_close(tenant, now) for tenant in due[:20])


def _close(tenant: Tenant, now: datetime) -> bool:
    # The claim: one run does it, and nobody gets in or is answered meanwhile.
    if not Tenant.objects.filter(pk=tenant.pk, closes_at__lte=now).update(
        closes_at=now + CLAIMED_FOR, is_active=False, suspended_reason="It is being deleted"
    ):
        return False
    with all_tenants("an account is deleted with everything it has"):
        for gone in (*Tenant.objects.filter(sandbox_of=tenant), tenant):
            signals.tenant_closing.send(sender=Tenant, tenant=gone)
            for model in _dependents_first():
                _delete_rows(model, gone)
            gone_people = _people_of_nobody_else(gone)
            LoginSession.objects.filter(tenant=gone).delete()
            TenantAdmin.objects.filter(tenant=gone).delete()
            User.objects.filter(pk__in=gone_people).delete()
            gone.delete()
    logger.info("account deleted", extra={"tenant_id": tenant.pk})
    return True


def _dependents_first() -> list[type[TenantModel]]:
    """The tables of tenants in an order in which no row is deleted before those that point at it. The team last."""
    found = {model for model in apps.get_models() if issubclass(model, TenantModel)} - {TenantAdmin}
    order: TopologicalSorter[Any] = TopologicalSorter()
    for model in found:
        order.add(model)
        for field in model._meta.concrete_fields:
            if field.remote_field and field.related_model in found - {model}:
                order.add(field.related_model, model)
    return list(order.static_order())


def _delete_rows(model: type[TenantModel], tenant: Tenant) -> None:
    """In pieces: a big table must not be one long transaction."""
    rows: models.QuerySet[Any] = model._base_manager.filter(tenant_id=tenant.pk)
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        rows.filter(pk__in=ids)._raw_delete(rows.db)


def _people_of_nobody_else(tenant: Tenant) -> list[int]:
    """Who has no other team and no work on the platform: their accounts go too, and their phones are free again."""
    elsewhere = TenantAdmin.objects.filter(user_id=OuterRef("user_id")).exclude(tenant=tenant)
    rows = TenantAdmin.objects.filter(~Exists(elsewhere), tenant=tenant, user__is_staff=False)
    return list(rows.values_list("user_id", flat=True))


def _record(
    tenant: Tenant,
    by: User,
    action: str,
    source: AuditSource,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        tenant_id=tenant.pk,
        user_id=by.pk,
        action=action,
        before=before or {},
        after=after or {},
        source=source,
        now=now,
    )
