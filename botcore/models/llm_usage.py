from django.db import models

from tenants.scoping import TenantModel


class LlmUsage(TenantModel):
    """What one feature of one tenant asked of one model on one day (UTC). Only ever added to."""

    feature = models.CharField(max_length=30)
    day = models.DateField()
    model = models.CharField(max_length=120)
    calls = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(default=0)
    tokens_out = models.PositiveBigIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    fallbacks = models.PositiveIntegerField(
        default=0, help_text="How often the plain text was sent in place of the model's."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "feature", "day", "model"], name="llm_usage_once_a_day")
        ]
        indexes = [models.Index(fields=["tenant", "day"], name="llm_usage_of_a_day")]

    def __str__(self) -> str:
        return f"{self.feature} {self.day} {self.model}: {self.calls}"
