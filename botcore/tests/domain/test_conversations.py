"""What a log shows of the chat around a message."""

import pytest

from botcore.domain import conversations
from botcore.tests.factories import ChatFactory, InboxMessageFactory, OutboxMessageFactory

NOTES = {
    "queued": ({"state": "queued"}, "On its way"),
    "sending": ({"state": "sending"}, "On its way"),
    "unclear": ({"state": "unclear"}, "Perhaps sent: this is being found out"),
    "silent": ({"state": "suppressed"}, "Not sent: silent mode"),
    "switched off": ({"state": "suppressed", "error_code": "switched_off"}, "the bot was switched off here"),
    "too much": ({"state": "suppressed", "error_code": "loop_guard"}, "too many messages"),
    "discarded": ({"state": "suppressed", "error_code": "discarded"}, "discarded by your team"),
    "dead": ({"state": "dead", "error_code": "too_late"}, "Not delivered: It could not go out for a day"),
    "sent": ({"state": "sent"}, ""),
    "delivered": ({"state": "sent", "delivered_at": "now"}, "Delivered"),
    "read": ({"state": "sent", "delivered_at": "now", "read_at": "now"}, "Read"),
}


@pytest.mark.parametrize(("fields", "note"), NOTES.values(), ids=NOTES)
def test_an_answer_says_what_became_of_it(number, clock, fields, note):
    chat = ChatFactory(number=number)
    asked = InboxMessageFactory(chat=chat)
    values = {name: clock.now if value == "now" else value for name, value in fields.items()}
    OutboxMessageFactory(chat=chat, inbox=asked, part="reply", **values)

    _, answer = conversations.around(chat=chat, message=asked)

    assert note in answer.note
    assert bool(answer.note) == bool(note)
