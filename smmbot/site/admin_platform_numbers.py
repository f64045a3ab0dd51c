"""The platform's own WhatsApp numbers in its admin: linked by the same steps as a tenant's, in the admin's own realm.

They send sign-in codes, and owners hear from them when their own numbers are down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from botcore.domain import gateways, linking, numbers
from botcore.domain.number_states import BY_TEAM, StateWords, explain, is_leaving, step_problem
from botcore.enums import NumberState
from botcore.errors import NumberError
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.gateway.registry import DRIVERS
from botcore.models import Gateway, WhatsAppNumber
from botcore.sandbox import scanning
from botcore.views.qr_drawing import draw
from smmbot.site.admin_access import fresh, platform_user
from smmbot.ui.forms import posted
from smmbot.ui.htmx import go_to, is_partial
from tenants.domain import phones, platform_tenant
from tenants.enums import AuditSource
from tenants.errors import InvalidPhone
from tenants.scoping import tenant_scope

_SANDBOX = ""
_FINAL = (NumberState.LOGGED_OUT, NumberState.BANNED)
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Card:
    """A number as the list shows it."""

    number: WhatsAppNumber
    words: StateWords
    phone: str
    gateway: str
    is_leaving: bool
    can_restart: bool
    can_log_out: bool


class NumberForm(forms.Form):
    name = forms.CharField(
        max_length=100, help_text="Only you see it.", widget=forms.TextInput({"autocomplete": "off"})
    )
    gateway = forms.ChoiceField(label="Linked through", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = {str(one.pk): one for one in gateways.offered()}
        choices = [(pk, str(one)) for pk, one in self._offered.items()]
        # The sandbox answers nobody's phone: it is there to try things out, and when there is nothing else.
        self.fields["gateway"].choices = [*choices, (_SANDBOX, "Sandbox (nothing is sent)")]  # type: ignore[attr-defined]
        if first := gateways.default():
            self.fields["gateway"].initial = str(first.pk)

    def chosen(self) -> Gateway | None:
        return self._offered.get(self.cleaned_data["gateway"])


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label="Phone of this number",
        max_length=40,
        help_text="With the country code.",
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["phone"]).lstrip("+")
        except InvalidPhone as error:
            raise forms.ValidationError(error.message) from error


class PasskeyForm(forms.Form):
    credential = forms.CharField(
        label="What the browser signed",
        max_length=20_000,
        help_text="As JSON.",
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


def paths(view: Callable[[View], View]) -> list[Any]:
    """The addresses, each behind the admin's own guard."""
    pages: dict[str, tuple[str, View]] = {
        "": ("platform_numbers", index),
        "add/": ("platform_number_add", add),
        "<int:pk>/": ("platform_number", link),
        "<int:pk>/connect/": ("platform_number_connect", connect),
        "<int:pk>/restart/": ("platform_number_restart", restart),
        "<int:pk>/log_out/": ("platform_number_log_out", log_out),
        "<int:pk>/default/": ("platform_number_default", make_default),
        "<int:pk>/remove/": ("platform_number_remove", remove),
        "<int:pk>/pairing_code/": ("platform_number_pairing", ask_pairing_code),
        "<int:pk>/passkey/": ("platform_number_passkey", answer_passkey),
        "<int:pk>/passkey_confirm/": ("platform_number_passkey_confirm", confirm_passkey),
        "<int:pk>/scan/": ("platform_number_scan", scan),
    }
    return [path(f"platform_numbers/{end}", view(page), name=name) for end, (name, page) in pages.items()]


def _of_platform(page: View) -> View:
    """Who may change numbers sees them; the platform's own tenant alone is open."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not platform_user(request).has_perm("botcore.change_whatsappnumber"):
            raise PermissionDenied
        with tenant_scope(platform_tenant.get().pk):
            response = page(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    return guarded


@require_safe
@_of_platform
def index(request: HttpRequest) -> HttpResponseBase:
    now = timezone.now()
    rows = numbers.listed(tenant_id=platform_tenant.get().pk).select_related("gateway")
    return _page(request, "index", "The platform’s own numbers", cards=[_card(one, now) for one in rows])


@require_http_methods(["GET", "HEAD", "POST"])
@_of_platform
def add(request: HttpRequest) -> HttpResponseBase:
    form = NumberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            number = numbers.add(
                tenant_id=platform_tenant.get().pk,
                name=form.cleaned_data["name"],
                gateway=form.chosen(),
                **_who(request),
            )
        except NumberError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, reverse("admin:platform_number", args=[number.pk]))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    notices = {one.name: DRIVERS[one.driver].notice for one in gateways.offered() if one.driver in DRIVERS}
    notices = {name: notice for name, notice in notices.items() if notice}
    return _page(request, "add", "Link a number of the platform", status, form=form, notices=notices)


@require_safe
@_of_platform
def link(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Its code, and whatever else the link waits for; asks again until the number is live."""
    return _show(request, _number(pk))


@require_POST
@_of_platform
def connect(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _act(request, pk, lambda number: numbers.connect(number=number, **_who(request)))


@require_POST
@_of_platform
def restart(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _act(request, pk, lambda number: numbers.connect(number=number, **_who(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@_of_platform
def log_out(request: HttpRequest, pk: int) -> HttpResponseBase:
    def do(number: WhatsAppNumber) -> None:
        numbers.log_out(number=number, reason=BY_TEAM, **_who(request))

    if request.method == "POST":
        return _act(request, pk, do, said="is logged out", to_list=True)
    number = _number(pk)
    return _page(request, "log_out", f"Log {number} out?", number=number, form=forms.Form())


@require_POST
@_of_platform
def make_default(request: HttpRequest, pk: int) -> HttpResponseBase:
    def do(number: WhatsAppNumber) -> None:
        numbers.make_default(number=number, **_who(request))

    return _act(request, pk, do, said="sends first now", to_list=True)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh
@_of_platform
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    number = _number(pk)
    if request.method == "POST":
        numbers.remove(number=number, **_who(request))
        messages.success(request, f"{number} is being removed.")
        return go_to(request, reverse("admin:platform_numbers"))
    return _page(request, "remove", f"Remove {number}?", number=number, form=forms.Form())


@require_POST
@_of_platform
def ask_pairing_code(request: HttpRequest, pk: int) -> HttpResponseBase:
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _show(request, _number(pk), phone_form=form)
    phone = form.cleaned_data["phone"]
    return _act(request, pk, lambda number: linking.ask_pairing_code(number=number, phone=phone))


@require_POST
@_of_platform
def answer_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return _show(request, _number(pk), passkey_form=form)
    credential = form.cleaned_data["credential"]
    return _act(request, pk, lambda number: linking.answer_passkey(number=number, credential=credential))


@require_POST
@_of_platform
def confirm_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _act(request, pk, lambda number: linking.confirm_passkey(number=number))


@require_POST
@_of_platform
def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Play the phone of a sandbox number."""
    return _act(
        request, pk, lambda number: scanning.scan(number=number, phone=scanning.suggested_phone(number))
    )


def _show(request: HttpRequest, number: WhatsAppNumber, **given: forms.Form) -> HttpResponseBase:
    now = timezone.now()
    code = linking.offer_qr(number=number, now=now)
    pairing = linking.pairing_code(number=number, now=now)
    step = linking.passkey_step(number=number)
    is_over, words = linking.is_offer_over(number=number, now=now), explain(number, now=now)
    mark = sha256(repr((words, code and code.kept_at, pairing, step, is_over)).encode()).hexdigest()[:16]
    if is_partial(request) and request.GET.get("mark") == mark:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    before_scan = number.state in (NumberState.NEW, NumberState.CONNECTING, NumberState.QR)
    context = {
        "number": number,
        "phone": phones.spoken(number.phone),
        "gateway": _gateway_name(number),
        "words": words,
        "mark": mark,
        "drawing": draw(code) if code else "",
        "seconds_left": int((code.expires_at - now).total_seconds()) if code else 0,
        "is_live": number.state == NumberState.OPEN,
        "is_over": is_over and before_scan,
        "is_waiting": (before_scan and not is_over) or step is not None,
        "is_typing": step is not None and bool(step.challenge or step.problem),
        "pairing": pairing,
        "pairing_problem": step_problem(pairing.problem) if pairing and pairing.problem else "",
        "phone_form": given.get("phone_form")
        or (PhoneForm() if before_scan and linking.can_pair(number) else None),
        "passkey": step,
        "passkey_problem": step_problem(step.problem) if step and step.problem else "",
        "passkey_form": given.get("passkey_form") or PasskeyForm(),
        "is_sandbox": number.driver == SandboxDriver.name,
    }
    if is_partial(request):
        return TemplateResponse(request, "admin/platform_numbers/_link.html", context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if given else HTTPStatus.OK
    return _page(request, "link", f"Link {number}", status, **context)


def _act(
    request: HttpRequest,
    pk: int,
    do: Callable[[WhatsAppNumber], object],
    *,
    said: str = "",
    to_list: bool = False,
) -> HttpResponseBase:
    number = _number(pk)
    try:
        do(number)
    except NumberError as error:
        messages.error(request, error.message)
    else:
        if said:
            messages.success(request, f"{number} {said}.")
    if to_list:
        return go_to(request, reverse("admin:platform_numbers"))
    return go_to(request, reverse("admin:platform_number", args=[pk]))


def _card(number: WhatsAppNumber, now: datetime) -> Card:
    leaving = is_leaving(number)
    return Card(
        number,
        explain(number, now=now),
        phones.spoken(number.phone),
        _gateway_name(number),
        leaving,
        can_restart=not leaving and number.state in (NumberState.OPEN, NumberState.CLOSED),
        can_log_out=not leaving and number.state not in (*_FINAL, NumberState.NEW),
    )


def _gateway_name(number: WhatsAppNumber) -> str:
    return str(number.gateway) if number.gateway else "Sandbox"


def _number(pk: int) -> WhatsAppNumber:
    try:
        return numbers.get_number(tenant_id=platform_tenant.get().pk, number_id=pk)
    except WhatsAppNumber.DoesNotExist as error:
        raise Http404 from error


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": platform_user(request), "source": AuditSource.ADMIN, "now": timezone.now()}


def _page(
    request: HttpRequest, name: str, title: str, status: HTTPStatus = HTTPStatus.OK, **more: object
) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **more}
    return TemplateResponse(request, f"admin/platform_numbers/{name}.html", context, status=status)
