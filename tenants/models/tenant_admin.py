from django.conf import settings
from django.db import models

from tenants.enums import Role
from tenants.scoping import TenantModel


class TenantAdmin(TenantModel):
    """The owner or a member of staff. Recognised in WhatsApp by the user's phone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "tenant_admins"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="one_role_per_person"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(role=Role.OWNER), name="one_owner_per_tenant"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
