"""Escalation: the orders of a request go to the provider's group, whichever way the status was set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from botcore.domain import forwarding, templates
from botcore.enums import Action
from botcore.models import InboxMessage, MessageLog, WhatsAppNumber


@dataclass(frozen=True, slots=True)
class Escalated:
    """sent: order ids passed on; unsent: those whose provider has no group, or that no provider holds."""

    sent: tuple[int, ...]
    unsent: tuple[int, ...]


def escalate(
    *, tenant_id: int, logs: Sequence[MessageLog], message: InboxMessage | None, now: datetime
) -> Escalated:
    """Pass the orders of these rows on. message: the command that asked for it, if one did."""
    # The newest row of an order need not know its provider: the panel was down, or a stranger asked after it.
    by_knowledge = sorted(logs, key=lambda row: (bool(row.provider_oid), row.pk))
    newest = {row.order_id: row for row in by_knowledge if row.order_id is not None}
    number = _number(tenant_id, message)
    if number is None or not newest:
        return Escalated((), tuple(newest))
    done = forwarding.forward(
        tenant_id=tenant_id,
        number=number,
        action=Action.ESCALATION,
        format_name="escalation",
        items=[forwarding.Item(pk, row.provider, row.provider_oid) for pk, row in newest.items()],
        message=message,
        now=now,
        own_format=templates.own_texts(tenant_id=tenant_id)
        .get("escalation_message", "")
        .replace("{order_ids}", "{oids}"),
    )
    return Escalated(tuple(done.sent), tuple(pk for pk in newest if pk not in done.sent))


def _number(tenant_id: int, message: InboxMessage | None) -> WhatsAppNumber | None:
    numbers = WhatsAppNumber.objects.filter(tenant_id=tenant_id)
    if message is not None:
        return numbers.get(pk=message.number_id)
    return numbers.order_by("-is_default", "pk").first()
