from collections import defaultdict
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from botcore.domain import dead_letters
from botcore.domain.llm import platform_llm
from botcore.enums import NumberState, OutboxState
from botcore.models import (
    Group,
    InboxMessage,
    MessageLog,
    OutboxMessage,
    PlatformLlm,
    WhatsAppNumber,
)
from botcore.models.message import SECRET_PART
from smmbot.lib import crypto
from smmbot.lib.admin import PlatformAdmin, ReadOnlyAdmin, digits_of
from tenants.models import Identity, User
from tenants.scoping import tenant_scope

_TENANT = ("tenant__name", "tenant__slug")


class Paused(admin.SimpleListFilter):
    """Numbers whose sending takes a break."""

    title, parameter_name = "sending", "sending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("paused", "Paused")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(paused_until__gt=timezone.now()) if self.value() == "paused" else queryset


@admin.register(WhatsAppNumber)
class WhatsAppNumberPage(ReadOnlyAdmin):
    list_display = (
        "__str__",
        "tenant",
        "phone",
        "gateway",
        "how_it_is",
        "state_at",
        "sending",
    )
    list_filter = ("state", "driver", "gateway", Paused)
    list_select_related = ("tenant", "gateway")
    search_fields = ("phone", "lid", "name", "session_name", *_TENANT)
    ordering = ("-pk",)
    exclude = ("webhook_key", "webhook_secret", "sender_token")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        unclear = OutboxMessage.objects.filter(number=OuterRef("pk"), state=OutboxState.UNCLEAR)
        counted = unclear.order_by().values("number").annotate(count=Count("pk")).values("count")
        rows: QuerySet[Any] = (
            super().get_queryset(request).annotate(unclear_count=Coalesce(Subquery(counted), 0))
        )
        return rows

    @admin.display(description="State", ordering="state")
    def how_it_is(self, number: WhatsAppNumber) -> str:
        label = NumberState(number.state).label
        return f"{label} ({number.state_reason})" if number.state_reason else label

    @admin.display(ordering="paused_until")
    def sending(self, number: Any) -> str | None:
        """Whether it takes a break, and how many messages may or may not have gone out."""
        found = []
        if number.paused_until is not None and number.paused_until > timezone.now():
            found.append(
                f"paused until {_moment(number.paused_until)} ({number.pause_reason or 'failed often'})"
            )
        if number.unclear_count:
            found.append(f"{number.unclear_count} perhaps sent")
        return ", ".join(found) or None


@admin.register(Group)
class GroupPage(ReadOnlyAdmin):
    list_display = (
        "__str__",
        "tenant",
        "support_enabled",
        "marketing_enabled",
        "silent_mode",
        "member_count",
    )
    list_filter = ("support_enabled", "marketing_enabled", "silent_mode", "is_hidden")
    list_select_related = ("tenant",)
    search_fields = ("name", "wa_id", *_TENANT)
    ordering = ("-pk",)


@admin.register(MessageLog)
class MessageLogPage(ReadOnlyAdmin):
    """Requests, found by what customers quote."""

    list_display = (
        "serial",
        "tenant",
        "created_at",
        "action",
        "order_id",
        "outcome",
        "support_status",
        "panel_username",
        "provider",
        "provider_oid",
    )
    list_filter = ("support_status", "action", "source")
    list_select_related = ("tenant",)
    search_fields = ("panel_username",)
    search_help_text = "Serial, order id, provider OID, phone digits, panel username"
    ordering = ("-pk",)
    # Read beside the row on its own page, and shown as a link instead of a list of all.
    raw_id_fields = ("tenant", "message", "chat", "contact")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = Q(provider_oid=term) | Q(panel_username__iexact=term)
        if digits := digits_of(term):
            wanted |= Q(serial=int(digits)) | Q(order_id=int(digits)) | Q(provider_oid=digits)
            wanted |= Q(contact_id__in=_people_with(digits))
        return queryset.filter(wanted), False


@admin.register(InboxMessage)
class InboxMessagePage(ReadOnlyAdmin):
    list_display = ("received_at", "tenant", "chat", "sender_phone", "state", "attempts", "handled_at")
    list_filter = ("state",)
    list_select_related = ("tenant", "chat")
    search_fields = ("wa_message_id",)
    search_help_text = "WhatsApp message id, phone digits"
    ordering = ("-pk",)
    exclude = ("run_token",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = Q(wa_message_id=term)
        if digits := digits_of(term):
            wanted |= Q(sender_phone=digits) | Q(sender_lid=digits)
        return queryset.filter(wanted), False


@admin.register(OutboxMessage)
class OutboxMessagePage(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "tenant",
        "chat",
        "state",
        "error_code",
        "how_far",
    )
    list_filter = ("state", "priority")
    list_select_related = ("tenant", "chat")
    search_fields = ("wa_message_id",)
    search_help_text = "WhatsApp message id, phone digits"
    ordering = ("-pk",)
    exclude = ("text",)
    readonly_fields = ("shown_text",)
    actions = ("send_again",)

    @admin.display(ordering="sent_at")
    def how_far(self, reply: OutboxMessage) -> str | None:
        """Sent, delivered or read: the last of them that is known, and when."""
        for word, at in (("Read", reply.read_at), ("Delivered", reply.delivered_at), ("Sent", reply.sent_at)):
            if at is not None:
                return f"{word} {_moment(at)}"
        return None

    @admin.display(description="Text")
    def shown_text(self, reply: OutboxMessage) -> str:
        return "(a code or a first password)" if reply.part == SECRET_PART else reply.text

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = Q(wa_message_id=term)
        if digits := digits_of(term):
            wanted |= Q(chat__wa_id__in=(f"{digits}@s.whatsapp.net", f"{digits}@lid"))
        return queryset.filter(wanted), False

    @admin.action(description="Send again what was not delivered", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        by_tenant = defaultdict(list)
        dead = queryset.filter(state=OutboxState.DEAD)
        for tenant_id, pk in dead.values_list("tenant_id", "pk"):
            by_tenant[tenant_id].append(pk)
        queued = 0
        for tenant_id, ids in by_tenant.items():
            with tenant_scope(tenant_id):
                queued += dead_letters.send_again(tenant_id=tenant_id, outbox_ids=ids, now=timezone.now())
        messages.success(request, f"{queued} queued again.")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.has_perm("botcore.change_outboxmessage")


class PlatformLlmForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The key is never shown again; left blank, it stays."""

    new_key = forms.CharField(
        label="API key",
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="Blank keeps the one that is there.",
    )

    class Meta:
        model = PlatformLlm
        fields = ("base_url", "model")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("new_key") and not self.instance.api_key:
            self.add_error("new_key", "A key is needed.")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data["new_key"]:
            self.instance.api_key = self.cleaned_data["new_key"]
        return super().save(commit)


@admin.register(PlatformLlm)
class PlatformLlmPage(PlatformAdmin):
    """One row. Without it the environment's LLM_BASE_URL, LLM_API_KEY and LLM_MODEL serve all tenants."""

    form = PlatformLlmForm
    fields = ("base_url", "new_key", "key_now", "model", "in_use", "updated_at")
    readonly_fields = ("key_now", "in_use", "updated_at")
    list_display = ("__str__", "base_url", "key_now", "updated_at")

    @admin.display(description="Key now")
    def key_now(self, row: PlatformLlm) -> str:
        return crypto.mask(row.api_key) or "–"

    @admin.display(description="Serves tenants now")
    def in_use(self, row: PlatformLlm) -> str:
        return platform_llm().shown or "nobody: replies stay plain"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not PlatformLlm.objects.exists()


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _people_with(digits: str) -> QuerySet[Identity]:
    return Identity.objects.filter(value__in=(digits, f"+{digits}")).values("contact_id")  # type: ignore[return-value]
