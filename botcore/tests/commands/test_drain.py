"""A chat is drained by one at a time, in order, and whoever dies leaves nothing behind."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from botcore import tasks
from botcore.commands import drain
from botcore.models import Chat, InboxMessage, MessageLog, OutboxMessage
from botcore.tests.factories import ChatFactory, InboxMessageFactory
from smmbot.testing.threads import at_once, wait_until
from smmbot.testing.worker import outside
from tenants.scoping import tenant_scope


@pytest.fixture
def drained(tenant):
    """Drain a chat as a worker's thread does; returns how many messages were handled."""

    def run(chat_id):
        with tenant_scope(tenant.pk):
            return drain.drain_chat(tenant_id=tenant.pk, chat_id=chat_id)

    return run


def answered():
    """Ids of messages in the order in which they were answered."""
    return list(OutboxMessage.objects.order_by("pk").values_list("inbox_id", flat=True))


def test_messages_are_handled_by_the_time_they_were_sent(chat, drained):
    late = chat.post("help", timestamp=timezone.now().timestamp())
    early = chat.post("my username", timestamp=timezone.now().timestamp() - 60)

    drained(chat.read(late).message.chat_id)

    assert answered() == [chat.read(early).message.pk, chat.read(late).message.pk]


def test_chat_held_by_another_is_left_alone_until_its_lease_ends(chat, drained, clock, settings):
    message_id = chat.post("help")
    chat_id = chat.read(message_id).message.chat_id
    Chat.objects.update(
        drain_token=uuid.uuid4(), drain_until=clock.now + timedelta(seconds=settings.CHAT_LEASE_S)
    )

    assert drained(chat_id) == 0
    clock.advance(seconds=settings.CHAT_LEASE_S + 1)
    assert drained(chat_id) == 1


def test_chat_is_free_afterwards(chat):
    row = chat.say("help").message.chat

    assert (row.drain_token, row.drain_until) == (None, None)


def test_draining_an_empty_chat_is_harmless(chat, drained):
    chat_id = chat.say("help").message.chat_id

    assert drained(chat_id) == 0


def test_message_that_brought_its_worker_down_three_times_is_given_up(chat, worker):
    message_id = chat.post("cancel 54321")
    InboxMessage.objects.update(attempts=3)

    worker.run()

    said = chat.read(message_id)
    assert (said.state, said.key) == ("failed", "something_went_wrong")
    assert said.text == "Something went wrong on our side. Our team sees your message and will answer."
    assert (said.log.action, said.log.is_priority, said.log.support_status) == ("unhandled", True, "open")


def test_message_that_brought_its_worker_down_twice_is_tried_again(chat, worker):
    message_id = chat.post("check 54321")
    InboxMessage.objects.update(attempts=2)

    worker.run()

    assert chat.read(message_id).key == "order_status"


def test_fault_of_ours_is_answered_neutrally_and_seen_by_the_staff(chat):
    """The panel's key was stored with an encryption key that is gone."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE panel_panelconnection SET api_key = 'gAAAAABnot-a-token-of-ours'")

    said = chat.say("check 54321")

    assert (said.state, said.key, said.log.is_priority) == ("failed", "something_went_wrong", True)
    assert chat.say("help").key == "help"


def test_left_behind_chat_is_found_by_the_sweeper(chat, worker, clock, settings):
    message_id = chat.post("help")
    worker.lose()

    outside(tasks.sweep)
    assert worker.waiting() == []
    clock.advance(seconds=settings.SWEEP_AFTER_S + 1)
    outside(tasks.sweep)
    worker.run()

    assert chat.read(message_id).key == "help"


def test_waiting_message_is_run_by_one_alone(chat, tenant, clock):
    row = InboxMessageFactory(
        chat=ChatFactory(number=chat.number),
        text="help",
        state="waiting",
        run_at=clock.now,
        run_token=uuid.uuid4(),
        run_until=clock.now + timedelta(seconds=30),
    )

    assert drain.run_waiting(tenant_id=tenant.pk, message_id=row.pk) is False
    clock.advance(seconds=31)
    assert drain.run_waiting(tenant_id=tenant.pk, message_id=row.pk) is True
    assert drain.run_waiting(tenant_id=tenant.pk, message_id=row.pk) is False


def test_another_tenants_chat_is_not_drained(chat, other_tenant):
    message_id = chat.post("help")
    chat_id = chat.read(message_id).message.chat_id

    assert outside(lambda: _drain_as(other_tenant, chat_id)) == 0
    assert chat.read(message_id).state == "received"


def _drain_as(tenant, chat_id):
    with tenant_scope(tenant.pk):
        return drain.drain_chat(tenant_id=tenant.pk, chat_id=chat_id)


@pytest.mark.django_db(transaction=True)
class TestSideBySide:
    def test_fifty_messages_by_eight_threads_are_answered_in_order_once(self, chat, drained):
        first = chat.post("my username")
        row = chat.read(first).message
        ids = [row.pk] + [
            InboxMessageFactory(chat=row.chat, text="my username", sender_phone=chat.actor.phone).pk
            for _ in range(49)
        ]

        assert sum(at_once(8, lambda _: drained(row.chat_id))) == 50

        assert answered() == ids
        assert list(MessageLog.objects.order_by("serial").values_list("message_id", flat=True)) == ids

    def test_many_chats_are_drained_side_by_side(self, chat, drained):
        rooms = [ChatFactory(number=chat.number) for _ in range(8)]
        for room in rooms * 3:
            InboxMessageFactory(chat=room, text="help")

        assert at_once(8, lambda number: drained(rooms[number].pk)) == [3] * 8

        for room in rooms:
            expected = list(
                InboxMessage.objects.filter(chat=room).order_by("pk").values_list("pk", flat=True)
            )
            assert [pk for pk in answered() if pk in expected] == expected

    def test_message_that_comes_while_a_drain_lets_go_is_not_left_behind(self, chat, tenant, drained):
        row = chat.read(chat.post("help")).message

        def come_and_drain(_):
            for _ in range(5):
                InboxMessageFactory(
                    chat_id=row.chat_id, chat=row.chat, text="help", sender_phone="15550100011"
                )
                drained(row.chat_id)

        at_once(6, come_and_drain)

        assert not InboxMessage.objects.filter(state="received").exists()
        assert len(answered()) == len(set(answered())) == 31

    def test_late_one_cannot_commit_what_another_took_over(self, chat, sandbox, drained, clock, settings):
        sandbox.scenario("slow", times=1, delay_s=0.5)
        message_id = chat.post("check 54321")
        chat_id = chat.read(message_id).message.chat_id
        results = []
        late = threading.Thread(target=lambda: results.append(at_once(1, lambda _: drained(chat_id))[0]))
        late.start()
        wait_until(lambda: sandbox.panel.scenarios.listing() == [])
        clock.advance(seconds=settings.CHAT_LEASE_S + 1)

        assert drained(chat_id) == 1
        late.join()

        assert results == [0]
        assert len(answered()) == 1
        assert MessageLog.objects.count() == 1
