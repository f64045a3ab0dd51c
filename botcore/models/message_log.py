from django.conf import settings
from django.db import models
from django.db.models.functions import Collate, Lower

from botcore.enums import Action, LogSource, SupportStatus
from botcore.models.chat import Chat
from botcore.models.message import InboxMessage
from tenants.enums import AuditSource
from tenants.models import Contact
from tenants.scoping import TenantModel


class SerialCounter(TenantModel):
    """The last serial given out. Raised in the transaction that writes the rows, so serials have no gaps."""

    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_counter_per_tenant")]

    def __str__(self) -> str:
        return f"#{self.last}"


class MessageLog(TenantModel):
    """One row per order a command touched; one row for a command without orders.

    A row is written to every index: what one of those below begins with gets none of its own.
    """

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    serial = models.BigIntegerField()
    source = models.CharField(max_length=10, choices=LogSource.choices, default=LogSource.CHAT)
    action = models.CharField(max_length=20, choices=Action.choices)
    message = models.ForeignKey(
        InboxMessage, null=True, blank=True, on_delete=models.SET_NULL, related_name="logs", db_index=False
    )
    chat = models.ForeignKey(Chat, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    panel_username = models.CharField(max_length=100, blank=True)
    order_id = models.BigIntegerField(null=True, blank=True)
    provider = models.CharField(
        max_length=200, blank=True, help_text="Host, as the panel names it; empty: manual"
    )
    provider_oid = models.CharField("provider OID", max_length=100, blank=True)
    outcome = models.CharField(max_length=60, help_text="Reply key.")
    facts = models.JSONField(default=dict, blank=True, help_text="What the reply was made of.")
    support_status = models.CharField(
        max_length=20, choices=SupportStatus.choices, default=SupportStatus.OPEN
    )
    is_priority = models.BooleanField(default=False)
    memo = models.TextField(blank=True, help_text="A note of the team, for the team.")
    took_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "serial"], name="serials_are_unique"),
            # NULLs count as equal: a command without orders has one row too.
            models.UniqueConstraint(
                fields=["message", "order_id", "action"],
                name="a_message_is_logged_once",
                nulls_distinct=False,
                condition=models.Q(message__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(support_status__in=SupportStatus.values), name="support_status_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "order_id", "-id"], name="logs_of_an_order"),
            models.Index(fields=["contact", "action", "-created_at"], name="logs_of_a_contact"),
            # The screen's order, newest first, under each of its filters: no page sorts, however long the table.
            models.Index(fields=["tenant", "-created_at", "-serial"], name="logs_newest"),
            models.Index(
                fields=["tenant", "support_status", "-created_at", "-serial"], name="logs_by_status"
            ),
            models.Index(
                fields=["tenant", "action", "support_status", "-created_at", "-serial"], name="logs_by_action"
            ),
            models.Index(
                fields=["tenant", "provider", "support_status", "-created_at", "-serial"],
                name="logs_by_provider",
                condition=~models.Q(provider=""),
            ),
            models.Index(
                fields=["tenant", "chat", "support_status", "-created_at", "-serial"], name="logs_by_chat"
            ),
            # With the name as it is written, without which PostgreSQL would fetch every row to count them.
            models.Index(
                "tenant",
                Collate(Lower("panel_username"), "C"),
                "support_status",
                models.F("created_at").desc(),
                name="logs_by_panel_username",
                include=["panel_username"],
                condition=~models.Q(panel_username=""),
            ),
            models.Index(
                fields=["tenant", "provider_oid"], name="logs_by_oid", condition=~models.Q(provider_oid="")
            ),
            models.Index(
                fields=["tenant", "support_status", "-created_at", "-serial"],
                name="logs_with_priority",
                condition=models.Q(is_priority=True),
            ),
            models.Index(
                fields=["tenant", "-created_at", "-serial"],
                name="logs_awaiting_a_decision",
                condition=models.Q(facts__contains={"awaiting": "approval"}),
            ),
            # Of those, what nobody has decided yet: to be counted, however many were decided.
            models.Index(
                fields=["tenant"],
                name="logs_undecided",
                condition=models.Q(
                    facts__contains={"awaiting": "approval"},
                    support_status__in=[
                        SupportStatus.OPEN,
                        SupportStatus.ESCALATED,
                        SupportStatus.TICKET_CREATED,
                    ],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.serial}"


class LogStatusChange(TenantModel):
    """One step in a request's life: who moved it, from where to where, when."""

    log = models.ForeignKey(MessageLog, on_delete=models.CASCADE, related_name="status_changes")
    before = models.CharField(max_length=20, choices=SupportStatus.choices, blank=True)
    after = models.CharField(max_length=20, choices=SupportStatus.choices)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_bot = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=AuditSource.choices, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"
