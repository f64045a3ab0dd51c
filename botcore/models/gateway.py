from django.db import models

from botcore.enums import GatewayProblem
from smmbot.lib.crypto import EncryptedTextField


class Gateway(models.Model):
    """A WhatsApp gateway the operator runs. The platform's row: tenants see its name, never its address or its key."""

    name = models.CharField(max_length=60, unique=True, help_text="Tenants see it when they may choose.")
    driver = models.CharField(max_length=20, help_text="A name in botcore/gateway/registry.py.")
    # Not a URLField: it refuses the bare host names of an internal network.
    base_url = models.CharField(
        "address",
        max_length=200,
        blank=True,
        help_text="Such as http://waha:3000. Empty for the built-in one.",
    )
    api_key = EncryptedTextField(blank=True, default="", help_text="GOWA: user:password.")
    is_offered = models.BooleanField(default=True, help_text="New numbers may be linked through it.")
    is_default = models.BooleanField(default=False, help_text="New numbers are linked through it.")
    managed_by = models.CharField(
        max_length=40,
        blank=True,
        help_text="The environment variable it comes from; its address and key follow it.",
    )

    version = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=20, choices=GatewayProblem.choices, blank=True)
    problem_since = models.DateTimeField(null=True, blank=True)
    # What the platform's admins were last told of: an outage is told once, and so is its end.
    told_problem = models.CharField(max_length=20, choices=GatewayProblem.choices, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_gateway"
            ),
            models.UniqueConstraint(
                fields=["managed_by"], condition=~models.Q(managed_by=""), name="one_gateway_per_variable"
            ),
        ]

    def __str__(self) -> str:
        return self.name
