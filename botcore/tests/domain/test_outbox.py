"""Replies on their way out: once, in order, tried again with a growing pause."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from botcore import tasks
from botcore.domain import outbox
from botcore.gateway.base import Capability
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.models import OutboxMessage, SandboxMessage, SandboxSession, WhatsAppNumber
from botcore.tests.factories import ChatFactory, NumberFactory, OutboxMessageFactory
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.scoping import tenant_scope


@pytest.fixture
def chat_row(number):
    return ChatFactory(number=number)


@pytest.fixture
def set_session(number):
    """What the gateway says of the number's connection."""
    return lambda state: SandboxSession.objects.filter(name=number.session_name).update(state=state)


def delivered():
    return list(SandboxMessage.objects.order_by("pk").values_list("text", flat=True))


def test_due_reply_is_sent_once(chat_row, send, clock):
    row = OutboxMessageFactory(chat=chat_row, text="hello", quoted_id="Q1")

    assert [send(), send()] == [1, 0]
    sent = SandboxMessage.objects.get()
    assert (sent.text, sent.chat_wa_id, sent.quoted_id) == ("hello", chat_row.wa_id, "Q1")
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.wa_message_id) == ("sent", clock.now, sent.wa_message_id)


def test_reply_of_the_future_waits(chat_row, send, clock):
    OutboxMessageFactory(chat=chat_row, next_attempt_at=timezone.now() + timedelta(seconds=1))

    assert send() == 0
    clock.advance(seconds=1)
    assert send() == 1


def test_suppressed_is_never_sent(chat_row, send):
    OutboxMessageFactory(chat=chat_row, state="suppressed")

    assert send() == 0
    assert delivered() == []


def test_urgent_goes_first_and_chats_keep_their_order(number, send):
    first, second = ChatFactory(number=number), ChatFactory(number=number)
    OutboxMessageFactory(chat=first, text="advert", priority=90)
    OutboxMessageFactory(chat=second, text="one")
    OutboxMessageFactory(chat=second, text="two")

    send()

    assert delivered() == ["one", "two", "advert"]


def test_more_than_a_batch_goes_out_in_one_go(chat_row, send):
    texts = [OutboxMessageFactory(chat=chat_row).text for _ in range(outbox.BATCH + 5)]

    assert send() == outbox.BATCH + 5
    assert delivered() == texts


def test_passing_fault_is_tried_again_with_growing_pauses_and_given_up(chat_row, send, set_session, clock):
    row = OutboxMessageFactory(chat=chat_row)
    set_session("closed")
    pauses = []
    for _ in range(len(outbox.PAUSES_S)):
        send()
        row.refresh_from_db()
        assert (row.state, row.error_code) == ("queued", "session_not_connected")
        pauses.append((row.next_attempt_at - clock.now).total_seconds())
        clock.advance(seconds=pauses[-1])

    send()

    row.refresh_from_db()
    assert pauses == [10, 10, 30, 120, 600, 1800, 3600]
    assert (row.state, row.attempts) == ("dead", 8)
    assert delivered() == []


def test_is_sent_when_the_session_is_back(chat_row, send, set_session, clock):
    OutboxMessageFactory(chat=chat_row, text="late")
    set_session("closed")
    send()
    set_session("open")

    assert send() == 0
    clock.advance(seconds=10)
    assert send() == 1
    row = OutboxMessage.objects.get(text="late")
    assert (row.state, row.error_code, row.attempts) == ("sent", "", 2)


def test_later_reply_waits_behind_an_earlier_one_of_its_chat_alone(number, send, set_session, clock):
    stuck, other = ChatFactory(number=number), ChatFactory(number=number)
    OutboxMessageFactory(chat=stuck, text="one")
    set_session("closed")
    send()
    set_session("open")
    OutboxMessageFactory(chat=stuck, text="two")
    OutboxMessageFactory(chat=other, text="elsewhere")

    send()
    assert delivered() == ["elsewhere"]
    clock.advance(seconds=10)
    send()
    assert delivered() == ["elsewhere", "one", "two"]


def test_fault_holds_back_the_rest_of_its_chat(chat_row, send, set_session, clock):
    for text in ("one", "two"):
        OutboxMessageFactory(chat=chat_row, text=text)
    set_session("closed")
    send()
    set_session("open")

    clock.advance(seconds=10)
    send()

    assert delivered() == ["one", "two"]


def test_sender_leaves_what_waits_behind_a_reply_put_off(chat_row, send, set_session, number, clock):
    """By a clock that runs: it used to take the number again at once, for as long as the earlier reply waited."""
    OutboxMessageFactory(chat=chat_row, text="one")
    set_session("closed")
    send()
    OutboxMessageFactory(chat=chat_row, text="two")
    statements = []

    def count(execute, sql, params, many, context):
        statements.append(sql)
        assert len(statements) < 50
        return execute(sql, params, many, context)

    with time_machine.travel(clock.now, tick=True), connection.execute_wrapper(count):
        assert send() == 0


def test_number_that_is_not_live_sends_nothing_until_it_is(chat_row, send, number):
    OutboxMessageFactory(chat=chat_row, text="later")
    WhatsAppNumber.objects.filter(pk=number.pk).update(state="closed")

    assert send() == 0
    assert outbox.numbers_due(now=timezone.now(), limit=9) == []
    WhatsAppNumber.objects.filter(pk=number.pk).update(state="open")
    assert outbox.numbers_due(now=timezone.now(), limit=9) == [(number.tenant_id, number.pk)]
    assert send() == 1
    row = OutboxMessage.objects.get(text="later")
    assert row.attempts == 1


def test_what_a_dead_sender_left_is_sent_and_not_doubled(chat_row, send, number):
    """It died between the gateway's answer and its own commit; the sandbox delivers one reference once."""
    row = OutboxMessageFactory(chat=chat_row, text="hello")
    send()
    OutboxMessage.objects.filter(pk=row.pk).update(state="sending", sent_at=None)

    send()

    assert delivered() == ["hello"]
    row.refresh_from_db()
    assert row.state == "sent"


def test_where_a_gateway_may_double_what_a_dead_sender_left_is_not_repeated(chat_row, send, monkeypatch):
    monkeypatch.setattr(SandboxDriver, "capabilities", SandboxDriver.capabilities - {Capability.SENDS_ONCE})
    row = OutboxMessageFactory(chat=chat_row, state="sending")

    send()

    row.refresh_from_db()
    assert (row.state, row.error_code) == ("dead", "send_unclear")
    assert delivered() == []


def test_another_senders_number_is_left_alone_until_its_lease_ends(chat_row, send, number, clock):
    OutboxMessageFactory(chat=chat_row)
    WhatsAppNumber.objects.filter(pk=number.pk).update(sender_until=clock.now + timedelta(seconds=60))

    assert send() == 0
    clock.advance(seconds=61)
    assert send() == 1


def test_number_is_free_afterwards(chat_row, send, number):
    OutboxMessageFactory(chat=chat_row)
    send()

    number.refresh_from_db()
    assert (number.sender_token, number.sender_until) == (None, None)


def test_one_numbers_trouble_is_its_own(tenant, chat_row, send, set_session):
    other = NumberFactory(tenant=tenant)
    OutboxMessageFactory(chat=chat_row)
    OutboxMessageFactory(chat=ChatFactory(number=other), text="fine")
    set_session("closed")

    send()
    outbox.send_due(tenant_id=tenant.pk, number_id=other.pk)

    assert delivered() == ["fine"]


def test_sweeper_sends_what_nobody_was_woken_for(chat_row, worker):
    OutboxMessageFactory(chat=chat_row, text="left behind")

    outside(tasks.sweep)
    worker.run()

    assert delivered() == ["left behind"]


@pytest.mark.django_db(transaction=True)
def test_two_senders_on_one_number_send_each_reply_once_and_in_order(tenant, chat_row, number):
    texts = [OutboxMessageFactory(chat=chat_row).text for _ in range(40)]

    def send(_):
        with tenant_scope(tenant.pk):
            return outbox.send_due(tenant_id=tenant.pk, number_id=number.pk)

    assert sum(at_once(4, send)) == 40
    assert delivered() == texts
