"""A group is answered by another number that is in it when its own has dropped."""

from datetime import timedelta

import pytest

from botcore import tasks
from botcore.domain import outbox, standby
from botcore.gateway.base import Capability
from botcore.gateway.errors import GatewayUnreachable
from botcore.models import Chat, GroupMember, OutboxMessage, WhatsAppNumber
from botcore.tests.factories import ChatFactory, GroupFactory, NumberFactory, OutboxMessageFactory
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope


@pytest.fixture
def group(tenant):
    return GroupFactory(tenant=tenant, support_enabled=True)


@pytest.fixture
def dropped(paced, clock):
    """The tenant's number, away for two minutes."""
    WhatsAppNumber.objects.filter(pk=paced.pk).update(
        state="closed", state_at=clock.now - timedelta(minutes=2)
    )
    paced.refresh_from_db()
    return paced


@pytest.fixture
def group_chat(dropped, group):
    return ChatFactory(number=dropped, kind="group", wa_id=group.wa_id, group=group)


@pytest.fixture
def other(tenant, gateway, clock):
    """Another number of the tenant's that is live."""
    return NumberFactory(
        tenant=tenant, driver="paced", linked_at=clock.now - timedelta(days=99), lid="777000111"
    )


@pytest.fixture
def is_in(group):
    """Have a number be in the group, as its own chat shows."""
    return lambda number: ChatFactory(number=number, kind="group", wa_id=group.wa_id, group=group)


@pytest.fixture
def take_over(tenant, clock):
    return lambda: standby.take_over(tenant_id=tenant.pk, now=clock.now)


def test_a_live_number_of_the_group_sends_what_waits(
    group_chat, other, is_in, gateway, send, take_over, clock
):
    chat = is_in(other)
    rows = [OutboxMessageFactory(chat=group_chat, text=text, quoted_id="Q") for text in ("one", "two")]

    assert take_over() == 2
    send(other)

    (sent,) = gateway.sent
    assert (sent.session, sent.chat, sent.text) == (other.session_name, group_chat.wa_id, "one\n\ntwo")
    assert sent.quoted_id == "Q"
    for row in rows:
        row.refresh_from_db()
        assert (row.number_id, row.chat_id, row.state) == (other.pk, chat.pk, "sent")


@pytest.mark.parametrize("known_by", ["phone", "lid"])
def test_a_member_that_never_heard_anything_there_takes_over_too(
    group_chat, group, other, gateway, send, take_over, known_by
):
    GroupMember.objects.create(group=group, **{known_by: getattr(other, known_by)})
    OutboxMessageFactory(chat=group_chat)

    assert take_over() == 1
    send(other)

    assert [sent.session for sent in gateway.sent] == [other.session_name]
    chat = Chat.objects.get(number=other)
    assert (chat.kind, chat.group_id) == ("group", group.pk)


def test_a_number_that_is_not_in_the_group_does_not(group_chat, group, other, take_over):
    GroupMember.objects.create(group=group, phone="15559990000")
    GroupMember.objects.create(group=GroupFactory(tenant=group.tenant), phone=other.phone)
    OutboxMessageFactory(chat=group_chat)

    assert take_over() == 0


@pytest.mark.parametrize("state", ["closed", "banned"])
def test_a_number_that_is_down_itself_does_not(group_chat, other, is_in, take_over, state):
    is_in(other)
    WhatsAppNumber.objects.filter(pk=other.pk).update(state=state)
    OutboxMessageFactory(chat=group_chat)

    assert take_over() == 0


def test_a_number_whose_breaker_is_open_does_not(group_chat, other, is_in, take_over, clock):
    is_in(other)
    WhatsAppNumber.objects.filter(pk=other.pk).update(paused_until=clock.now + timedelta(minutes=1))
    OutboxMessageFactory(chat=group_chat)

    assert take_over() == 0


def test_direct_chats_and_broadcasts_wait(dropped, group_chat, other, is_in, take_over):
    is_in(other)
    OutboxMessageFactory(chat=ChatFactory(number=dropped))
    OutboxMessageFactory(chat=group_chat, part="broadcast-1", priority=50)
    OutboxMessageFactory(chat=group_chat, priority=90)

    assert take_over() == 0


@pytest.mark.parametrize("state", ["sending", "unclear", "sent", "dead", "suppressed"])
def test_what_is_not_simply_waiting_stays(group_chat, other, is_in, take_over, clock, state):
    is_in(other)
    OutboxMessageFactory(chat=group_chat, state=state, tried_at=clock.now)

    assert take_over() == 0


def test_what_its_own_number_alone_may_repeat_stays(
    dropped, group_chat, other, is_in, gateway, send, can, take_over
):
    """Its gateway delivers one reference once; another number's would deliver it again."""
    can(Capability.SENDS_ONCE)
    is_in(other)
    WhatsAppNumber.objects.filter(pk=dropped.pk).update(state="open")
    gateway.loses_answers = True
    gateway.faults.append(GatewayUnreachable("timed out", is_unclear=True))
    OutboxMessageFactory(chat=group_chat)
    send()
    WhatsAppNumber.objects.filter(pk=dropped.pk).update(state="closed")

    assert take_over() == 0


@pytest.mark.parametrize(("minutes", "moved"), [("2", 1), ("3", 0), ("0", 0)], ids=["two", "three", "never"])
def test_owner_says_how_long_to_wait(group_chat, other, is_in, take_over, configure, minutes, moved):
    configure(standby_minutes=minutes)
    is_in(other)
    OutboxMessageFactory(chat=group_chat)

    assert take_over() == moved


def test_a_number_that_is_live_keeps_its_own(dropped, group_chat, other, is_in, take_over):
    WhatsAppNumber.objects.filter(pk=dropped.pk).update(state="open")
    is_in(other)
    OutboxMessageFactory(chat=group_chat)

    assert take_over() == 0


def test_it_is_written_down(dropped, group_chat, other, is_in, take_over):
    is_in(other)
    OutboxMessageFactory(chat=group_chat)

    take_over()

    entry = AuditEntry.objects.get(action="number.take_over")
    assert (entry.subject, entry.after) == (f"number {dropped}", {"by": str(other), "messages": 1})


def test_a_round_moves_it_and_wakes_the_other_number(group_chat, other, is_in, gateway, worker):
    is_in(other)
    OutboxMessageFactory(chat=group_chat, text="hello")

    outside(tasks.take_over)
    worker.run()

    assert gateway.texts == ["hello"]


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_move_each_row_once(tenant, group_chat, other, is_in, clock):
    is_in(other)
    for _ in range(10):
        OutboxMessageFactory(chat=group_chat)

    def round_(_):
        with tenant_scope(tenant.pk):
            return standby.take_over(tenant_id=tenant.pk, now=clock.now)

    assert sum(at_once(3, round_)) == 10
    assert OutboxMessage.objects.filter(number=other).count() == 10
    entries = AuditEntry.objects.filter(action="number.take_over")
    assert sum(entry.after["messages"] for entry in entries) == 10


@pytest.mark.django_db(transaction=True)
def test_a_number_that_comes_back_meanwhile_sends_nothing_twice(
    tenant, dropped, group_chat, other, is_in, gateway, clock
):
    is_in(other)
    for n in range(6):
        OutboxMessageFactory(chat=group_chat, text=f"reply {n}")
    WhatsAppNumber.objects.filter(pk=dropped.pk).update(state="open")
    numbers = {0: dropped.pk, 1: other.pk}

    def race(which):
        with tenant_scope(tenant.pk):
            if which == 2:
                return standby._take_over_from(dropped, clock.now)
            return outbox.send_due(tenant_id=tenant.pk, number_id=numbers[which])

    at_once(3, race)
    with tenant_scope(tenant.pk):
        for number_id in numbers.values():
            clock.advance(seconds=10)
            outbox.send_due(tenant_id=tenant.pk, number_id=number_id)

    said = " ".join(gateway.texts).replace("reply ", "").split()
    assert sorted(said) == [str(n) for n in range(6)]
