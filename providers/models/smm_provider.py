from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from providers.enums import ProviderKind
from smmbot.lib.crypto import EncryptedTextField
from tenants.scoping import TenantModel

CALLS_A_SECOND = 2
HOST_PATTERN = r"^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$"


class SmmProvider(TenantModel):
    """A supplier of the tenant's panel: an account at its API, a WhatsApp group of its support, or both."""

    name = models.CharField(max_length=100)
    alias = models.CharField(max_length=100, blank=True, help_text="What customers may see; blank: nothing.")
    host = models.CharField(
        max_length=253, help_text="As the panel names it on its orders: provider.example. Lower case."
    )
    other_hosts = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        help_text="More names of it on the panel's orders.",
    )
    kind = models.CharField(
        max_length=20, choices=ProviderKind.choices, default=ProviderKind.USER_API_V2, verbose_name="type"
    )
    api_url = models.CharField(
        "panel URL", max_length=300, blank=True, help_text="Blank when only a group is known."
    )
    api_key = EncryptedTextField(blank=True, default="")
    group_wa_id = models.CharField(
        max_length=64, blank=True, help_text="WhatsApp's id of the provider's group: …@g.us."
    )
    is_active = models.BooleanField(default=True, help_text="Off: not synced by itself.")
    sync_interval = models.PositiveIntegerField(default=360, help_text="Minutes.")
    balance = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    balance_currency = models.CharField(max_length=10, blank=True)
    balance_at = models.DateTimeField(null=True, blank=True)
    message_formats = models.JSONField(
        default=dict, blank=True, help_text="Action to format, such as {oids} refill. Absent: the default."
    )
    key_refusals = models.PositiveSmallIntegerField(
        default=0, help_text="How often in a row the key was refused."
    )
    key_refused_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since when the API is not asked any more: the key was refused too often.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "smm_providers"
        verbose_name = "provider"
        constraints = [
            models.UniqueConstraint("tenant", Lower("host"), name="one_provider_per_host"),
            models.CheckConstraint(
                condition=models.Q(host__regex=HOST_PATTERN), name="provider_host_is_normal"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="provider_name_not_empty"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ProviderKind.values), name="provider_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(api_key="") | ~models.Q(api_url=""), name="provider_key_has_an_address"
            ),
            models.CheckConstraint(
                condition=models.Q(group_wa_id="") | models.Q(group_wa_id__regex=r"^[0-9-]+@g\.us$"),
                name="provider_group_is_a_group",
            ),
            models.CheckConstraint(
                condition=models.Q(sync_interval__gt=0), name="provider_sync_interval_not_zero"
            ),
            models.CheckConstraint(
                condition=models.Q(balance__isnull=True, balance_at__isnull=True)
                | models.Q(balance__isnull=False, balance_at__isnull=False),
                name="provider_balance_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_api(self) -> bool:
        """An account is known and its key has not been refused too often."""
        return bool(self.api_url and self.api_key) and self.key_refused_at is None

    @property
    def rate_limit(self) -> float:
        """Calls a second to this account, all our processes together; 0 is no limit."""
        return float(getattr(settings, "PROVIDER_RATE_LIMIT", CALLS_A_SECOND))
