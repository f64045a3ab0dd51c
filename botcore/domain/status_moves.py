"""Requests are moved from a screen or the API: the status, its history and, for `escalated`, the provider's group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from botcore.domain import escalation, support_status
from botcore.domain.escalation import Escalated
from botcore.domain.support_status import Moved
from botcore.enums import SupportStatus
from botcore.models import MessageLog
from tenants.enums import AuditSource

# As many as a page of the API shows, and more than the screen's.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Move:
    """status: the new one. escalated: what was passed on, None for any other status."""

    status: SupportStatus
    moved: Moved
    escalated: Escalated | None = None


@transaction.atomic
def move(
    *,
    tenant_id: int,
    log_ids: Sequence[int],
    status: SupportStatus,
    by_user_id: int,
    source: AuditSource,
    now: datetime,
) -> Move:
    """Move these rows. Only what was not escalated before is passed on: a second click sends nothing."""
    moved = support_status.set_for_logs(
        tenant_id=tenant_id,
        log_ids=log_ids,
        status=status,
        by_user_id=by_user_id,
        source=source,
        now=now,
    )
    if status != SupportStatus.ESCALATED or not moved.changed:
        return Move(status, moved)
    passed_on = escalation.escalate(tenant_id=tenant_id, logs=moved.changed, message=None, now=now)
    return Move(status, moved, passed_on)


def move_one(
    *,
    tenant_id: int,
    log_id: int,
    status: SupportStatus,
    by_user_id: int,
    source: AuditSource,
    now: datetime,
) -> Move:
    """Raises MessageLog.DoesNotExist."""
    done = move(
        tenant_id=tenant_id, log_ids=[log_id], status=status, by_user_id=by_user_id, source=source, now=now
    )
    if done.moved.unknown:
        raise MessageLog.DoesNotExist
    return done
