"""refill: judged by rule, asked for once, never promised."""

import pytest

from botcore.models import MessageLog, OrderAct
from smmbot.testing.clock import NOW


def test_refill_is_requested_with_the_orders_facts(chat, sandbox):
    said = chat.say("refill 54322")

    assert said.key == "refill_submitted"
    assert said.text == (
        "✅ *Refill requested* for order 54322\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Link: https://instagram.example/anna_media.2\n"
        "Quantity: 1,000\n"
        "Start count: 5,230\n"
        "Ask any time with *refill status 54322*."
    )
    assert sandbox.writes() == []


def test_log_waits_for_the_staff_with_provider_and_oid(chat):
    row = chat.say("refill 54322").log

    assert (row.action, row.provider, row.provider_oid) == ("refill", "smmcost.example", "2323224")
    assert (row.support_status, row.is_priority, row.facts["act"]) == ("open", True, "queued")


@pytest.mark.parametrize(
    ("order_id", "key", "text"),
    [
        (
            54321,
            "refill_not_eligible",
            "Order 54321 cannot be refilled now: it is In Progress. A refill is for Completed or Partial orders.",
        ),
        (
            54323,
            "refill_guarantee_expired",
            "Order 54323 cannot be refilled: its refill window of 30 days ended on 18 April 2026.",
        ),
        (
            54324,
            "refill_no_guarantee",
            "Order 54324 cannot be refilled: its service has no refill.\nYouTube Views | No Refill",
        ),
    ],
)
def test_refusal_names_the_rule_and_the_fact(chat, order_id, key, text):
    said = chat.say(f"refill {order_id}")

    assert (said.key, said.text) == (key, text)
    assert not OrderAct.objects.exists()


@pytest.mark.parametrize("order_id", [54325, 54326])
def test_lifetime_and_partial_orders_may_be_refilled(chat, order_id):
    assert chat.say(f"refill {order_id}").key == "refill_submitted"


def test_window_is_counted_from_when_the_bot_first_saw_it_completed(chat, clock, put_order):
    """The panel's last update moves with any later edit; it must not reopen the window."""
    chat.say("check 54322")
    clock.advance(days=31)
    put_order(54322, completed_at=clock.now.timestamp() - 3600)

    said = chat.say("refill 54322")

    assert said.text == "Order 54322 cannot be refilled: its refill window of 30 days ended on 2 June 2026."


def test_dates_are_those_of_the_tenants_zone(chat, configure, put_order):
    completed = NOW.replace(month=3, day=1, hour=20)
    put_order(54322, completed_at=completed.timestamp())

    assert "ended on 31 March 2026" in chat.say("refill 54322").text
    configure(scheduler_timezone="UTC+6")
    assert "ended on 1 April 2026" in chat.say("refill 54322").text


@pytest.mark.parametrize("text", ["refill 54322 54324 54321", "54322, 54324 54321 refill"])
def test_several_orders_fare_each_by_itself(chat, text):
    said = chat.say(text)

    assert said.keys == ("refill_submitted", "refill_no_guarantee", "refill_not_eligible")
    assert said.text == (
        "✅ *54322* · refill requested\n"
        "✖ *54324* · the service has no refill\n"
        "✖ *54321* · In Progress; a refill is for Completed or Partial orders"
    )
    assert [row.order_id for row in said.logs] == [54322, 54324, 54321]


def test_asked_again_inside_the_pause_tells_the_time_left(chat, clock):
    chat.say("refill 54322")
    clock.advance(hours=1, seconds=30)

    said = chat.say("refill 54322")

    assert said.key == "action_cooldown"
    assert said.text == "Your refill for order 54322 is already in progress. You can ask again in 11 h."
    assert OrderAct.objects.count() == 1


def test_asked_again_while_the_staff_have_it_tells_since_when(chat, clock):
    chat.say("refill 54322")
    clock.advance(hours=13)

    said = chat.say("refill 54322")

    assert said.text == "Your refill for order 54322 is with our team since 3 May 2026. No need to ask again."


def test_a_settled_request_may_be_made_again(chat, clock):
    chat.say("refill 54322")
    clock.advance(hours=13)
    chat.as_("staff").say("!resolve 54322 resolved")

    assert chat.say("refill 54322").key == "refill_submitted"


def test_an_old_request_does_not_stand_in_the_way_for_ever(chat, clock):
    chat.say("refill 54322")
    clock.advance(days=8)

    assert chat.say("refill 54322").key == "refill_submitted"


def test_pause_is_the_tenants(chat, clock, configure):
    configure(refill_cooldown_seconds="0")
    chat.say("refill 54322")

    assert chat.say("refill 54322").key == "action_already_open"


def test_two_people_of_one_username_share_the_pause(chat):
    chat.say("refill 54322")

    assert chat.as_("owner").say("refill 54322").key == "action_cooldown"


def test_same_message_twice_asks_once(chat):
    said = chat.say("refill 54322")

    again = chat.say_again(said)

    assert again.texts == said.texts
    assert len(again.replies) == 1
    assert MessageLog.objects.count() == OrderAct.objects.count() == 1


def test_mode_off_refuses_without_asking_the_panel(chat, configure, sandbox):
    configure(refill_mode="off")

    said = chat.say("refill 54322")

    assert said.text == "Refill is not offered here at the moment. Please write to our team."
    assert sandbox.requests() == []


class TestStatus:
    def test_of_a_request(self, chat, configure):
        configure(scheduler_timezone="UTC+5:30")
        chat.say("refill 54322")

        said = chat.say("refill status 54322")

        assert said.text == (
            "*Refill of order 54322* · with our team\nRequested on 3 May 2026, 15:30\nOrder: Completed"
        )
        assert said.log.action == "refill_status"

    def test_of_none(self, chat):
        assert chat.say("54322 refill status").text == (
            "No refill has been requested here for order 54322. To ask for one, send *refill 54322*."
        )
