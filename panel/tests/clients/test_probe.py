import pytest

from panel.tests.clients.conftest import API_KEY, envelope, refusal

EMPTY = envelope({"count": 0, "list": []})
ALL = {"orders": True, "users": True, "tickets": True, "payments": True}
NONE = dict.fromkeys(ALL, False)


def test_probe_of_a_good_panel(client, panel):
    probe = client.probe()

    assert (probe.reachable, probe.authorised, probe.is_v2, probe.code) == (True, True, True, "ok")
    assert probe.capabilities == ALL
    assert probe.latency_ms is not None


def test_probe_only_reads(client, panel):
    client.probe()

    assert {request["method"] for request in panel.journal.requests()} == {"GET"}
    assert panel.journal.writes() == []


def test_probe_with_a_wrong_key(make_client, panel):
    probe = make_client(api_key="wrong").probe()

    assert (probe.reachable, probe.authorised, probe.code) == (True, False, "panel_unauthorized")
    assert probe.capabilities == NONE


def test_probe_of_a_key_that_may_not_do_everything(make_client, scripted):
    scripted.will_say(EMPTY, EMPTY)
    scripted.will_say(refusal(403, "Forbidden"), status=403)
    scripted.will_say(EMPTY)

    probe = make_client(url=scripted.url).probe()

    assert probe.capabilities == {**ALL, "tickets": False}
    assert (probe.authorised, probe.is_v2, probe.code) == (True, True, "panel_unauthorized")


@pytest.mark.parametrize("answer", [b"<html>One moment</html>", {"status": "fail", "error": "bad_auth"}, b""])
def test_probe_of_something_else_that_answers_200(make_client, scripted, answer):
    scripted.will_say(answer)

    probe = make_client(url=scripted.url).probe()

    assert (probe.reachable, probe.authorised, probe.is_v2) == (True, False, False)
    assert probe.code == "panel_protocol_error"
    assert len(scripted.asked) == 1


def test_probe_of_a_server_without_this_path(make_client, scripted):
    scripted.will_say(b"Not Found", status=404)

    probe = make_client(url=scripted.url).probe()

    assert (probe.reachable, probe.is_v2, probe.code) == (True, False, "panel_protocol_error")


def test_probe_takes_a_refusal_in_the_envelope_for_the_api(make_client, scripted):
    scripted.will_say(refusal(5, "Not today"), EMPTY)

    probe = make_client(url=scripted.url).probe()

    assert (probe.is_v2, probe.code) == (True, "panel_refused")
    assert probe.capabilities == {**ALL, "orders": False}


def test_probe_of_a_panel_that_is_not_there(make_client):
    probe = make_client(url="http://127.0.0.1:1").probe()

    assert (probe.reachable, probe.authorised, probe.is_v2) == (False, False, False)
    assert (probe.code, probe.latency_ms, probe.capabilities) == ("panel_down", None, NONE)


def test_probe_of_an_address_we_do_not_call(make_client, settings):
    settings.ALLOW_PRIVATE_URLS = False

    probe = make_client(url="https://169.254.169.254").probe()

    assert (probe.reachable, probe.code) == (False, "panel_url_refused")


@pytest.mark.parametrize("scenario", ["time_out", "error_500"])
def test_probe_of_a_panel_that_is_down(client, panel, quick_timeouts, scenario):
    panel.scenarios.turn_on(scenario)

    probe = client.probe()

    assert (probe.authorised, probe.code) == (False, "panel_down")
    assert len(panel.journal.requests()) == 2


def test_probe_goes_through_while_the_breaker_is_open(client, panel):
    panel.scenarios.turn_on("html_page", times=6)
    for _ in range(3):
        client.probe()
    for _ in range(3):
        client.probe()

    assert client.probe().code == "ok"


def test_probe_is_asked_with_the_key_it_was_given(make_client, panel):
    panel.add_panel("another-key-0123456789")

    make_client(api_key="another-key-0123456789").probe()

    assert {request["key"] for request in panel.journal.requests()} == {"6789"}
    assert API_KEY != "another-key-0123456789"
