from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tenants.enums import CodeState, VerificationState
from tenants.models.contact import Contact
from tenants.scoping import TenantModel


class Verification(TenantModel):
    """How far a person is in proving a panel username; the row is locked for every step. Kept between runs: a
    pause must outlive a run that was given up."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=VerificationState.choices, default=VerificationState.IDLE)
    group_chat_id = models.BigIntegerField(null=True, help_text="The group in which it was begun last.")
    panel_username = models.CharField(max_length=100, blank=True, help_text="Whose code is waited for.")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    unknown_names = models.PositiveSmallIntegerField(default=0)
    missed_at = models.DateTimeField(null=True, help_text="The last wrong code or unknown name.")
    paused_until = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(help_text="The last step.")
    # What a message that is run again after a crash is answered with, instead of being counted twice.
    last_message_id = models.BigIntegerField(null=True)
    last_outcome = models.CharField(max_length=60, blank=True, help_text="Reply key.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contact"], name="one_verification_per_person"),
            models.CheckConstraint(
                condition=Q(state__in=VerificationState.values), name="verification_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.state}"


class VerificationCode(TenantModel):
    """A code made for one person and one panel username. The code itself is nowhere but in the ticket."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    panel_username = models.CharField(max_length=100)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, help_text="HMAC-SHA-256 under the server's key and the salt.")
    state = models.CharField(max_length=10, choices=CodeState.choices, default=CodeState.CLAIMED)
    message_id = models.BigIntegerField(
        help_text="The message that asked for it; it never makes a second one."
    )
    ticket_id = models.BigIntegerField(null=True, help_text="Unknown when the panel's answer was lost.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "message_id"], name="a_message_makes_one_code"),
            models.CheckConstraint(condition=Q(state__in=CodeState.values), name="code_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["contact", "-created_at"], name="codes_of_a_person"),
            models.Index(
                "tenant", Lower("panel_username"), models.F("created_at").desc(), name="codes_of_a_username"
            ),
        ]

    def __str__(self) -> str:
        return f"for {self.panel_username}: {self.state}"
