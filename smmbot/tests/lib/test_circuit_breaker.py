import threading

import pytest

from smmbot.lib.circuit_breaker import CircuitBreaker, CircuitOpen, Permit
from smmbot.lib.redis_client import get_redis, key

START = 1_800_000_000.0


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return CircuitBreaker(clock=clock)


def fail(breaker, times, endpoint="panel"):
    for _ in range(times):
        breaker.failed(endpoint, breaker.enter(endpoint))


def test_breaker_opens_after_five_failures_in_a_row(breaker):
    fail(breaker, 4)
    breaker.enter("panel")
    fail(breaker, 1)

    with pytest.raises(CircuitOpen) as error:
        breaker.enter("panel")

    assert error.value.retry_after_s == 30


def test_breaker_is_one_for_each_endpoint(breaker):
    fail(breaker, 5)

    assert breaker.enter("other") == Permit()


def test_a_success_starts_the_count_again(breaker):
    fail(breaker, 4)
    breaker.succeeded("panel", breaker.enter("panel"))
    fail(breaker, 4)

    assert breaker.enter("panel").after_failures


def test_breaker_is_shared_by_all_that_look(breaker, clock):
    fail(breaker, 5)

    with pytest.raises(CircuitOpen):
        CircuitBreaker(clock=clock).enter("panel")


def test_half_open_lets_exactly_one_through(breaker, clock):
    fail(breaker, 5)
    clock.now += 30.5
    outcomes = []

    def run():
        try:
            outcomes.append(breaker.enter("panel").probe != "")
        except CircuitOpen as error:
            outcomes.append(error.retry_after_s)

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [True] + [5.0] * 9


def test_the_probes_success_closes(breaker, clock):
    fail(breaker, 5)
    clock.now += 31
    breaker.succeeded("panel", breaker.enter("panel"))

    assert breaker.enter("panel") == Permit()


def test_the_probes_failure_opens_again(breaker, clock):
    fail(breaker, 5)
    clock.now += 31
    breaker.failed("panel", breaker.enter("panel"))

    with pytest.raises(CircuitOpen) as error:
        breaker.enter("panel")
    assert error.value.retry_after_s == 30


def test_an_abandoned_probe_leaves_the_place_to_the_next(breaker, clock):
    fail(breaker, 5)
    clock.now += 31
    breaker.abandoned("panel", breaker.enter("panel"))

    assert breaker.enter("panel").probe


def test_a_probe_that_died_does_not_shut_the_endpoint_for_good(breaker, clock):
    fail(breaker, 5)
    clock.now += 31
    breaker.enter("panel")
    clock.now += 61

    assert breaker.enter("panel").probe


def test_calls_from_before_the_opening_change_nothing(breaker, clock):
    late = breaker.enter("panel")
    fail(breaker, 5)
    breaker.succeeded("panel", Permit(after_failures=True))
    clock.now += 20
    breaker.failed("panel", late)
    clock.now += 11

    assert breaker.enter("panel").probe


def test_success_writes_nothing_while_all_is_well(breaker):
    breaker.succeeded("panel", breaker.enter("panel"))

    assert get_redis().exists(key("breaker", "panel")) == 0


def test_failures_are_forgotten_in_the_end(breaker):
    fail(breaker, 1)

    assert 0 < get_redis().pttl(key("breaker", "panel")) <= 600_000


def test_the_servers_clock_is_used_without_one_of_our_own():
    breaker = CircuitBreaker(open_s=0.01)
    fail(breaker, 5)
    pause = threading.Event()
    pause.wait(0.02)

    assert breaker.enter("panel").probe


@pytest.mark.usefixtures("no_redis")
def test_without_redis_every_call_goes_through(breaker):
    fail(breaker, 6)

    assert breaker.enter("panel") == Permit()
    breaker.succeeded("panel", Permit(after_failures=True))
    breaker.abandoned("panel", Permit(probe="x"))
