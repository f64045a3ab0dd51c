"""A send that nobody knows the end of goes out once, and holds its chat back until it is known."""

import pytest

from botcore import tasks
from botcore.domain import dead_letters, deliveries, numbers, unclear_sends
from botcore.gateway.base import Capability
from botcore.gateway.errors import GatewayUnreachable, SessionNotConnected, Unsupported
from botcore.models import Gateway, OutboxMessage, WhatsAppNumber
from botcore.tests.domain.paced_gateway import Killed
from botcore.tests.factories import ChatFactory, OutboxMessageFactory
from smmbot.testing.worker import outside
from tenants.domain import identities
from tenants.enums import AuditSource
from tenants.models import TenantAdmin


@pytest.fixture
def clear(paced):
    return lambda: unclear_sends.clear(tenant_id=paced.tenant_id, number_id=paced.pk)


@pytest.fixture
def echo(paced):
    """The gateway tells a message of the number's own."""

    def tell(sent, *, chat="", message_id="", text=""):
        return deliveries.echoed(
            tenant_id=paced.tenant_id,
            number_id=paced.pk,
            chat_wa_id=chat or sent.chat,
            message_id=message_id or sent.message_id,
            text=text or sent.text,
            sent_at=sent.at,
        )

    return tell


@pytest.fixture
def lost(gateway, can):
    """The next send reaches WhatsApp, or not, and its answer is lost."""

    def lose(*, arrives, history=False):
        can(*({Capability.HISTORY} if history else ()))
        gateway.loses_answers = arrives
        gateway.faults.append(GatewayUnreachable("timed out", is_unclear=True))

    return lose


def test_a_send_without_an_answer_is_unclear_and_holds_its_chat(
    paced, paced_chat, gateway, lost, send, state_of
):
    lost(arrives=True)
    row = OutboxMessageFactory(chat=paced_chat, text="one")
    send()
    later = OutboxMessageFactory(chat=paced_chat, text="two")
    OutboxMessageFactory(chat=ChatFactory(number=paced), text="elsewhere")
    send()

    assert state_of(row) == ("unclear", "gateway_unreachable")
    assert state_of(later) == ("queued", "")
    assert gateway.texts == ["one", "elsewhere"]


def test_its_echo_clears_it_and_its_chat_goes_on(
    paced_chat, gateway, lost, send, echo, worker, django_capture_on_commit_callbacks
):
    lost(arrives=True)
    row = OutboxMessageFactory(chat=paced_chat, text="one")
    send()
    OutboxMessageFactory(chat=paced_chat, text="two")

    with django_capture_on_commit_callbacks(execute=True):
        assert echo(gateway.sent[0])

    row.refresh_from_db()
    assert (row.state, row.wa_message_id, row.sent_at) == ("sent", "WA1", gateway.sent[0].at)
    worker.run()
    assert gateway.texts == ["one", "two"]


def test_an_echo_that_comes_before_the_answer_is_fine(paced, paced_chat, gateway, send, echo, state_of):
    gateway.on_send = echo
    row = OutboxMessageFactory(chat=paced_chat)

    assert send() == 1

    row.refresh_from_db()
    assert (row.state, row.wa_message_id) == ("sent", "WA1")


def test_an_echo_that_comes_before_the_answer_is_lost_counts_as_an_answer(
    paced, paced_chat, gateway, lost, send, echo, state_of
):
    lost(arrives=True)
    gateway.on_send = echo
    row = OutboxMessageFactory(chat=paced_chat)

    assert send() == 1

    assert state_of(row) == ("sent", "")
    paced.refresh_from_db()
    assert paced.send_failures == 0


def test_an_echo_of_a_message_we_know_is_ours_and_changes_nothing(paced_chat, gateway, send, echo, lost):
    OutboxMessageFactory(chat=paced_chat, text="same words")
    send()
    lost(arrives=False)
    second = OutboxMessageFactory(chat=paced_chat, text="same words")
    send()

    assert echo(gateway.sent[0])

    second.refresh_from_db()
    assert second.state == "unclear"


def test_what_a_person_typed_on_the_phone_is_no_echo(paced_chat, gateway, lost, send, echo, state_of):
    lost(arrives=True)
    row = OutboxMessageFactory(chat=paced_chat, text="one")
    send()

    assert not echo(gateway.sent[0], message_id="PHONE1", text="something else")
    assert not echo(gateway.sent[0], message_id="PHONE2", chat="15550009999@s.whatsapp.net")
    assert state_of(row)[0] == "unclear"


def test_an_echo_may_fold_white_space_and_name_the_chat_by_its_lid(
    paced, gateway, lost, send, echo, state_of
):
    identities.resolve_person(tenant_id=paced.tenant_id, phone="15550005555", lid="99900011122233")
    lost(arrives=True)
    row = OutboxMessageFactory(
        chat=ChatFactory(number=paced, wa_id="15550005555@s.whatsapp.net"), text="one\ntwo "
    )
    send()

    assert echo(gateway.sent[0], chat="99900011122233@lid", text="one two")
    assert state_of(row) == ("sent", "")


def test_an_echo_clears_every_row_that_was_joined(paced_chat, gateway, lost, send, echo, state_of):
    lost(arrives=True)
    rows = [OutboxMessageFactory(chat=paced_chat, text=text) for text in ("one", "two")]
    send()

    assert echo(gateway.sent[0])

    assert [state_of(row)[0] for row in rows] == ["sent", "sent"]
    assert {row.wa_message_id for row in rows} == {"WA1"}


def test_an_echo_that_comes_late_settles_what_was_left_to_the_staff(
    paced_chat, gateway, lost, send, echo, clear, state_of, clock
):
    lost(arrives=True)
    row = OutboxMessageFactory(chat=paced_chat)
    send()
    clock.advance(minutes=3)
    clear()
    assert state_of(row) == ("dead", "send_unclear")

    assert echo(gateway.sent[0])
    assert state_of(row) == ("sent", "")


# --- asking the gateway ------------------------------------------------------------------------------------------


def test_what_the_gateway_finds_was_sent(paced_chat, gateway, lost, send, clear, clock):
    lost(arrives=True, history=True)
    row = OutboxMessageFactory(chat=paced_chat, text="one")
    send()
    clock.advance(seconds=59)
    assert clear() == 0
    clock.advance(seconds=1)

    assert clear() == 1

    row.refresh_from_db()
    assert (row.state, row.wa_message_id) == ("sent", "WA1")


def test_what_it_does_not_find_is_sent_again(paced_chat, gateway, lost, send, clear, state_of, clock):
    lost(arrives=False, history=True)
    rows = [OutboxMessageFactory(chat=paced_chat, text=text) for text in ("one", "two")]
    send()
    clock.advance(seconds=60)

    assert clear() == 1
    assert [state_of(row)[0] for row in rows] == ["queued", "queued"]
    send()
    assert gateway.texts == ["one\n\ntwo"]


def test_while_it_cannot_be_asked_it_is_asked_later(paced_chat, gateway, lost, send, clear, state_of, clock):
    lost(arrives=True, history=True)
    row = OutboxMessageFactory(chat=paced_chat)
    send()
    gateway.history_fault = SessionNotConnected()
    for _ in range(3):
        clock.advance(minutes=10)
        assert clear() == 0
    assert state_of(row)[0] == "unclear"

    gateway.history_fault = None
    assert clear() == 1
    assert state_of(row) == ("sent", "")


def test_it_is_not_asked_for_ever(paced_chat, gateway, lost, send, clear, state_of, clock):
    lost(arrives=True, history=True)
    row = OutboxMessageFactory(chat=paced_chat)
    send()
    gateway.history_fault = SessionNotConnected()
    clock.advance(days=1)

    assert clear() == 1
    assert state_of(row) == ("dead", "send_unclear")


@pytest.mark.parametrize("history", [False, True], ids=["no history", "history it cannot read"])
def test_without_an_answer_it_is_left_to_the_staff_after_three_minutes(
    paced_chat, gateway, lost, send, clear, state_of, clock, history
):
    lost(arrives=True, history=history)
    gateway.history_fault = Unsupported() if history else None
    row = OutboxMessageFactory(chat=paced_chat)
    send()
    clock.advance(seconds=179)
    assert clear() == 0
    clock.advance(seconds=1)

    assert clear() == 1
    assert state_of(row) == ("dead", "send_unclear")
    assert len(gateway.sent) == 1

    dead_letters.send_again(tenant_id=row.tenant_id, outbox_ids=[row.pk], now=clock.now)
    send()
    assert len(gateway.sent) == 2


def test_the_same_words_sent_a_moment_before_are_no_proof(
    paced_chat, gateway, lost, send, clear, state_of, clock
):
    """The gateway finds the message before: whether this one went out too it does not say."""
    OutboxMessageFactory(chat=paced_chat, text="noted")
    send()
    lost(arrives=False, history=True)
    row = OutboxMessageFactory(chat=paced_chat, text="noted")
    send()
    clock.advance(seconds=60)

    assert clear() == 0
    assert state_of(row)[0] == "unclear"
    clock.advance(minutes=2)
    assert clear() == 1
    assert state_of(row) == ("dead", "send_unclear")


def test_a_secret_that_proves_to_be_sent_is_forgotten(paced_chat, gateway, lost, send, clear, clock):
    lost(arrives=True, history=True)
    row = OutboxMessageFactory(chat=paced_chat, part="account", text="123456")
    send()
    clock.advance(seconds=60)
    clear()

    row.refresh_from_db()
    assert (row.state, row.text) == ("sent", "")


def test_a_round_finds_the_numbers_with_something_to_clear(
    paced, paced_chat, gateway, lost, send, worker, clock
):
    lost(arrives=True, history=True)
    row = OutboxMessageFactory(chat=paced_chat)
    send()
    clock.advance(seconds=60)

    outside(tasks.tidy_outbox)
    worker.run()

    row.refresh_from_db()
    assert row.state == "sent"


def test_where_one_reference_is_delivered_once_it_is_simply_repeated(
    paced_chat, gateway, send, send_all, can, state_of
):
    can(Capability.SENDS_ONCE)
    gateway.loses_answers = True
    gateway.faults.append(GatewayUnreachable("timed out", is_unclear=True))
    rows = [OutboxMessageFactory(chat=paced_chat, text=text) for text in ("one", "two")]
    send()
    assert state_of(rows[0])[0] == "queued"
    OutboxMessageFactory(chat=paced_chat, text="three")

    send_all(minutes=1)

    assert gateway.texts == ["one\n\ntwo", "three"]
    assert state_of(rows[0]) == state_of(rows[1]) == ("sent", "")


# --- a sender that died ------------------------------------------------------------------------------------------


@pytest.fixture
def die(gateway, can, paced, send, clock):
    """The sender is killed in the middle of a send; its lease runs out."""

    def kill(*, arrives, history=False):
        can(*({Capability.HISTORY} if history else ()))
        gateway.loses_answers = arrives
        gateway.faults.append(Killed())
        with pytest.raises(Killed):
            send()
        assert send() == 0  # its lease still stands
        clock.advance(seconds=61)

    return kill


@pytest.mark.parametrize("arrives", [True, False])
def test_killed_between_claim_and_answer_goes_out_once(paced_chat, gateway, send, die, clear, clock, arrives):
    row = OutboxMessageFactory(chat=paced_chat, text="hello")
    die(arrives=arrives, history=True)
    later = OutboxMessageFactory(chat=paced_chat, text="later")
    send()
    row.refresh_from_db()
    assert row.state == "unclear"

    clear()
    send()
    clock.advance(seconds=10)
    send()

    assert sorted(" ".join(gateway.texts).split()) == ["hello", "later"]
    row.refresh_from_db()
    later.refresh_from_db()
    assert (row.state, later.state) == ("sent", "sent")


def test_killed_where_nobody_can_tell_is_left_to_the_staff(
    paced_chat, gateway, send, die, clear, state_of, clock
):
    row = OutboxMessageFactory(chat=paced_chat)
    die(arrives=True)
    send()
    assert state_of(row) == ("unclear", "send_unclear")
    clock.advance(minutes=3)

    clear()

    assert state_of(row) == ("dead", "send_unclear")
    assert len(gateway.sent) == 1


def test_killed_on_a_number_that_dropped_is_cleared_up_all_the_same(
    paced, paced_chat, gateway, die, state_of, clock, worker
):
    """Nobody may take the number, so the round looks after it."""
    row = OutboxMessageFactory(chat=paced_chat)
    die(arrives=True)
    WhatsAppNumber.objects.update(state="closed")
    clock.advance(minutes=3)

    outside(tasks.tidy_outbox)
    worker.run()

    assert state_of(row) == ("dead", "send_unclear")


def test_what_is_being_sent_now_is_not_taken_for_abandoned(
    paced_chat, gateway, send, worker, state_of, clock
):
    """A gateway that takes its time: the lease stands, and the round leaves the row alone."""
    row = OutboxMessageFactory(chat=paced_chat)

    def look(_):
        clock.advance(seconds=59)
        outside(tasks.tidy_outbox)
        worker.run()
        assert state_of(row)[0] == "sending"

    gateway.on_send = look

    assert send() == 1
    assert state_of(row) == ("sent", "")


def test_killed_between_the_answer_and_its_own_word_is_not_doubled(
    paced_chat, gateway, send, clear, clock, can
):
    """WhatsApp has it and the gateway said so; the row was not written."""
    can(Capability.HISTORY)
    row = OutboxMessageFactory(chat=paced_chat, text="hello")
    send()
    OutboxMessage.objects.filter(pk=row.pk).update(state="sending", sent_at=None, wa_message_id="")
    send()
    clock.advance(seconds=60)
    clear()
    send()

    assert gateway.texts == ["hello"]


def test_a_gateway_that_is_left_behind_is_asked_no_more(
    paced, paced_chat, gateway, lost, send, state_of, clock
):
    """The new one knows nothing of it: that it finds nothing would be no proof."""
    lost(arrives=True, history=True)
    row = OutboxMessageFactory(chat=paced_chat)
    send()
    owner = TenantAdmin.objects.filter(role="owner").first().user
    new = Gateway.objects.create(name="New", driver="waha", base_url="http://waha:3000")

    numbers.move(number=paced, gateway=new, by=owner, source=AuditSource.DASHBOARD, now=clock.now)

    assert state_of(row) == ("dead", "send_unclear")
