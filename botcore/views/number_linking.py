"""The page on which a number is linked: its QR code, a code to type, or the steps of a passkey; and the phone behind a
sandbox number, played."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from botcore.domain import linking, numbers
from botcore.domain.number_states import explain, step_problem
from botcore.enums import NumberState, PhoneAct
from botcore.errors import NotSandbox, NumberError
from botcore.forms.numbers import PasskeyForm, PhoneForm, ScanForm
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.models import WhatsAppNumber
from botcore.sandbox import playing, scanning
from botcore.sandbox.playing import Play
from botcore.views.numbers import can_move, find, mark_of
from botcore.views.qr_drawing import draw
from smmbot.ui.forms import StyledForm
from smmbot.ui.htmx import go_to, is_partial, render_screen
from tenants.decorators import TenantRequest, needs, who
from tenants.domain import phones
from tenants.permissions import Permission

_BEFORE_SCAN = (NumberState.NEW, NumberState.CONNECTING, NumberState.QR)
# What a person may do to the phone: label, icon.
_ACTS = {
    PhoneAct.TYPE_CODE: ("Type the code on the phone", "device-mobile"),
    PhoneAct.DROP: ("Take the phone offline", "plug-connected-x"),
    PhoneAct.RECOVER: ("Bring it back online", "plug-connected"),
    PhoneAct.HIDDEN_MEMBER: ("Have a member with a hidden phone write", "message-2"),
    PhoneAct.LOG_OUT: ("End the link on the phone", "unlink"),
    PhoneAct.BAN: ("Have WhatsApp ban it", "ban"),
}


@require_safe
@needs(Permission.MANAGE_NUMBERS)
def link(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """What there is to scan, type or confirm now, watched until the number is live."""
    return _show(request, find(request, number_id))


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def connect(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """Begin to link it: a QR code follows."""
    number = find(request, number_id)
    try:
        numbers.connect(number=number, **who(request))
    except NumberError as error:
        messages.error(request, error.message)
        return go_to(request, reverse("numbers"))
    return _to_link(request, number)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def ask_pairing_code(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number, form = find(request, number_id), PhoneForm(request.POST)
    if not form.is_valid():
        return _show(request, number, phone_form=form)
    try:
        linking.ask_pairing_code(number=number, phone=form.cleaned_data["phone"])
    except NumberError as error:
        messages.error(request, error.message)
    return _to_link(request, number)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def answer_passkey(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number, form = find(request, number_id), PasskeyForm(request.POST)
    if not form.is_valid():
        return _show(request, number, passkey_form=form)
    try:
        linking.answer_passkey(number=number, credential=form.cleaned_data["credential"])
    except NumberError as error:
        messages.error(request, error.message)
    return _to_link(request, number)


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def confirm_passkey(request: TenantRequest, number_id: int) -> HttpResponseBase:
    number = find(request, number_id)
    try:
        linking.confirm_passkey(number=number)
    except NumberError as error:
        messages.error(request, error.message)
    return _to_link(request, number)


# --- the phone behind a sandbox number ----------------------------------------------------------------------------


@require_POST
@needs(Permission.MANAGE_NUMBERS)
def sandbox_scan(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """Its phone scans the code."""
    number, form = find(request, number_id), ScanForm(request.POST)
    if not form.is_valid():
        return _show(request, number, scan_form=form)
    try:
        scanning.scan(
            number=number,
            phone=form.cleaned_data["phone"],
            owner_phone=_own_phone(request),
            needs_passkey=form.cleaned_data["needs_passkey"],
        )
    except NumberError as error:
        messages.error(request, error.message)
    return _to_link(request, number)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_NUMBERS)
def play(request: TenantRequest, number_id: int) -> HttpResponseBase:
    """What may happen to its phone; what was chosen happens."""
    number = find(request, number_id)
    if request.method == "POST":
        return _play(request, number)
    context = play_context(number)
    if not context or not is_partial(request):
        return redirect("number", number.pk)
    if request.GET.get("mark") == context["play_mark"]:
        return HttpResponse(status=204)
    context |= {"number": number, "play_from": "link" if request.GET.get("from") == "link" else "number"}
    return render(request, "botcore/numbers/_play.html", context)


def play_context(number: WhatsAppNumber) -> dict[str, Any]:
    """For _play.html; empty where there is no phone to play."""
    try:
        found = playing.look(number)
    except NotSandbox:
        return {}
    acts = [(act, *_ACTS[act]) for act in _ACTS if act in found.acts]
    return {"play": found, "acts": acts, "play_mark": _play_mark(found)}


def _play_mark(found: Play) -> str:
    return mark_of(found.shows, found.acts, bool(found.passkey_answer))


def _play(request: TenantRequest, number: WhatsAppNumber) -> HttpResponseBase:
    act = request.POST.get("act", "")
    try:
        if act not in set(PhoneAct):
            messages.error(request, "Choose what happens to the phone.")
        else:
            playing.play(number=number, act=PhoneAct(act), owner_phone=_own_phone(request))
            if act == PhoneAct.HIDDEN_MEMBER:
                messages.success(
                    request,
                    f"{playing.HIDDEN_NAME}, whose phone WhatsApp hides, wrote “{playing.HIDDEN_SAYS}” in "
                    "the phone’s first group. The bot answers where Support is on.",
                )
    except NumberError as error:
        messages.error(request, error.message)
    here = "number_link" if request.POST.get("from") == "link" else "number"
    return go_to(request, reverse(here, args=[number.pk]))


def _own_phone(request: TenantRequest) -> str:
    return str(request.user.phone).lstrip("+")


# --- the page -----------------------------------------------------------------------------------------------------


def _show(request: TenantRequest, number: WhatsAppNumber, **given: StyledForm) -> HttpResponseBase:
    """given: a form that was refused, by its name on the page."""
    now = timezone.now()
    context = _steps(number, now)
    if is_partial(request) and request.GET.get("mark") == context["mark"]:
        return HttpResponse(status=204)
    is_before_scan = number.state in _BEFORE_SCAN
    context |= {
        "phone_form": PhoneForm() if is_before_scan and linking.can_pair(number) else None,
        "passkey_form": PasskeyForm(),
        "scan_form": _scan_form(number) if is_before_scan else None,
        "can_move": not context["is_live"] and can_move(number),
        **play_context(number),
        **given,
    }
    status = 422 if given else 200
    page, part = "botcore/numbers/link.html", "botcore/numbers/_link.html"
    return render_screen(request, page, part, context, status=status)


def _steps(number: WhatsAppNumber, now: datetime) -> dict[str, Any]:
    """Where linking stands, as _link.html shows it."""
    code = linking.offer_qr(number=number, now=now)
    pairing = linking.pairing_code(number=number, now=now)
    step = linking.passkey_step(number=number)
    words, is_over = explain(number, now=now), linking.is_offer_over(number=number, now=now)
    is_before_scan = number.state in _BEFORE_SCAN
    return {
        "number": number,
        "phone": phones.spoken(number.phone),
        "words": words,
        "mark": mark_of(words, code and code.kept_at, pairing, step, is_over),
        "drawing": draw(code) if code else "",
        "age": code.age_s(now) if code else 0,
        "seconds_left": int((code.expires_at - now).total_seconds()) if code else 0,
        "is_live": number.state == NumberState.OPEN,
        "is_over": is_over and is_before_scan,
        "is_waiting": (is_before_scan and not is_over) or step is not None,
        # A form somebody fills in is not swapped away.
        "is_typing": step is not None and bool(step.challenge or step.problem),
        "pairing": pairing,
        "pairing_seconds_left": int((pairing.expires_at - now).total_seconds()) if pairing else 0,
        "pairing_problem": step_problem(pairing.problem) if pairing and pairing.problem else "",
        "passkey": step,
        "passkey_problem": step_problem(step.problem) if step and step.problem else "",
    }


def _scan_form(number: WhatsAppNumber) -> ScanForm | None:
    if number.driver != SandboxDriver.name:
        return None
    return ScanForm(initial={"phone": f"+{scanning.suggested_phone(number)}"})


def _to_link(request: TenantRequest, number: WhatsAppNumber) -> HttpResponseBase:
    return go_to(request, reverse("number_link", args=[number.pk]))
