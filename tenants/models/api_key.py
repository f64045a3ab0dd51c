from django.conf import settings
from django.db import models

from tenants.enums import Role
from tenants.scoping import TenantModel


class ApiKey(TenantModel):
    """A bearer key for scripts. The key itself is shown once; the row keeps its digest and a readable prefix."""

    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16, help_text="The beginning of the key, to tell keys apart.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the key.")
    role = models.CharField(max_length=20, choices=Role.choices, help_text="What it may do.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="api_key_role_is_known")
        ]

    def __str__(self) -> str:
        return self.name
