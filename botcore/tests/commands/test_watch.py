"""watch: one message when an order ends, one when it stands still, in the chat where it was asked."""

import pytest

from botcore import tasks
from botcore.domain import watches
from botcore.models import OrderWatch
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.scoping import tenant_scope


@pytest.fixture
def a_round(worker, clock):
    """A minute passes; beat's task runs, and what it wakes."""

    def run(**span):
        clock.advance(**(span or {"minutes": 1}))
        outside(tasks.watch_orders)
        worker.run()

    return run


def test_the_end_is_told_once(chat, a_round, put_order, heard):
    assert chat.say("watch 54321").text == (
        "👀 I am watching order 54321 (In Progress) and will tell you here how it ends."
    )
    a_round()
    assert len(heard(chat)) == 1
    put_order(54321, status="completed")
    a_round()
    a_round()

    assert heard(chat)[1:] == [
        "🔔 *Order 54321 is Completed*\nInstagram Followers | R30 ♻️ | Max 500K | 20K/D\nRemains: 0 of 5,000"
    ]
    row = OrderWatch.objects.get()
    assert (row.outcome, row.done_at is None, row.status) == ("order_watch_done", False, "completed")


@pytest.mark.parametrize(("status", "label"), [("partial", "Partial"), ("canceled", "Canceled")])
def test_other_ends(chat, a_round, put_order, heard, status, label):
    chat.say("watch 54321")
    put_order(54321, status=status)
    a_round()

    assert heard(chat)[-1].startswith(f"🔔 *Order 54321 is {label}*")


def test_several_that_end_together_are_one_message(chat, a_round, put_order, heard):
    chat.say("watch 54321 54328")
    put_order(54321, status="completed")
    put_order(54328, status="completed")
    a_round()

    assert heard(chat)[1:] == ["🔔 *54321, 54328* · Completed"]


def test_standing_still_is_told_once_and_the_end_all_the_same(chat, a_round, put_order, heard):
    """At 20K a day 5,000 take six hours."""
    put_order(54321, status="in_progress", remains=100)
    chat.say("watch 54321")
    a_round(hours=5)
    assert len(heard(chat)) == 1
    a_round(hours=2)
    a_round(hours=2)
    a_round(hours=30)

    assert heard(chat)[1:] == [
        "🔔 Order 54321 has not moved for 7 hours: In Progress, 100 of 5,000 to go.\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "To have it pushed, send *speed up 54321*."
    ]
    put_order(54321, status="completed")
    a_round()
    assert len(heard(chat)) == 3


def test_a_slower_service_may_stand_still_for_longer(chat, a_round, put_order, heard):
    put_order(54321, status="in_progress", remains=100, service_name="Followers | 5K/D")
    chat.say("watch 54321")
    a_round(hours=23)
    assert len(heard(chat)) == 1
    a_round(hours=2)

    assert heard(chat)[-1].startswith("🔔 Order 54321 has not moved for 25 hours")


def test_an_order_that_moves_or_waits_in_a_queue_does_not_stand_still(chat, a_round, put_order, heard):
    put_order(54327, status="pending")
    chat.say("watch 54327 54328")
    for _ in range(4):
        a_round(hours=20)

    assert all("has not moved" not in text for text in heard(chat))


def test_asked_in_a_group_it_is_told_in_the_group(chat, a_round, put_order, heard):
    group = chat.in_group()
    asked = group.say("watch 54321")
    put_order(54321, status="completed")
    a_round()

    assert len(heard(group)) == 2
    assert heard(chat) == []
    assert asked.message.chat.outbox.latest("pk").quoted_id == asked.message.wa_message_id


def test_a_group_that_was_switched_off_hears_nothing(chat, a_round, put_order, heard):
    group = chat.in_group()
    group.say("watch 54321")
    chat.in_group(enabled=False)
    put_order(54321, status="completed")
    a_round()

    assert len(heard(group)) == 1


def test_ended_orders_are_not_watched(chat):
    assert chat.say("watch 54322").text == (
        "Order 54322 is Completed already, so there is nothing to wait for."
    )
    assert not OrderWatch.objects.exists()


def test_watched_once_a_chat(chat):
    said = chat.say("watch 54321")
    chat.say_again(said)

    assert chat.say("watch 54321").key == "watch_already_on"
    assert chat.in_group().say("watch 54321").key == "watch_started"
    assert OrderWatch.objects.count() == 2


def test_twelve_orders_and_the_limit_of_ten(chat, put_order):
    ids = range(60001, 60013)
    for pk in ids:
        put_order(pk, user="anna_media", status="in_progress")
    said = chat.say(f"watch {' '.join(map(str, ids))}")

    assert said.keys == ("bulk_ack", *["watch_started"] * 10)
    assert said.texts[-1].splitlines()[1:] == [
        f"👀 *{', '.join(map(str, range(60001, 60011)))}* · watching",
        "✖ *60011, 60012* · not watched, 10 at a time is the limit",
    ]
    assert OrderWatch.objects.filter(done_at__isnull=True).count() == 10
    assert chat.say("watch 54321").text == (
        "I watch up to 10 orders for you at a time. To make room, send *unwatch* and an order number."
    )


def test_unwatch_makes_room(chat, configure, a_round, put_order, heard):
    configure(watch_limit="1")
    chat.say("watch 54321")
    assert chat.say("watch 54328").key == "watch_limit_reached"

    assert chat.say("unwatch 54321").text == "I no longer watch order 54321."
    assert chat.say("unwatch 54321").key == "watch_none"
    assert chat.say("watch 54328").key == "watch_started"
    put_order(54321, status="completed")
    a_round()
    assert all("🔔" not in text for text in heard(chat))


def test_nobody_stops_anothers_watch(chat):
    chat.say("watch 54321")

    assert chat.as_("rahul").say("unwatch 54321").key == "watch_none"


def test_only_ones_own_orders(chat):
    assert chat.say("watch 54330").key == "order_not_owned"
    assert chat.as_("stranger").say("watch 54321").key == "verification_required"
    assert chat.as_("staff").say("watch 54321").key == "permission_denied"
    assert chat.as_("owner").say("watch 54321").key == "watch_started"


def test_after_fourteen_days_it_ends(chat, a_round, put_order, heard):
    put_order(54327, status="pending")
    chat.say("watch 54327")
    a_round(days=14, minutes=1)
    a_round()

    assert heard(chat)[1:] == ["I have watched order 54327 for 14 days and stop now. It is still Pending."]


def test_rows_wait_for_nobody(chat):
    row = chat.say("watch 54321").log

    assert (row.action, row.support_status) == ("watch", "resolved")


# --- rounds ------------------------------------------------------------------------------------------------------


def test_panel_down_means_the_next_round(chat, a_round, put_order, heard, sandbox):
    chat.say("watch 54321")
    put_order(54321, status="completed")
    sandbox.scenario("error_500")
    a_round()
    assert len(heard(chat)) == 1
    sandbox.clear_scenarios()
    a_round()

    assert len(heard(chat)) == 2


def test_a_hundred_orders_a_call(chat, a_round, put_order, configure, sandbox):
    configure(watch_limit="1000")
    ids = list(range(60001, 60121))
    for pk in ids:
        put_order(pk, user="anna_media", status="in_progress")
    chat.say("watch " + " ".join(map(str, ids[:90])))
    chat.say("watch " + " ".join(map(str, ids[90:])))
    before = len(sandbox.requests())
    a_round()

    asked = [row["query"]["ids"].split(",") for row in sandbox.requests()[before:]]
    assert [len(one) for one in asked] == [100, 20]
    assert sorted(int(pk) for one in asked for pk in one) == ids


def test_nothing_due_asks_nothing(chat, sandbox, worker):
    chat.say("watch 54321")
    before = len(sandbox.requests())
    outside(tasks.watch_orders)
    worker.run()

    assert len(sandbox.requests()) == before


def test_a_round_that_was_taken_over_says_nothing(chat, clock, put_order, heard, monkeypatch):
    """While one worker waits for the panel, its lease ends and another tells the news."""
    chat.say("watch 54321")
    put_order(54321, status="completed")
    clock.advance(minutes=1)
    read, rounds = watches._read, []

    def slowly(client, rows):
        if not rounds:
            rounds.append("the other")
            clock.advance(minutes=4)
            watches.poll(tenant_id=chat.tenant.pk, now=clock.now)
        return read(client, rows)

    monkeypatch.setattr(watches, "_read", slowly)
    watches.poll(tenant_id=chat.tenant.pk, now=clock.now)

    assert [row.text[:10] for row in chat_outbox(chat)] == ["👀 I am wat", "🔔 *Order 5"]


def chat_outbox(chat):
    return OrderWatch.objects.get().chat.outbox.order_by("pk")


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_one_moment_tell_once(chat, clock, put_order):
    for pk in range(60001, 60006):
        put_order(pk, user="anna_media", status="in_progress")
    chat.say("watch 60001 60002 60003 60004 60005")
    for pk in range(60001, 60006):
        put_order(pk, status="completed")
    clock.advance(minutes=1)

    def one(_):
        with tenant_scope(chat.tenant.pk):
            return watches.poll(tenant_id=chat.tenant.pk, now=clock.now)

    assert sum(at_once(4, one)) == 5
    told = [row for row in OrderWatch.objects.first().chat.outbox.all() if "🔔" in row.text]
    assert "".join(row.text for row in told).count("6000") == 5
