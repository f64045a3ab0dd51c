from django.conf import settings
from django.db import models

from botcore.enums import ApprovalState
from botcore.models.message_log import MessageLog
from tenants.scoping import TenantModel


class Approval(TenantModel):
    """One decision of the team on a request that moves money, claimed before the panel is touched."""

    log = models.ForeignKey(MessageLog, on_delete=models.CASCADE, related_name="approvals")
    order_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=ApprovalState.choices, default=ApprovalState.RUNNING)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Of the order, not of the request: two requests about it must not both be paid.
            models.UniqueConstraint(
                fields=["tenant", "order_id"],
                condition=models.Q(state=ApprovalState.RUNNING),
                name="one_decision_runs_per_order",
            )
        ]
        indexes = [models.Index(fields=["tenant", "order_id", "-id"], name="approvals_of_an_order")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"
