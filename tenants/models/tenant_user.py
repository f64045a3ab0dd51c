from django.db import models
from django.db.models.functions import Lower

from tenants.enums import VerifiedBy
from tenants.models.contact import Contact
from tenants.scoping import TenantModel


class TenantUser(TenantModel):
    """A verified customer: this WhatsApp person owns this panel username. The link has no expiry."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="usernames")
    panel_username = models.CharField(max_length=100)
    verified_by = models.CharField(max_length=10, choices=VerifiedBy.choices)
    verified_at = models.DateTimeField(auto_now_add=True)
    is_blocked = models.BooleanField(default=False)
    last_active_at = models.DateTimeField(null=True, blank=True)
    batch = models.CharField(max_length=40, blank=True, help_text="The bulk run that added it.")

    class Meta:
        db_table = "tenant_users"
        constraints = [
            models.UniqueConstraint(
                "tenant", "contact", Lower("panel_username"), name="one_link_per_person_and_username"
            ),
            models.CheckConstraint(condition=~models.Q(panel_username=""), name="panel_username_not_empty"),
        ]
        indexes = [
            models.Index("tenant", Lower("panel_username"), name="tenant_users_by_username"),
            # The screen's order under each of its filters: a page costs the same however many there are.
            models.Index(fields=["tenant", "-id"], name="customers_newest"),
            models.Index(fields=["tenant", "verified_by", "-id"], name="customers_by_proof"),
            models.Index(fields=["tenant", "-last_active_at", "-id"], name="customers_by_activity"),
            models.Index(
                fields=["tenant", "-id"], name="customers_blocked", condition=models.Q(is_blocked=True)
            ),
            models.Index(
                fields=["tenant", "batch"], name="customers_of_a_batch", condition=~models.Q(batch="")
            ),
        ]

    def __str__(self) -> str:
        return self.panel_username
