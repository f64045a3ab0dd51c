from django.db import models

from botcore.enums import Action, ProviderAnswer
from botcore.models.message import InboxMessage, OutboxMessage
from providers.models import SmmProvider
from tenants.scoping import TenantModel


class ProviderRequest(TenantModel):
    """One order passed to a provider's group, and what came back. Followed until it is answered or settled."""

    provider = models.ForeignKey(SmmProvider, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=20, choices=Action.choices)
    order_id = models.BigIntegerField()
    provider_oid = models.CharField("provider OID", max_length=100)
    # The customer's message, or the one that escalated it; empty when set from the dashboard.
    message = models.ForeignKey(InboxMessage, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_as = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="provider_requests")
    reminder = models.ForeignKey(
        OutboxMessage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.CharField(max_length=12, choices=ProviderAnswer.choices, blank=True)
    answer_text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "order_id", "action"],
                condition=models.Q(message__isnull=False),
                name="an_order_is_passed_on_once",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "provider_oid"], name="requests_by_oid"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(answered_at__isnull=True),
                name="requests_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.provider_oid}"
