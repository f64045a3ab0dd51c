"""The record of what the team did: who, to what, from which state to which, from where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.enums import AuditSource
from tenants.models import AuditEntry

_NOTHING: Mapping[str, Any] = {}


def record(
    *,
    tenant_id: int,
    user_id: int | None,
    action: str,
    source: AuditSource,
    now: datetime,
    subject: str = "",
    before: Mapping[str, Any] = _NOTHING,
    after: Mapping[str, Any] = _NOTHING,
) -> AuditEntry:
    """Write one entry; call it in the transaction of the change. action: noun and verb, `order.force_complete`.

    before, after: what changed, fit for JSON; never a secret.
    """
    return AuditEntry.objects.create(
        tenant_id=tenant_id,
        user_id=user_id,
        action=action,
        subject=subject,
        before=dict(before),
        after=dict(after),
        source=source,
        created_at=now,
    )
