"""How fast a number writes: what WhatsApp takes from a phone in somebody's hand, and from a new one even less.

Everything is read off the outbox's own rows, so it holds over all processes and after every crash. The limits are the
tenant's settings (config.py, Section.SENDING), whose defaults are the most that is safe.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from botcore.domain.config import Config
from botcore.domain.still_wanted import BROADCAST_PART
from botcore.enums import OutboxPriority, OutboxState
from botcore.models import OutboxMessage, WhatsAppNumber
from smmbot.lib import pooled_connection
from tenants.scoping import require

# What is longer gives the number back.
SHORT_WAIT: Final = timedelta(seconds=10)
GUARDED: Final = timedelta(minutes=10)
# So many characters are a long text: they take the longest typing.
_LONG_TEXT: Final = 300
_TYPING_VARIES: Final = 0.3
# Last days of the warm-up's three steps.
_WARM_UP: Final = ((2, 1), (5, 2), (10, 3))
_NEVER_REACHED: Final = 1_000_000_000
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_random = secrets.SystemRandom()


class Why(StrEnum):
    """Why something may not go yet."""

    CHAT_GAP = "chat_gap"
    LOOP_GUARD = "loop_guard"
    MINUTE = "per_minute"
    HOUR = "per_hour"
    WARM_UP_HOUR = "warm_up_hour"
    WARM_UP_DAY = "warm_up_day"
    BROADCAST_GAP = "broadcast_gap"
    BROADCASTS_DAY = "broadcasts_day"
    NEW_CHATS = "no_new_chats"


class Held(Enum):
    """What a reason holds back."""

    CHAT = "chat"
    NUMBER = "number"
    UNASKED = "unasked"
    BROADCASTS = "broadcasts"


@dataclass(frozen=True, slots=True)
class Hold:
    until: datetime
    why: Why
    held: Held


@dataclass(frozen=True, slots=True)
class Limits:
    """What one number may send now. day: of its link, from 1. unasked: what is no reply; None: no limit of its own."""

    day: int
    is_young: bool
    per_minute: int
    per_hour: int
    chat_gap_s: int
    replies_per_chat: int
    unasked_per_hour: int | None
    unasked_per_day: int | None
    broadcasts_per_day: int
    broadcast_gap_s: tuple[int, int]
    typing_s: tuple[int, int]
    joins_replies: bool


def pause(seconds: float) -> None:
    """Wait a moment. Sending stands still here and nowhere else, so a test that moves the clock instead is quick."""
    pooled_connection.give_back()
    time.sleep(seconds)


def limits_of(*, number: WhatsAppNumber, config: Config, now: datetime) -> Limits:
    day = (now - (number.linked_at or number.created_at)) // DAY + 1
    is_young = day <= config["young_days"]
    step = next((step for last_day, step in _WARM_UP if day <= last_day), None)
    shortest, longest = config["typing_shortest_seconds"], config["typing_longest_seconds"]
    gap = config["broadcast_gap_shortest_seconds"]
    return Limits(
        day=day,
        is_young=is_young,
        per_minute=config["sends_per_minute"],
        per_hour=config["sends_per_hour_young" if is_young else "sends_per_hour"],
        chat_gap_s=config["chat_gap_seconds"],
        replies_per_chat=config["replies_per_chat"],
        unasked_per_hour=config[f"warm_up_{step}_per_hour"] if step else None,
        unasked_per_day=config[f"warm_up_{step}_per_day"] if step else None,
        broadcasts_per_day=config["broadcasts_per_day_young" if is_young else "broadcasts_per_day"],
        broadcast_gap_s=(gap, max(gap, config["broadcast_gap_longest_seconds"])),
        typing_s=(shortest, max(shortest, longest)),
        joins_replies=config["join_replies"],
    )


def is_unasked(row: OutboxMessage) -> bool:
    """No reply: WhatsApp counts these most strictly."""
    return row.priority > OutboxPriority.SUPPORT


def is_broadcast(row: OutboxMessage) -> bool:
    return row.priority == OutboxPriority.MARKETING or row.part.startswith(BROADCAST_PART)


def typing_s(text: str, limits: Limits) -> float:
    """How long a person types this, never twice the same."""
    shortest, longest = limits.typing_s
    typed = shortest + (longest - shortest) * min(1, len(text) / _LONG_TEXT)
    return typed * _random.uniform(1 - _TYPING_VARIES, 1 + _TYPING_VARIES)


def broadcast_gap_s(limits: Limits) -> float:
    return _random.uniform(*limits.broadcast_gap_s)


_SAID = """
WITH said AS MATERIALIZED (
    -- Replies that were joined are one message.
    SELECT max(sent_at) AS at, bool_or(priority > %(support)s) AS is_unasked, bool_or(chat_id = %(chat)s) AS is_here,
        bool_or(priority = %(marketing)s OR starts_with(part, %(broadcast)s)) AS is_broadcast
    FROM botcore_outboxmessage
    WHERE number_id = %(number)s AND tenant_id = %(tenant)s AND sent_at > %(since)s
    GROUP BY coalesce(nullif(wa_message_id, ''), id::text)
)
SELECT
    (SELECT at FROM said ORDER BY at DESC OFFSET %(minute)s LIMIT 1),
    (SELECT at FROM said ORDER BY at DESC OFFSET %(hour)s LIMIT 1),
    (SELECT at FROM said WHERE is_here ORDER BY at DESC LIMIT 1),
    (SELECT at FROM said WHERE is_here ORDER BY at DESC OFFSET %(here)s LIMIT 1),
    (SELECT at FROM said WHERE is_unasked ORDER BY at DESC OFFSET %(unasked_hour)s LIMIT 1),
    (SELECT at FROM said WHERE is_unasked ORDER BY at DESC OFFSET %(unasked_day)s LIMIT 1),
    (SELECT at FROM said WHERE is_broadcast ORDER BY at DESC LIMIT 1),
    (SELECT at FROM said WHERE is_broadcast ORDER BY at DESC OFFSET %(broadcasts)s LIMIT 1)
"""


def holds(*, number: WhatsAppNumber, limits: Limits, row: OutboxMessage, now: datetime) -> list[Hold]:
    """What keeps this row from going now; one statement. The n-th newest message within a span blocks until it is as
    old as the span."""
    require(number.tenant_id)
    unasked, broadcast = is_unasked(row), is_broadcast(row)
    values: dict[str, Any] = {
        "number": number.pk,
        "tenant": number.tenant_id,
        "chat": row.chat_id,
        "support": OutboxPriority.SUPPORT,
        "marketing": OutboxPriority.MARKETING,
        "broadcast": BROADCAST_PART,
        "since": now - (DAY if unasked else HOUR),
        "minute": limits.per_minute - 1,
        "hour": limits.per_hour - 1,
        "here": limits.replies_per_chat - 1,
        "unasked_hour": (limits.unasked_per_hour or _NEVER_REACHED) - 1,
        "unasked_day": (limits.unasked_per_day or _NEVER_REACHED) - 1,
        "broadcasts": limits.broadcasts_per_day - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAID, values)
        minute, hour, last, here, unasked_hour, unasked_day, broadcast_last, broadcast_day = cursor.fetchone()
    found = [
        _hold(minute, MINUTE, Why.MINUTE, Held.NUMBER),
        _hold(hour, HOUR, Why.HOUR, Held.NUMBER),
        _hold(last, timedelta(seconds=limits.chat_gap_s), Why.CHAT_GAP, Held.CHAT),
        _hold(here, GUARDED, Why.LOOP_GUARD, Held.CHAT),
    ]
    if unasked:
        found += [
            _hold(unasked_hour, HOUR, Why.WARM_UP_HOUR, Held.UNASKED),
            _hold(unasked_day, DAY, Why.WARM_UP_DAY, Held.UNASKED),
        ]
    if broadcast:
        # The shortest gap: when one has gone out, the rest was put off by a random one.
        gap = timedelta(seconds=limits.broadcast_gap_s[0])
        found += [
            _hold(broadcast_last, gap, Why.BROADCAST_GAP, Held.BROADCASTS),
            _hold(broadcast_day, DAY, Why.BROADCASTS_DAY, Held.BROADCASTS),
        ]
    return [hold for hold in found if hold is not None and hold.until > now]


def put_off(*, row: OutboxMessage, hold: Hold) -> int:
    """Have everything wait that the reason holds back. row: what met it. Returns how much does."""
    waiting = OutboxMessage.objects.filter(
        _HELD[hold.held](row),
        tenant_id=row.tenant_id,
        number_id=row.number_id,
        state=OutboxState.QUEUED,
        next_attempt_at__lt=hold.until,
    )
    return waiting.update(next_attempt_at=hold.until)


def _hold(at: datetime | None, span: timedelta, why: Why, held: Held) -> Hold | None:
    return Hold(at + span, why, held) if at is not None else None


_HELD: dict[Held, Any] = {
    Held.CHAT: lambda row: Q(chat_id=row.chat_id),
    Held.NUMBER: lambda _: Q(),
    Held.UNASKED: lambda _: Q(priority__gt=OutboxPriority.SUPPORT),
    Held.BROADCASTS: lambda _: Q(priority=OutboxPriority.MARKETING) | Q(part__startswith=BROADCAST_PART),
}
