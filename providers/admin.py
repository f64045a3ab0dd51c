from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from providers.models import SmmProvider
from tenants.scoping import all_tenants


@admin.register(SmmProvider)
class SmmProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """To look at: tenants change their providers themselves. The key is never shown."""

    list_display = ["name", "tenant", "host", "is_active", "balance", "balance_currency", "key_refused_at"]
    list_filter = ["is_active", "kind"]
    list_select_related = ["tenant"]
    search_fields = ["name", "alias", "host", "group_wa_id", "tenant__name", "tenant__slug"]
    exclude = ["api_key"]
    raw_id_fields = ["tenant"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SmmProvider]:
        with all_tenants("platform staff look at any tenant's providers"):
            return super().get_queryset(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SmmProvider | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SmmProvider | None = None) -> bool:
        return False
