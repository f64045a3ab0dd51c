"""A provider's group: what its people write answers our requests; only the team's own commands work there."""

import uuid

from django.db import transaction
from django.utils import timezone

from botcore.commands import delivery, pipeline
from botcore.commands.context import Trace
from botcore.commands.delivery import Decision, Run, Spoken
from botcore.domain import provider_answers
from botcore.domain.config import Config
from botcore.enums import InboxState
from botcore.models import Chat, InboxMessage
from tenants.domain.identities import resolve_person


def run(*, message: InboxMessage, chat: Chat, settings: Config, run_token: uuid.UUID) -> None:
    """Handle one claimed message of a provider's group to its end. Raises LeaseLost."""
    person = resolve_person(
        tenant_id=message.tenant_id, phone=message.sender_phone, lid=message.sender_lid, name=message.sender_name
    )
    if person.role is not None:
        pipeline.run(message=message, chat=chat, settings=settings, run_token=run_token)
        return
    this = Run(message, chat, run_token, settings, Trace())
    # One transaction: an answer that is taken is told once, whatever dies in between.
    with transaction.atomic():
        taken = provider_answers.take(message=message, chat=chat, config=settings, now=timezone.now())
        this.trace.add("provider_answer", orders=[request.order_id for request in taken][:20])
        state = InboxState.HANDLED if taken else InboxState.IGNORED
        delivery.commit(this, person, Decision(state), Spoken())
