from django.db import models

from tenants.scoping import TenantModel


class Group(TenantModel):
    """A WhatsApp group the bot is in. Everything is off until the tenant switches it on."""

    wa_id = models.CharField(max_length=64, help_text="…@g.us")
    name = models.CharField(max_length=200, blank=True)
    support_enabled = models.BooleanField(default=False, help_text="The bot responds.")
    marketing_enabled = models.BooleanField(default=False, help_text="The bot broadcasts.")
    silent_mode = models.BooleanField(default=False, help_text="Process and log, send no replies.")
    is_hidden = models.BooleanField(
        default=False, help_text="Removed from the list until it is synced again."
    )
    member_count = models.PositiveIntegerField(null=True, blank=True)
    members_at = models.DateTimeField(
        null=True, blank=True, help_text="When its members were last listed whole."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "wa_id"], name="one_row_per_group")]

    def __str__(self) -> str:
        return self.name or self.wa_id
