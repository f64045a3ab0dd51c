"""How far a message of ours came: only forward, whatever the order in which it is told."""

from datetime import timedelta
from itertools import permutations

import pytest

from botcore.domain import dead_letters, deliveries
from botcore.enums import DeliveryState
from botcore.gateway.types import MessageStatus
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.tests.factories import ChatFactory, NumberFactory, OutboxMessageFactory


@pytest.fixture
def sent(paced_chat, clock):
    return OutboxMessageFactory(chat=paced_chat, state="sent", sent_at=clock.now, wa_message_id="WA1")


@pytest.fixture
def tell(paced, clock):
    """The gateway says so, some seconds after the message was sent."""

    def move(state, *, after_s=10, error="", message_id="WA1", number=paced):
        status = MessageStatus(
            message_id, DeliveryState(state), at=clock.now + timedelta(seconds=after_s), error=error
        )
        return deliveries.moved(tenant_id=number.tenant_id, number_id=number.pk, status=status)

    return move


def test_delivered_and_read_are_written_down_once(sent, tell, clock):
    assert tell("accepted", after_s=1) is False
    assert tell("delivered", after_s=2) is True
    assert tell("delivered", after_s=9) is False
    assert tell("read", after_s=5) is True
    assert tell("read", after_s=8) is False

    sent.refresh_from_db()
    assert sent.delivered_at == clock.now + timedelta(seconds=2)
    assert sent.read_at == clock.now + timedelta(seconds=5)
    assert sent.state == "sent"


def test_in_any_order_a_message_that_was_read_was_delivered(paced_chat, tell, clock):
    for n, order in enumerate(permutations(["accepted", "delivered", "read", "failed"])):
        row = OutboxMessageFactory(
            chat=paced_chat, state="sent", sent_at=clock.now, wa_message_id=f"ORDER{n}"
        )
        for state in order:
            tell(state, message_id=f"ORDER{n}")

        row.refresh_from_db()
        assert (row.state, row.error_code, bool(row.delivered_at), bool(row.read_at)) == (
            "sent",
            "",
            True,
            True,
        )


def test_read_is_delivered_too(sent, tell):
    tell("read")

    sent.refresh_from_db()
    assert sent.delivered_at == sent.read_at is not None


def test_every_row_that_was_joined_moves(paced_chat, tell, clock):
    rows = [
        OutboxMessageFactory(chat=paced_chat, state="sent", sent_at=clock.now, wa_message_id="WA1")
        for _ in range(3)
    ]

    tell("delivered")

    assert all(row.delivered_at for row in OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]))


def test_what_failed_is_a_dead_letter_that_may_be_sent_again(sent, tell, gateway, send, clock):
    assert tell("failed", error="479") is True
    assert tell("failed", error="479") is False
    sent.refresh_from_db()
    assert (sent.state, sent.error_code) == ("dead", "479")

    dead_letters.send_again(tenant_id=sent.tenant_id, outbox_ids=[sent.pk], now=clock.now)
    clock.advance(seconds=5)
    send()

    sent.refresh_from_db()
    assert (sent.state, gateway.texts) == ("sent", [sent.text])


def test_a_block_told_late_stops_new_chats_too(sent, tell, paced, clock):
    tell("failed", error="463")

    sent.refresh_from_db()
    assert (sent.state, sent.error_code) == ("dead", "reachout_blocked")
    assert WhatsAppNumber.objects.get(pk=paced.pk).no_new_chats_until == clock.now + timedelta(hours=1)


def test_another_numbers_message_of_the_same_id_is_another_message(tenant, sent, tell):
    other = NumberFactory(tenant=tenant)
    theirs = OutboxMessageFactory(chat=ChatFactory(number=other), state="sent", wa_message_id="WA1")

    tell("read")

    theirs.refresh_from_db()
    assert theirs.read_at is None


@pytest.mark.parametrize("message_id", ["", "UNKNOWN"])
def test_a_message_nobody_knows_is_nothing(sent, tell, paced_chat, message_id):
    OutboxMessageFactory(chat=paced_chat, state="sent", wa_message_id="")

    assert tell("read", message_id=message_id) is False


def test_what_waits_again_is_not_moved_by_old_news(sent, tell, clock):
    tell("failed")
    dead_letters.send_again(tenant_id=sent.tenant_id, outbox_ids=[sent.pk], now=clock.now)

    assert tell("delivered") is False
    sent.refresh_from_db()
    assert sent.state == "queued"
