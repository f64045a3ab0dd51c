"""The far side of the sandbox driver's wire: what a real gateway and the phones behind it would keep.

Not tenant rows: like any gateway's own store they know sessions, not tenants.
"""

from django.db import models

from botcore.enums import NumberState


class SandboxSession(models.Model):
    """A session at the sandbox gateway: how its number is linked, the groups it is in."""

    name = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20, choices=NumberState.choices, default=NumberState.CLOSED)
    phone = models.CharField(max_length=20, blank=True)
    lid = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    qr_text = models.CharField(max_length=200, blank=True)
    qr_expires_at = models.DateTimeField(null=True, blank=True)
    # Digits of the phone a pairing code was asked for.
    pairing_phone = models.CharField(max_length=20, blank=True)
    # The account of the phone that scans has a passkey; what it is to sign, and the code it then shows.
    needs_passkey = models.BooleanField(default=False)
    passkey_challenge = models.CharField(max_length=64, blank=True)
    passkey_code = models.CharField(max_length=20, blank=True)
    # [{"id": "…@g.us", "name": "…", "participants": [{"phone": "…", "lid": "…", "is_admin": false}]}]
    groups = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.name


class SandboxMessage(models.Model):
    """A message, or a typing mark, that the sandbox delivered to a chat."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        TYPING = "typing", "Typing"

    session = models.ForeignKey(SandboxSession, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    chat_wa_id = models.CharField(max_length=64)
    wa_message_id = models.CharField(max_length=128)
    # The sender's own reference: sending the same one twice delivers once.
    client_ref = models.CharField(max_length=128)
    text = models.TextField(blank=True)
    quoted_id = models.CharField(max_length=128, blank=True)
    mentions = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "client_ref"], name="sandbox_delivers_once")
        ]
        indexes = [models.Index(fields=["session", "chat_wa_id", "id"], name="sandbox_by_chat")]

    def __str__(self) -> str:
        return self.wa_message_id
