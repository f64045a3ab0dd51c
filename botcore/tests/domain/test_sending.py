"""What screens are told of a number's queue, its dead letters and its health."""

from datetime import timedelta

import pytest

from botcore.domain import dead_letters, sending
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.tests.factories import ChatFactory, NumberFactory, OutboxMessageFactory
from tenants.enums import AuditSource
from tenants.models import AuditEntry, TenantAdmin
from tenants.scoping import all_tenants


@pytest.fixture
def change(paced):
    def update(**values):
        WhatsAppNumber.objects.filter(pk=paced.pk).update(**values)
        paced.refresh_from_db()

    return update


@pytest.fixture
def owner(tenant):
    return TenantAdmin.objects.filter(role="owner").first().user


# --- the queue ---------------------------------------------------------------------------------------------------


def test_queue_counts_by_state_and_says_since_when(paced, paced_chat, clock):
    for n, state in enumerate(("queued", "queued", "sending", "unclear", "dead", "suppressed")):
        OutboxMessageFactory(chat=paced_chat, state=state, created_at=clock.now - timedelta(minutes=n))
    OutboxMessageFactory(chat=paced_chat, state="sent", sent_at=clock.now, wa_message_id="WA1")
    OutboxMessageFactory(chat=ChatFactory(number=NumberFactory(tenant=paced.tenant)))

    queue = sending.queue_of(paced, clock.now)

    assert (queue.queued, queue.sending, queue.unclear, queue.dead, queue.sent) == (2, 1, 1, 1, 1)
    assert queue.oldest_at == clock.now - timedelta(minutes=3)


def test_empty_queue_waits_for_nothing(paced, clock):
    queue = sending.queue_of(paced, clock.now)

    assert (queue.waiting, queue.oldest_at, queue.next_at, queue.why) == (0, None, None, "")


def test_queue_that_may_go_goes_now(paced, paced_chat, clock):
    OutboxMessageFactory(chat=paced_chat)

    queue = sending.queue_of(paced, clock.now)

    assert (queue.next_at, queue.why) == (clock.now, "")


def test_queue_of_a_number_that_is_down_says_so(paced, paced_chat, change, clock):
    OutboxMessageFactory(chat=paced_chat)
    change(state="closed")

    queue = sending.queue_of(paced, clock.now)

    assert queue.next_at is None
    assert "not live" in queue.why


def test_queue_says_when_a_break_is_over(paced, paced_chat, change, clock):
    OutboxMessageFactory(chat=paced_chat)
    change(paused_until=clock.now + timedelta(minutes=4), pause_reason="rate_limited")

    queue = sending.queue_of(paced, clock.now)

    assert queue.next_at == clock.now + timedelta(minutes=4)
    assert "slower" in queue.why


def test_queue_says_which_limit_it_waits_for(paced, paced_chat, configure, send, clock):
    configure(sends_per_hour="1")
    OutboxMessageFactory(chat=paced_chat)
    send()
    sent_at = clock.now
    OutboxMessageFactory(chat=ChatFactory(number=paced))
    send()

    queue = sending.queue_of(paced, clock.now)

    assert queue.next_at == sent_at + timedelta(hours=1)
    assert "in an hour" in queue.why


def test_queue_of_a_failed_message_says_that_it_is_tried_again(paced, paced_chat, clock):
    later = clock.now + timedelta(seconds=30)
    OutboxMessageFactory(chat=paced_chat, error_code="gateway_error", next_attempt_at=later)

    queue = sending.queue_of(paced, clock.now)

    assert (queue.next_at, queue.why) == (later, "The last try failed. It is tried again.")


def test_queue_behind_an_unclear_message_says_so(paced, paced_chat, clock):
    OutboxMessageFactory(chat=paced_chat, state="unclear", tried_at=clock.now)
    OutboxMessageFactory(chat=paced_chat)

    queue = sending.queue_of(paced, clock.now)

    assert queue.next_at is None
    assert "found out" in queue.why


def test_queue_of_the_sandbox_has_no_limits(number, configure, clock):
    configure(sends_per_hour="1")
    chat = ChatFactory(number=number)
    OutboxMessageFactory(chat=chat, state="sent", sent_at=clock.now, wa_message_id="1")
    OutboxMessageFactory(chat=chat)

    assert sending.queue_of(number, clock.now).why == ""


# --- dead letters ------------------------------------------------------------------------------------------------


def test_every_code_has_words_and_something_to_do():
    for code in ("too_late", "send_unclear", "reachout_blocked", "bad_request", "131026", "nobody knows", ""):
        reason = dead_letters.explain(code)
        assert reason.text.endswith(".")
        assert reason.advice.endswith(".")
        assert code not in reason.text or not code or code.isdecimal()
    assert "131026" in dead_letters.explain("131026").text


def test_dead_letters_are_listed_newest_first_for_one_number_or_all(paced, paced_chat):
    first = OutboxMessageFactory(chat=paced_chat, state="dead")
    second = OutboxMessageFactory(chat=paced_chat, state="dead")
    elsewhere = OutboxMessageFactory(
        chat=ChatFactory(number=NumberFactory(tenant=paced.tenant)), state="dead"
    )
    OutboxMessageFactory(chat=paced_chat)

    assert list(dead_letters.listed(tenant_id=paced.tenant_id)) == [elsewhere, second, first]
    assert list(dead_letters.listed(tenant_id=paced.tenant_id, number_id=paced.pk)) == [second, first]


def test_what_came_too_late_may_be_sent_again_and_then_goes(paced_chat, gateway, send, clock, state_of):
    row = OutboxMessageFactory(chat=paced_chat, created_at=clock.now - timedelta(days=3))
    send()
    assert state_of(row) == ("dead", "too_late")

    assert sending.send_again(tenant_id=row.tenant_id, outbox_ids=[row.pk], now=clock.now) == 1
    send()

    assert state_of(row) == ("sent", "")
    assert len(gateway.sent) == 1


def test_a_secret_that_is_forgotten_cannot_be_sent_again(paced_chat, clock):
    row = OutboxMessageFactory(chat=paced_chat, state="dead", part="account", text="")

    assert sending.send_again(tenant_id=row.tenant_id, outbox_ids=[row.pk], now=clock.now) == 0


def test_discarded_is_on_record_and_never_sent(paced_chat, owner, send, clock, state_of):
    dead, waiting = (OutboxMessageFactory(chat=paced_chat, state=state) for state in ("dead", "unclear"))

    count = sending.discard(
        tenant_id=dead.tenant_id,
        outbox_ids=[dead.pk, waiting.pk],
        by=owner,
        source=AuditSource.DASHBOARD,
        now=clock.now,
    )

    assert count == 1
    assert state_of(dead) == ("suppressed", "discarded")
    assert state_of(waiting)[0] == "unclear"
    assert AuditEntry.objects.get(action="dead_letter.discard").subject == "1 message"
    assert sending.send_again(tenant_id=dead.tenant_id, outbox_ids=[dead.pk], now=clock.now) == 0


def test_another_tenants_dead_letter_is_not_touched(tenant, other_tenant, paced_chat, owner, clock):
    with all_tenants("the neighbour's"):
        chat = ChatFactory(number=NumberFactory(tenant=other_tenant))
        theirs = OutboxMessageFactory(chat=chat, state="dead")

    assert sending.send_again(tenant_id=tenant.pk, outbox_ids=[theirs.pk], now=clock.now) == 0
    assert (
        sending.discard(
            tenant_id=tenant.pk, outbox_ids=[theirs.pk], by=owner, source=AuditSource.API, now=clock.now
        )
        == 0
    )


# --- health ------------------------------------------------------------------------------------------------------


def parts_of(number, clock):
    health = sending.health_of(number, clock.now)
    return health, {part.key: part for part in health.parts if part.lost}


def test_a_grown_number_that_is_live_is_well(paced, change, clock):
    change(state_at=clock.now - timedelta(days=3))

    health, ailing = parts_of(paced, clock)

    assert (health.score, health.tone, health.worst, ailing) == (100, "green", None, {})
    assert [part.key for part in health.parts] == [
        "state",
        "drops",
        "failures",
        "unclear",
        "rate",
        "age",
        "reachout",
    ]


CASES = {
    "lost connection": ({"state": "closed"}, "state", 50),
    "banned": ({"state": "banned"}, "state", 0),
    "break": ({"paused_until": timedelta(minutes=1)}, "failures", 75),
    "failing": ({"send_failures": 2}, "failures", 90),
    "back within the hour": ({"state_at": timedelta(minutes=-20)}, "drops", 85),
    "back within the day": ({"state_at": timedelta(hours=-20)}, "drops", 95),
    "first day": ({"linked_at": timedelta(hours=-5)}, "age", 90),
    "second week": ({"linked_at": timedelta(days=-12)}, "age", 95),
    "no new chats": ({"no_new_chats_until": timedelta(minutes=9)}, "reachout", 85),
}


@pytest.mark.parametrize(("values", "key", "score"), CASES.values(), ids=CASES)
def test_what_is_wrong_lowers_the_score_and_says_what_to_do(paced, change, clock, values, key, score):
    change(state_at=clock.now - timedelta(days=3))
    change(**{name: clock.now + at if isinstance(at, timedelta) else at for name, at in values.items()})

    health, ailing = parts_of(paced, clock)

    assert (health.score, list(ailing)) == (score, [key])
    assert health.worst == ailing[key]
    assert ailing[key].advice


def test_unclear_and_blocked_messages_of_the_last_day_count(paced, paced_chat, change, clock):
    change(state_at=clock.now - timedelta(days=3))
    OutboxMessageFactory(chat=paced_chat, state="unclear", tried_at=clock.now)
    OutboxMessageFactory(chat=paced_chat, state="dead", error_code="send_unclear", tried_at=clock.now)
    OutboxMessageFactory(chat=paced_chat, state="dead", error_code="reachout_blocked", tried_at=clock.now)
    old = clock.now - timedelta(days=2)
    OutboxMessageFactory(chat=paced_chat, state="dead", error_code="reachout_blocked", tried_at=old)

    health, ailing = parts_of(paced, clock)

    assert health.score == 100 - 20 - 15
    assert {key: part.lost for key, part in ailing.items()} == {"unclear": 20, "reachout": 15}


@pytest.mark.parametrize(("sent", "lost"), [(7, 0), (8, 10), (10, 20)])
def test_a_number_near_its_limit_loses_points(paced, paced_chat, change, configure, clock, sent, lost):
    configure(sends_per_hour="10")
    change(state_at=clock.now - timedelta(days=3))
    OutboxMessage.objects.bulk_create(
        OutboxMessageFactory.build(chat=paced_chat, state="sent", sent_at=clock.now, wa_message_id=f"WA{n}")
        for n in range(sent)
    )

    health, _ = parts_of(paced, clock)

    assert health.score == 100 - lost


def test_many_numbers_cost_no_more_than_one(paced, clock, django_assert_num_queries):
    with django_assert_num_queries(4):
        sending.health_of_all([paced], now=clock.now)
    numbers = [paced, *(NumberFactory(tenant=paced.tenant) for _ in range(3))]

    with django_assert_num_queries(4):
        found = sending.health_of_all(numbers, now=clock.now)

    assert set(found) == {number.pk for number in numbers}


def test_the_sandbox_is_judged_by_what_it_has(number, clock):
    health, ailing = parts_of(number, clock)

    assert (health.score, ailing) == (100, {})
    assert "rate" not in [part.key for part in health.parts]
