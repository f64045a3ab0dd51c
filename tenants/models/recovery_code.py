from django.conf import settings
from django.db import models


class RecoveryCode(models.Model):
    """Opens the second factor once when the phone with the authenticator is lost."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_codes_differ")]

    def __str__(self) -> str:
        return f"of {self.user_id}"
