"""The built-in gateway's own store: what `manage.py runwhatsapp` runs, and where each session lives now.

Not tenant rows: like any gateway's own store they know sessions, not tenants.
"""

from django.db import models

from botcore.enums import NumberState


class EmbeddedSession(models.Model):
    """A session of the built-in gateway. Whoever holds its lease runs its one child process."""

    name = models.CharField(max_length=64, unique=True)
    is_wanted = models.BooleanField(
        default=True, help_text="False: it rests until somebody connects it again."
    )
    state = models.CharField(max_length=20, choices=NumberState.choices, default=NumberState.NEW)
    state_reason = models.CharField(max_length=200, blank=True)
    # The linked device as the WhatsApp library names it; it finds its keys by it after a restart.
    device_jid = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    lid = models.CharField(max_length=40, blank=True)
    qr_text = models.CharField(max_length=600, blank=True)
    qr_expires_at = models.DateTimeField(null=True, blank=True)

    holder = models.CharField(max_length=120, blank=True, help_text="Machine and process that run it.")
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    starts = models.PositiveIntegerField(default=0, help_text="Since it was last live for a while.")
    next_start_at = models.DateTimeField(null=True, blank=True)
    memory_mb = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
