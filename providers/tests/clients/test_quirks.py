"""Answers as they are met in the wild. Source: reference/panel-api.md 3.2."""

from decimal import Decimal

import pytest

from providers.clients.types import Accepted, Balance, Refused
from providers.enums import RefillState, RefusalKind
from providers.errors import ProviderDown, ProviderProtocolError, ProviderRefused

ROW = {"charge": "0.31", "start_count": "", "status": "In progress", "remains": "250"}
UNCLEAR = Refused("", RefusalKind.UNCLEAR)
UNKNOWN = Refused("", RefusalKind.INCORRECT_ORDER)
SERVICE = {"service": 17, "name": "Likes"}


# --- status ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [ROW, {"1": ROW}, {"data": {"1": ROW}}, [{"order": 1, **ROW}], {"orders": {"1": ROW}}]
)
def test_every_form_of_one_status(client, scripted, answer):
    scripted.will_say(answer)

    order = client.statuses(["1"])["1"]

    assert (order.status, order.charge, order.currency) == ("in_progress", Decimal("0.31"), "")
    assert (order.start_count, order.remains) == (None, 250)


@pytest.mark.parametrize(
    "answer",
    [
        {"1": ROW, "2": ROW},
        {"data": {"1": ROW, "2": ROW}},
        [{"order": "1", **ROW}, {"order": 2, **ROW}],
        {"0": {"order": 1, **ROW}, "5": {"order": 2, **ROW}},
        {"1": ROW, "2": ROW, "3": ROW},
    ],
)
def test_every_form_of_many_statuses(client, scripted, answer):
    scripted.will_say(answer)

    found = client.statuses(["1", "2"])

    assert [(oid, one.oid, one.status) for oid, one in found.items()] == [
        ("1", "1", "in_progress"),
        ("2", "2", "in_progress"),
    ]


@pytest.mark.parametrize("nothing", [[], {}])
def test_an_empty_answer_means_that_none_is_known(client, scripted, nothing):
    scripted.will_say(nothing)

    assert client.statuses(["1", "2"]) == {"1": UNKNOWN, "2": UNKNOWN}
    assert client.statuses(["1"]) == {"1": UNKNOWN}


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        ({"error": "Incorrect order ID"}, Refused("Incorrect order ID", RefusalKind.INCORRECT_ORDER)),
        ({"status": ""}, UNCLEAR),
        ({}, UNCLEAR),
        (None, UNCLEAR),
        ("Completed", UNCLEAR),
    ],
)
def test_one_bad_row_leaves_the_others_alone(client, scripted, row, refused):
    scripted.will_say({"1": ROW, "2": row})

    found = client.statuses(["1", "2"])

    assert found["1"].status == "in_progress"
    assert found["2"] == refused


def test_an_answer_about_other_orders_is_none(client, scripted):
    scripted.will_say({"8": ROW, "9": ROW})

    with pytest.raises(ProviderProtocolError):
        client.statuses(["1", "2"])


@pytest.mark.parametrize(
    ("asked", "written"),
    [("0123", "123"), ("5f0C9e", "5f0c9E"), ("ord_a1", "ord_a1"), ("65a1f0c2b7e84d0011223344",) * 2],
)
def test_ids_are_text_and_found_as_the_provider_writes_them(client, scripted, asked, written):
    scripted.will_say({written: ROW, "other": ROW})

    assert client.statuses([asked, "other"])[asked].oid == asked


def test_two_ids_alike_are_not_mixed_up(client, scripted):
    scripted.will_say({"0123": {**ROW, "remains": 1}, "123": {**ROW, "remains": 2}})

    found = client.statuses(["0123", "123"])

    assert [one.remains for one in found.values()] == [1, 2]


@pytest.mark.parametrize(
    ("word", "status"),
    [("IN PROGRESS", "in_progress"), ("Cancelled", "canceled"), ("FAIL", "fail"), ("AWAITING", "AWAITING")],
)
def test_status_words(client, scripted, word, status):
    scripted.will_say({**ROW, "status": word})

    assert client.statuses(["1"])["1"].status == status


# --- refill and cancel ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ({"refill": "77"}, Accepted("77")),
        ({"refill": 77}, Accepted("77")),
        ({"refill": 77.0}, Accepted("77")),
        ({"refill": "rf-9a_1"}, Accepted("rf-9a_1")),
        ({"refill": "77", "success": "Refill request sent"}, Accepted("77")),
        ({"refill": True}, Accepted(None)),
        ({"refill": 1}, Accepted(None)),
        ({"refill": "1"}, Accepted(None)),
        ({"success": "Refill request sent"}, Accepted(None)),
        ({"success": True, "refill": {"id": 77}}, Accepted(None)),
        ({"refill": {"id": 77}}, UNCLEAR),
        ({"refill": {}}, UNCLEAR),
        ({"refill": []}, UNCLEAR),
        ({"refill": None}, UNCLEAR),
        ({"refill": {"error": "is_not_available"}}, "refill_not_available"),
        ({"refill": "Refill is already in progress"}, "already_requested"),
        ({"refill": "Your refill was taken"}, UNCLEAR),
        ({"refill": "Refill is not available for it"}, "refill_not_available"),
        ({"refill": 0}, "other"),
        ({"refill": False, "message": "guarantee_expired"}, "guarantee_expired"),
        ({"error": "Not enough funds on balance"}, "not_enough_funds"),
        ([{"order": 1, "refill": 77}], Accepted("77")),
        ([{"order": 1, "refill": {"error": "Incorrect order ID"}}], "incorrect_order"),
        ([{"order": 1, "error": "Incorrect order ID"}], "incorrect_order"),
        ({"1": {"refill": 77}}, Accepted("77")),
        ({"1": 77}, Accepted("77")),
        ([], UNCLEAR),
    ],
)
def test_every_form_of_one_refill(client, scripted, answer, result):
    scripted.will_say(answer)

    found = client.request_refills(["1"])["1"]

    assert (found.kind if isinstance(result, str) else found) == result


def test_rows_of_a_refill_that_are_missing_or_odd_may_have_been_done(client, scripted):
    scripted.will_say([{"order": "1", "refill": "77"}, {"order": 2}, "odd", {"order": 4, "refill": 78}])

    found = client.request_refills(["1", "2", "3"])

    assert found == {"1": Accepted("77"), "2": UNCLEAR, "3": UNCLEAR}
    assert found["3"].may_be_done


def test_a_refill_answered_with_other_orders_may_have_been_done(client, scripted):
    scripted.will_say([{"order": 8, "refill": 77}])

    with pytest.raises(ProviderProtocolError) as error:
        client.request_refills(["1", "2"])
    assert error.value.maybe_written


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ([{"order": 1, "cancel": 1}], Accepted()),
        ([{"order": "1", "cancel": "1"}], Accepted()),
        ([{"order": 1, "cancel": True}], Accepted()),
        ({"cancel": 1}, Accepted()),
        ({"cancel": "990011"}, Accepted()),
        ({"success": "Cancel requested"}, Accepted()),
        ([{"order": 1, "cancel": 0}], "other"),
        ([{"order": 1, "cancel": {"error": "Incorrect order ID"}}], "incorrect_order"),
        ([{"order": 1, "error": "Cancel is not available"}], "cancel_not_available"),
        ([{"order": 1, "cancel": {}}], UNCLEAR),
    ],
)
def test_every_form_of_one_cancel(client, scripted, answer, result):
    scripted.will_say(answer)

    found = client.request_cancels(["1"])["1"]

    assert (found.kind if isinstance(result, str) else found) == result
    assert scripted.asked() == [{"action": "cancel", "orders": "1"}]


@pytest.mark.parametrize(
    ("call", "one", "many", "single"),
    [
        ("request_cancels", "order", "orders", {"cancel": 1}),
        ("request_refills", "order", "orders", {"refill": 5}),
        ("statuses", "order", "orders", ROW),
        ("refill_states", "refill", "refills", {"status": "Completed"}),
    ],
)
def test_providers_that_take_no_lists_are_asked_one_by_one(client, scripted, call, one, many, single):
    scripted.will_say({"error": "Incorrect request"}, single, {"error": "Incorrect order ID"}, single)

    found = getattr(client, call)(["1", "2", "3"])

    assert [isinstance(result, Refused) for result in found.values()] == [False, True, False]
    asked = [{name: value for name, value in form.items() if name != "action"} for form in scripted.asked()]
    assert asked == [{many: "1,2,3"}, {one: "1"}, {one: "2"}, {one: "3"}]


def test_a_provider_without_the_call_is_not_asked_for_every_id(client, scripted):
    scripted.will_say({"error": "Incorrect request"})

    found = client.request_cancels(["1", "2", "3"])

    assert {one.kind for one in found.values()} == {RefusalKind.NOT_SUPPORTED}
    assert len(scripted.forms) == 2


def test_only_twenty_are_asked_one_by_one(client, scripted):
    scripted.will_say({"error": "Incorrect request"}, {"cancel": 1})

    found = client.request_cancels([str(number) for number in range(1, 31)])

    assert [isinstance(one, Accepted) for one in found.values()] == [True] * 20 + [False] * 10
    assert found["30"].kind is RefusalKind.NOT_ASKED


def test_a_failure_among_singles_keeps_what_was_done(client, scripted):
    scripted.will_say({"error": "Incorrect request"}, {"cancel": 1}, {"cancel": 1}, b"<html>")

    found = client.request_cancels(["1", "2", "3", "4"])

    assert list(found.values()) == [Accepted(), Accepted(), UNCLEAR, Refused("", RefusalKind.NOT_ASKED)]


def test_a_failure_of_the_first_single_is_raised(client, scripted):
    scripted.will_say({"error": "Incorrect request"})
    scripted.will_say(b"", status=502)

    with pytest.raises(ProviderDown) as error:
        client.request_cancels(["1", "2"])
    assert error.value.maybe_written


def test_another_refusal_of_a_list_is_no_reason_to_ask_again(client, scripted):
    scripted.will_say({"error": "Account suspended"})

    with pytest.raises(ProviderRefused):
        client.request_cancels(["1", "2"])
    assert len(scripted.forms) == 1


# --- refill status --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "Completed"},
        [{"refill": 77, "status": "completed"}],
        {"77": {"status": "COMPLETED"}},
        {"77": "Completed"},
        {"data": [{"refill": "77", "status": "Completed"}]},
    ],
)
def test_every_form_of_a_refill_status(client, scripted, answer):
    scripted.will_say(answer)

    progress = client.refill_states(["77"])["77"]

    assert (progress.refill_id, progress.state) == ("77", RefillState.COMPLETED)


def test_refill_statuses_with_errors_and_gaps(client, scripted):
    rows = [
        {"refill": 77, "status": "Awaiting"},
        {"refill": 78, "status": {"error": "Refill not found"}},
        {"refill": 79, "status": None},
    ]
    scripted.will_say(rows)

    found = client.refill_states(["77", "78", "79", "80"])

    assert (found["77"].state, found["77"].text) == (RefillState.PENDING, "Awaiting")
    assert found["78"].kind == found["80"].kind == RefusalKind.REFILL_NOT_FOUND
    assert found["79"] == UNCLEAR


# --- the account ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "balance"),
    [
        ({"balance": "100.84", "currency": "usd"}, Balance(Decimal("100.84"), "USD")),
        ({"balance": 100.84}, Balance(Decimal("100.84"), "")),
        ({"balance": 0, "currency": None}, Balance(Decimal(0), "")),
        ({"status": "success", "balance": "-3.1"}, Balance(Decimal("-3.1"), "")),
        ({"data": {"balance": "5", "currency": "EUR"}}, Balance(Decimal(5), "EUR")),
    ],
)
def test_every_form_of_the_balance(client, scripted, answer, balance):
    scripted.will_say(answer)

    assert client.balance() == balance


@pytest.mark.parametrize(
    "answer",
    [
        [SERVICE],
        {"services": [SERVICE]},
        {"data": [SERVICE]},
        {"data": {"services": [SERVICE]}},
        {"0": SERVICE, "3": SERVICE},
        [SERVICE, {"service": 18}, {"name": "x"}, None, "x", {"service": {}, "name": "x"}],
    ],
)
def test_every_form_of_the_catalogue(client, scripted, answer):
    scripted.will_say(answer)

    (service,) = client.services()

    assert (service.service_id, service.name) == ("17", "Likes")
    assert (service.rate, service.minimum, service.can_refill, service.can_cancel) == (None, None, None, None)


def test_services_as_fully_as_they_come(client, scripted):
    full = {"service": "s-17", "name": "Likes", "type": "Default", "category": "IG", "rate": 0.1, "min": "10"}
    scripted.will_say([{**full, "max": 5e3, "desc": "Fast", "refill": 1, "cancel": "0", "dripfeed": True}])

    (service,) = client.services()

    assert (service.service_id, service.type, service.category, service.description) == (
        *("s-17", "Default", "IG", "Fast"),
    )
    assert (service.rate, service.minimum, service.maximum) == (Decimal("0.1"), 10, 5000)
    assert (service.can_refill, service.can_cancel, service.can_dripfeed) == (True, False, True)


def test_an_empty_catalogue_is_one(client, scripted):
    scripted.will_say([])

    assert client.services() == []


def test_a_catalogue_of_nonsense_is_none(client, scripted):
    scripted.will_say([{"x": 1}, {"y": 2}])

    with pytest.raises(ProviderProtocolError):
        client.services()


def test_the_form_on_the_wire(client, scripted):
    scripted.will_say({"balance": 1})

    client.balance()

    assert scripted.forms == [{"key": "provider-key-0123456789", "action": "balance"}]
