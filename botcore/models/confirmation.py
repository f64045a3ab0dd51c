from django.db import models

from botcore.enums import Action
from botcore.models.message import InboxMessage
from tenants.models import Contact
from tenants.scoping import TenantModel


class Confirmation(TenantModel):
    """What a person was asked to confirm about an order. Good once, for the message that confirms it."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=20, choices=Action.choices)
    order_id = models.BigIntegerField()
    expires_at = models.DateTimeField()
    used_by = models.ForeignKey(
        InboxMessage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "action", "order_id"], name="one_question_per_person_and_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.order_id}"
