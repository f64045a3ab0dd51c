"""WhatsApp gateways in the platform admin: where they are, how they are, and their numbers moved to another one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from botcore.domain import gateways, numbers
from botcore.domain.number_states import REMOVING
from botcore.enums import GatewayProblem
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.gateway.registry import DRIVERS
from botcore.gateway.types import GatewayInfo
from botcore.models import Gateway, WhatsAppNumber
from smmbot.lib import crypto
from smmbot.lib.admin import PlatformAdmin
from smmbot.lib.ssrf import UrlRefused, parse_target
from smmbot.site.admin_access import platform_user
from smmbot.ui.forms import posted
from tenants.enums import AuditSource
from tenants.scoping import tenant_scope

_KINDS = {
    "evolution": "Evolution API",
    "waha": "WAHA",
    "gowa": "GOWA",
    "embedded": "Built-in (runwhatsapp)",
}
_WORDS = {
    GatewayProblem.UNREACHABLE: "It does not answer. Is it running, and does this server reach its address?",
    GatewayProblem.REFUSED: "It refuses its key. Enter the one it is set up with.",
    GatewayProblem.NOT_ACTIVATED: (
        "It wants its licence activated: do so on its own manager page, or run the last version without one "
        "(Evolution 2.3.7)."
    ),
}


class GatewayForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The key is never shown again; left blank, it stays."""

    driver = forms.ChoiceField(label="Kind", help_text="README, “WhatsApp gateways”, says which to choose.")
    new_key = forms.CharField(
        label="Key",
        required=False,
        strip=True,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="Blank keeps the one that is there. Evolution: the global key. GOWA: user:password.",
    )
    make_default = forms.BooleanField(
        label="The default", required=False, help_text="New numbers are linked through it unless one chooses."
    )

    class Meta:
        model = Gateway
        fields = ("name", "driver", "base_url", "is_offered")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What stands on the class is in every form, whatever the page shows.
        if self.instance.pk is not None:
            del self.fields["driver"]
        else:
            kinds = [(name, _KINDS.get(name, name)) for name in DRIVERS if name != SandboxDriver.name]
            self.fields["driver"].choices = kinds  # type: ignore[attr-defined]  # of this field
        if self.instance.managed_by:
            del self.fields["new_key"]
        self.fields["make_default"].initial = self.instance.is_default

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"]).strip().rstrip("/")
        if url:
            try:
                parse_target(url, allow_private=True)
            except UrlRefused as error:
                raise forms.ValidationError("Enter an address such as http://waha:3000.") from error
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.managed_by:
            return cleaned
        driver = DRIVERS.get(cleaned.get("driver") or self.instance.driver)
        if driver is None or not driver.needs_endpoint:
            return cleaned
        if not cleaned.get("base_url") and "base_url" not in self.errors:
            self.add_error("base_url", "This kind needs an address.")
        key = cleaned.get("new_key") or self.instance.api_key
        if not key:
            self.add_error("new_key", "A key is needed.")
        elif driver.name == "gowa" and not all(key.partition(":")):
            self.add_error("new_key", "GOWA wants user:password.")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data.get("new_key"):
            self.instance.api_key = self.cleaned_data["new_key"]
        return super().save(commit)


class MoveForm(forms.Form):
    to = forms.ModelChoiceField(
        label="To", queryset=Gateway.objects.none(), empty_label="Choose a gateway", help_text=""
    )

    def __init__(self, *args: Any, gateway: Gateway, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Gateway.objects.filter(is_offered=True).exclude(pk=gateway.pk).order_by("name")
        self.fields["to"].queryset = others  # type: ignore[attr-defined]  # of this field


@admin.register(Gateway)
class GatewayPage(PlatformAdmin):
    """Those of the environment follow their variables; here they are only offered or not."""

    form = GatewayForm
    list_display = ("name", "how_it_is", "numbers", "offered", "kind", "base_url", "version", "checked_at")
    search_fields = ("name", "base_url")
    ordering = ("-is_default", "name")
    change_form_template = "admin/botcore/gateway/change_form.html"
    change_list_template = "admin/botcore/gateway/change_list.html"
    # Deleting is for one at a time, once nobody uses it.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Gateway]:
        counted = (
            WhatsAppNumber.objects.filter(gateway=OuterRef("pk"))
            .order_by()
            .values("gateway")
            .annotate(count=Count("pk"))
            .values("count")
        )
        rows: QuerySet[Gateway] = (
            super()
            .get_queryset(request)
            .annotate(
                number_count=Coalesce(Subquery(counted), 0, output_field=models.IntegerField()),
            )
        )
        return rows.order_by(F("is_default").desc(), "name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        where = ("base_url", "key_now") if obj and obj.managed_by else ("base_url", "new_key", "key_now")
        if obj is None:
            return ("name", "driver", "base_url", "new_key", "is_offered", "make_default")
        return (
            "name",
            "kind",
            *where,
            *(("comes_from",) if obj.managed_by else ()),
            "is_offered",
            "make_default",
            "how_it_is",
            "version",
            "checked_at",
            "numbers",
            "told_by_it",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        # What speaks to its sessions cannot change under them.
        shown = (
            "kind",
            "key_now",
            "comes_from",
            "how_it_is",
            "version",
            "checked_at",
            "numbers",
            "told_by_it",
        )
        return (*shown, *(("base_url",) if obj.managed_by else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not while numbers use it, nor while its variable would bring it back."""
        if obj is not None and (obj.managed_by or WhatsAppNumber.objects.filter(gateway=obj).exists()):
            return False
        return super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wants, was = form.cleaned_data.get("make_default", False), obj.is_default
        super().save_model(request, obj, form, change)
        if wants or not Gateway.objects.filter(is_default=True).exists():
            gateways.make_default(gateway=obj)
        elif was:
            obj.is_default = False
            obj.save(update_fields=["is_default"])

    # --- what is shown -------------------------------------------------------------------------------------------

    @admin.display(description="How it is")
    def how_it_is(self, gateway: Any) -> str:
        if gateway.problem:
            return format_html('<span class="wrong">⚠ {}</span>', _WORDS[GatewayProblem(gateway.problem)])
        return "Serves" if gateway.checked_at else "Not asked yet"

    @admin.display(description="Kind", ordering="driver")
    def kind(self, gateway: Any) -> str:
        return str(_KINDS.get(gateway.driver, gateway.driver))

    @admin.display(description="Key now")
    def key_now(self, gateway: Any) -> str:
        return crypto.mask(gateway.api_key) or "–"

    @admin.display(description="Comes from")
    def comes_from(self, gateway: Any) -> str:
        return f"{gateway.managed_by} of the environment: its address and key follow it"

    @admin.display(description="Numbers")
    def numbers(self, gateway: Any) -> str:
        url = reverse("admin:botcore_whatsappnumber_changelist")
        return format_html('<a href="{}?gateway__id__exact={}">{}</a>', url, gateway.pk, gateway.number_count)

    @admin.display(description="Offered")
    def offered(self, gateway: Any) -> str:
        if not gateway.is_offered:
            return "no"
        return "yes, the default" if gateway.is_default else "yes"

    @admin.display(description="To know")
    def told_by_it(self, gateway: Any) -> str:
        driver = DRIVERS.get(gateway.driver)
        return driver.notice if driver is not None and driver.notice else "–"

    # --- acts ----------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        ours = [
            path("<int:pk>/check/", view(require_POST(self.ask)), name="botcore_gateway_check"),
            path("<int:pk>/move/", view(self.move), name="botcore_gateway_move"),
        ]
        return ours + super().get_urls()

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        gateway = self._get(request, pk)
        info = gateways.check(gateway=gateway, now=timezone.now())
        if info.problem is None:
            messages.success(request, f"{gateway} answers, and takes its key.{_version(info)}")
        else:
            said = f" ({info.detail})" if info.detail else ""
            messages.error(request, f"{_WORDS[info.problem]}{said}")
        return redirect("admin:botcore_gateway_change", pk)

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every number of it goes to another gateway; each has to be scanned again."""
        gateway = self._get(request, pk)
        leaving = list(_numbers_of(gateway).select_related("tenant"))
        form = MoveForm(posted(request), gateway=gateway)
        if request.method == "POST" and form.is_valid():
            moved = self._move_all(request, leaving, form.cleaned_data["to"])
            messages.success(request, f"{moved} numbers moved. Their owners scan again to go live.")
            return redirect("admin:botcore_gateway_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Move the numbers of {gateway}",
            "form": form,
            "gateway": gateway,
            "numbers": leaving,
            "opts": self.opts,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/botcore/gateway/move.html", context, status=status)

    def _move_all(self, request: HttpRequest, leaving: list[WhatsAppNumber], to: Gateway) -> int:
        by, now, moved = platform_user(request), timezone.now(), 0
        for number in leaving:
            with tenant_scope(number.tenant_id):
                moved += numbers.move(number=number, gateway=to, by=by, source=AuditSource.ADMIN, now=now)
        return moved

    def _get(self, request: HttpRequest, pk: int) -> Gateway:
        if not platform_user(request).has_perm("botcore.change_gateway"):
            raise PermissionDenied
        gateway: Gateway = get_object_or_404(Gateway, pk=pk)
        return gateway


def _numbers_of(gateway: Gateway) -> QuerySet[WhatsAppNumber]:
    rows: QuerySet[WhatsAppNumber] = WhatsAppNumber.objects.filter(gateway=gateway)
    return rows.exclude(state_reason=REMOVING).order_by("tenant__name", "pk")


def _version(info: GatewayInfo) -> str:
    return f" Version {info.version}." if info.version else ""
