"""What platform staff do for a person who cannot help themselves. Recorded wherever their account is relied on."""

from datetime import datetime

from django.db import transaction

from tenants.domain import audit, platform_tenant, second_factor, sessions
from tenants.enums import AuditSource
from tenants.models import TenantAdmin, User
from tenants.scoping import all_tenants


@transaction.atomic
def reset_second_factor(*, user: User, by: User, now: datetime) -> bool:
    """For a lost phone: the password alone opens the account again. Returns False when there was none."""
    if not user.has_totp:
        return False
    second_factor.switch_off(user=user)
    sessions.end_all(user=user, now=now, reason="second_factor_reset")
    _record(user, by, "support.second_factor_reset", now)
    return True


@transaction.atomic
def end_sessions(*, user: User, by: User, now: datetime) -> int:
    """Sign the person out everywhere. Returns how many sessions ended."""
    ended = sessions.end_all(user=user, now=now, reason="ended_by_support")
    if ended:
        _record(user, by, "support.sessions_ended", now)
    return ended


def _record(user: User, by: User, action: str, now: datetime) -> None:
    with all_tenants("a person's teams are told what support did"):
        teams = TenantAdmin.objects.filter(user=user).values_list("tenant_id", flat=True)
        for tenant_id in platform_tenant.with_platform(teams, user):
            audit.record(
                tenant_id=tenant_id,
                user_id=by.pk,
                action=action,
                subject=str(user),
                source=AuditSource.ADMIN,
                now=now,
            )
