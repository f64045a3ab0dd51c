from django.db import models

from smmbot.lib.crypto import EncryptedTextField
from tenants.enums import OtpPurpose


class Otp(models.Model):
    """A six-digit code for one phone and one purpose. A row is written for every request, also where no code
    is sent, so that a stranger cannot tell which phones have an account."""

    purpose = models.CharField(max_length=10, choices=OtpPurpose.choices)
    phone = models.CharField(max_length=20, help_text="E.164.")
    tenant = models.ForeignKey(
        "tenants.Tenant",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The team that is joined.",
    )
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    sealed_code = EncryptedTextField(
        blank=True, default="", help_text="Until the code is on its way; then empty."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "one-time code"
        indexes = [models.Index(fields=["phone", "purpose", "-created_at"], name="otp_newest")]

    def __str__(self) -> str:
        return f"{self.purpose} code"
