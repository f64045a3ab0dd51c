from django.db import models

from tenants.scoping import TenantModel


class BotConfig(TenantModel):
    """One setting of a tenant, as text. What it means stands in botcore/domain/config.py; absent means default."""

    key = models.CharField(max_length=60)
    value = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "bot_config"
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="one_value_per_key")]

    def __str__(self) -> str:
        return self.key
