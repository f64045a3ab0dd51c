"""How well a number stands with WhatsApp: a score from 0 to 100, the parts it is made of, and what to do about each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.utils import timezone

from botcore.domain import config, number_states, pacing, unclear_sends
from botcore.domain.config import Config
from botcore.enums import NumberState, OutboxState
from botcore.gateway.errors import ReachoutBlocked
from botcore.gateway.registry import driver_named
from botcore.models import OutboxMessage, WhatsAppNumber

LATELY: Final = timedelta(days=1)
# What operators of such bots call usual; above it numbers are looked at.
USUAL_PER_HOUR: Final = 80
_WARM_UP_DAYS: Final = 10
_HOUR: Final = timedelta(hours=1)
_LOST_BY_STATE: Final = {
    NumberState.OPEN: 0,
    NumberState.CONNECTING: 30,
    NumberState.CLOSED: 50,
    NumberState.NEW: 60,
    NumberState.QR: 60,
    NumberState.PASSKEY: 60,
    NumberState.PASSKEY_CONFIRM: 60,
    NumberState.LOGGED_OUT: 100,
    NumberState.BANNED: 100,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for the score. lost: points, 0 when all is well; advice: what to do, empty when nothing is."""

    key: str
    label: str
    lost: int
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """score: 100 minus what the parts lost, never below 0."""

    score: int
    parts: tuple[Part, ...]

    @property
    def tone(self) -> str:
        """One of Tabler's colours."""
        return "green" if self.score >= 80 else "yellow" if self.score >= 50 else "red"

    @property
    def label(self) -> str:
        return {"green": "Good", "yellow": "Take care", "red": "In danger"}[self.tone]

    @property
    def worst(self) -> Part | None:
        """What to look at first; None when all is well."""
        ailing = [part for part in self.parts if part.lost]
        return max(ailing, key=lambda part: part.lost) if ailing else None


@dataclass(frozen=True, slots=True)
class _Facts:
    """sent: in the last hour; the rest in the last day."""

    sent: int = 0
    unclear: int = 0
    blocked: int = 0


def health_of(
    number: WhatsAppNumber, now: datetime | None = None, *, settings: Config | None = None
) -> Health:
    """The health of one number; `health_of_all` for many costs no more. settings: the tenant's, where they are at
    hand."""
    return health_of_all([number], now=now or timezone.now(), settings=settings)[number.pk]


def health_of_all(
    numbers: Sequence[WhatsAppNumber], *, now: datetime, settings: Config | None = None
) -> dict[int, Health]:
    """The health of some of a tenant's numbers by their ids."""
    if not numbers:
        return {}
    tenant_id = numbers[0].tenant_id
    settings = settings or config.load(tenant_id=tenant_id)
    facts = _facts(tenant_id, [number.pk for number in numbers], now)
    return {number.pk: _health(number, settings, facts[number.pk], now) for number in numbers}


def _health(number: WhatsAppNumber, settings: Config, facts: _Facts, now: datetime) -> Health:
    parts = (
        _state(number, now),
        _drops(number, now),
        _failures(number, now),
        _unclear(facts),
        *(_paced(number, settings, facts, now) if driver_named(number.driver).is_paced else ()),
    )
    return Health(max(0, 100 - sum(part.lost for part in parts)), parts)


def _paced(number: WhatsAppNumber, settings: Config, facts: _Facts, now: datetime) -> Iterable[Part]:
    limits = pacing.limits_of(number=number, config=settings, now=now)
    return _rate(facts.sent, limits.per_hour), _age(limits), _reachout(number, facts, now)


def _state(number: WhatsAppNumber, now: datetime) -> Part:
    words = number_states.explain(number, now=now)
    lost = _LOST_BY_STATE[NumberState(number.state)]
    if not lost and number.state_reason in number_states.GATEWAY_REASONS:
        lost = 30
    return Part("state", "Connection", lost, words.text, words.advice if lost else "")


def _drops(number: WhatsAppNumber, now: datetime) -> Part:
    label = "Steadiness"
    live_since = number.state_at
    is_new = number.linked_at is not None and live_since is not None and live_since - number.linked_at < _HOUR
    if number.state != NumberState.OPEN or live_since is None or is_new or now - live_since >= LATELY:
        return Part(
            "drops",
            label,
            0,
            "It was not seen to drop since yesterday." if live_since else "No drop is known.",
        )
    return Part(
        "drops",
        label,
        15 if now - live_since < _HOUR else 5,
        "It dropped and came back within the last hour."
        if now - live_since < _HOUR
        else "It dropped and came back within the last day.",
        "Keep its phone charged and online, and WhatsApp open on it now and then.",
    )


def _failures(number: WhatsAppNumber, now: datetime) -> Part:
    label = "Sending"
    if number.paused_until is not None and number.paused_until > now:
        return Part(
            "failures",
            label,
            25,
            "It takes a break: sending failed several times in a row, or WhatsApp asked for it.",
            "It goes on by itself. If the break comes back all the time, restart the number.",
        )
    if number.send_failures:
        return Part(
            "failures",
            label,
            min(5 * number.send_failures, 15),
            "Sending failed just now.",
            "It is tried again.",
        )
    return Part("failures", label, 0, "Messages go out.")


def _unclear(facts: _Facts) -> Part:
    label = "Certainty"
    if not facts.unclear:
        return Part("unclear", label, 0, "Of every message it is known whether it went out.")
    count = "1 message" if facts.unclear == 1 else f"{facts.unclear} messages"
    return Part(
        "unclear",
        label,
        min(10 * facts.unclear, 20),
        f"Of {count} of the last day it is not known whether they went out.",
        "Look at Not delivered: check the chat on the phone, then send again or discard.",
    )


def _rate(sent: int, limit: int) -> Part:
    text = f"{sent} of at most {limit} messages in the last hour."
    advice = "What is above the limit waits. Link a second number and share the groups between them."
    if sent >= limit:
        return Part("rate", "Speed", 20, text, advice)
    if sent >= limit * 0.8:
        return Part("rate", "Speed", 10, text, advice)
    if sent > USUAL_PER_HOUR:
        return Part("rate", "Speed", 5, f"{text} More than {USUAL_PER_HOUR} is more than usual.", advice)
    return Part("rate", "Speed", 0, text)


def _age(limits: pacing.Limits) -> Part:
    text = f"Day {limits.day} since it was linked."
    advice = "Answer customers with it, and leave broadcasts to an older number."
    if limits.day <= _WARM_UP_DAYS:
        return Part("age", "Age", 10, f"{text} It warms up: notices and broadcasts go out slowly.", advice)
    if limits.is_young:
        return Part("age", "Age", 5, f"{text} A new number sends less than an old one.", advice)
    return Part("age", "Age", 0, text)


def _reachout(number: WhatsAppNumber, facts: _Facts, now: datetime) -> Part:
    label = "New chats"
    is_blocked = number.no_new_chats_until is not None and number.no_new_chats_until > now
    if not facts.blocked and not is_blocked:
        return Part("reachout", label, 0, "WhatsApp lets it write to whom it must.")
    return Part(
        "reachout",
        label,
        min(15 * max(facts.blocked, 1), 30),
        "WhatsApp did not let it write to somebody who never wrote to it.",
        "Write to nobody first with this number: have customers write to it. Chats that are there go on.",
    )


def _facts(tenant_id: int, number_ids: Sequence[int], now: datetime) -> Mapping[int, _Facts]:
    rows = OutboxMessage.objects.filter(tenant_id=tenant_id, number__in=number_ids).order_by()
    sent = (
        rows.filter(sent_at__gt=now - _HOUR)
        .values("number")
        .annotate(count=Count("wa_message_id", distinct=True))
    )
    unclear = rows.filter(state=OutboxState.UNCLEAR).values("number").annotate(count=Count("pk"))
    dead = rows.filter(state=OutboxState.DEAD, tried_at__gt=now - LATELY).values("number")
    dead = dead.annotate(
        unclear=Count("pk", filter=Q(error_code=unclear_sends.CODE)),
        blocked=Count("pk", filter=Q(error_code=ReachoutBlocked.code)),
    )
    by_sent = {row["number"]: row["count"] for row in sent}
    by_unclear = {row["number"]: row["count"] for row in unclear}
    given_up = {row["number"]: row["unclear"] for row in dead}
    blocked = {row["number"]: row["blocked"] for row in dead}
    return {
        number_id: _Facts(
            sent=by_sent.get(number_id, 0),
            unclear=by_unclear.get(number_id, 0) + given_up.get(number_id, 0),
            blocked=blocked.get(number_id, 0),
        )
        for number_id in number_ids
    }
