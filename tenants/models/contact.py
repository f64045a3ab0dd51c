from django.db import models

from tenants.enums import IdentityKind
from tenants.scoping import TenantModel


class Contact(TenantModel):
    """One person on WhatsApp as one tenant knows them, whoever they turn out to be."""

    name = models.CharField(max_length=100, blank=True, help_text="The name the person shows on WhatsApp.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or f"contact {self.pk}"


class Identity(TenantModel):
    """One alias of a contact. Every alias is kept: a sender may arrive as any of them."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=10, choices=IdentityKind.choices)
    value = models.CharField(max_length=64, help_text="JID and LID: digits alone. Phone: E.164.")

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "value"], name="one_contact_per_alias"),
            models.CheckConstraint(condition=~models.Q(value=""), name="alias_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
