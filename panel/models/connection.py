from django.conf import settings
from django.db import models

from smmbot.lib.crypto import EncryptedTextField
from tenants.scoping import TenantModel


class PanelConnection(TenantModel):
    """The tenant's own panel: where it is and the Admin API key that opens it. One is active at a time."""

    class Kind(models.TextChoices):
        PERFECTPANEL = "perfectpanel", "PerfectPanel Admin API v2"

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.PERFECTPANEL)
    base_url = models.URLField(help_text="https://yourpanel.com")
    api_key = EncryptedTextField()
    is_active = models.BooleanField(default=True)
    is_read_only = models.BooleanField(
        default=False, help_text="Looks orders up and refuses every write: the Sandbox page on a real panel."
    )
    validated_at = models.DateTimeField(null=True, blank=True)
    probe = models.JSONField(default=dict, blank=True, help_text="What the last validation found out.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_active=True), name="one_active_panel_per_tenant"
            )
        ]

    def __str__(self) -> str:
        return self.base_url

    @property
    def rate_limit(self) -> int:
        """Calls a second to this key, all our processes together; 0 is no limit."""
        return int(settings.PANEL_RATE_LIMIT)
