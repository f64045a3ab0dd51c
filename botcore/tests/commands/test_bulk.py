"""Many orders in one message: up to ten at once, more in the background, never more than a hundred."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore import tasks
from botcore.commands import drain
from botcore.models import InboxMessage
from smmbot.testing.worker import outside

ACK = "Got it: {} orders. I am working through them and will send you the result here."


def ids(first, count):
    return " ".join(str(first + number) for number in range(count))


def test_ten_are_done_while_the_sender_waits(chat):
    said = chat.say(f"check {ids(54321, 10)}")

    assert len(said.keys) == 10
    assert len(said.texts) == 1


def test_eleven_are_acknowledged_and_answered_later(chat, worker, tenant):
    message_id = chat.post(f"check {ids(54321, 11)}")
    message = InboxMessage.objects.get()
    outside(lambda: tasks.drain_chat(tenant.pk, message.chat_id))

    said = chat.read(message_id)
    assert (said.state, said.keys, said.logs) == ("waiting", ("bulk_ack",), ())

    outside(lambda: tasks.run_waiting(tenant.pk, message.pk))
    worker.run()
    said = chat.read(message_id)
    assert said.state == "handled"
    assert said.texts[0] == ACK.format(11)
    assert said.texts[1].startswith("*Here is the result for your 11 orders*\n*54321* · In Progress")
    assert len(said.logs) == 11


def test_background_run_is_woken_at_once(chat):
    said = chat.say(f"refill {ids(54321, 12)}")

    assert said.state == "handled"
    assert len(said.texts) == 2


def test_hundred_are_taken_in_one_call(chat, sandbox):
    said = chat.say(f"check {ids(54301, 100)}")

    assert len(said.logs) == 100
    assert len(sandbox.requests()) == 1


def test_more_than_a_hundred_are_refused_with_the_limit(chat, sandbox):
    said = chat.say(f"check {ids(54301, 101)}")

    assert said.text == (
        "That is 101 orders; I take up to 100 in one message. Please send the rest in a second one."
    )
    assert sandbox.requests() == []
    assert said.log.order_id is None


def test_chat_goes_on_while_the_background_works(chat, tenant):
    slow = chat.post(f"check {ids(54321, 11)}")
    drain.drain_chat(tenant_id=tenant.pk, chat_id=InboxMessage.objects.get().chat_id)

    assert chat.read(slow).state == "waiting"
    assert chat.say("my username").key == "my_username_reply"


def test_every_id_of_a_write_is_written_once(chat, sandbox, put_order):
    for number in range(12):
        put_order(70_001 + number, user="anna_media", status="pending")

    said = chat.say(f"cancel {ids(70_001, 12)}")
    chat.say_again(said)

    written = [order_id for write in sandbox.writes() for order_id in write["changed"]["ids"]]
    assert sorted(written) == [70_001 + number for number in range(12)]


@pytest.fixture
def queries_of(chat, tenant):
    """Statements a drain needs for one message of somebody the bot knows."""
    chat.say("help")

    def count(text):
        chat.post(text)
        chat_id = InboxMessage.objects.filter(state="received").get().chat_id
        with CaptureQueriesContext(connection) as seen:
            assert drain.drain_chat(tenant_id=tenant.pk, chat_id=chat_id) == 1
        return [one["sql"] for one in seen if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]

    return count


def test_check_costs_few_statements_whatever_the_number_of_orders(queries_of):
    one, ten = queries_of("check 54321"), queries_of(f"check {ids(54321, 10)}")

    assert len(one) == len(ten)
    assert len(one) <= 12, "\n".join(one)


def test_chatter_costs_few_statements(queries_of):
    assert len(queries_of("good morning everyone")) <= 8
