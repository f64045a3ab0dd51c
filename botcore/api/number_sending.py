"""What goes out through a number: its health, its queue, and what could not be delivered."""

from django.urls import path

from botcore.api.numbers import find
from botcore.domain import dead_letters, pace, sending
from botcore.domain.pace import Pace
from botcore.models import OutboxMessage
from botcore.schemas.numbers import (
    HealthScoreOut,
    LetterOut,
    LettersDoneOut,
    LettersIn,
    LettersQuery,
    PaceOut,
    QueueOut,
)
from smmbot.api.answers import listed
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.api.pagination import paged
from tenants.permissions import Permission


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=HealthScoreOut)
def show_health(request: ApiRequest, number_id: int) -> ApiResult:
    """How a number stands with WhatsApp: a score, its parts, and what to do about each."""
    health = sending.health_of(find(request, number_id), request.now)
    parts = [
        {
            "key": part.key,
            "label": part.label,
            "lost": part.lost,
            "text": part.text,
            "advice": part.advice,
        }
        for part in health.parts
    ]
    return ok({"score": health.score, "label": health.label, "parts": parts})


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=QueueOut)
def show_queue(request: ApiRequest, number_id: int) -> ApiResult:
    """What waits at a number, when it goes on, and how much of its pace is used."""
    number = find(request, number_id)
    queue = sending.queue_of(number, request.now)
    return ok(
        {
            "queued": queue.queued,
            "sending": queue.sending,
            "unclear": queue.unclear,
            "dead": queue.dead,
            "sent_last_hour": queue.sent,
            "oldest_at": queue.oldest_at,
            "next_at": queue.next_at,
            "why": queue.why,
            "pace": _pace_out(pace.pace_of(number, now=request.now)),
        }
    )


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, query=LettersQuery, out=listed(LetterOut))
def list_dead_letters(request: ApiRequest, number_id: int) -> ApiResult:
    """Messages that could not be delivered, the newest first, with why and what to do."""
    number = find(request, number_id)
    rows = dead_letters.listed(tenant_id=request.tenant_id, number_id=number.pk)
    return ok(paged(request.http, rows, request.query, _letter_out))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=LettersIn, out=LettersDoneOut)
def send_again(request: ApiRequest, number_id: int) -> ApiResult:
    """Queue some of them again. Those that are not there any more are left alone."""
    ids = _own(request, number_id)
    done = dead_letters.send_again(tenant_id=request.tenant_id, outbox_ids=ids, now=request.now)
    return ok({"done": done})


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=LettersIn, out=LettersDoneOut)
def discard(request: ApiRequest, number_id: int) -> ApiResult:
    """Put some of them away: nobody sends them any more."""
    ids = _own(request, number_id)
    return ok({"done": dead_letters.discard(tenant_id=request.tenant_id, outbox_ids=ids, **request.who)})


def _own(request: ApiRequest, number_id: int) -> list[int]:
    """Those of the given ones that are this number's."""
    number = find(request, number_id)
    rows = dead_letters.listed(tenant_id=request.tenant_id, number_id=number.pk)
    return list(rows.filter(pk__in=request.body.ids).values_list("pk", flat=True))


def _letter_out(row: OutboxMessage) -> LetterOut:
    letter = dead_letters.read(row)
    return {
        "id": row.pk,
        "chat": row.chat.wa_id,
        "to": letter.to,
        "text": letter.text,
        "error_code": row.error_code,
        "reason": letter.reason.text,
        "advice": letter.reason.advice,
        "may_be_sent_again": letter.may_be_sent_again,
        "created_at": row.created_at,
    }


def _pace_out(found: Pace | None) -> PaceOut | None:
    if found is None:
        return None
    return {
        "day": found.day,
        "is_young": found.is_young,
        "warms_up": found.warms_up,
        "used": [
            {"key": one.key, "label": one.label, "used": one.used, "limit": one.limit} for one in found.used
        ],
    }


_NUMBER = "numbers/<int:number_id>"

urlpatterns = [
    path(f"{_NUMBER}/health", methods(show_health), name="api_number_health"),
    path(f"{_NUMBER}/queue", methods(show_queue), name="api_number_queue"),
    path(f"{_NUMBER}/dead-letters", methods(list_dead_letters), name="api_number_dead_letters"),
    path(f"{_NUMBER}/dead-letters/send-again", methods(send_again), name="api_number_send_again"),
    path(f"{_NUMBER}/dead-letters/discard", methods(discard), name="api_number_discard"),
]
