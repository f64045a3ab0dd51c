"""What each bad day of a provider becomes."""

import logging

import pytest

from providers.clients.types import Accepted, Refused
from providers.enums import RefusalKind
from providers.errors import (
    ProviderDown,
    ProviderError,
    ProviderProtocolError,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnauthorized,
    ProviderUrlRefused,
)
from providers.sandbox.scenarios import PROVIDER_SCENARIOS
from providers.tests.clients.conftest import KEY, add_order
from smmbot.lib import api_transport, redis_client
from smmbot.lib.locks import RedisLock

READS = {
    "services": lambda client: client.services(),
    "balance": lambda client: client.balance(),
    "status": lambda client: client.statuses(["101"]),
    "statuses": lambda client: client.statuses(["101", "102"]),
    "refill_states": lambda client: client.refill_states(["77", "78"]),
}
WRITES = {
    "refill": lambda client: client.request_refills(["102"]),
    "refills": lambda client: client.request_refills(["101", "102"]),
    "cancel": lambda client: client.request_cancels(["101"]),
    "cancels": lambda client: client.request_cancels(["101", "102"]),
}


@pytest.fixture
def impatient(impatient, monkeypatch):
    monkeypatch.setattr("providers.clients.transport.CATALOGUE_TIMEOUT_S", (1.0, 0.2))


def failure_of(call) -> ProviderError:
    with pytest.raises(ProviderError) as error:
        call()
    return error.value


def test_every_scenario_of_the_fake_providers_is_known_to_these_tests():
    assert set(PROVIDER_SCENARIOS) == {
        *("slow", "time_out", "time_out_after_write", "rate_limited", "error_500", "html_502"),
        *("html_page", "empty_body", "error_in_200", "bad_key", "refuses_refill", "rejects_refills"),
        *("refuses_cancel", "mixed_list", "unknown_orders", "wrong_types", "unknown_fields"),
    }


@pytest.mark.parametrize(
    ("scenario", "kind", "reason", "calls"),
    [
        ("time_out", ProviderDown, "timeout", 3),
        ("error_500", ProviderDown, "http_5xx", 3),
        ("html_502", ProviderDown, "http_5xx", 3),
        ("rate_limited", ProviderRateLimited, None, 3),
        ("html_page", ProviderProtocolError, "not_json", 1),
        ("empty_body", ProviderProtocolError, "not_json", 1),
        ("bad_key", ProviderUnauthorized, None, 1),
    ],
)
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_reads_on_a_bad_day(world, client_of, impatient, scenario, kind, reason, calls, read):
    world.provider_scenario(scenario)

    error = failure_of(lambda: read(client_of()))

    assert type(error) is kind
    assert getattr(error, "reason", None) == reason
    assert not error.maybe_written
    assert len(world.provider_requests()) == calls


@pytest.mark.parametrize(
    ("scenario", "kind", "maybe_written"),
    [
        ("time_out", ProviderDown, True),
        ("time_out_after_write", ProviderDown, True),
        ("error_500", ProviderDown, True),
        ("html_502", ProviderDown, True),
        ("html_page", ProviderProtocolError, True),
        ("empty_body", ProviderProtocolError, True),
        ("bad_key", ProviderUnauthorized, False),
    ],
)
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_writes_are_sent_once_whatever_happens(
    world, client_of, impatient, slept, scenario, kind, maybe_written, write
):
    world.provider_scenario(scenario)

    error = failure_of(lambda: write(client_of()))

    assert (type(error), error.maybe_written) == (kind, maybe_written)
    assert len(world.provider_requests()) == 1
    assert slept == []


def test_a_write_refused_by_the_rate_limit_is_sent_again(world, client_of):
    world.provider_scenario("rate_limited", times=2)

    assert client_of().request_refills(["102"]) == {"102": Accepted("77")}
    assert len(world.provider_writes()) == 1


def test_a_slow_provider_is_waited_for(world, client_of):
    world.provider_scenario("slow", delay_s=0.05)

    assert client_of().balance().currency == "USD"


@pytest.mark.parametrize("scenario", ["time_out", "error_500", "html_502"])
def test_a_read_is_tried_again_and_may_succeed(world, client_of, impatient, scenario):
    world.provider_scenario(scenario, times=2)

    assert client_of().balance().currency == "USD"


def test_an_error_in_200_is_a_refusal(world, client_of, slug):
    world.provider_scenario("error_in_200")
    client = client_of(slug)

    error = failure_of(client.balance)
    assert (type(error), error.message, error.kind) == (
        ProviderRefused,
        "Something went wrong",
        RefusalKind.OTHER,
    )
    assert client.request_refills(["1"]) == {"1": Refused("Something went wrong", RefusalKind.OTHER)}
    assert type(failure_of(lambda: client.request_refills(["1", "2"]))) is ProviderRefused


def test_a_wrong_key_in_each_ones_manner(world, client_of, slug):
    assert type(failure_of(client_of(slug, key="wrong").balance)) is ProviderUnauthorized
    assert (
        type(failure_of(lambda: client_of(slug, key="wrong").request_refills(["1"]))) is ProviderUnauthorized
    )


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (401, {"error": "No"}, ProviderUnauthorized, None),
        (401, b"", ProviderUnauthorized, None),
        (403, {"error": "Forbidden"}, ProviderUnauthorized, None),
        (403, b"<html>Checking your browser</html>", ProviderProtocolError, "not_json"),
        (400, {"error": "Invalid API key"}, ProviderUnauthorized, None),
        (500, {"error": "invalid api key"}, ProviderUnauthorized, None),
        (401, {"error": "Not enough funds on balance"}, ProviderRefused, None),
        (500, {"error": "neworder.error.not_enough_funds"}, ProviderRefused, None),
        (500, {"error": "Server Error"}, ProviderDown, "http_5xx"),
        (503, {}, ProviderDown, "http_5xx"),
        (200, {"error": "Too many requests"}, ProviderRateLimited, None),
        (429, b"slow down", ProviderRateLimited, None),
        (404, b"Not Found", ProviderProtocolError, "no_such_path"),
        (404, {"message": "gone"}, ProviderProtocolError, "no_such_path"),
        (302, b"", ProviderProtocolError, "redirect"),
        (200, b"\xff", ProviderProtocolError, "not_json"),
        (200, b"[" * 100_000, ProviderProtocolError, "not_json"),
        (200, None, ProviderProtocolError, "bad_data"),
        (200, "ok", ProviderProtocolError, "bad_data"),
        (200, [], ProviderProtocolError, "bad_data"),
        (200, {"balance": "much"}, ProviderProtocolError, "bad_data"),
        (200, {"error": {"message": "Bad request"}}, ProviderRefused, None),
        (200, {"error": True, "message": "Down for repair"}, ProviderRefused, None),
        (200, {"success": False, "message": "Down for repair"}, ProviderRefused, None),
        (200, {"status": "error", "message": "Down for repair"}, ProviderRefused, None),
        (200, {"error": ["Down for repair"]}, ProviderRefused, None),
    ],
)
def test_what_an_answer_is(client, scripted, status, body, kind, reason):
    scripted.will_say(body, status=status)

    error = failure_of(client.balance)

    assert (type(error), getattr(error, "reason", None)) == (kind, reason)


@pytest.mark.parametrize("error", [None, False, "", 0])
def test_an_empty_error_is_none(client, scripted, error):
    scripted.will_say({"error": error, "balance": "1.5"})

    assert client.balance().amount == 1.5


def test_the_429_says_when_to_come_back(client, scripted):
    scripted.will_say(b"", status=429, Retry_After="40")

    assert failure_of(client.balance).retry_after_s == 40
    assert len(scripted.forms) == 1


def test_a_provider_that_is_not_there(client_at):
    error = failure_of(lambda: client_at("http://127.0.0.1:1/api/v2").request_refills(["1"]))

    assert (type(error), error.reason, error.maybe_written) == (ProviderDown, "connect", False)


def test_an_address_we_do_not_call(settings, client_at):
    settings.ALLOW_PRIVATE_URLS = False

    error = failure_of(client_at("https://127.0.0.1/api/v2").balance)

    assert (type(error), error.reason) == (ProviderUrlRefused, "address")


def test_five_failures_spare_this_provider_and_no_other(world, client_of):
    world.provider_scenario("error_500", times=5, path="/smmcost")
    failure_of(client_of().balance)
    failure_of(client_of().balance)

    error = failure_of(lambda: client_of().request_cancels(["101"]))

    assert (type(error), error.reason, error.maybe_written) == (ProviderDown, "circuit_open", False)
    assert len(world.provider_requests()) == 5
    assert client_of("boostlab").balance().currency == "USD"


def test_what_was_answered_before_a_failure_is_not_lost(world, client_of, impatient):
    oids = [f"7{number:03}" for number in range(250)]
    for oid in oids:
        add_order(world, "smmcost", oid, done=True)
    client = client_of()
    client.request_refills(oids[:1])
    sent = []

    def on_call(trace):
        sent.append(trace)
        if len(sent) == 1:
            world.provider_scenario("time_out_after_write", times=1)

    found = client_of(on_call=on_call).request_refills(oids)

    assert found[oids[0]].kind is RefusalKind.ALREADY_REQUESTED
    assert isinstance(found[oids[99]], Accepted)
    assert {found[oid] for oid in oids[100:200]} == {Refused("", RefusalKind.UNCLEAR)}
    assert {found[oid] for oid in oids[200:]} == {Refused("", RefusalKind.NOT_ASKED)}
    assert found[oids[150]].may_be_done
    assert not found[oids[249]].may_be_done
    assert len(sent) == 2


def test_one_catalogue_at_a_time(world, client_of, slug):
    client = client_of(slug)
    lock = RedisLock(f"provider_catalogue:{client._transport.limit_key}", ttl_s=60)
    assert lock.acquire()

    assert type(failure_of(client.services)) is ProviderRateLimited
    assert world.provider_requests() == []
    lock.release()
    assert client.services()
    assert lock.acquire()


def test_without_redis_everything_is_still_answered(world, client_of, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert client_of(rate_limit=2).services()
    assert client_of().statuses(["101"])["101"].status == "in_progress"
    redis_client.outage.clear()


def test_two_calls_a_second_for_one_account(scripted, client_at):
    waits = []
    limiter = api_transport.SlidingWindowLimiter(clock=lambda: 1_800_000_000 + sum(waits), sleep=waits.append)
    scripted.will_say({"balance": 1})
    for _ in range(3):
        client_at(scripted.url, rate_limit=2, limiter=limiter).balance()
    client_at(scripted.url, key="another", rate_limit=2, limiter=limiter).balance()

    assert waits == [pytest.approx(1.05)]


def test_calls_are_traced_by_their_action(client, scripted, client_at):
    traces = []
    scripted.will_say({"balance": 1})

    client_at(scripted.url, on_call=traces.append).balance()

    assert [(one.method, one.path, one.status, one.attempt) for one in traces] == [
        ("POST", "/balance", 200, 1)
    ]


def test_no_key_in_logs_errors_or_redis(scripted, client_at, caplog):
    caplog.set_level(logging.DEBUG)
    scripted.will_say(b"Internal Server Error", status=500)

    error = failure_of(client_at(scripted.url, rate_limit=50).balance)

    assert scripted.forms[0]["key"] == KEY
    assert KEY not in caplog.text + repr(error)
    assert not any(KEY in name for name in redis_client.get_redis().scan_iter("*"))


@pytest.mark.parametrize("kind", ProviderError.__subclasses__())
def test_every_error_has_a_code_of_its_own_and_says_what_to_do(kind):
    codes = [one.code for one in ProviderError.__subclasses__()]

    assert codes.count(kind.code) == 1
    assert kind.code.startswith("provider_")
    assert len(kind.__doc__ or "") > 40
