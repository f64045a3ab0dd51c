from django.db import models
from django.db.models import Q

from botcore.models.chat import Chat
from botcore.models.message import InboxMessage
from tenants.models import Contact
from tenants.scoping import TenantModel


class OrderWatch(TenantModel):
    """An order somebody wants to hear of, in the chat they asked in. Polled until it ends."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="watches")
    message = models.ForeignKey(
        InboxMessage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    order_id = models.BigIntegerField()
    status = models.CharField(max_length=60, help_text="As last seen.")
    remains = models.BigIntegerField(null=True, blank=True, help_text="As last seen.")
    moved_at = models.DateTimeField(help_text="When status or remains were last seen to change.")
    stalled_at = models.DateTimeField(null=True, blank=True, help_text="When the chat heard that it stands.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=60, blank=True, help_text="Reply key with which it ended.")
    poll_at = models.DateTimeField(help_text="When it is looked at next; while a worker looks, its lease.")
    poll_token = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "order watches"
        constraints = [
            models.UniqueConstraint(
                fields=["chat", "order_id"],
                condition=Q(done_at__isnull=True),
                name="an_order_is_watched_once_per_chat",
            )
        ]
        indexes = [
            models.Index(fields=["poll_at"], condition=Q(done_at__isnull=True), name="watches_due"),
            models.Index(fields=["contact"], condition=Q(done_at__isnull=True), name="watches_of_a_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} in {self.chat_id}"
