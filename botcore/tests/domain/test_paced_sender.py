"""A number sends as a person would: read, typed, one after the other, never faster than WhatsApp takes it."""

from datetime import timedelta

import pytest

from botcore.domain import config, outbox, pacing
from botcore.errors import InvalidConfigValue
from botcore.gateway.base import Capability
from botcore.models import InboxMessage, OutboxMessage, WhatsAppNumber
from botcore.tests.domain.paced_gateway import PacedDriver
from botcore.tests.factories import ChatFactory, GroupFactory, InboxMessageFactory, OutboxMessageFactory
from smmbot.testing.threads import at_once
from tenants.scoping import tenant_scope


def reply_to(chat, text="answer", **fields):
    asked = InboxMessageFactory(chat=chat)
    return OutboxMessageFactory(chat=chat, inbox=asked, part="reply", text=text, **fields)


def chats(number, count):
    return [ChatFactory(number=number) for _ in range(count)]


# --- one message -------------------------------------------------------------------------------------------------


def test_message_is_read_then_typed_then_sent(paced_chat, gateway, send, clock):
    row = reply_to(paced_chat, "hello", quoted_id="Q1")
    began = clock.now

    assert send() == 1

    kinds = [step[0] for step in gateway.seen]
    assert kinds == ["read", "typing", "paused"]
    assert gateway.seen[0] == ("read", paced_chat.wa_id, row.inbox.wa_message_id, paced_chat.wa_id)
    assert gateway.seen[2][2] - gateway.seen[1][2] == timedelta(seconds=gateway.waits[0])
    (sent,) = gateway.sent
    assert (sent.chat, sent.text, sent.quoted_id) == (paced_chat.wa_id, "hello", "Q1")
    row.refresh_from_db()
    assert (row.state, row.wa_message_id, row.sent_at) == ("sent", "WA1", clock.now)
    assert row.tried_at > began


@pytest.mark.parametrize(("length", "least", "most"), [(1, 0.7, 1.4), (150, 2.4, 4.6), (3000, 4.2, 7.8)])
def test_long_texts_take_longer_to_type_and_never_twice_as_long(
    paced, gateway, send_all, length, least, most
):
    for chat in chats(paced, 6):
        OutboxMessageFactory(chat=chat, text="x" * length)

    send_all(minutes=2)

    assert len(gateway.waits) == len(set(gateway.waits)) == 6
    assert all(least <= wait <= most for wait in gateway.waits)


def test_owner_may_have_it_type_slower(paced_chat, gateway, send, configure):
    configure(typing_shortest_seconds="10", typing_longest_seconds="20")
    OutboxMessageFactory(chat=paced_chat, text="x")

    send()

    assert 7 <= gateway.waits[0] <= 13.1


def test_gateway_that_can_neither_type_nor_read_still_sends(paced_chat, gateway, send, can):
    can()
    reply_to(paced_chat)

    assert send() == 1
    assert gateway.seen == []


def test_what_was_asked_elsewhere_is_not_marked_read_here(paced, gateway, send):
    """Asked in a group, answered to the asker alone."""
    asked = InboxMessageFactory(
        chat=ChatFactory(number=paced, kind="group", wa_id="1@g.us"), sender_phone="15"
    )
    OutboxMessageFactory(chat=ChatFactory(number=paced), inbox=asked, part="reply-direct")

    send()

    assert "read" not in [step[0] for step in gateway.seen]


def test_message_answered_twice_is_read_once(paced_chat, gateway, send):
    first = reply_to(paced_chat, "working on it")
    send()
    OutboxMessageFactory(chat=paced_chat, inbox=first.inbox, part="done", text="done")
    send()

    assert gateway.texts == ["working on it", "done"]
    assert [step[0] for step in gateway.seen].count("read") == 1


def test_group_switched_off_while_it_was_typed_hears_nothing(paced, gateway, send, state_of, monkeypatch):
    group = GroupFactory(tenant=paced.tenant, support_enabled=True)
    row = reply_to(ChatFactory(number=paced, kind="group", wa_id=group.wa_id, group=group))

    def switch_off(self, session, to, *, on):
        type(group).objects.update(support_enabled=False)

    monkeypatch.setattr(PacedDriver, "typing", switch_off)

    assert send() == 0
    assert state_of(row) == ("suppressed", "switched_off")
    assert gateway.sent == []


def test_a_secret_is_forgotten_once_sent(paced_chat, gateway, send):
    row = OutboxMessageFactory(chat=paced_chat, part="account", text="Your code is 123456")
    send()

    row.refresh_from_db()
    assert (gateway.texts, row.text) == (["Your code is 123456"], "")


# --- order -------------------------------------------------------------------------------------------------------


def test_support_goes_before_notices_and_notices_before_marketing(paced, gateway, send_all):
    group = GroupFactory(tenant=paced.tenant, marketing_enabled=True)
    group_chat = ChatFactory(number=paced, kind="group", wa_id=group.wa_id, group=group)
    one, two, three = chats(paced, 3)
    OutboxMessageFactory(chat=group_chat, text="advert", priority=90)
    OutboxMessageFactory(chat=one, text="notice", priority=50)
    OutboxMessageFactory(chat=two, text="answer")
    OutboxMessageFactory(chat=three, text="answer too")

    send_all(minutes=2)

    assert gateway.texts == ["answer", "answer too", "notice", "advert"]


def test_a_chat_gets_its_replies_strictly_in_order(paced_chat, gateway, send_all, configure):
    configure(join_replies="false")
    texts = [OutboxMessageFactory(chat=paced_chat).text for _ in range(5)]

    send_all(minutes=2)

    assert gateway.texts == texts


def test_an_answer_does_not_wait_behind_a_notice_that_must(paced_chat, gateway, send, clock):
    OutboxMessageFactory(
        chat=paced_chat, text="notice", priority=50, next_attempt_at=clock.now + timedelta(hours=1)
    )
    OutboxMessageFactory(chat=paced_chat, text="answer")

    send()

    assert gateway.texts == ["answer"]


def test_another_chat_goes_while_one_keeps_its_distance(paced, gateway, send, configure):
    configure(join_replies="false")
    one, two = chats(paced, 2)
    for text in ("one", "one again"):
        OutboxMessageFactory(chat=one, text=text)
    OutboxMessageFactory(chat=two, text="two")

    send()

    assert gateway.texts == ["one", "two", "one again"]


# --- joining -----------------------------------------------------------------------------------------------------


def test_replies_that_wait_for_one_chat_go_out_as_one_message(paced_chat, gateway, send):
    rows = [reply_to(paced_chat, text, quoted_id=quote) for text, quote in (("one", "Q1"), ("two", "Q2"))]

    assert send() == 2

    (sent,) = gateway.sent
    assert (sent.text, sent.quoted_id) == ("one\n\ntwo", "Q1")
    assert [step[2] for step in gateway.seen if step[0] == "read"] == [
        row.inbox.wa_message_id for row in rows
    ]
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.wa_message_id, row.attempts) == ("sent", "WA1", 1)


@pytest.mark.parametrize(
    "apart",
    [
        {"priority": 50},
        {"part": "account"},
        {"mentions": ["15550001111"]},
        {"text": "x" * 3995},
    ],
    ids=["notice", "secret", "mention", "too long"],
)
def test_what_must_stand_alone_is_not_joined(paced_chat, gateway, send_all, apart):
    OutboxMessageFactory(chat=paced_chat, text="first")
    other = OutboxMessageFactory(chat=paced_chat, **apart)
    text = other.text

    send_all(minutes=2)

    assert gateway.texts == ["first", text]


def test_other_chats_and_later_replies_are_not_joined(paced, gateway, send_all, clock):
    one, two = chats(paced, 2)
    OutboxMessageFactory(chat=one, text="one")
    OutboxMessageFactory(chat=one, text="later", next_attempt_at=clock.now + timedelta(minutes=1))
    OutboxMessageFactory(chat=two, text="two")

    send_all(minutes=2)

    assert gateway.texts == ["one", "two", "later"]


def test_owner_may_have_every_reply_sent_by_itself(paced_chat, gateway, send, configure):
    configure(join_replies="false")
    for text in ("one", "two"):
        OutboxMessageFactory(chat=paced_chat, text=text)

    send()

    assert gateway.texts == ["one", "two"]


# --- pace --------------------------------------------------------------------------------------------------------


def test_messages_in_one_chat_keep_their_distance(paced_chat, gateway, send, configure):
    configure(join_replies="false")
    for _ in range(3):
        OutboxMessageFactory(chat=paced_chat, text="x")

    send()

    gaps = [later.at - earlier.at for earlier, later in zip(gateway.sent, gateway.sent[1:], strict=False)]
    assert len(gaps) == 2
    assert all(gap >= timedelta(seconds=4) for gap in gaps)


@pytest.fixture
def sent_before(paced_chat, clock):
    """So many messages that went out with a pause in between, the last one that pause ago. Returns when each did."""

    def fill(count, *, every_s, **fields):
        times = [clock.now - timedelta(seconds=every_s * n) for n in range(1, count + 1)]
        OutboxMessage.objects.bulk_create(
            OutboxMessageFactory.build(
                chat=paced_chat, state="sent", sent_at=at, wa_message_id=f"OLD{n}", **fields
            )
            for n, at in enumerate(times)
        )
        return times

    return fill


AGES = {
    "first day": (0, {"hour": 60, "unasked_hour": 20, "unasked_day": 50, "broadcasts": 50}),
    "second day": (1.9, {"hour": 60, "unasked_hour": 20, "unasked_day": 50, "broadcasts": 50}),
    "third day": (2, {"hour": 60, "unasked_hour": 40, "unasked_day": 200, "broadcasts": 50}),
    "tenth day": (9.9, {"hour": 60, "unasked_hour": 80, "unasked_day": 500, "broadcasts": 50}),
    "eleventh day": (10, {"hour": 60, "unasked_hour": None, "unasked_day": None, "broadcasts": 50}),
    "old": (14, {"hour": 200, "unasked_hour": None, "unasked_day": None, "broadcasts": 200}),
}


@pytest.mark.parametrize(("days", "limits"), AGES.values(), ids=AGES)
def test_limits_follow_the_numbers_age(paced, clock, days, limits):
    paced.linked_at = clock.now - timedelta(days=days)
    found = pacing.limits_of(number=paced, config=config.load(tenant_id=paced.tenant_id), now=clock.now)

    assert limits == {
        "hour": found.per_hour,
        "unasked_hour": found.unasked_per_hour,
        "unasked_day": found.unasked_per_day,
        "broadcasts": found.broadcasts_per_day,
    }
    assert (found.per_minute, found.chat_gap_s, found.broadcast_gap_s) == (20, 4, (30, 90))


def test_owner_may_lower_a_limit_and_never_raise_it_above_the_safe_one():
    for name in ("sends_per_minute", "sends_per_hour", "sends_per_hour_young", "broadcasts_per_day"):
        default = int(config.KEYS[name].default)
        assert config.canonical(name, str(default - 1)) == str(default - 1)
        with pytest.raises(InvalidConfigValue):
            config.canonical(name, str(default + 1))
    with pytest.raises(InvalidConfigValue):
        config.canonical("chat_gap_seconds", "3")


@pytest.mark.parametrize(
    ("days", "count", "every_s", "span_s"),
    [(365, 20, 2, 60), (365, 200, 17, 3600), (13, 60, 50, 3600)],
    ids=["20 a minute", "200 an hour", "60 an hour while young"],
)
def test_nothing_goes_above_the_numbers_limit(
    paced, sent_before, gateway, send, can, clock, days, count, every_s, span_s
):
    can()
    WhatsAppNumber.objects.update(linked_at=clock.now - timedelta(days=days))
    times = sent_before(count - 1, every_s=every_s)
    first, second = (OutboxMessageFactory(chat=chat) for chat in chats(paced, 2))

    send()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("sent", "queued")
    assert second.next_attempt_at == times[-1] + timedelta(seconds=span_s)


def test_what_was_joined_counts_as_one_message(paced, sent_before, gateway, send, can, configure):
    can()
    configure(sends_per_minute="3")
    sent_before(1, every_s=20)
    one, two = chats(paced, 2)
    for text in ("one", "two", "three"):
        OutboxMessageFactory(chat=one, text=text)
    OutboxMessageFactory(chat=two, text="elsewhere")

    send()

    assert gateway.texts == ["one\n\ntwo\n\nthree", "elsewhere"]


def test_a_number_keeps_its_limits_over_many_turns(paced, gateway, send_all, can, configure):
    can()
    configure(sends_per_minute="2", sends_per_hour="5")
    for chat in chats(paced, 8):
        OutboxMessageFactory(chat=chat)

    send_all(hours=2)

    gaps = [later.at - earlier.at for earlier, later in zip(gateway.sent, gateway.sent[2:], strict=False)]
    assert min(gaps) >= timedelta(minutes=1)
    assert gateway.sent[5].at - gateway.sent[0].at >= timedelta(hours=1)
    assert len(gateway.sent) == 8


def test_what_waits_for_the_hour_gives_the_number_back(paced, gateway, send, configure, clock):
    configure(sends_per_hour="1")
    first, second = (OutboxMessageFactory(chat=chat) for chat in chats(paced, 2))

    send()

    paced.refresh_from_db()
    assert (paced.sender_token, paced.sender_until) == (None, None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.next_attempt_at == first.sent_at + timedelta(hours=1)


@pytest.mark.parametrize(
    ("count", "every_s", "span"),
    [(20, 150, timedelta(hours=1)), (50, 1700, timedelta(days=1))],
    ids=["20 an hour", "50 a day"],
)
def test_a_number_that_warms_up_sends_few_notices(
    paced, sent_before, gateway, send, can, clock, count, every_s, span
):
    can()
    WhatsAppNumber.objects.update(linked_at=clock.now)
    times = sent_before(count - 1, every_s=every_s, priority=50)
    first, second = (OutboxMessageFactory(chat=chat, priority=50) for chat in chats(paced, 2))

    send()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("sent", "queued")
    assert second.next_attempt_at == times[-1] + span


def test_replies_are_not_held_by_the_warm_up(paced, gateway, send_all, can, configure, clock):
    can()
    configure(warm_up_1_per_hour="1")
    WhatsAppNumber.objects.update(linked_at=clock.now)
    for chat in chats(paced, 4):
        OutboxMessageFactory(chat=chat, text="notice", priority=50)
        OutboxMessageFactory(chat=chat, text="answer")

    send_all(minutes=30)

    assert gateway.texts == ["answer"] * 4 + ["notice"]


@pytest.fixture
def broadcast_to(paced):
    def queue(count):
        for _ in range(count):
            group = GroupFactory(tenant=paced.tenant, support_enabled=True)
            chat = ChatFactory(number=paced, kind="group", wa_id=group.wa_id, group=group)
            OutboxMessageFactory(chat=chat, part=f"broadcast-{group.pk}", priority=50)

    return queue


def test_broadcasts_go_out_with_random_pauses(broadcast_to, gateway, send_all):
    broadcast_to(12)

    send_all(minutes=30)

    gaps = [later.at - earlier.at for earlier, later in zip(gateway.sent, gateway.sent[1:], strict=False)]
    assert len(gaps) == 11
    assert all(timedelta(seconds=30) <= gap <= timedelta(seconds=100) for gap in gaps)  # typed meanwhile
    assert len(set(gaps)) == 11


@pytest.mark.parametrize(("days", "daily"), [(12, 50), (400, 200)], ids=["young", "old"])
def test_broadcasts_of_a_day_are_counted(paced, broadcast_to, sent_before, send, can, clock, days, daily):
    can()
    WhatsAppNumber.objects.update(linked_at=clock.now - timedelta(days=days))
    times = sent_before(daily - 1, every_s=400, part="broadcast-1", priority=50)
    broadcast_to(2)

    send()
    clock.advance(seconds=100)
    send()

    rows = OutboxMessage.objects.filter(created_at=clock.now - timedelta(seconds=100)).order_by("pk")
    first, second = rows.exclude(wa_message_id__startswith="OLD")
    assert (first.state, second.state) == ("sent", "queued")
    assert second.next_attempt_at == times[-1] + timedelta(days=1)


def test_an_answer_goes_between_two_broadcasts(paced, broadcast_to, gateway, send, clock):
    broadcast_to(2)
    send()
    OutboxMessageFactory(chat=ChatFactory(number=paced), text="answer")

    send()

    assert len(gateway.sent) == 2
    assert gateway.texts[1] == "answer"


def test_a_chat_that_gets_too_much_waits_and_old_answers_are_dropped(
    paced_chat, gateway, send, send_all, configure, clock
):
    configure(replies_per_chat="3", join_replies="false")
    for _ in range(3):
        OutboxMessageFactory(chat=paced_chat)
    send_all(seconds=40)
    old = OutboxMessageFactory(chat=paced_chat, text="old", created_at=clock.now - timedelta(minutes=31))
    new = OutboxMessageFactory(chat=paced_chat, text="new", created_at=clock.now - timedelta(minutes=29))
    assert len(gateway.sent) == 3

    send()

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.error_code) == ("suppressed", "loop_guard")
    assert (new.state, new.next_attempt_at) == ("queued", gateway.sent[0].at + timedelta(minutes=10))
    send_all(minutes=11)
    assert gateway.texts[3:] == ["new"]


def test_a_busy_chat_does_not_hold_the_others(paced, gateway, send_all, configure):
    configure(replies_per_chat="1", join_replies="false")
    busy, calm = chats(paced, 2)
    for text in ("one", "two"):
        OutboxMessageFactory(chat=busy, text=text)
    OutboxMessageFactory(chat=calm, text="elsewhere")

    send_all(minutes=1)

    assert gateway.texts == ["one", "elsewhere"]


# --- whether it may send at all ----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"state": "closed"}, {"state": "banned"}, {"paused_until": "later"}])
def test_nothing_goes_while_the_number_may_not(paced_chat, gateway, send, clock, change):
    if "paused_until" in change:
        change = {"paused_until": clock.now + timedelta(minutes=1)}
    WhatsAppNumber.objects.update(**change)
    OutboxMessageFactory(chat=paced_chat)

    assert send() == 0
    assert outbox.numbers_due(now=clock.now, limit=9) == []
    WhatsAppNumber.objects.update(state="open")
    clock.advance(minutes=1)
    assert outbox.numbers_due(now=clock.now, limit=9) == [(paced_chat.tenant_id, paced_chat.number_id)]
    assert send() == 1


def test_number_that_drops_while_it_types_sends_nothing(paced_chat, gateway, send, state_of, monkeypatch):
    row = OutboxMessageFactory(chat=paced_chat)
    monkeypatch.setattr(
        PacedDriver, "typing", lambda *_, **__: WhatsAppNumber.objects.update(state="closed") and None
    )

    assert send() == 0
    assert state_of(row) == ("queued", "")
    assert gateway.sent == []


@pytest.mark.parametrize(
    ("age", "fields", "state"),
    [
        ({"hours": 25}, {}, ("dead", "too_late")),
        ({"hours": 25}, {"priority": 50}, ("dead", "too_late")),
        ({"hours": 23}, {}, ("sent", "")),
    ],
    ids=["reply", "notice", "in time"],
)
def test_what_waited_longer_than_a_day_does_not_go_out_late(
    paced_chat, send, state_of, clock, age, fields, state
):
    row = OutboxMessageFactory(chat=paced_chat, created_at=clock.now - timedelta(**age), **fields)

    send()

    assert state_of(row) == state


def test_a_broadcast_may_take_some_days(broadcast_to, gateway, send, clock):
    broadcast_to(2)
    first, second = OutboxMessage.objects.order_by("pk")
    OutboxMessage.objects.filter(pk=first.pk).update(created_at=clock.now - timedelta(days=8))
    OutboxMessage.objects.filter(pk=second.pk).update(created_at=clock.now - timedelta(days=6))

    send()

    assert [row.state for row in OutboxMessage.objects.order_by("pk")] == ["dead", "sent"]


def test_a_turn_ends_and_the_next_one_is_woken(paced, gateway, send, worker):
    for chat in chats(paced, 18):
        OutboxMessageFactory(chat=chat, text="x" * 400)

    sent = send()

    assert 0 < sent < 18
    paced.refresh_from_db()
    assert paced.sender_token is None
    assert [(task.name, task.row_id) for task in worker.waiting()] == [("send_due", paced.pk)]


@pytest.mark.django_db(transaction=True)
def test_two_senders_on_one_paced_number_send_each_reply_once(tenant, paced, gateway, can):
    can(Capability.TYPING)
    rows = [OutboxMessageFactory(chat=chat) for chat in chats(paced, 12)]

    def turn(_):
        with tenant_scope(tenant.pk):
            return outbox.send_due(tenant_id=tenant.pk, number_id=paced.pk)

    assert sum(at_once(4, turn)) == 12
    assert sorted(gateway.texts) == sorted(row.text for row in rows)


def test_one_number_costs_few_statements_a_message(paced_chat, gateway, send, django_assert_max_num_queries):
    InboxMessage.objects.all().delete()
    OutboxMessageFactory(chat=paced_chat)

    # take, dead sender, too late; settings, next, pace, claim, sent; settings, next; let go.
    with django_assert_max_num_queries(11):
        send()
