from datetime import UTC, datetime
from decimal import Decimal

import pytest

from panel.clients.types import Money, OrderActions
from panel.errors import PanelError, PanelNotFound, PanelProtocolError
from panel.sandbox.seed_orders import ANNA, JOKO, RAHUL
from panel.tests.clients.conftest import envelope, payload


def order_row(order_id, **fields):
    return {**payload("order")["data"], "id": order_id, **fields}


def listing(*rows):
    return envelope({"count": len(rows), "list": list(rows)})


def test_get_orders_asks_for_all_in_one_call(client, panel):
    orders = client.get_orders([54321, 54331, 54326])

    assert list(orders) == [54321, 54331, 54326]
    assert [order.order_id for order in orders.values()] == [54321, 54331, 54326]
    request = panel.journal.requests()[0]
    assert request["query"] == {"ids": "54321,54331,54326", "limit": "3", "include": "last_update"}
    assert len(panel.journal.requests()) == 1


def test_get_orders_reads_every_field(client):
    order = client.get_orders([54326])[54326]

    assert (order.username, order.status, order.mode) == (ANNA, "partial", "auto")
    assert (order.quantity, order.start_count, order.remains) == (1000, 77, 250)
    assert order.charge is not None
    assert order.charge.currency == "USD"
    assert isinstance(order.charge.value, Decimal)
    assert order.provider
    assert order.external_id
    assert order.created is not None
    assert order.created.tzinfo is UTC
    assert order.last_update is not None


def test_get_orders_leaves_out_what_the_panel_does_not_know(client):
    assert list(client.get_orders([54321, 99999999])) == [54321]


def test_get_orders_of_nothing_asks_nothing(client, panel):
    assert client.get_orders([]) == {}
    assert panel.journal.requests() == []


@pytest.mark.parametrize(("ids", "calls"), [(1, 1), (100, 1), (101, 2), (250, 3)])
def test_get_orders_costs_a_call_for_each_hundred(client, panel, ids, calls):
    client.get_orders(range(54321, 54321 + ids))

    requests = panel.journal.requests()
    assert len(requests) == calls
    assert sum(int(request["query"]["limit"]) for request in requests) == ids


def test_get_orders_asks_for_each_id_once(client, panel):
    client.get_orders([54321, 54322, 54321])

    assert panel.journal.requests()[0]["query"]["ids"] == "54321,54322"


def test_get_orders_drops_rows_nobody_asked_for(client, panel, caplog):
    panel.scenarios.turn_on("ignores_filter")

    assert set(client.get_orders([54321])) <= {54321}
    assert "panel_ignored_filter" in [record.message for record in caplog.records]


def test_get_orders_counts_the_rows_it_drops(make_client, scripted, caplog):
    scripted.will_say(listing(order_row(1), order_row(2), order_row(3)))

    assert list(make_client(url=scripted.url).get_orders([2])) == [2]
    assert [(record.message, record.dropped) for record in caplog.records] == [("panel_ignored_filter", 2)]


def test_get_orders_loses_a_bad_row_and_not_the_list(make_client, scripted, caplog):
    scripted.will_say(listing(order_row(1), {"id": "?"}, None, order_row(2, status=None), order_row(3)))

    assert list(make_client(url=scripted.url).get_orders([1, 2, 3])) == [1, 3]
    assert [(record.message, record.skipped) for record in caplog.records] == [("panel_bad_rows", 3)]


def test_get_orders_refuses_a_list_without_one_good_row(make_client, scripted):
    scripted.will_say(listing({"id": None}))

    with pytest.raises(PanelProtocolError) as error:
        make_client(url=scripted.url).get_orders([1])
    assert error.value.reason == "bad_data"


@pytest.mark.parametrize("data", [[], {"count": 0, "list": []}, {"count": 0, "list": {}}])
def test_get_orders_takes_an_empty_list_in_any_form(make_client, scripted, data):
    scripted.will_say(envelope(data))

    assert make_client(url=scripted.url).get_orders([1]) == {}


@pytest.mark.parametrize("ids", [[0], [-5], [1, 0]])
def test_ids_are_positive(client, ids):
    with pytest.raises(ValueError, match=r"0|-5"):
        client.get_orders(ids)


def test_get_order_brings_its_actions(client):
    order = client.get_order(54329)

    assert order.status == "fail"
    assert order.actions == OrderActions(
        resend=True, refill=False, request_cancel=False, cancel_and_refund=True
    )


def test_lists_may_come_without_actions(make_client, scripted):
    row = order_row(1)
    del row["actions"]
    scripted.will_say(listing(row))

    assert make_client(url=scripted.url).get_orders([1])[1].actions is None


def test_get_order_unknown_to_the_panel(client):
    with pytest.raises(PanelNotFound):
        client.get_order(99999999)


def test_get_order_refuses_another_order(make_client, scripted):
    scripted.will_say(payload("order"))

    with pytest.raises(PanelProtocolError):
        make_client(url=scripted.url).get_order(1)


def test_statuses_nobody_has_heard_of_survive(make_client, scripted):
    scripted.will_say(envelope(order_row(1, status="On Hold")))

    assert make_client(url=scripted.url).get_order(1).status == "On Hold"


@pytest.mark.parametrize("scenario", ["wrong_types", "unknown_fields"])
def test_sloppy_panels_are_read_alike(client, panel, scenario):
    ids = [54321, 54336, 54341]
    before = client.get_orders(ids)
    user, ticket = client.find_user(ANNA), client.get_ticket(5501)
    payments = client.list_payments()

    panel.scenarios.turn_on(scenario)

    after = client.get_orders(ids)
    for order_id in ids:
        for field in ("external_id", "quantity", "service_id", "provider", "created", "status", "username"):
            assert getattr(after[order_id], field) == getattr(before[order_id], field)
        assert after[order_id].charge == before[order_id].charge
    assert client.find_user(ANNA) == user
    assert client.get_ticket(5501) == ticket
    assert client.list_payments() == payments


def test_find_user_matches_exactly(client):
    user = client.find_user(f" {ANNA} ")

    assert user is not None
    assert (user.username, user.status) == (ANNA, "active")
    assert user.balance == Money(Decimal("48.2500"), "USD")


@pytest.mark.parametrize("name", ["nobody_here", "", "  "])
def test_find_user_unknown(client, name):
    assert client.find_user(name) is None


@pytest.mark.parametrize(
    ("asked", "listed", "found"),
    [
        ("Anna", ["anna", "ANNA", "Anna"], "Anna"),
        ("Anna", ["anna"], "anna"),
        ("Anna", ["anna", "ANNA"], None),
        ("Anna", ["annabel", "hanna"], None),
        ("Anna", [], None),
        ("joko88", ["joko88", "joko88x"], "joko88"),
    ],
)
def test_find_user_compares_for_itself(make_client, scripted, asked, listed, found):
    scripted.will_say(listing(*({"id": number, "username": name} for number, name in enumerate(listed, 1))))

    user = make_client(url=scripted.url).find_user(asked)

    assert (user and user.username) == found


def test_find_user_never_takes_somebody_else_for_the_one_asked_for(client, panel):
    panel.scenarios.turn_on("ignores_filter")

    user = client.find_user(f"{RAHUL}_does_not_exist")

    assert user is None


def test_is_user_gone(client):
    assert client.is_user_gone(f"{ANNA}_no_more")
    assert not client.is_user_gone(ANNA)
    assert not client.is_user_gone(ANNA.upper())
    assert not client.is_user_gone(" ")


@pytest.mark.parametrize("scenario", ["ignores_filter", "wrong_types"])
def test_is_user_gone_is_not_said_of_users_who_are_there(client, panel, scenario):
    panel.scenarios.turn_on(scenario)

    assert not client.is_user_gone(ANNA)


def test_is_user_gone_does_not_believe_a_panel_that_ignores_filters(client, panel):
    panel.scenarios.turn_on("ignores_filter")

    assert not client.is_user_gone(f"{ANNA}_no_more")


def test_is_user_gone_does_not_believe_a_panel_that_lists_nobody(make_client, scripted):
    scripted.will_say(listing(), listing())

    assert not make_client(url=scripted.url).is_user_gone("anna")


@pytest.mark.parametrize("scenario", ["error_500", "error_in_200", "html_page", "empty_body"])
def test_is_user_gone_fails_with_the_panel(client, panel, scenario):
    panel.scenarios.turn_on(scenario)

    with pytest.raises(PanelError):
        client.is_user_gone(f"{ANNA}_no_more")


def test_list_tickets_filters_and_pages(client, panel):
    tickets = client.list_tickets(status="pending", limit=1, offset=1)

    assert [ticket.ticket_id for ticket in tickets] == [5502]
    assert panel.journal.requests()[0]["query"] == {"status": "pending", "limit": "1", "offset": "1"}


def test_list_tickets_drops_what_was_not_asked_for(client, panel, caplog):
    panel.scenarios.turn_on("ignores_filter")

    tickets = client.list_tickets(status="pending", user=ANNA)

    assert [ticket.ticket_id for ticket in tickets] == [5501]
    assert [record.message for record in caplog.records] == ["panel_ignored_filter"]


def test_get_ticket_keeps_the_words_of_its_messages(client):
    ticket = client.get_ticket(5502)

    assert (ticket.username, ticket.status, ticket.is_read) == (RAHUL, "pending", False)
    assert ticket.messages[0].text == (
        "Order ID : 54331 54337 Request : Refill please refill, they are dropping & I can't wait"
    )
    assert ticket.messages[0].is_staff is False
    # The panel names no zone, so nobody knows when that was; that it changed can be seen.
    assert (ticket.last_update, bool(ticket.last_update_text)) == (None, True)


def test_get_ticket_tells_the_sides_apart(client):
    assert [message.is_staff for message in client.get_ticket(5503).messages] == [False, True]


def test_get_ticket_unknown_to_the_panel(client):
    with pytest.raises(PanelNotFound):
        client.get_ticket(4)


def test_list_payments_filters(client):
    payments = client.list_payments(username=JOKO, status="waiting")

    assert [(one.payment_id, one.username, one.memo) for one in payments] == [(9003, JOKO, "TX-2071")]
    assert payments[0].amount == Money(Decimal("20.0000"), "USD")


def test_list_payments_drops_what_was_not_asked_for(client, panel):
    panel.scenarios.turn_on("ignores_filter")

    assert {one.username for one in client.list_payments(username=JOKO)} == {JOKO}


def test_the_example_of_the_documents_is_read_whole(make_client, scripted):
    scripted.will_say(payload("order"))

    order = make_client(url=scripted.url).get_order(700123)

    assert order.charge == Money(Decimal("0.4200"), "USD")
    assert order.provider_charge == Money(Decimal("0.3100"), "USD")
    assert order.created == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert order.last_update == datetime(2026, 2, 1, 11, 30, tzinfo=UTC)
    assert (order.service_id, order.service_name) == (4321, "Instagram Likes | R30 | 50K/D")
    assert order.actions == OrderActions(False, False, True, True)
    assert "203.0.113.7" not in repr(order)
