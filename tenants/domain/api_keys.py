"""Bearer keys for scripts: shown once, kept as a digest, limited to a role."""

import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tenants.domain import audit, tokens
from tenants.enums import AuditSource, Role
from tenants.models import ApiKey, User
from tenants.scoping import all_tenants

_MARK = "smk_"
_SHOWN = 10
_USED_EVERY = timedelta(minutes=1)


def create(
    *, tenant_id: int, name: str, role: Role, by: User, now: datetime, source: AuditSource
) -> tuple[ApiKey, str]:
    """Make a key. Returns the row and the key itself, which is kept nowhere."""
    key = _MARK + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        tenant_id=tenant_id,
        name=name,
        prefix=key[:_SHOWN],
        digest=tokens.digest(key),
        role=role,
        created_by=by,
        created_at=now,
    )
    audit.record(
        tenant_id=tenant_id,
        user_id=by.pk,
        action="api_key.create",
        subject=name,
        after={"role": role},
        source=source,
        now=now,
    )
    return row, key


def revoke(*, key: ApiKey, by: User, now: datetime, source: AuditSource) -> None:
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit.record(
            tenant_id=key.tenant_id,
            user_id=by.pk,
            action="api_key.revoke",
            subject=key.name,
            source=source,
            now=now,
        )


def of_tenant(*, tenant_id: int) -> QuerySet[ApiKey]:
    return (
        ApiKey.objects.filter(tenant_id=tenant_id, revoked_at=None)
        .select_related("created_by")
        .order_by("-pk")
    )


def find(key: str, *, now: datetime) -> ApiKey | None:
    """Whose key this is; None for one that is unknown or revoked, or whose maker or tenant is gone."""
    with all_tenants("the key names its tenant"):
        row: ApiKey | None = (
            ApiKey.objects.filter(
                digest=tokens.digest(key), revoked_at=None, tenant__is_active=True, created_by__is_active=True
            )
            .select_related("tenant", "created_by")
            .first()
        )
        if row is not None and (row.last_used_at is None or now - row.last_used_at > _USED_EVERY):
            ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)
    return row
