from django.db import models

from botcore.enums import Action, ActState
from botcore.models.message import InboxMessage
from tenants.scoping import TenantModel


class OrderAct(TenantModel):
    """The claim on one act: a message, an order, an action. Written before the act, kept as its cool-down."""

    message = models.ForeignKey(InboxMessage, null=True, on_delete=models.SET_NULL, related_name="acts")
    order_id = models.BigIntegerField()
    action = models.CharField(max_length=20, choices=Action.choices)
    state = models.CharField(max_length=10, choices=ActState.choices, default=ActState.CLAIMED)
    outcome = models.CharField(max_length=60, blank=True, help_text="Reply key.")
    reference = models.CharField(max_length=100, blank=True, help_text="A refill's id at its provider.")
    status_before = models.CharField(
        max_length=20, blank=True, help_text="The panel's status when it was claimed."
    )
    run_token = models.UUIDField(
        help_text="The run that claimed it: another run finds an act it did not start."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "order_id", "action"], name="a_message_acts_once")
        ]
        indexes = [
            models.Index(fields=["tenant", "action", "order_id", "-created_at"], name="acts_of_an_order")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.order_id}: {self.state}"
