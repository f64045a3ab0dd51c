"""Messages come in: once each, whole, whatever is in them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from botcore.domain import inbox
from botcore.domain.inbox import NumberRef
from botcore.gateway.types import Address, MessageReceived
from botcore.models import Chat, Group, InboxMessage
from botcore.tests.factories import ChatFactory, InboxMessageFactory

GROUP = "120363777@g.us"


@pytest.fixture
def ref(number):
    return NumberRef(number.pk, number.tenant_id)


@pytest.fixture
def event(clock):
    anna = Address(phone="15550100011", lid="99900000000011")
    return MessageReceived(chat=anna, sender=anna, message_id="M1", sent_at=clock.now, text="check 54321")


def test_first_message_makes_its_chat_and_asks_for_a_drain(ref, event):
    chat_id = inbox.receive(number=ref, event=event)

    chat = Chat.objects.get()
    assert (chat.pk, chat.kind, chat.wa_id, chat.group) == (
        chat_id,
        "user",
        "15550100011@s.whatsapp.net",
        None,
    )
    row = InboxMessage.objects.get()
    assert (row.state, row.text, row.sender_phone, row.sender_lid) == (
        "received", "check 54321", "15550100011", "99900000000011",
    )  # fmt: skip


def test_same_message_five_times_is_stored_once_and_wakes_once(ref, event):
    answers = [inbox.receive(number=ref, event=event) for _ in range(5)]

    assert answers[1:] == [None] * 4
    assert answers[0] is not None
    assert InboxMessage.objects.count() == 1


def test_one_id_in_two_chats_is_two_messages(ref, event):
    other = replace(event, chat=Address(group=GROUP))

    assert inbox.receive(number=ref, event=event) != inbox.receive(number=ref, event=other)
    assert InboxMessage.objects.count() == 2


def test_known_chat_costs_one_statement(ref, event, django_assert_num_queries):
    inbox.receive(number=ref, event=event)

    with django_assert_num_queries(1):
        inbox.receive(number=ref, event=replace(event, message_id="M2"))


def test_new_group_appears_with_everything_switched_off(ref, event):
    inbox.receive(number=ref, event=replace(event, chat=Address(group=GROUP)))

    group = Group.objects.get(wa_id=GROUP)
    assert (group.support_enabled, group.marketing_enabled, group.silent_mode) == (False, False, False)
    assert Chat.objects.get().group == group


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("check\x00 54321", "check 54321"),
        ("refill \ud83d 54321", "refill ? 54321"),
        ("भाई 😂 ৫৪৩২১", "भाई 😂 ৫৪৩২১"),
        ("x" * 70_000, "x" * 65_536),
    ],
)
def test_any_text_is_stored(ref, event, sent, stored):
    event = replace(event, text=sent, quoted_text=sent, sender_name=sent)

    assert inbox.receive(number=ref, event=event) is not None
    row = InboxMessage.objects.get()
    assert (row.text, row.quoted_text, row.sender_name) == (stored, stored, stored[:100])


@pytest.mark.parametrize("field", ["message_id", "quoted_id", "media_kind"])
def test_no_field_of_a_gateway_makes_a_message_unstorable(ref, event, field):
    event = replace(event, **{field: "a\x00\udc00" + "b" * 300})

    assert inbox.receive(number=ref, event=event) is not None


def test_no_mention_makes_a_message_unstorable(ref, event):
    event = replace(event, mentions=("1\x00\ud800" + "2" * 99,) * 300)

    assert inbox.receive(number=ref, event=event) is not None


def test_own_message_is_history_and_asks_for_nothing(ref, event):
    assert inbox.receive(number=ref, event=replace(event, from_me=True)) is None
    assert InboxMessage.objects.get().state == "ignored"


def test_left_behind_are_those_nobody_took_up(number):
    now = timezone.now()
    old, fresh = now - timedelta(seconds=9), now - timedelta(seconds=1)
    waits, talks, rests = (ChatFactory(number=number) for _ in range(3))
    for _ in range(2):
        InboxMessageFactory(chat=waits, received_at=old)
    InboxMessageFactory(chat=talks, received_at=fresh)
    InboxMessageFactory(chat=rests, received_at=old, state="handled")

    found = inbox.left_behind(before=now - timedelta(seconds=5), limit=10)

    assert found == [(number.tenant_id, waits.pk)]


def test_due_are_those_whose_time_has_come(number):
    now = timezone.now()
    chat = ChatFactory(number=number)
    due = InboxMessageFactory(chat=chat, state="waiting", run_at=now)
    InboxMessageFactory(chat=chat, state="waiting", run_at=now + timedelta(seconds=1))

    assert inbox.due(now=now, limit=10) == [(number.tenant_id, due.pk)]
