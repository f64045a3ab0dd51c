import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenants.enums import Realm


class LoginSession(models.Model):
    """One signed-in browser: what the tokens in its cookies stand on. Ended rows are kept for the sessions page.

    The refresh token is replaced at every use; only digests are kept. The one before is known for as long as two
    requests that began together may both carry it; met later, it was stolen, and the session ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="login_sessions"
    )
    realm = models.CharField(max_length=10, choices=Realm.choices)
    tenant = models.ForeignKey(
        "tenants.Tenant",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The one that is open in the dashboard.",
    )
    impersonator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Platform staff who look at the tenant for support.",
    )
    refresh_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField()
    authenticated_at = models.DateTimeField(help_text="When the password was given last.")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(realm=Realm.TENANT) | Q(tenant__isnull=True), name="admin_sessions_open_no_tenant"
            )
        ]
        indexes = [
            models.Index(
                fields=["user", "-last_seen_at"], name="sessions_of_a_user", condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.realm} session of {self.user_id}"
