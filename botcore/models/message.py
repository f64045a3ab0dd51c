from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from botcore.enums import InboxState, OutboxPriority, OutboxState
from botcore.models.chat import Chat
from botcore.models.whatsapp_number import WhatsAppNumber
from tenants.models import Contact
from tenants.scoping import TenantModel

# A message is written to all its indexes several times: what one of them begins with gets none of its own (db_index).


class InboxMessage(TenantModel):
    """A message as it came in: committed before the webhook is answered, unique on its WhatsApp id."""

    number = models.ForeignKey(WhatsAppNumber, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="inbox", db_index=False)
    wa_message_id = models.CharField(max_length=128)
    sender_phone = models.CharField(max_length=20, blank=True, help_text="Digits alone.")
    sender_lid = models.CharField(max_length=40, blank=True, help_text="Digits alone.")
    sender_name = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)
    media_kind = models.CharField(
        max_length=20, blank=True, help_text="image, audio, …; empty for text alone"
    )
    quoted_id = models.CharField(max_length=128, blank=True)
    quoted_text = models.TextField(blank=True)
    mentions = ArrayField(
        models.CharField(max_length=64), default=list, blank=True, help_text="Digits alone."
    )
    edits_id = models.CharField(
        max_length=128, blank=True, db_default="", help_text="The message whose new text this is."
    )
    from_me = models.BooleanField(default=False, help_text="A person wrote it on the linked phone.")
    is_late = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Sent while the number was away: logged, not acted upon.",
    )
    sent_at = models.DateTimeField(help_text="By the sender's WhatsApp.")
    received_at = models.DateTimeField()

    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=InboxState.choices, default=InboxState.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Runs begun since one ended in order.")
    deferrals = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Times it was put off.")
    reruns = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Times the team had it run again after its end."
    )
    run_at = models.DateTimeField(null=True, blank=True, help_text="When a waiting message is run next.")
    run_token = models.UUIDField(null=True, editable=False)
    run_until = models.DateTimeField(null=True, editable=False)
    handled_at = models.DateTimeField(null=True, blank=True)
    trace = models.JSONField(
        null=True, blank=True, help_text="How it was handled; kept for sandbox numbers alone."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chat", "wa_message_id"], name="a_message_comes_once")]
        indexes = [
            models.Index(
                fields=["chat", "sent_at", "id"], name="inbox_next", condition=Q(state=InboxState.RECEIVED)
            ),
            models.Index(
                fields=["received_at"], name="inbox_left_behind", condition=Q(state=InboxState.RECEIVED)
            ),
            models.Index(fields=["chat", "-id"], name="inbox_by_chat"),
            models.Index(fields=["run_at"], name="inbox_due", condition=Q(state=InboxState.WAITING)),
            models.Index(fields=["tenant", "received_at"], name="inbox_of_a_day", condition=Q(from_me=False)),
        ]

    def __str__(self) -> str:
        return self.wa_message_id


# The part of a message that holds a code or a first password: nobody is shown its text, and it is forgotten once sent.
SECRET_PART = "account"  # noqa: S105 -- a name


class OutboxMessage(TenantModel):
    """A text on its way out, written in the transaction of the log rows it answers."""

    number = models.ForeignKey(WhatsAppNumber, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="outbox", db_index=False)
    inbox = models.ForeignKey(
        InboxMessage, null=True, blank=True, on_delete=models.SET_NULL, related_name="replies", db_index=False
    )
    part = models.CharField(max_length=40, blank=True, help_text="Which answer to the message: ack, reply, …")
    text = models.TextField()
    quoted_id = models.CharField(max_length=128, blank=True)
    mentions = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    priority = models.PositiveSmallIntegerField(
        choices=OutboxPriority.choices, default=OutboxPriority.SUPPORT
    )
    state = models.CharField(max_length=10, choices=OutboxState.choices, default=OutboxState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    error_code = models.CharField(max_length=60, blank=True)
    wa_message_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField()
    requeued_at = models.DateTimeField(
        null=True, blank=True, help_text="When the team had it sent again: it is too late a day after that."
    )
    # When the gateway was last asked to send it; a send without an answer is cleared up from then on.
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "part"], condition=Q(inbox__isnull=False), name="a_message_is_answered_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["number", "priority", "id"],
                name="outbox_next",
                condition=Q(state__in=[OutboxState.QUEUED, OutboxState.SENDING]),
            ),
            models.Index(
                fields=["number", "tried_at"], name="outbox_unclear", condition=Q(state=OutboxState.UNCLEAR)
            ),
            models.Index(
                fields=["number", "-sent_at"], name="outbox_pace", condition=Q(sent_at__isnull=False)
            ),
            models.Index(
                fields=["number", "wa_message_id"], name="outbox_by_wa_id", condition=~Q(wa_message_id="")
            ),
            models.Index(fields=["chat", "-id"], name="outbox_by_chat"),
            models.Index(fields=["-id"], name="outbox_dead", condition=Q(state=OutboxState.DEAD)),
            models.Index(
                fields=["tenant", "-id"], name="outbox_dead_of_tenant", condition=Q(state=OutboxState.DEAD)
            ),
        ]

    def __str__(self) -> str:
        return f"to {self.chat_id}: {self.state}"
