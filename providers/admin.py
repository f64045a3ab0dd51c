from django.contrib import admin

from providers.models import SmmProvider
from smmbot.lib.admin import ReadOnlyAdmin


@admin.register(SmmProvider)
class SmmProviderPage(ReadOnlyAdmin):
    """To look at: tenants change their providers themselves. The key is never shown."""

    list_display = ("name", "tenant", "host", "is_active", "balance", "balance_currency", "key_refused_at")
    list_filter = ("is_active", "kind")
    list_select_related = ("tenant",)
    search_fields = ("name", "alias", "host", "group_wa_id", "tenant__name", "tenant__slug")
    ordering = ("-pk",)
    exclude = ("api_key",)
