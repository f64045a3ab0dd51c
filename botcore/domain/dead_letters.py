"""Messages that could not be delivered: why, in plain words; sent again once the cause is gone, or put away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from botcore import wake
from botcore.domain import unclear_sends
from botcore.domain.still_wanted import BROADCAST_PART
from botcore.enums import OutboxPriority, OutboxState
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.models.message import SECRET_PART
from botcore.wake import Wake
from tenants.domain import audit, phones
from tenants.enums import AuditSource
from tenants.models import User

TOO_LATE: Final = "too_late"
DISCARDED: Final = "discarded"
# An answer that late confuses more than it helps. A broadcast may take days on a number that warms up.
TOO_LATE_AFTER: Final = timedelta(days=1)
BROADCAST_TOO_LATE_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reason:
    """text: what happened; advice: what to do. May be sent again: whether that has a chance."""

    text: str
    advice: str
    may_be_sent_again: bool = True


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter as people read it. to: a group's name or a phone; text: empty where nobody is shown it."""

    row: OutboxMessage
    to: str
    text: str
    reason: Reason

    @property
    def may_be_sent_again(self) -> bool:
        return self.reason.may_be_sent_again and bool(self.row.text)


_AGAIN = "Send it again."
_REASONS: dict[str, Reason] = {
    TOO_LATE: Reason(
        "It could not go out for a day, so it was kept back instead of coming late.",
        "Read it once more: if it still helps, send it again.",
    ),
    unclear_sends.CODE: Reason(
        "The gateway did not say whether it went out.",
        "Look into the chat on the phone. If it is not there, send it again.",
    ),
    "reachout_blocked": Reason(
        "WhatsApp does not let this number write first to somebody who never wrote to it.",
        "Ask the customer to write to the number; then the answer goes out.",
        may_be_sent_again=False,
    ),
    "recipient_not_on_whatsapp": Reason(
        "Nobody has this number on WhatsApp.", "Check the customer's number.", may_be_sent_again=False
    ),
    "bad_request": Reason(
        "The gateway did not understand the message.",
        "Send it again once. If it fails again, tell our support.",
    ),
    "unsupported": Reason(
        "The gateway cannot send this kind of message.", "Tell our support.", may_be_sent_again=False
    ),
    "gateway_unreachable": Reason("The WhatsApp gateway did not answer for too long.", _AGAIN),
    "gateway_refused": Reason(
        "The WhatsApp gateway did not take our key.", "Tell our support, then send it again."
    ),
    "gateway_not_activated": Reason(
        "The WhatsApp gateway waits for its licence to be activated.", "Tell our support, then send it again."
    ),
    "session_missing": Reason(
        "Its gateway did not know the number's link.", "Scan the number's QR code, then send it again."
    ),
    "session_not_connected": Reason(
        "The number was not connected for too long.", "Bring the number back, then send it again."
    ),
    "rate_limited": Reason("WhatsApp wanted the number to go slower.", "Wait an hour, then send it again."),
    "not_delivered": Reason("WhatsApp took it and then did not deliver it.", _AGAIN),
}
_OTHER = Reason("The gateway refused it.", "Send it again once. If it fails again, tell our support.")


def explain(code: str) -> Reason:
    """Put a dead letter's error code into words. A code we do not know is the gateway's or WhatsApp's own."""
    known = _REASONS.get(code)
    if known is None and code.isdecimal():
        return Reason(f"WhatsApp did not deliver it (its code {code}).", _AGAIN)
    return known or _OTHER


def read(row: OutboxMessage) -> Letter:
    """row: of `listed`."""
    text = "" if row.part == SECRET_PART else row.text
    return Letter(row, _addressee(row), text, explain(row.error_code))


def listed(*, tenant_id: int, number_id: int | None = None) -> QuerySet[OutboxMessage]:
    """Dead letters, the newest first."""
    rows = OutboxMessage.objects.filter(tenant_id=tenant_id, state=OutboxState.DEAD)
    if number_id is not None:
        rows = rows.filter(number_id=number_id)
    return rows.select_related("number", "chat__group").order_by("-pk")


@transaction.atomic
def send_again(*, tenant_id: int, outbox_ids: Iterable[int], now: datetime) -> int:
    """Queue dead replies afresh; what is not dead (any more), or was a secret that is forgotten, is left alone.
    Returns how many were queued."""
    dead = OutboxMessage.objects.select_for_update().filter(
        tenant_id=tenant_id, pk__in=list(outbox_ids), state=OutboxState.DEAD
    )
    rows = list(dead.exclude(text="").values_list("pk", "number_id"))
    OutboxMessage.objects.filter(tenant_id=tenant_id, pk__in=[pk for pk, _ in rows]).update(
        state=OutboxState.QUEUED,
        attempts=0,
        error_code="",
        wa_message_id="",
        tried_at=None,
        requeued_at=now,
        next_attempt_at=now,
    )
    for number_id in {number_id for _, number_id in rows}:
        wake.after_commit(Wake.SEND_DUE, tenant_id=tenant_id, row_id=number_id)
    return len(rows)


@transaction.atomic
def discard(
    *, tenant_id: int, outbox_ids: Iterable[int], by: User, source: AuditSource, now: datetime
) -> int:
    """Put dead letters away: nobody sends them any more. Returns how many."""
    dead = OutboxMessage.objects.filter(tenant_id=tenant_id, pk__in=list(outbox_ids), state=OutboxState.DEAD)
    count = dead.update(state=OutboxState.SUPPRESSED, error_code=DISCARDED)
    if count:
        audit.record(
            tenant_id=tenant_id,
            user_id=by.pk,
            action="dead_letter.discard",
            subject=f"{count} message{'' if count == 1 else 's'}",
            source=source,
            now=now,
        )
    return count


def give_up_late(*, now: datetime, number: WhatsAppNumber | None = None) -> int:
    """What has waited too long, at this number or at any, becomes a dead letter. Returns how many did."""
    rows = OutboxMessage.objects.filter(state=OutboxState.QUEUED)
    if number is not None:
        rows = rows.filter(tenant_id=number.tenant_id, number=number)
    is_broadcast = Q(priority=OutboxPriority.MARKETING) | Q(part__startswith=BROADCAST_PART)
    since = Coalesce("requeued_at", "created_at")
    late = (
        rows.annotate(since=since)
        .filter(since__lt=now - TOO_LATE_AFTER)
        .exclude(is_broadcast, since__gte=now - BROADCAST_TOO_LATE_AFTER)
    )
    return late.update(state=OutboxState.DEAD, error_code=TOO_LATE)


def _addressee(row: OutboxMessage) -> str:
    if row.chat.group is not None:
        return str(row.chat.group)
    digits, _, domain = row.chat.wa_id.partition("@")
    return "Somebody whose phone WhatsApp hides" if domain == "lid" else phones.spoken(digits)
