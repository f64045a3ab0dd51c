import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from smmbot.lib import ratelimit
from smmbot.lib.ratelimit import Priority, RateLimited, SlidingWindowLimiter
from smmbot.lib.redis_client import get_redis, key

START = 1_800_000_000.0
WINDOW_S = 1.05


class World:
    """A clock that only sleeping moves. Whoever arrives while another sleeps is served inside that sleep."""

    def __init__(self):
        self.now = START
        self.arrivals = []
        self.limiter = SlidingWindowLimiter(clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds):
        assert seconds > 0
        self.run_until(self.now + seconds)

    def run_until(self, moment):
        while self.arrivals and self.arrivals[0][0] <= moment:
            at, arrive = self.arrivals.pop(0)
            self.now = max(self.now, at)
            arrive()
        self.now = max(self.now, moment)


@pytest.fixture
def world():
    return World()


def acquire(world, **kwargs):
    return world.limiter.acquire("panel", **{"rate": 5, "max_wait_s": 60, **kwargs})


def background(world, **kwargs):
    return acquire(world, priority=Priority.BACKGROUND, **kwargs)


def test_five_go_at_once_and_the_sixth_waits_for_the_window(world):
    waits = [acquire(world) for _ in range(6)]

    assert waits == [0, 0, 0, 0, 0, pytest.approx(WINDOW_S)]


def test_keys_have_limits_of_their_own(world):
    for _ in range(5):
        acquire(world)

    assert world.limiter.acquire("other", rate=5, max_wait_s=0) == 0


@pytest.mark.parametrize("rate", [None, 0])
def test_no_rate_is_no_limit(world, rate):
    assert [acquire(world, rate=rate) for _ in range(50)] == [0] * 50


@pytest.mark.parametrize(("rate", "period_s"), [(1, 1.05), (0.5, 2.1), (1.5, 0.7), (5.9, 0.89)])
def test_rates_that_are_no_whole_number_are_kept_on_average(world, rate, period_s):
    calls = max(1, int(rate))
    for _ in range(calls):
        acquire(world, rate=rate)

    assert acquire(world, rate=rate) == pytest.approx(period_s, rel=0.01)


def test_the_period_may_be_another(world):
    for _ in range(3):
        acquire(world, rate=3, per_s=60)

    assert acquire(world, rate=3, per_s=60, max_wait_s=90) == pytest.approx(63)


def test_a_wait_too_long_is_refused_and_books_nothing(world):
    for _ in range(5):
        acquire(world)

    with pytest.raises(RateLimited) as error:
        acquire(world, max_wait_s=1)
    assert error.value.retry_after_s == pytest.approx(WINDOW_S)
    with pytest.raises(RateLimited) as error:
        acquire(world, max_wait_s=1)
    assert error.value.retry_after_s == pytest.approx(WINDOW_S)


def test_background_leaves_two_of_five_to_people(world):
    for _ in range(3):
        assert background(world) == 0

    with pytest.raises(RateLimited):
        background(world, max_wait_s=0.5)
    assert [acquire(world) for _ in range(2)] == [0, 0]


def test_background_waits_until_enough_is_free(world):
    for _ in range(5):
        acquire(world)

    waited = background(world)

    assert WINDOW_S <= waited < WINDOW_S + 0.2


@pytest.mark.parametrize("rate", [1, 2, 3])
def test_background_works_at_low_rates(world, rate):
    assert background(world, rate=rate) == 0


def test_background_ages_and_is_served_however_busy_it_is(world):
    def somebody_calls():
        world.limiter._ask("panel", str(world.now), 5, WINDOW_S, False, 2.0)

    # Six people a second for a minute: never a free slot.
    world.arrivals = [(START + number / 6, somebody_calls) for number in range(360)]
    world.run_until(START + 1)

    assert 30 <= background(world, max_wait_s=90) < 40


def test_penalty_pauses_everybody(world):
    world.limiter.penalise("panel", 2.4)

    assert acquire(world) == pytest.approx(2.4)
    world.limiter.penalise("panel", 1.2)
    with pytest.raises(RateLimited) as error:
        background(world, max_wait_s=1)
    assert error.value.retry_after_s == pytest.approx(1.2)


def test_penalty_holds_back_those_who_sleep_already(world):
    for _ in range(5):
        acquire(world)
    world.arrivals.append((START + 0.5, lambda: world.limiter.penalise("panel", 3)))

    assert acquire(world) == pytest.approx(3.5)


def test_penalty_never_gets_shorter_and_never_long(world):
    world.limiter.penalise("panel", 5)
    world.limiter.penalise("panel", 1)

    assert acquire(world) == pytest.approx(5)
    world.limiter.penalise("panel", 3600)
    assert acquire(world) == pytest.approx(60)


def test_a_sleeper_who_comes_late_does_not_push_in(world):
    for _ in range(5):
        acquire(world)
    # While the sixth sleeps until its slot, the machine hangs: it wakes two seconds late among five others.
    woke_late = lambda: setattr(world, "now", START + 3)  # noqa: E731
    others = [(START + 1.0, woke_late)] + [(START + 1.0, lambda: granted.append(acquire(world)))] * 5
    granted = []
    world.arrivals.extend(others)

    waited = acquire(world)

    assert granted == [0] * 5
    assert waited == pytest.approx(2 * WINDOW_S)
    assert world.now == pytest.approx(START + 3 + WINDOW_S)


def test_a_clock_set_back_does_not_stop_everything(world):
    for _ in range(5):
        acquire(world)
    world.limiter.penalise("panel", 30)
    world.now -= 86_400

    assert acquire(world) == 0


def test_keys_vanish_when_nobody_calls(world):
    acquire(world)

    assert 0 < get_redis().pttl(key("rate", "{panel}", "slots")) < 5000


def test_one_round_trip_where_nobody_waits(world, monkeypatch):
    asked = []
    real = ratelimit._ACQUIRE
    monkeypatch.setattr(ratelimit, "_ACQUIRE", lambda *args: asked.append(1) or real(*args))

    acquire(world)

    assert asked == [1]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    calls=st.lists(
        st.tuples(
            st.floats(0, 0.6),
            st.sampled_from([Priority.INTERACTIVE, Priority.INTERACTIVE, Priority.BACKGROUND]),
            st.sampled_from([None, None, None, None, 0.3, 2.5]),
        ),
        max_size=30,
    )
)
def test_never_more_than_five_inside_any_second(calls):
    get_redis().delete(key("rate", "{panel}", "slots"), key("rate", "{panel}", "pause"))
    world = World()
    granted = []

    def call(priority, penalty_s):
        if penalty_s is not None:
            world.limiter.penalise("panel", penalty_s)
        try:
            acquire(world, priority=priority, max_wait_s=8)
        except RateLimited:
            return
        granted.append(world.now)

    at = START
    for gap_s, priority, penalty_s in calls:
        at += gap_s
        world.arrivals.append((at, lambda priority=priority, penalty_s=penalty_s: call(priority, penalty_s)))
    world.run_until(at + 100)

    granted.sort()
    assert all(later - earlier >= 1 for earlier, later in zip(granted, granted[5:], strict=False))


@pytest.mark.usefixtures("no_redis")
def test_without_redis_a_process_limits_itself_to_two_fifths(world):
    waits = [acquire(world) for _ in range(4)]

    assert waits == [0, 0, pytest.approx(WINDOW_S), 0]
    world.limiter.penalise("panel", 4)
    assert [acquire(world), acquire(world)] == [pytest.approx(4), 0]
    with pytest.raises(RateLimited):
        acquire(world, max_wait_s=0.5)


def test_redis_lost_while_waiting_falls_back_to_the_process(world, settings):
    for _ in range(5):
        acquire(world)
    world.arrivals.append((START + 0.5, lambda: setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")))

    assert acquire(world) == pytest.approx(WINDOW_S)


def test_the_servers_clock_is_used_without_one_of_our_own():
    slept = []
    limiter = SlidingWindowLimiter(sleep=slept.append)
    for _ in range(2):
        limiter.acquire("panel", rate=2, per_s=600, max_wait_s=0)

    with pytest.raises(RateLimited) as error:
        limiter.acquire("panel", rate=2, per_s=600, max_wait_s=1)

    assert 629 < error.value.retry_after_s <= 630
    assert slept == []
