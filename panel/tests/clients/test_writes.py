import pytest

from panel.errors import PanelDown, PanelNotFound, PanelProtocolError, PanelRateLimited, PanelRefused
from panel.sandbox.seed_orders import JOKO
from panel.tests.clients.conftest import envelope, payload, refusal


def writes(panel):
    return [(write["path"], write["body"]) for write in panel.journal.writes()]


def test_resend_of_failed_orders(client, panel):
    result = client.resend([54329, 54335])

    assert (result.done, result.skipped, result.reread_failed) == ((54329, 54335), (), ())
    assert {order.status for order in result.orders.values()} == {"pending"}
    assert writes(panel) == [("/orders/resend", {"ids": "54329,54335"})]


def test_skipped_orders_are_told_apart(client):
    result = client.resend([54329, 54322])

    assert (result.done, result.skipped) == ((54329,), (54322,))
    assert result.orders[54322].status == "completed"


def test_request_cancel_is_not_cancelled_yet(client, panel):
    result = client.request_cancel([54321])

    assert result.done == (54321,)
    assert result.orders[54321].status == "in_progress"
    panel.clock.advance(3600)
    assert client.get_order(54321).status == "canceled"


def test_request_cancel_that_the_order_does_not_offer(client):
    result = client.request_cancel([54328])

    assert (result.done, result.skipped) == ((), (54328,))


def test_a_request_the_provider_never_grants_leaves_the_order_running(client, panel):
    panel.scenarios.turn_on("refuses_cancel")

    assert client.request_cancel([54321]).done == (54321,)
    panel.clock.advance(3600)
    assert client.get_order(54321).status == "in_progress"


def test_cancel_gives_its_reason(client, panel):
    result = client.cancel([54321], reason="asked by the customer")

    assert result.orders[54321].status == "canceled"
    assert writes(panel)[0][1] == {"ids": "54321", "cancel_reason": "asked by the customer"}


def test_set_partial(client, panel):
    result = client.set_partial(54321, remains=100)

    assert (result.done, result.orders[54321].status) == ((54321,), "partial")
    assert result.orders[54321].remains == 100
    assert writes(panel)[0] == ("/orders/54321/set-partial", {"remains": 100})


def test_change_status(client, panel):
    result = client.change_status([54321, 54322], "completed")

    assert (result.done, result.skipped) == ((54321,), (54322,))
    assert writes(panel)[0][1] == {"ids": "54321,54322", "status": "completed"}


def test_a_panel_that_skips_everything_changed_nothing(client, panel):
    panel.scenarios.turn_on("skipped_ids")

    result = client.cancel([54321, 54330])

    assert (result.done, result.skipped) == ((), (54321, 54330))
    assert writes(panel) == []
    assert result.orders[54321].status == "in_progress"


def test_orders_are_read_again_after_the_write(client, panel):
    client.resend([54329])

    assert [request["method"] for request in panel.journal.requests()] == ["POST", "GET"]


def test_a_reread_that_fails_is_told_and_the_write_stands(make_client, scripted):
    scripted.will_say(envelope({"ids": [1], "skipped_ids": [2]}), b"<html>")

    result = make_client(url=scripted.url).resend([1, 2])

    assert (result.done, result.skipped) == ((1,), (2,))
    assert (result.orders, result.reread_failed) == ({}, (1, 2))


def test_orders_missing_from_the_reread_are_told(make_client, scripted):
    row = {**payload("order")["data"], "id": 1}
    scripted.will_say(envelope({"ids": [1, 2], "skipped_ids": []}), envelope({"list": [row]}))

    result = make_client(url=scripted.url).cancel([1, 2])

    assert (result.done, list(result.orders), result.reread_failed) == ((1, 2), [1], (2,))


@pytest.mark.parametrize(
    ("data", "done", "skipped"),
    [
        ({"ids": [1], "skipped_ids": [2]}, (1,), (2,)),
        ({"ids": ["1", "2"], "skipped_ids": []}, (1, 2), ()),
        ({"ids": "1,2"}, (1, 2), ()),
        ({"ids": [1, 2], "skipped_ids": [2]}, (1,), (2,)),
        ({"ids": [1]}, (1,), (2,)),
        ({"skipped_ids": ["2"]}, (1,), (2,)),
        ({"orders": [{"id": 1, "success": True}, {"id": 2, "success": False}]}, (1,), (2,)),
        ({}, (1, 2), ()),
        ([], (1, 2), ()),
        (None, (1, 2), ()),
    ],
)
def test_every_form_of_a_writes_answer(make_client, scripted, data, done, skipped):
    scripted.will_say(envelope(data), envelope([]))

    result = make_client(url=scripted.url).cancel([1, 2])

    assert (result.done, result.skipped) == (done, skipped)


def test_a_write_of_nothing_asks_nothing(client, panel):
    result = client.cancel([])

    assert (result.done, result.orders) == ((), {})
    assert panel.journal.requests() == []


def test_a_write_takes_a_hundred_ids_at_most(client, panel):
    with pytest.raises(ValueError, match="101"):
        client.cancel(range(1, 102))
    assert panel.journal.requests() == []


def test_remains_is_not_negative(client):
    with pytest.raises(ValueError, match="-1"):
        client.set_partial(54321, remains=-1)


def test_set_partial_of_an_order_the_panel_does_not_know(client):
    with pytest.raises(PanelNotFound):
        client.set_partial(99999999, remains=0)


def test_a_write_that_timed_out_is_not_repeated_and_may_have_been_done(client, panel, quick_timeouts):
    panel.scenarios.turn_on("time_out_after_write")

    with pytest.raises(PanelDown) as error:
        client.resend([54329])

    assert (error.value.reason, error.value.maybe_written) == ("timeout", True)
    assert len(panel.journal.writes()) == 1
    assert client.get_order(54329).status == "pending"


@pytest.mark.parametrize("scenario", ["time_out", "error_500", "html_502"])
def test_a_write_is_sent_once_whatever_happens(client, panel, quick_timeouts, slept, scenario):
    panel.scenarios.turn_on(scenario)

    with pytest.raises(PanelDown) as error:
        client.cancel([54321])

    assert error.value.maybe_written
    assert len(panel.journal.requests()) == 1
    assert slept == []


@pytest.mark.parametrize("scenario", ["html_page", "empty_body"])
def test_a_write_answered_with_nonsense_may_have_been_done(client, panel, scenario):
    panel.scenarios.turn_on(scenario)

    with pytest.raises(PanelProtocolError) as error:
        client.cancel([54321])

    assert error.value.maybe_written


def test_a_write_nobody_could_get_was_not_done(make_client):
    with pytest.raises(PanelDown) as error:
        make_client(url="http://127.0.0.1:1").cancel([1])

    assert (error.value.reason, error.value.maybe_written) == ("connect", False)


def test_a_write_refused_by_the_rate_limit_is_sent_again(client, panel, slept):
    panel.scenarios.turn_on("rate_limited", times=2)

    assert client.resend([54329]).done == (54329,)
    assert slept == [1.2, 2.4]
    assert len(panel.journal.writes()) == 1


def test_a_write_gives_up_after_three_429(client, panel):
    panel.scenarios.turn_on("rate_limited")

    with pytest.raises(PanelRateLimited) as error:
        client.resend([54329])

    assert not error.value.maybe_written
    assert len(panel.journal.requests()) == 3
    assert panel.journal.writes() == []


def test_an_error_inside_200_was_not_done(client, panel):
    panel.scenarios.turn_on("error_in_200")

    with pytest.raises(PanelRefused) as error:
        client.cancel([54321])

    assert (error.value.error_code, error.value.message) == (500, "Something went wrong.")
    assert not error.value.maybe_written


def test_reply_ticket(client, panel):
    client.reply_ticket(5501, "On it <b>now</b> & soon", "support1")

    ticket = client.get_ticket(5501)
    assert (ticket.status, ticket.messages[-1].is_staff) == ("answered", True)
    assert panel.journal.writes()[0]["changed"] == {"ticket_id": 5501}
    assert panel.journal.requests()[0]["body"] == {
        "message": "On it &lt;b&gt;now&lt;/b&gt; & soon",
        "staff_name": "support1",
    }


def test_reply_ticket_unknown_to_the_panel(client):
    with pytest.raises(PanelNotFound):
        client.reply_ticket(4, "Hello", "support1")


def test_reply_ticket_by_staff_unknown_to_the_panel_is_a_refusal(make_client, scripted):
    scripted.will_say(refusal(106, "Staff not found."))

    with pytest.raises(PanelRefused):
        make_client(url=scripted.url).reply_ticket(5501, "Hello", "ghost")


def test_reply_ticket_that_is_locked_is_a_refusal(client):
    with pytest.raises(PanelRefused):
        client.reply_ticket(5505, "Hello", "support1")


def test_add_ticket_returns_its_id(client):
    ticket_id = client.add_ticket(JOKO, "Your code", "Your code is 123456", "support1")

    ticket = client.get_ticket(ticket_id)
    assert (ticket.username, ticket.subject) == (JOKO, "Your code")
    assert ticket.messages[0].text == "Your code is 123456"


def test_add_ticket_for_somebody_the_panel_does_not_know(client):
    with pytest.raises(PanelRefused):
        client.add_ticket("nobody_here", "Your code", "123456")


@pytest.mark.parametrize("data", [{"ticket_id": 7}, {"id": "7"}, {"ticket_id": "7", "id": 1}])
def test_add_ticket_reads_either_name_of_the_id(make_client, scripted, data):
    scripted.will_say(envelope(data))

    assert make_client(url=scripted.url).add_ticket("a", "b", "c") == 7


def test_add_ticket_without_an_id_in_the_answer(make_client, scripted):
    scripted.will_say(envelope({}))

    with pytest.raises(PanelProtocolError) as error:
        make_client(url=scripted.url).add_ticket("a", "b", "c")
    assert error.value.maybe_written
