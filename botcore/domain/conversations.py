"""What was said in a chat around a moment, by both sides, in order."""

from dataclasses import dataclass
from datetime import datetime

from botcore.domain import dead_letters, still_wanted
from botcore.domain.pacing import Why
from botcore.enums import OutboxState
from botcore.models import Chat, InboxMessage, OutboxMessage

BEFORE, AFTER = 8, 5
_UNSENT = {
    still_wanted.SWITCHED_OFF: "Not sent: the bot was switched off here",
    Why.LOOP_GUARD: "Not sent: too many messages in this chat",
    dead_letters.DISCARDED: "Not delivered, and discarded by your team",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message. is_ours: the bot's, or a person's on the linked phone. is_asked: the one in question.

    note: what is to be known of it, such as that it was not delivered.
    """

    at: datetime
    text: str
    who: str
    is_ours: bool
    is_asked: bool = False
    note: str = ""


def around(*, chat: Chat, message: InboxMessage) -> list[Line]:
    """The messages before and after this one, with the bot's answers. Read by the chats' indexes: a long chat costs
    no more than a short one."""
    said = InboxMessage.objects.filter(tenant_id=chat.tenant_id, chat=chat)
    inbox = [
        *said.filter(pk__lte=message.pk).order_by("-pk")[: BEFORE + 1],
        *said.filter(pk__gt=message.pk).order_by("pk")[:AFTER],
    ]
    ours = OutboxMessage.objects.filter(tenant_id=chat.tenant_id, chat=chat)
    outbox = {row.pk: row for row in ours.filter(inbox__in=[row.pk for row in inbox])}
    if outbox:
        # News of the bot's own, said in between.
        between = ours.filter(pk__gte=min(outbox), pk__lte=max(outbox) + AFTER, inbox=None)
        outbox |= {row.pk: row for row in between.order_by("pk")[: BEFORE + AFTER]}
    lines = [_heard(row, message) for row in inbox] + [_answered(row) for row in outbox.values()]
    return sorted(lines, key=lambda line: line.at)


def _heard(row: InboxMessage, asked: InboxMessage) -> Line:
    text = row.text or (f"[{row.media_kind}]" if row.media_kind else "[empty message]")
    return Line(
        at=row.received_at,
        text=text,
        who="You, on the phone" if row.from_me else row.sender_name or _phone(row) or "Customer",
        is_ours=row.from_me,
        is_asked=row.pk == asked.pk,
        note=f"Sent {row.media_kind}" if row.text and row.media_kind else "",
    )


def _phone(row: InboxMessage) -> str:
    return f"+{row.sender_phone}" if row.sender_phone else ""


def _answered(row: OutboxMessage) -> Line:
    return Line(at=row.created_at, text=row.text, who="Bot", is_ours=True, note=_note(row))


def _note(row: OutboxMessage) -> str:
    if row.state == OutboxState.SUPPRESSED:
        return _UNSENT.get(row.error_code, "Not sent: silent mode")
    if row.state == OutboxState.DEAD:
        return f"Not delivered: {dead_letters.explain(row.error_code).text}"
    if row.state == OutboxState.UNCLEAR:
        return "Perhaps sent: this is being found out"
    if row.state != OutboxState.SENT:
        return "On its way"
    return "Read" if row.read_at else "Delivered" if row.delivered_at else ""
