from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from billing.models import Plan
from smmbot.lib.admin import PlatformAdmin

_LIMITS = {
    "max_numbers": "numbers: {:,}",
    "max_groups": "groups: {:,}",
    "max_customers": "customers: {:,}",
    "max_monthly_messages": "messages: {:,}",
    "max_monthly_llm_usd": "LLM: {:,} USD",
}


@admin.register(Plan)
class PlanPage(PlatformAdmin):
    """What the platform sells. Found by what stands on an invoice: the name, the id of the price in Stripe."""

    list_display = ("name", "price", "allows", "is_offered", "position")
    list_filter = ("is_offered", "currency")
    search_fields = ("name", "slug", "stripe_price_id")
    search_help_text = "Name, slug, Stripe price id"
    ordering = ("position", "pk")
    fieldsets = (
        (None, {"fields": ("name", "slug", "description", "is_offered", "position")}),
        ("Price", {"fields": ("monthly_price", "currency", "stripe_price_id", "trial_days")}),
        (
            "Limits",
            {
                "fields": tuple(_LIMITS),
                "description": "Blank: no limit. 0: none at all. Written down only: nothing is counted against "
                "them yet, and no tenant has a plan.",
            },
        ),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Plan | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        is_offered = obj is not None and obj.is_offered
        return super().has_delete_permission(request, obj) and not is_offered

    @admin.display(description="A month", ordering="monthly_price")
    def price(self, plan: Plan) -> str:
        return f"{plan.monthly_price:,} {plan.currency}" if plan.monthly_price else "free"

    @admin.display(description="Allows")
    def allows(self, plan: Plan) -> str:
        limits = ((words, getattr(plan, name)) for name, words in _LIMITS.items())
        return " · ".join(words.format(limit) for words, limit in limits if limit is not None) or "no limits"
