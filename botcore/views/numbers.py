from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from botcore.domain import config, linking, numbers
from botcore.domain.number_states import BY_TEAM, StateWords, explain, is_leaving
from botcore.enums import NumberState
from botcore.errors import NumberError
from botcore.forms.numbers import NumberForm, RemoveForm, ScanForm
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.gateway.types import Qr
from botcore.models import WhatsAppNumber
from botcore.sandbox import scanning
from smmbot.ui.htmx import go_to, is_partial, render_screen
from tenants.decorators import TenantRequest, needs, who
from tenants.domain import phones
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Card:
    """A number as the list shows it. can_scan: there is, or may be, a code to scan."""

    number: WhatsAppNumber
    words: StateWords
    is_leaving: bool
    is_live: bool
    can_scan: bool
    can_log_out: bool

    @property
    def phone(self) -> str:
        return phones.spoken(self.number.phone)


@require_safe
@needs(Permission.MANAGE_NUMBERS)
def index(request: TenantRequest) -> HttpResponseBase:
    """The list; a browser that has it asks again with its mark and hears only of changes."""
    now = timezone.now()
    cards = [_card(number, now) for number in numbers.listed(tenant_id=request.tenant.pk)]
    mark = _mark([(one.number.pk, one.number.name, one.number.is_default, one.words) for one in cards])
    if is_partial(request) and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    context = {"cards": cards, "mark": mark, "zone": _zone(request)}
    return render_screen(request, "botcore/numbers/index.html", "botcore/numbers/_list.html", context)


@needs(Permission.MANAGE_NUMBERS)
def add(request: TenantRequest) -> HttpResponseBase:
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = numbers.add(tenant_id=request.tenant.pk, name=form.cleaned_data["name"], **who(request))
        except NumberError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, reverse("number_link", args=[number.pk]))
    return render(request, "botcore/numbers/add.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@needs(Permission.MANAGE_NUMBERS)
def link(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """The QR code, watched until the number is live."""
    now, number = timezone.now(), _number(request, number_id)
    code = linking.offer_qr(number=number, now=now)
    words = explain(number, now=now)
    mark = _mark([words, code.text if code else "", linking.is_offer_over(number=number, now=now)])
    if is_partial(request) and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    context = _link_context(request, number, code, now) | {"words": words, "mark": mark}
    return render_screen(request, "botcore/numbers/link.html", "botcore/numbers/_link.html", context)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def connect(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """Begin to link it: a QR code follows."""
    number = _number(request, number_id)
    try:
        numbers.connect(number=number, **who(request))
    except NumberError as error:
        return _back(request, error)
    return go_to(request, reverse("number_link", args=[number.pk]))


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def restart(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = _number(request, number_id)
    try:
        numbers.connect(number=number, **who(request))
    except NumberError as error:
        return _back(request, error)
    messages.success(request, f"{number} is being restarted.")
    return _back(request)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def log_out(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = _number(request, number_id)
    try:
        numbers.log_out(number=number, reason=BY_TEAM, **who(request))
    except NumberError as error:
        return _back(request, error)
    messages.success(request, f"{number} is logged out. Scan its QR code to go live again.")
    return _back(request)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def make_default(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = _number(request, number_id)
    try:
        numbers.make_default(number=number, **who(request))
    except NumberError as error:
        return _back(request, error)
    messages.success(request, f"{number} is the default number now.")
    return _back(request)


@needs(Permission.MANAGE_NUMBERS)
def rename(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = _number(request, number_id)
    form = NumberForm(request.POST or None, initial={"name": number.name})
    if request.method == "POST" and form.is_valid():
        numbers.rename(number=number, name=form.cleaned_data["name"], **who(request))
        messages.success(request, "The name is saved.")
        return _back(request)
    context = {"form": form, "number": number}
    return render(request, "botcore/numbers/rename.html", context, status=422 if form.errors else 200)


@needs(Permission.MANAGE_NUMBERS, fresh=True)
def remove(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = _number(request, number_id)
    form = RemoveForm(request.POST or None, number=number)
    if request.method == "POST" and form.is_valid():
        numbers.remove(number=number, **who(request))
        messages.success(request, f"{number} is being removed.")
        return _back(request)
    context = {"form": form, "number": number}
    return render(request, "botcore/numbers/remove.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def sandbox_scan(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """Play the phone of a sandbox number."""
    now, number = timezone.now(), _number(request, number_id)
    form = ScanForm(request.POST)
    if form.is_valid():
        owner = str(request.user.phone).lstrip("+")
        try:
            scanning.scan(number=number, phone=form.cleaned_data["phone"], owner_phone=owner)
        except NumberError as error:
            messages.error(request, error.message)
        return go_to(request, reverse("number_link", args=[number.pk]))
    code = linking.offer_qr(number=number, now=now)
    context = _link_context(request, number, code, now) | {
        "scan_form": form,
        "words": explain(number, now=now),
    }
    return render(request, "botcore/numbers/link.html", context, status=422)


def _link_context(
    request: TenantRequest, number: WhatsAppNumber, code: Qr | None, now: datetime
) -> dict[str, Any]:
    is_sandbox = number.driver == SandboxDriver.name
    form = ScanForm(initial={"phone": f"+{scanning.suggested_phone(number)}"}) if is_sandbox else None
    return {
        "number": number,
        "phone": phones.spoken(number.phone),
        "code": code,
        "drawing": _draw(code.text) if code else "",
        "seconds_left": int((code.expires_at - now).total_seconds()) if code else 0,
        "is_live": number.state == NumberState.OPEN,
        "is_waiting": number.state in (NumberState.NEW, NumberState.CONNECTING, NumberState.QR)
        and not linking.is_offer_over(number=number, now=now),
        "is_over": linking.is_offer_over(number=number, now=now),
        "scan_form": form,
        "zone": _zone(request),
    }


def _draw(text: str) -> SafeString:
    """An SVG without styles, dark on white in both themes: phones want it so."""
    drawn = segno.make_qr(text, error="l").svg_inline(
        omitsize=True, border=4, light="#fff", svgclass="qr-code"
    )
    return mark_safe(drawn)  # noqa: S308 -- drawn here, of squares


def _card(number: WhatsAppNumber, now: datetime) -> Card:
    leaving, state = is_leaving(number), NumberState(number.state)
    return Card(
        number,
        explain(number, now=now),
        leaving,
        is_live=state == NumberState.OPEN,
        can_scan=not leaving
        and state in (NumberState.NEW, NumberState.CONNECTING, NumberState.QR, NumberState.LOGGED_OUT),
        can_log_out=not leaving and state in (NumberState.OPEN, NumberState.CLOSED),
    )


def _mark(shown: Sequence[object]) -> str:
    return sha256(repr(shown).encode()).hexdigest()[:16]


def _back(request: TenantRequest, error: NumberError | None = None) -> HttpResponseBase:
    if error is not None:
        messages.error(request, error.message)
    return go_to(request, reverse("numbers"))


def _number(request: TenantRequest, number_id: int) -> WhatsAppNumber:
    try:
        return numbers.get_number(tenant_id=request.tenant.pk, number_id=number_id)
    except WhatsAppNumber.DoesNotExist as error:
        raise Http404 from error


def _zone(request: TenantRequest) -> object:
    return config.load(tenant_id=request.tenant.pk).zone
