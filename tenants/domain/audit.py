"""The record of what the team did: who, to what, from which state to which, from where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tenants.enums import AuditSource
from tenants.models import AuditEntry
from tenants.scoping import TenantModel

_NOTHING: Mapping[str, Any] = {}
LONGEST_SUBJECT: Final = 100


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
        subject=subject[:LONGEST_SUBJECT],
        before=dict(before),
        after=dict(after),
        source=source,
        created_at=now,
    )


def subject_of(noun: str, name: object) -> str:
    """How the record names a row, so that what was done to it is found again: `group Support`."""
    return f"{noun} {name}"[:LONGEST_SUBJECT]


def record_on(
    row: TenantModel,
    action: str,
    *,
    user_id: int | None,
    source: AuditSource,
    now: datetime,
    before: Mapping[str, Any] = _NOTHING,
    after: Mapping[str, Any] = _NOTHING,
) -> AuditEntry:
    """Write one entry about a row; its subject is the action's noun and the row's own name."""
    return record(
        tenant_id=row.tenant_id,
        user_id=user_id,
        action=action,
        subject=subject_of(action.partition(".")[0], row),
        before=before,
        after=after,
        source=source,
        now=now,
    )
