"""Who runs which session: a lease in its row, by the database's clock. A session lives on one machine."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from botcore.models import EmbeddedSession

LEASE_S: Final = 30.0


def take(*, token: uuid.UUID, holder: str) -> EmbeddedSession | None:
    """Lease a session that is wanted, due and nobody's."""
    with transaction.atomic():
        row = (
            EmbeddedSession.objects.select_for_update(skip_locked=True)
            .filter(is_wanted=True)
            .filter(Q(lease_until=None) | Q(lease_until__lt=Now()))
            .filter(Q(next_start_at=None) | Q(next_start_at__lte=Now()))
            .order_by(F("next_start_at").asc(nulls_first=True), "pk")
            .first()
        )
        if row is not None:
            row.holder, row.lease_token = holder, token
            EmbeddedSession.objects.filter(pk=row.pk).update(
                holder=holder, lease_token=token, lease_until=_until()
            )
    return row


def keep(*, token: uuid.UUID) -> Mapping[int, EmbeddedSession]:
    """Renew all leases of this holder. What is missing in the answer is another's by now, or deleted."""
    EmbeddedSession.objects.filter(lease_token=token).update(lease_until=_until())
    return {row.pk: row for row in EmbeddedSession.objects.filter(lease_token=token)}


def note(*, token: uuid.UUID, session_id: int, **facts: Any) -> bool:
    """Write down how the session is. False: the lease is lost, and nothing was written."""
    return bool(EmbeddedSession.objects.filter(pk=session_id, lease_token=token).update(**facts))


def give_back(*, token: uuid.UUID, session_id: int, again_in_s: float | None = None, **facts: Any) -> bool:
    """Let go of a session. again_in_s: nobody starts it before."""
    again = None if again_in_s is None else Now() + timedelta(seconds=again_in_s)
    return note(
        token=token,
        session_id=session_id,
        holder="",
        lease_token=None,
        lease_until=None,
        next_start_at=again,
        memory_mb=None,
        **facts,
    )


def is_served(row: EmbeddedSession) -> bool:
    """Whether somebody runs the session this moment."""
    return EmbeddedSession.objects.filter(pk=row.pk, lease_until__gt=Now()).exists()


def _until() -> Any:
    return Now() + timedelta(seconds=LEASE_S)


def drop_connection() -> None:
    """After an error: it may be of no more use, and the next query takes another."""
    if not connection.in_atomic_block:
        connection.close()
