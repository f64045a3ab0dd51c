from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

_CURRENCY = r"^[A-Z]{3}$"


class Plan(models.Model):
    """What the platform sells: a price a month and what it allows. The platform's own row, the same for all tenants.

    A limit of None is no limit; 0 allows nothing.
    """

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(unique=True)
    description = models.CharField(max_length=300, blank=True, help_text="A sentence for whoever chooses.")
    position = models.PositiveSmallIntegerField(default=0, help_text="The lowest is shown first.")
    is_offered = models.BooleanField(
        "offered", default=False, help_text="Off: nobody can choose it; who has it keeps it."
    )
    monthly_price = models.DecimalField(
        max_digits=9, decimal_places=2, validators=[MinValueValidator(Decimal(0))], help_text="0: free."
    )
    currency = models.CharField(
        max_length=3,
        default="USD",
        validators=[RegexValidator(_CURRENCY, "Three capital letters, such as USD.")],
        help_text="Three capital letters: USD, EUR, INR.",
    )
    stripe_price_id = models.CharField(
        "Stripe price id",
        max_length=100,
        blank=True,
        help_text="Of the price in Stripe with this amount (price_…). Blank for a free plan.",
    )
    trial_days = models.PositiveSmallIntegerField(default=0, help_text="Free days before the first payment.")
    max_numbers = models.PositiveIntegerField("WhatsApp numbers", null=True, blank=True)
    max_groups = models.PositiveIntegerField("groups", null=True, blank=True)
    max_customers = models.PositiveIntegerField("verified customers", null=True, blank=True)
    max_monthly_messages = models.PositiveIntegerField("messages a month", null=True, blank=True)
    max_monthly_llm_usd = models.DecimalField(
        "LLM budget a month, USD",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="What the platform’s own model may cost. A tenant with a key of its own pays for that itself.",
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(monthly_price__gte=0), name="plan_price_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex=_CURRENCY), name="plan_currency_is_a_code"),
            models.CheckConstraint(
                condition=Q(max_monthly_llm_usd=None) | Q(max_monthly_llm_usd__gte=0),
                name="plan_llm_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_offered=False) | Q(monthly_price=0) | ~Q(stripe_price_id=""),
                name="offered_plan_can_be_paid",
                violation_error_message="A plan that costs something is offered only with its Stripe price id.",
            ),
            models.UniqueConstraint(
                fields=["stripe_price_id"],
                condition=~Q(stripe_price_id=""),
                name="one_plan_a_stripe_price",
                violation_error_message="Another plan has this Stripe price id.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
