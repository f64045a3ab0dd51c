from django.db import models

from tenants.scoping import TenantModel


class MessageTemplate(TenantModel):
    """A tenant's own words for one reply, used in Custom mode. Keys and variables: botcore/domain/templates.py."""

    key = models.CharField(max_length=60)
    value = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "message_templates"
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="one_template_per_key")]

    def __str__(self) -> str:
        return self.key
