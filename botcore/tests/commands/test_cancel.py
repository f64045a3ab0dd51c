"""cancel: a request to the panel where it offers one, else to the staff. Nothing is called canceled before it is."""

import pytest

from botcore.models import OrderAct


def test_cancellation_is_requested_at_the_panel(chat, sandbox):
    said = chat.say("cancel 54321")

    assert said.key == "cancel_submitted"
    assert said.text == (
        "✅ *Cancellation requested* for order 54321\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Next: the provider has to agree. What was delivered by then stays; the rest is refunded to your "
        "balance. See how it goes with *check 54321*."
    )
    assert [(write["path"], write["body"]) for write in sandbox.writes()] == [
        ("/orders/request-cancel", {"ids": "54321"})
    ]
    assert (said.log.facts["act"], said.log.is_priority) == ("requested", False)


@pytest.mark.parametrize(
    "text", ["cancel 54321", "54321 cancel", "cancel order 54321 please", "CANCEL #54321!"]
)
def test_any_word_order(chat, sandbox, text):
    assert chat.say(text).key == "cancel_submitted"
    assert len(sandbox.writes()) == 1


@pytest.mark.parametrize("text", ["don't cancel 54321", "do not cancel my order 54321"])
def test_a_forbidden_cancellation_is_not_made(chat, sandbox, text):
    chat.say(text)

    assert sandbox.writes() == []


def test_several_orders_are_one_call(chat, sandbox):
    said = chat.say("cancel 54321, 54327")

    assert said.text == "✅ *54321, 54327* · cancellation requested"
    assert [write["body"] for write in sandbox.writes()] == [{"ids": "54321,54327"}]


def test_what_the_panel_does_not_offer_goes_to_the_staff(chat, sandbox):
    said = chat.say("cancel 54328")

    assert said.key == "cancel_submitted"
    assert (said.log.facts["act"], said.log.is_priority, said.log.support_status) == ("queued", True, "open")
    assert sandbox.writes() == []


@pytest.mark.parametrize(("order_id", "status"), [(54322, "Completed"), (54326, "Partial")])
def test_ended_orders_are_refused(chat, sandbox, order_id, status):
    said = chat.say(f"cancel {order_id}")

    assert said.text == f"Order {order_id} cannot be canceled: it is already {status}."
    assert sandbox.writes() == []


def test_what_the_panel_cancels_at_once_is_called_canceled(chat, sandbox, monkeypatch):
    world = sandbox.world
    monkeypatch.setattr(world, "request_cancel", lambda ids, is_refused: world.cancel(ids))

    said = chat.say("cancel 54321")

    assert said.text.startswith("✅ *Order 54321 is Canceled*\n")
    assert said.log.facts["act"] == "done"


def test_skipped_by_the_panel_goes_to_the_staff(chat, sandbox):
    sandbox.scenario("skipped_ids")

    said = chat.say("cancel 54321")

    assert said.key == "cancel_submitted"
    assert (said.log.facts["act"], said.log.is_priority) == ("queued", True)
    assert sandbox.writes() == []


def test_pause_between_requests(chat, sandbox, clock):
    sandbox.scenario("refuses_cancel")
    chat.say("cancel 54328")

    assert chat.say("cancel 54328").text == (
        "Your cancellation for order 54328 is already in progress. You can ask again in 12 h."
    )
    clock.advance(minutes=11 * 60 + 59)
    assert "You can ask again in 1 min." in chat.say("54328 cancel").text


@pytest.mark.parametrize("mode", ["approve", "forward"])
def test_other_modes_leave_the_panel_alone(chat, sandbox, configure, mode):
    configure(cancel_mode=mode)

    said = chat.say("cancel 54321")

    assert (said.key, said.log.facts["act"]) == ("cancel_submitted", "queued")
    assert sandbox.writes() == []


def test_mode_off(chat, sandbox, configure):
    configure(cancel_mode="off")

    assert chat.say("cancel 54321").text == (
        "Cancellation is not offered here at the moment. Please write to our team."
    )
    assert sandbox.requests() == []
    assert not OrderAct.objects.exists()


def test_same_message_delivered_five_times_writes_once(chat, sandbox):
    said = chat.say("cancel 54321")
    for _ in range(4):
        chat.say_again(said)

    assert len(sandbox.writes()) == 1
    assert len(chat.now(said).texts) == 1
