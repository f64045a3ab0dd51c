from django.db import models

from botcore.enums import ChatKind
from botcore.models.group import Group
from botcore.models.whatsapp_number import WhatsAppNumber
from tenants.scoping import TenantModel


class Chat(TenantModel):
    """The unit of ordering: a group or a person as one number sees them. One drain at a time holds its lease."""

    number = models.ForeignKey(WhatsAppNumber, on_delete=models.CASCADE, related_name="chats")
    kind = models.CharField(max_length=10, choices=ChatKind.choices)
    wa_id = models.CharField(max_length=64, help_text="digits@s.whatsapp.net, digits@lid or …@g.us")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="chats")
    resumed_at = models.DateTimeField(null=True, blank=True, help_text="When !resume was last said here.")
    created_at = models.DateTimeField(auto_now_add=True)

    drain_token = models.UUIDField(null=True, editable=False)
    drain_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "wa_id"], name="one_chat_per_number_and_peer")
        ]

    def __str__(self) -> str:
        return self.wa_id
