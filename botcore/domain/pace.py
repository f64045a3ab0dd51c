"""How much of what a number may send it has sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from botcore.domain import config, pacing
from botcore.domain.config import Config
from botcore.domain.pacing import Limits
from botcore.domain.still_wanted import BROADCAST_PART
from botcore.enums import OutboxPriority
from botcore.gateway.registry import driver_named
from botcore.models import WhatsAppNumber
from tenants.scoping import require


@dataclass(frozen=True, slots=True)
class Used:
    """key: stable; used: of limit, in the span the label names."""

    key: str
    label: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Pace:
    """day: of the number's link, from 1. warms_up: notices and broadcasts have limits of their own for now."""

    day: int
    is_young: bool
    warms_up: bool
    used: tuple[Used, ...]


_SENT: Final = """
WITH said AS MATERIALIZED (
    -- Replies that were joined are one message.
    SELECT max(sent_at) AS at, bool_or(priority > %(support)s) AS is_unasked,
        bool_or(priority = %(marketing)s OR starts_with(part, %(broadcast)s)) AS is_broadcast
    FROM botcore_outboxmessage
    WHERE number_id = %(number)s AND tenant_id = %(tenant)s AND sent_at > %(day)s
    GROUP BY coalesce(nullif(wa_message_id, ''), id::text)
)
SELECT
    count(*) FILTER (WHERE at > %(minute)s),
    count(*) FILTER (WHERE at > %(hour)s),
    count(*) FILTER (WHERE is_unasked AND at > %(hour)s),
    count(*) FILTER (WHERE is_unasked),
    count(*) FILTER (WHERE is_broadcast)
FROM said
"""


def pace_of(number: WhatsAppNumber, *, now: datetime, settings: Config | None = None) -> Pace | None:
    """None where nobody watches how fast it writes: in the sandbox. settings: the tenant's, where they are at hand."""
    if not driver_named(number.driver).is_paced:
        return None
    settings = settings or config.load(tenant_id=number.tenant_id)
    limits = pacing.limits_of(number=number, config=settings, now=now)
    return Pace(
        day=limits.day,
        is_young=limits.is_young,
        warms_up=limits.unasked_per_hour is not None,
        used=_used(limits, *_sent(number, now)),
    )


def _used(
    limits: Limits, minute: int, hour: int, unasked_hour: int, unasked_day: int, broadcasts: int
) -> tuple[Used, ...]:
    found = [
        Used("minute", "In the last minute", minute, limits.per_minute),
        Used("hour", "In the last hour", hour, limits.per_hour),
    ]
    if limits.unasked_per_hour is not None:
        label = "Notices and broadcasts in the last hour"
        found.append(Used("unasked_hour", label, unasked_hour, limits.unasked_per_hour))
    if limits.unasked_per_day is not None:
        label = "Notices and broadcasts in the last 24 hours"
        found.append(Used("unasked_day", label, unasked_day, limits.unasked_per_day))
    label = "Broadcasts in the last 24 hours"
    return (*found, Used("broadcasts_day", label, broadcasts, limits.broadcasts_per_day))


def _sent(number: WhatsAppNumber, now: datetime) -> tuple[int, int, int, int, int]:
    require(number.tenant_id)
    values: dict[str, Any] = {
        "number": number.pk,
        "tenant": number.tenant_id,
        "support": OutboxPriority.SUPPORT,
        "marketing": OutboxPriority.MARKETING,
        "broadcast": BROADCAST_PART,
        "minute": now - pacing.MINUTE,
        "hour": now - pacing.HOUR,
        "day": now - pacing.DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SENT, values)
        minute, hour, unasked_hour, unasked_day, broadcasts = cursor.fetchone()
    return minute, hour, unasked_hour, unasked_day, broadcasts
