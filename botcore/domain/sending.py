"""What screens show of sending: each number's queue, when it goes on and why it waits.

Dead letters, in plain words, stand in dead_letters.py, the score of a number's health in number_health.py.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Min, Q
from django.utils import timezone

from botcore.domain import config, dead_letters, number_health, pacing
from botcore.domain.config import Config
from botcore.domain.pacing import Hold, Why
from botcore.enums import NumberState, OutboxState
from botcore.gateway.registry import driver_named
from botcore.models import OutboxMessage, WhatsAppNumber

discard = dead_letters.discard
send_again = dead_letters.send_again
explain = dead_letters.explain
health_of = number_health.health_of
health_of_all = number_health.health_of_all


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits at one number. queued, sending, unclear, dead: messages in that state; sent: in the last hour.

    oldest_at: since when the oldest one waits. next_at: when something may go next, None when nothing waits or nobody
    can tell. why: why not now, in words; empty when it may.
    """

    queued: int
    sending: int
    unclear: int
    dead: int
    sent: int
    oldest_at: datetime | None
    next_at: datetime | None
    why: str

    @property
    def waiting(self) -> int:
        return self.queued + self.sending + self.unclear


_WAITING: Final = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCLEAR)
_NOT_LIVE: Final = (
    "The number is not live. What waits goes out when it is, or is taken over by another number."
)
_UNCLEAR: Final = "It is being found out whether the last message to this chat went out."
_BREAK: Final = "Sending takes a break. "
_BREAKS: Final = {
    "rate_limited": "WhatsApp wants the number to go slower.",
    "session_not_connected": "The number lost its connection. It is being looked after.",
    "session_missing": "Its gateway does not know the number's link. It is being looked after.",
}
_FAILED_OFTEN: Final = "It failed several times in a row."
_TRIED_AGAIN: Final = "The last try failed. It is tried again."
_BEHIND: Final = "It keeps its distance from the message before."
_WHY: Final = {
    Why.CHAT_GAP: _BEHIND,
    Why.MINUTE: "The number has sent as much as is safe in a minute.",
    Why.HOUR: "The number has sent as much as is safe in an hour.",
    Why.LOOP_GUARD: "This chat has had as many messages as it may have in ten minutes.",
    Why.WARM_UP_HOUR: "The number is new: it has sent as many notices and broadcasts as it may in an hour.",
    Why.WARM_UP_DAY: "The number is new: it has sent as many notices and broadcasts as it may in a day.",
    Why.BROADCAST_GAP: "Between two messages of a broadcast there is a pause.",
    Why.BROADCASTS_DAY: "The number has sent as many broadcasts as it may in a day.",
    Why.NEW_CHATS: "WhatsApp lets the number open no new chats for now.",
}


def queue_of(number: WhatsAppNumber, now: datetime | None = None, *, settings: Config | None = None) -> Queue:
    """settings: the tenant's, where they are at hand."""
    now = now or timezone.now()
    rows = OutboxMessage.objects.filter(tenant_id=number.tenant_id, number=number)
    # By "or", not "in": each state has an index of its own.
    stay = Q(state=OutboxState.DEAD)
    for state in _WAITING:
        stay |= Q(state=state)
    found = rows.filter(stay).order_by().values("state").annotate(count=Count("pk"), oldest=Min("created_at"))
    count = {row["state"]: row["count"] for row in found}
    waiting = [row for row in found if row["state"] in _WAITING]
    sent = rows.filter(sent_at__gt=now - pacing.HOUR).aggregate(n=Count("wa_message_id", distinct=True))["n"]
    next_at, why = _next(number, now, settings) if waiting else (None, "")
    return Queue(
        queued=count.get(OutboxState.QUEUED, 0),
        sending=count.get(OutboxState.SENDING, 0),
        unclear=count.get(OutboxState.UNCLEAR, 0),
        dead=count.get(OutboxState.DEAD, 0),
        sent=sent,
        oldest_at=min((row["oldest"] for row in waiting), default=None),
        next_at=next_at,
        why=why,
    )


def _next(number: WhatsAppNumber, now: datetime, settings: Config | None) -> tuple[datetime | None, str]:
    if number.state != NumberState.OPEN:
        return None, _NOT_LIVE
    if number.paused_until is not None and number.paused_until > now:
        return number.paused_until, _BREAK + _BREAKS.get(number.pause_reason, _FAILED_OFTEN)
    row = _first(number, now)
    if row is None:
        return None, _UNCLEAR
    holds = _holds(number, row, now, settings)
    if holds:
        last = max(holds, key=lambda hold: hold.until)
        return max(last.until, row.next_attempt_at), _WHY[last.why]
    if row.next_attempt_at <= now:
        return now, ""
    if row.error_code:
        return row.next_attempt_at, _TRIED_AGAIN
    return row.next_attempt_at, _WHY[Why.BROADCAST_GAP] if pacing.is_broadcast(row) else _BEHIND


def _first(number: WhatsAppNumber, now: datetime) -> OutboxMessage | None:
    """What goes next: of what is due the most urgent, else what is due soonest; nothing of a chat that is unclear."""
    rows = OutboxMessage.objects.filter(tenant_id=number.tenant_id, number=number)
    unclear = rows.filter(state=OutboxState.UNCLEAR).values("chat")
    waiting = rows.filter(state=OutboxState.QUEUED).exclude(chat__in=unclear)
    due = waiting.filter(next_attempt_at__lte=now).order_by("priority", "pk").first()
    return due or waiting.order_by("next_attempt_at", "priority", "pk").first()


def _holds(number: WhatsAppNumber, row: OutboxMessage, now: datetime, settings: Config | None) -> list[Hold]:
    if not driver_named(number.driver).is_paced:
        return []
    settings = settings or config.load(tenant_id=number.tenant_id)
    limits = pacing.limits_of(number=number, config=settings, now=now)
    return pacing.holds(number=number, limits=limits, row=row, now=now)
