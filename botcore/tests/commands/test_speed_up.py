"""speed up: priority for the staff; a failed order is sent to the provider again, once in its life."""

import pytest


def test_running_order_is_marked_and_passed_on(chat, sandbox):
    said = chat.say("speed up 54321")

    assert said.text == (
        "✅ *Speed-up requested* for order 54321\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Status: In Progress, 2,960 of 5,000 to go\n"
        "It is marked as priority and passed on."
    )
    assert (said.log.is_priority, said.log.facts["act"]) == (True, "queued")
    assert sandbox.writes() == []


@pytest.mark.parametrize(
    "text", ["speedup 54321", "speed-up 54321", "54321 speed up", "speedup my order 54321", "boost 54321"]
)
def test_spellings(chat, text):
    assert chat.say(text).key == "speedup_submitted"


def test_failed_order_is_sent_again(chat, sandbox):
    said = chat.say("speed up 54329")

    assert said.key == "speedup_resent"
    assert said.text.startswith("✅ *Order 54329 was sent to the provider again*\n")
    assert said.text.endswith("Status now: Pending")
    assert [write["path"] for write in sandbox.writes()] == ["/orders/resend"]
    assert said.log.provider_oid == sandbox.world.order(54329).external_id


def test_failed_order_is_sent_again_once_in_its_life(chat, sandbox, clock, put_order):
    chat.say("speed up 54329")
    clock.advance(days=40)
    put_order(54329, status="fail")

    said = chat.say("speed up 54329")

    assert (said.key, said.log.facts["act"]) == ("speedup_submitted", "queued")
    assert len(sandbox.writes()) == 1


def test_failed_order_without_the_offer_goes_to_the_staff(chat, sandbox, put_order):
    put_order(54329, actions={"resend": False})

    assert chat.say("speed up 54329").log.facts["act"] == "queued"
    assert sandbox.writes() == []


@pytest.mark.parametrize(("order_id", "status"), [(54322, "Completed"), (54326, "Partial")])
def test_ended_orders_are_refused(chat, order_id, status):
    assert chat.say(f"speed up {order_id}").text == (
        f"Order {order_id} cannot be sped up: it is {status}. A speed-up is for orders still being delivered."
    )


def test_mode_approve_resends_nothing(chat, sandbox, configure):
    configure(speedup_mode="approve")

    assert chat.say("speed up 54329").log.facts["act"] == "queued"
    assert sandbox.writes() == []


def test_pause_of_an_hour(chat, clock):
    chat.say("speed up 54321")
    clock.advance(minutes=15)

    assert "You can ask again in 45 min." in chat.say("speed up 54321").text
