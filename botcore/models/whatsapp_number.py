import secrets

from django.db import models

from botcore.enums import NumberState
from botcore.models.gateway import Gateway
from smmbot.lib.crypto import EncryptedTextField
from tenants.scoping import TenantModel


def new_session_name() -> str:
    """Name a gateway session so that it says nothing of tenant or number."""
    return f"s-{secrets.token_hex(8)}"


def new_webhook_key() -> str:
    return secrets.token_urlsafe(32)


class WhatsAppNumber(TenantModel):
    """One linked WhatsApp number: a session at a gateway, reached through a driver."""

    # None: the sandbox, which needs no address. driver is the gateway's own, kept here too: the webhook reads no more.
    gateway = models.ForeignKey(Gateway, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    driver = models.CharField(max_length=20, help_text="A name in botcore/gateway/registry.py.")
    session_name = models.CharField(max_length=64, unique=True, default=new_session_name)
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(
        max_length=20, blank=True, help_text="Own number, digits alone; known once linked."
    )
    lid = models.CharField(max_length=40, blank=True, help_text="Own LID, digits alone: groups mention it.")
    webhook_key = models.CharField(max_length=64, unique=True, default=new_webhook_key)
    webhook_secret = EncryptedTextField(default=new_webhook_key)
    state = models.CharField(max_length=20, choices=NumberState.choices, default=NumberState.NEW)
    state_reason = models.CharField(max_length=200, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    linked_at = models.DateTimeField(
        null=True, blank=True, help_text="When this phone was first linked: a young number sends less."
    )
    # What the owner was last told of: a drop is told once, and so is the return.
    told_state = models.CharField(max_length=20, choices=NumberState.choices, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    # The breaker: after some failures in a row nothing is sent until then.
    send_failures = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=60, blank=True)
    # WhatsApp lets it open no new chats until then; those that are there go on.
    no_new_chats_until = models.DateTimeField(null=True, blank=True)

    # One sender a number at a time: the outbox's lease.
    sender_token = models.UUIDField(null=True, editable=False)
    sender_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "WhatsApp number"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="one_default_number_per_tenant"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.phone or self.session_name

    @property
    def own_digits(self) -> frozenset[str]:
        """Digits that name the bot itself: in a message they are mentions, never order ids."""
        return frozenset(digits for digits in (self.phone, self.lid) if digits)
