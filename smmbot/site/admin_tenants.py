"""Tenants in the platform admin. It stands here, as support searches them by what other areas know: their numbers,
their panels."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST

from botcore.models import WhatsAppNumber
from panel.models import PanelConnection
from smmbot.lib.admin import ReadOnlyAdmin, digits_of
from smmbot.site.admin_access import platform_user
from smmbot.site.admin_forms import SuspendForm
from smmbot.ui.forms import posted
from tenants import cookies
from tenants.browser import browser_of
from tenants.domain import audit, sessions, tenant_settings
from tenants.enums import AuditSource, Realm, Role
from tenants.models import Tenant, TenantAdmin
from tenants.scoping import tenant_scope

_LISTS = (
    ("WhatsApp numbers", "botcore_whatsappnumber"),
    ("Message logs", "botcore_messagelog"),
    ("Messages in", "botcore_inboxmessage"),
    ("Messages out", "botcore_outboxmessage"),
    ("Groups", "botcore_group"),
    ("Panel", "panel_panelconnection"),
    ("Providers", "providers_smmprovider"),
    ("Team", "tenants_tenantadmin"),
    ("Customers", "tenants_tenantuser"),
    ("Audit log", "tenants_auditentry"),
)


@admin.register(Tenant)
class TenantPage(ReadOnlyAdmin):
    """A tenant is made by signing up and deleted by its owner; support suspends it and looks at its dashboard."""

    list_display = ("name", "slug", "owner", "is_active", "closes_at", "created_at")
    list_filter = ("is_active", "is_platform", ("closes_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug")
    search_help_text = "Name, slug, phone of the owner or staff, WhatsApp number, address of the panel"
    ordering = ("-pk",)
    fields = (
        "name",
        "slug",
        "owner",
        "is_active",
        "suspended_reason",
        "is_platform",
        "sandbox_of",
        "closes_at",
        "created_at",
        "look_closer",
    )
    readonly_fields = ("look_closer",)
    change_form_template = "admin/tenants/tenant/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        owners = TenantAdmin.objects.filter(tenant_id=OuterRef("pk"), role=Role.OWNER)
        rows: QuerySet[Tenant] = (
            super().get_queryset(request).annotate(owner_phone=Subquery(owners.values("user__phone")[:1]))
        )
        return rows

    @admin.display(description="Owner", ordering="owner_phone")
    def owner(self, tenant: Any) -> str:
        return str(tenant.owner_phone or "")

    @admin.display(description="Look closer")
    def look_closer(self, tenant: Any) -> str:
        """The tenant's own rows, list by list."""
        links = ((label, reverse(f"admin:{name}_changelist")) for label, name in _LISTS)
        return format_html_join(
            " · ",
            '<a href="{}?tenant__id__exact={}">{}</a>',
            ((url, tenant.pk, label) for label, url in links),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = Q(name__icontains=term) | Q(slug__icontains=term)
        more: Any
        if digits := digits_of(term):
            people = TenantAdmin.objects.filter(tenant_id=OuterRef("pk"), user__phone__contains=digits)
            numbers = WhatsAppNumber.objects.filter(tenant_id=OuterRef("pk"), phone__contains=digits)
            more = Exists(people) | Exists(numbers)
        else:
            panels = PanelConnection.objects.filter(tenant_id=OuterRef("pk"), base_url__icontains=term)
            more = Exists(panels)
        return queryset.filter(wanted | Q(more)), False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        ours = [
            path("<int:pk>/look", view(require_POST(self.look)), name="tenants_tenant_look"),
            path("<int:pk>/suspend", view(self.suspend), name="tenants_tenant_suspend"),
            path("<int:pk>/resume", view(require_POST(self.resume)), name="tenants_tenant_resume"),
        ]
        return ours + super().get_urls()

    def look(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open the tenant's dashboard as support: for an hour, recorded, and never for dangerous acts."""
        tenant, user, now = self._get(request, pk), platform_user(request), timezone.now()
        if not tenant.is_active:
            messages.error(request, "A suspended account has no dashboard. Open the account again first.")
            return redirect("admin:tenants_tenant_change", pk)
        _, tokens = sessions.begin(
            user=user,
            realm=Realm.TENANT,
            browser=browser_of(request),
            now=now,
            tenant=tenant,
            impersonator=user,
        )
        with tenant_scope(tenant.pk):
            audit.record(
                tenant_id=tenant.pk, user_id=user.pk, action="support.look", source=AuditSource.ADMIN, now=now
            )
        response = redirect("overview")
        cookies.set_tokens(response, Realm.TENANT, tokens)
        return response

    def suspend(self, request: HttpRequest, pk: int) -> HttpResponse:
        tenant = self._get(request, pk)
        form = SuspendForm(posted(request))
        if request.method == "POST" and form.is_valid():
            tenant_settings.suspend(
                tenant=tenant,
                reason=form.cleaned_data["reason"],
                by=platform_user(request),
                now=timezone.now(),
            )
            messages.success(request, f"{tenant} is suspended. Nothing is answered and nobody gets in.")
            return redirect("admin:tenants_tenant_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Suspend {tenant}",
            "form": form,
            "tenant_row": tenant,
            "opts": self.opts,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/tenants/tenant/suspend.html", context, status=status)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        tenant = self._get(request, pk)
        if tenant_settings.resume(tenant=tenant, by=platform_user(request), now=timezone.now()):
            messages.success(request, f"{tenant} is open again.")
        return redirect("admin:tenants_tenant_change", pk)

    def _get(self, request: HttpRequest, pk: int) -> Tenant:
        if not platform_user(request).has_perm("tenants.change_tenant"):
            raise PermissionDenied
        tenant: Tenant = get_object_or_404(Tenant, pk=pk, is_platform=False)
        return tenant
