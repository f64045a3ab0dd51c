from django.contrib import admin

from panel.models import PanelConnection
from smmbot.lib.admin import ReadOnlyAdmin


@admin.register(PanelConnection)
class PanelConnectionPage(ReadOnlyAdmin):
    """To look at: tenants change their panel themselves. The key is never shown."""

    list_display = ("base_url", "tenant", "kind", "is_active", "is_read_only", "validated_at")
    list_filter = ("is_active", "is_read_only")
    list_select_related = ("tenant",)
    search_fields = ("base_url", "tenant__name", "tenant__slug")
    ordering = ("-pk",)
    # By name: the key is not among them.
    fields = (
        "tenant",
        "kind",
        "base_url",
        "is_active",
        "is_read_only",
        "validated_at",
        "probe",
        "created_at",
    )
