"""What each bad day of a panel becomes."""

import logging

import pytest

from panel.clients.registry import client_for
from panel.errors import (
    PanelDown,
    PanelError,
    PanelNotFound,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PanelUnauthorized,
    PanelUrlRefused,
)
from panel.sandbox.scenarios import PANEL_SCENARIOS
from panel.tests.clients.conftest import API_KEY, envelope, refusal
from panel.tests.clients.test_registry import SomeConnection


def failure_of(call) -> PanelError:
    with pytest.raises(PanelError) as error:
        call()
    return error.value


@pytest.mark.parametrize(
    ("scenario", "kind", "reason", "calls"),
    [
        ("time_out", PanelDown, "timeout", 3),
        ("error_500", PanelDown, "http_5xx", 3),
        ("html_502", PanelDown, "http_5xx", 3),
        ("rate_limited", PanelRateLimited, None, 3),
        ("html_page", PanelProtocolError, "not_json", 1),
        ("empty_body", PanelProtocolError, "not_json", 1),
        ("error_in_200", PanelRefused, None, 1),
    ],
)
@pytest.mark.parametrize(
    "read",
    [
        lambda client: client.get_orders([54321]),
        lambda client: client.get_order(54321),
        lambda client: client.find_user("joko88"),
        lambda client: client.list_tickets(status="pending"),
        lambda client: client.get_ticket(5501),
        lambda client: client.list_payments(),
    ],
    ids=["orders", "order", "user", "tickets", "ticket", "payments"],
)
def test_reads_on_a_bad_day(client, panel, quick_timeouts, scenario, kind, reason, calls, read):
    panel.scenarios.turn_on(scenario)

    error = failure_of(lambda: read(client))

    assert type(error) is kind
    assert getattr(error, "reason", None) == reason
    assert not error.maybe_written
    assert len(panel.journal.requests()) == calls


def test_every_scenario_of_the_fake_panel_is_known_to_these_tests():
    assert set(PANEL_SCENARIOS) == {
        *("slow", "time_out", "time_out_after_write", "rate_limited", "error_500", "html_502"),
        *("html_page", "empty_body", "error_in_200", "skipped_ids", "refuses_cancel"),
        *("ignores_filter", "wrong_types", "unknown_fields"),
    }


def test_a_slow_panel_is_waited_for(client, panel):
    panel.scenarios.turn_on("slow", delay_s=0.1)

    assert list(client.get_orders([54321])) == [54321]


@pytest.mark.parametrize("scenario", ["time_out", "error_500", "html_502"])
def test_a_read_is_tried_again_and_may_succeed(client, panel, quick_timeouts, slept, scenario):
    panel.scenarios.turn_on(scenario, times=2)

    assert list(client.get_orders([54321])) == [54321]
    assert len(slept) == 2
    assert 0 <= slept[0] <= 0.8
    assert 0 <= slept[1] <= 1.6


def test_a_read_after_429_waits_longer_each_time(client, panel, slept):
    panel.scenarios.turn_on("rate_limited", times=2)

    client.get_orders([54321])

    assert slept == [1.2, 2.4]


def test_the_429_says_when_to_come_back(client, panel):
    panel.scenarios.turn_on("rate_limited")

    assert failure_of(lambda: client.get_orders([54321])).retry_after_s == pytest.approx(3.6)


def test_a_wrong_key(make_client, panel):
    error = failure_of(lambda: make_client(api_key="wrong").get_orders([54321]))

    assert type(error) is PanelUnauthorized


def test_a_key_no_header_can_hold_is_a_wrong_key(make_client, panel):
    error = failure_of(lambda: make_client(api_key="ключ\n").get_orders([54321]))

    assert type(error) is PanelUnauthorized
    assert panel.journal.requests() == []


@pytest.mark.parametrize("body", [refusal(401, "Incorrect API key."), b"<html>Access denied</html>", b""])
@pytest.mark.parametrize("status", [401, 403])
def test_unauthorized_in_any_words(make_client, scripted, status, body):
    scripted.will_say(body, status=status)

    error = failure_of(lambda: make_client(url=scripted.url).get_order(1))

    assert type(error) is PanelUnauthorized


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, refusal(), PanelNotFound),
        (404, refusal(0, ""), PanelNotFound),
        (200, refusal(102, "Order not found"), PanelNotFound),
        (200, refusal(102, "order_not_found"), PanelNotFound),
        (200, refusal(102, "Not allowed"), PanelRefused),
        (400, refusal(101, "Bad input"), PanelRefused),
        (422, refusal(0, ""), PanelRefused),
        (404, b"<html>Not Found</html>", PanelProtocolError),
        (302, b"", PanelProtocolError),
        (301, refusal(), PanelProtocolError),
    ],
)
def test_failures_of_one_order(make_client, scripted, status, body, kind):
    scripted.will_say(body, status=status)

    assert type(failure_of(lambda: make_client(url=scripted.url).get_order(1))) is kind


def test_a_list_is_never_not_found(make_client, scripted):
    scripted.will_say(refusal(), status=404)

    error = failure_of(lambda: make_client(url=scripted.url).get_orders([1]))

    assert (type(error), error.reason) == (PanelProtocolError, "no_such_path")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"<!DOCTYPE html><title>One moment</title>", "not_json"),
        (b'{"data": {}, "error_code": 0', "not_json"),
        (b'{"data": {"id": NaN}, "error_code": 0}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"data": ' + b"9" * 5000 + b', "error_code": 0}', "not_json"),
        (b"\xff\xfe", "not_json"),
        ([1, 2], "not_v2"),
        ("ok", "not_v2"),
        (None, "not_v2"),
        ({}, "not_v2"),
        ({"status": "success", "orders": []}, "not_v2"),
        ({"data": []}, "not_v2"),
        ({"error_code": 0}, "not_v2"),
        ({"data": [], "error_code": None}, "not_v2"),
        ({"data": [], "error_code": "zero"}, "not_v2"),
        ({"data": None, "error_code": 0}, "bad_data"),
        ({"data": "none", "error_code": 0}, "bad_data"),
        ({"data": {"count": 1}, "error_code": 0}, "bad_data"),
        ({"data": {"list": "none"}, "error_code": 0}, "bad_data"),
        ({"data": {"list": [5]}, "error_code": 0}, "bad_data"),
    ],
)
def test_answers_that_are_not_of_this_api(make_client, scripted, answer, reason):
    scripted.will_say(answer)

    error = failure_of(lambda: make_client(url=scripted.url).get_orders([1]))

    assert (type(error), error.reason) == (PanelProtocolError, reason)


def test_an_error_code_as_text_is_read(make_client, scripted):
    scripted.will_say({"data": [], "error_code": "0"}, {"data": [], "error_code": "7"})
    client = make_client(url=scripted.url)

    assert client.get_orders([1]) == {}
    assert failure_of(lambda: client.get_orders([1])).error_code == 7


def test_an_error_with_data_is_still_an_error(make_client, scripted):
    scripted.will_say(envelope({"list": []}, error_code=5, error_message="No"))

    assert failure_of(lambda: make_client(url=scripted.url).get_orders([1])).message == "No"


def test_a_panel_that_is_not_there(make_client):
    error = failure_of(lambda: make_client(url="http://127.0.0.1:1").get_orders([1]))

    assert (type(error), error.reason) == (PanelDown, "connect")


def test_an_address_we_do_not_call(settings, make_client, panel):
    settings.ALLOW_PRIVATE_URLS = False
    inside = make_client(url="https://127.0.0.1")

    error = failure_of(lambda: inside.get_orders([1]))

    assert (type(error), error.reason) == (PanelUrlRefused, "address")
    assert panel.journal.requests() == []


def test_five_failures_spare_the_panel_for_a_while(client, panel):
    panel.scenarios.turn_on("error_500", times=5)
    failure_of(lambda: client.get_orders([54321]))
    error = failure_of(lambda: client.get_orders([54321]))

    assert (type(error), error.reason) == (PanelDown, "circuit_open")
    assert 0 < error.retry_after_s <= 30
    assert len(panel.journal.requests()) == 5
    write = failure_of(lambda: client.cancel([54321]))
    assert (write.reason, write.maybe_written) == ("circuit_open", False)


def test_challenge_pages_count_as_failures_and_refusals_do_not(client, panel):
    panel.scenarios.turn_on("error_in_200", times=6)
    for _ in range(6):
        assert type(failure_of(lambda: client.get_orders([54321]))) is PanelRefused
    panel.scenarios.turn_on("html_page", times=5)
    for _ in range(5):
        assert type(failure_of(lambda: client.get_orders([54321]))) is PanelProtocolError

    assert failure_of(lambda: client.get_orders([54321])).reason == "circuit_open"


def test_a_success_forgets_the_failures_before_it(client, panel):
    for _ in range(4):
        panel.scenarios.turn_on("error_500", times=2)
        client.get_orders([54321])

    assert list(client.get_orders([54321])) == [54321]


def test_no_key_and_no_body_in_the_logs(panel, running_panel, no_pauses, caplog):
    caplog.set_level(logging.DEBUG)
    client = client_for(SomeConnection(base_url=running_panel[1], api_key=API_KEY, rate_limit=50))

    client.reply_ticket(5501, "very private words", "support1")
    panel.scenarios.turn_on("error_500", times=1)
    client.get_orders([54321])
    panel.scenarios.turn_on("html_page", times=1)
    failure_of(lambda: client.get_orders([54321]))

    assert caplog.text
    assert API_KEY not in caplog.text
    assert "very private words" not in caplog.text


@pytest.mark.parametrize("kind", PanelError.__subclasses__())
def test_every_error_has_a_code_of_its_own_and_says_what_to_do(kind):
    codes = [one.code for one in PanelError.__subclasses__()]

    assert codes.count(kind.code) == 1
    assert kind.code.startswith("panel_")
    assert len(kind.__doc__ or "") > 40
