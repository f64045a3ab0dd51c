"""WhatsApp Numbers: the list, and what is done to a number. Linking stands in number_linking.py, a number's own page
in number_sending.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from botcore.domain import gateways, number_health, numbers
from botcore.domain.config import Config
from botcore.domain.number_health import Health
from botcore.domain.number_states import BY_TEAM, StateWords, explain, is_leaving
from botcore.enums import NumberState
from botcore.errors import NumberError
from botcore.forms.numbers import MoveForm, NewNumberForm, NumberForm, RemoveForm
from botcore.models import WhatsAppNumber
from smmbot.ui.forms import posted
from smmbot.ui.htmx import go_to, is_partial, render_screen
from tenants.decorators import TenantRequest, needs, who
from tenants.domain import phones
from tenants.permissions import Permission

_CODE_AWAITED = (
    NumberState.NEW,
    NumberState.CONNECTING,
    NumberState.QR,
    NumberState.PASSKEY,
    NumberState.PASSKEY_CONFIRM,
)


@dataclass(frozen=True, slots=True)
class Card:
    """A number as screens show it. can_link: its phone has yet to be linked, or has to be again."""

    number: WhatsAppNumber
    words: StateWords
    gateway: str
    health: Health
    is_leaving: bool
    is_live: bool
    can_link: bool
    can_log_out: bool

    @property
    def phone(self) -> str:
        return phones.spoken(self.number.phone)


@require_safe
@needs(Permission.MANAGE_NUMBERS)
def index(request: TenantRequest) -> HttpResponseBase:
    """The list; a browser that has it asks again with its mark and hears only of changes."""
    cards = cards_of(list(numbers.listed(tenant_id=request.tenant.pk).select_related("gateway")))
    mark = mark_of(cards)
    if is_partial(request) and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    context = {"cards": cards, "mark": mark}
    return render_screen(request, "botcore/numbers/index.html", "botcore/numbers/_list.html", context)


@needs(Permission.MANAGE_NUMBERS)
def add(request: TenantRequest) -> HttpResponseBase:
    """What WhatsApp may do to such a number is said, and confirmed, before there is a code to scan."""
    form = NewNumberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            number = numbers.add(
                tenant_id=request.tenant.pk,
                name=form.cleaned_data["name"],
                gateway=form.chosen(),
                accepts_risk=True,
                **who(request),
            )
        except NumberError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, reverse("number_link", args=[number.pk]))
    return render(request, "botcore/numbers/add.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def restart(request: TenantRequest, number_id: int) -> HttpResponseBase:
    return _act(
        request,
        number_id,
        lambda number: numbers.connect(number=number, **who(request)),
        said="is being restarted.",
    )


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def log_out(request: TenantRequest, number_id: int) -> HttpResponseBase:
    return _act(
        request,
        number_id,
        lambda number: numbers.log_out(number=number, reason=BY_TEAM, **who(request)),
        said="is logged out. Scan its QR code to go live again.",
    )


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def make_default(request: TenantRequest, number_id: int) -> HttpResponseBase:
    return _act(
        request,
        number_id,
        lambda number: numbers.make_default(number=number, **who(request)),
        said="is the default number now.",
    )


@needs(Permission.MANAGE_NUMBERS)
def rename(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = find(request, number_id)
    form = NumberForm(posted(request), initial={"name": number.name})
    if request.method == "POST" and form.is_valid():
        numbers.rename(number=number, name=form.cleaned_data["name"], **who(request))
        messages.success(request, "The name is saved.")
        return to_number(request, number)
    context = {"form": form, "number": number}
    return render(request, "botcore/numbers/rename.html", context, status=422 if form.errors else 200)


@needs(Permission.MANAGE_NUMBERS)
def move(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """To another of the operator's gateways: its phone scans again, nothing else changes."""
    number = find(request, number_id)
    form = MoveForm(posted(request), number=number)
    if request.method == "POST" and form.is_valid():
        try:
            numbers.move(number=number, gateway=form.chosen(), **who(request))
        except NumberError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, reverse("number_link", args=[number.pk]))
    context = {"form": form, "number": number, "gateway": numbers.name_of(number.gateway)}
    return render(request, "botcore/numbers/move.html", context, status=422 if form.errors else 200)


@needs(Permission.MANAGE_NUMBERS, fresh=True)
def remove(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = find(request, number_id)
    form = RemoveForm(posted(request), number=number)
    if request.method == "POST" and form.is_valid():
        numbers.remove(number=number, **who(request))
        messages.success(request, f"{number} is being removed.")
        return go_to(request, reverse("numbers"))
    context = {"form": form, "number": number}
    return render(request, "botcore/numbers/remove.html", context, status=422 if form.errors else 200)


# --- what the pages of one number share ---------------------------------------------------------------------------


def find(request: TenantRequest, number_id: int) -> WhatsAppNumber:
    """Raises Http404, also for another tenant's."""
    try:
        return numbers.get_number(tenant_id=request.tenant.pk, number_id=number_id)
    except WhatsAppNumber.DoesNotExist as error:
        raise Http404 from error


def cards_of(rows: Sequence[WhatsAppNumber], *, settings: Config | None = None) -> list[Card]:
    now = timezone.now()
    health = number_health.health_of_all(rows, now=now, settings=settings)
    return [_card(number, health[number.pk], now) for number in rows]


def can_move(number: WhatsAppNumber) -> bool:
    return not is_leaving(number) and bool(gateways.others(number=number))


def mark_of(*shown: object) -> str:
    """What a browser sends back so that it hears only of changes."""
    return sha256(repr(shown).encode()).hexdigest()[:16]


def to_number(request: TenantRequest, number: WhatsAppNumber) -> HttpResponseBase:
    return go_to(request, reverse("number", args=[number.pk]))


def _card(number: WhatsAppNumber, health: Health, now: datetime) -> Card:
    leaving, state = is_leaving(number), NumberState(number.state)
    return Card(
        number,
        explain(number, now=now),
        numbers.name_of(number.gateway),
        health,
        leaving,
        is_live=state == NumberState.OPEN,
        can_link=not leaving and state in (*_CODE_AWAITED, NumberState.LOGGED_OUT, NumberState.BANNED),
        can_log_out=not leaving and state in (NumberState.OPEN, NumberState.CLOSED),
    )


def _act(
    request: TenantRequest, number_id: int, do: Callable[[WhatsAppNumber], object], *, said: str
) -> HttpResponseBase:
    number = find(request, number_id)
    try:
        do(number)
    except NumberError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{number} {said}")
    return to_number(request, number)
