from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tenants.enums import AuditSource
from tenants.scoping import TenantModel


class AuditEntry(TenantModel):
    """Something a person of the team did that can be asked about later. Written once, never changed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=60, help_text="Noun and verb: order.force_complete.")
    subject = models.CharField(max_length=100, blank=True, help_text="What it was done to: order 54321.")
    before = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    source = models.CharField(max_length=10, choices=AuditSource.choices)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["tenant", "-created_at"], name="audit_newest"),
            models.Index(fields=["tenant", "subject"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}".strip()
