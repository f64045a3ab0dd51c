"""Messages this number leaves alone, though they may be commands: another of the tenant's numbers in the same group has
them, they are the words of the tenant's own bot, or the new spelling of what was answered already.

Read with the claim of the message, because asking the ORM would take longer than the database needs.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from botcore.commands.delivery import Decision, Run
from botcore.enums import ChatKind, InboxState

# bot_tenant_id: whose bot said this, NULL when a person did, be it on a linked phone: its id is in that number's
# outbox, or will be in a moment. speaker_id: the number that speaks in this group; NULL outside groups. twin_state: of
# the same message as another number got it. edited_state: of the message whose new text this is.
BESIDE: Final = """
    (
        SELECT bot.tenant_id FROM botcore_whatsappnumber AS bot
        WHERE bot.state = 'open' AND bot.id <> {message}.number_id
        AND ((bot.phone <> '' AND bot.phone = {message}.sender_phone)
            OR (bot.lid <> '' AND bot.lid = {message}.sender_lid))
        AND EXISTS (
            SELECT FROM botcore_outboxmessage AS said WHERE said.number_id = bot.id
            AND (said.wa_message_id = {message}.wa_message_id
                OR (said.state IN ('sending', 'unclear') AND said.text = {message}.text))
        )
        LIMIT 1
    ) AS bot_tenant_id,
    (
        SELECT number.id FROM botcore_chat AS here JOIN botcore_chat AS seat ON seat.group_id = here.group_id
        JOIN botcore_whatsappnumber AS number ON number.id = seat.number_id
        WHERE here.id = {message}.chat_id AND number.state = 'open'
        ORDER BY number.is_default DESC, number.id LIMIT 1
    ) AS speaker_id,
    (
        -- One that only stood back has no contact yet.
        SELECT CASE WHEN twin.state = 'waiting' AND twin.contact_id IS NULL THEN 'received' ELSE twin.state END
        FROM botcore_chat AS here JOIN botcore_chat AS seat ON seat.group_id = here.group_id
        JOIN botcore_inboxmessage AS twin ON twin.chat_id = seat.id
        WHERE here.id = {message}.chat_id AND seat.id <> here.id AND twin.wa_message_id = {message}.wa_message_id
        ORDER BY twin.state IN ('received', 'ignored'), twin.id LIMIT 1
    ) AS twin_state,
    (
        SELECT edited.state FROM botcore_inboxmessage AS edited
        WHERE edited.chat_id = {message}.chat_id AND {message}.edits_id <> ''
        AND edited.wa_message_id = {message}.edits_id
    ) AS edited_state
"""
# So long the group's first number may take to get a message that another one has.
TWIN_WITHIN: Final = timedelta(seconds=20)
_TAKEN_UP: Final = (InboxState.HANDLED, InboxState.WAITING, InboxState.FAILED)


def decide(this: Run, *, now: datetime) -> Decision | None:
    """What becomes of a message that is not this number's to answer; None: it is."""
    message, beside = this.message, _Beside(this.message)
    if message.reruns:
        return None  # the team wants it answered, whatever else is so
    if beside.bot_tenant_id == message.tenant_id or beside.edited_state in _TAKEN_UP:
        return Decision(InboxState.IGNORED)
    if this.chat.kind != ChatKind.GROUP:
        return None
    if beside.twin_state in _TAKEN_UP:
        return Decision(InboxState.IGNORED)
    if beside.speaker_id in (None, message.number_id):
        return None
    if beside.twin_state is not None:
        return Decision(InboxState.IGNORED)
    if now - message.received_at >= TWIN_WITHIN:
        return None  # the other is silent: nobody else will answer
    return Decision(InboxState.WAITING, run_at=message.received_at + TWIN_WITHIN)


def is_from_another_bot(this: Run) -> bool:
    """Another tenant's bot said it: commands are answered (a reseller asks its supplier), small talk would not end."""
    return _Beside(this.message).bot_tenant_id is not None


class _Beside:
    """The columns read beside the message; a message that was not claimed by drain.py has none."""

    def __init__(self, message: Any) -> None:
        found = vars(message)
        self.bot_tenant_id: int | None = found.get("bot_tenant_id")
        self.speaker_id: int | None = found.get("speaker_id")
        self.twin_state: str | None = found.get("twin_state")
        self.edited_state: str | None = found.get("edited_state")
