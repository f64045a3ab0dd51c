"""A number's own page: its state, its health, what waits, how fast it may write, what could not be delivered."""

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from botcore.domain import config, pace, sending
from botcore.domain import dead_letters as letters
from botcore.models import WhatsAppNumber
from botcore.views.number_linking import play_context
from botcore.views.numbers import can_move, cards_of, find, mark_of, to_number
from smmbot.ui.htmx import is_partial, render_screen
from tenants.decorators import TenantRequest, needs, who
from tenants.permissions import Permission

SHOWN: Final = 50
AT_ONCE: Final = 1000


@require_safe
@needs(Permission.MANAGE_NUMBERS)
def index(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """The page; a browser that has it asks again with its mark and hears only of changes."""
    context = _context(find(request, number_id), timezone.now())
    if is_partial(request) and request.GET.get("mark") == context["mark"]:
        return HttpResponse(status=204)
    return render_screen(request, "botcore/numbers/number.html", "botcore/numbers/_number.html", context)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def dead_letters(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """Send one or several again, or discard them."""
    number = find(request, number_id)
    act, chosen = _chosen(request)
    own = letters.listed(tenant_id=request.tenant.pk, number_id=number.pk)
    ids = list(own.filter(pk__in=chosen).values_list("pk", flat=True))
    if not ids:
        messages.warning(request, "Choose at least one message.")
    elif act == "discard":
        count = letters.discard(tenant_id=request.tenant.pk, outbox_ids=ids, **who(request))
        messages.success(request, f"{_counted(count)} discarded.")
    else:
        count = letters.send_again(tenant_id=request.tenant.pk, outbox_ids=ids, now=timezone.now())
        messages.success(request, f"{_counted(count)} queued again.")
    return to_number(request, number)


def _context(number: WhatsAppNumber, now: datetime) -> dict[str, Any]:
    settings = config.load(tenant_id=number.tenant_id)
    card = cards_of([number], settings=settings)[0]
    queue = sending.queue_of(number, now, settings=settings)
    pace_now = pace.pace_of(number, now=now, settings=settings)
    shown = [
        letters.read(row) for row in letters.listed(tenant_id=number.tenant_id, number_id=number.pk)[:SHOWN]
    ]
    seen = (queue.queued, queue.sending, queue.unclear, queue.dead, queue.sent, queue.why)
    return {
        "number": number,
        "card": card,
        "words": card.words,
        "health": card.health,
        "queue": queue,
        "pace": pace_now,
        "letters": shown,
        "mark": mark_of(card, seen, pace_now, [one.row.pk for one in shown]),
        "zone": settings.zone,
        "can_move": can_move(number),
        **play_context(number),
    }


def _chosen(request: TenantRequest) -> tuple[str, list[int]]:
    """What is to be done to which. only: the button beside one message, whichever else is ticked."""
    act, ids = request.POST.get("act", ""), request.POST.getlist("letter")
    if only := request.POST.get("only", ""):
        act, _, one = only.partition(":")
        ids = [one]
    return act, [int(one) for one in ids[:AT_ONCE] if one.isascii() and one.isdigit() and len(one) < 19]


def _counted(count: int) -> str:
    return "1 message is" if count == 1 else f"{count} messages are"
