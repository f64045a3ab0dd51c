from django.db import models

from botcore.models.embedded_session import EmbeddedSession


class EmbeddedSend(models.Model):
    """A message the built-in gateway was asked to send. Kept for two days, so that it is not sent a second time."""

    session = models.ForeignKey(EmbeddedSession, on_delete=models.CASCADE, related_name="sends")
    client_ref = models.CharField(max_length=100)
    secret = models.BinaryField(help_text="The library stores it with the message's id before it sends.")
    device = models.CharField(max_length=80, blank=True, help_text="The link it was begun on.")
    message_id = models.CharField(
        max_length=128, blank=True, help_text="Empty until it is known to have gone out."
    )
    begun_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "client_ref"], name="a_reference_is_sent_once"),
        ]

    def __str__(self) -> str:
        return self.client_ref
