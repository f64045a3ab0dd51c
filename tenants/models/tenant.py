from django.db import models
from django.db.models import Q


class Tenant(models.Model):
    """A panel owner's business: the unit that data, numbers, staff and billing belong to."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(unique=True)
    is_active = models.BooleanField(
        default=True, help_text="Off: suspended. Nothing is answered and nobody gets in."
    )
    suspended_reason = models.CharField(max_length=200, blank=True, help_text="Shown to the team at sign-in.")
    is_platform = models.BooleanField(
        default=False, help_text="The platform's own: its number sends sign-in codes and alerts."
    )
    sandbox_of = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sandbox",
        help_text="The tenant whose Sandbox page this one serves: chats, logs and groups of its own.",
    )
    closes_at = models.DateTimeField(
        null=True, blank=True, help_text="The owner asked to delete everything; it is done at this time."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_platform"], condition=Q(is_platform=True), name="one_platform_tenant"
            )
        ]

    def __str__(self) -> str:
        return self.name
