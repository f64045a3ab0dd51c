"""A provider's group: what its people write answers our requests; only the team's own commands work there."""

from django.db import transaction
from django.utils import timezone

from botcore.commands import delivery, pipeline
from botcore.commands.delivery import Decision, Run, Spoken
from botcore.domain import provider_answers
from botcore.enums import InboxState
from tenants.domain.identities import resolve_person


def run(this: Run) -> None:
    """Handle one claimed message of a provider's group to its end. Raises LeaseLost."""
    message = this.message
    person = resolve_person(
        tenant_id=message.tenant_id,
        phone=message.sender_phone,
        lid=message.sender_lid,
        name=message.sender_name,
    )
    if person.role is not None:
        # Ids in this group are the provider's: "3155 refill" of the staff's is no command about our order 3155.
        if this.chat.group is not None:
            this.chat.group.support_enabled = False
        pipeline.run(this)
        return
    # One transaction: an answer that is taken is told once, whatever dies in between.
    with transaction.atomic():
        taken = provider_answers.take(message=message, chat=this.chat, config=this.config, now=timezone.now())
        this.trace.add("provider_answer", orders=[request.order_id for request in taken][:20])
        state = InboxState.HANDLED if taken else InboxState.IGNORED
        delivery.commit(this, person, Decision(state), Spoken())
