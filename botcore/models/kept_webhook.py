from django.db import models

from botcore.models.whatsapp_number import WhatsAppNumber
from tenants.scoping import TenantModel


class KeptWebhook(TenantModel):
    """What a gateway sent and we could not read: kept so that it can be read again after a mend.

    Without media and keys, at most 64 KB of it.
    """

    number = models.ForeignKey(WhatsAppNumber, on_delete=models.CASCADE, related_name="+")
    driver = models.CharField(max_length=20)
    body = models.TextField()
    problem = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    replayed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["number", "-id"], name="kept_webhook_newest")]

    def __str__(self) -> str:
        return f"{self.driver}: {self.problem}"
