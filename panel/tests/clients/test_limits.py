"""The rate limit as the panel sees it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from panel.clients.registry import client_for
from panel.errors import PanelRateLimited
from panel.sandbox.fake_panel import FakePanel
from panel.tests.clients.conftest import API_KEY
from panel.tests.clients.test_registry import SomeConnection
from smmbot.lib.ratelimit import Priority, SlidingWindowLimiter
from smmbot.lib.redis_client import get_redis
from smmbot.lib.wsgi_server import serve


def test_twenty_threads_never_make_the_panel_say_429():
    panel = FakePanel(api_keys=[API_KEY], rate_limit=5)
    start = threading.Barrier(20)
    with serve(panel) as server:

        def ask(number):
            client = client_for(SomeConnection(server.url, rate_limit=5))
            start.wait()
            return client.get_orders([54321 + number])

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(ask, range(20)))

    assert all(len(orders) == 1 for orders in answers)
    requests = panel.journal.requests()
    assert [request["status"] for request in requests] == [200] * 20
    times = sorted(request["time"] for request in requests)
    assert all(later - earlier >= 1 for earlier, later in zip(times, times[5:], strict=False))


def test_a_429_pauses_everybody_with_this_key(make_client, panel):
    waits = []
    limiter = SlidingWindowLimiter(clock=lambda: 1_800_000_000 + sum(waits), sleep=waits.append)
    panel.scenarios.turn_on("rate_limited", times=2)

    make_client(limiter=limiter, rate_limit=5).get_orders([54321])

    assert waits == [pytest.approx(1.2), pytest.approx(2.4)]
    limiter.penalise(make_client()._transport.limit_key, 3)
    make_client(limiter=limiter, rate_limit=5).get_orders([54321])
    assert waits[2] == pytest.approx(3)


def test_a_wait_out_of_all_patience_is_rate_limited(make_client, panel):
    limiter = SlidingWindowLimiter()
    client = make_client(limiter=limiter, rate_limit=5)
    limiter.penalise(client._transport.limit_key, 30)

    with pytest.raises(PanelRateLimited) as error:
        client.get_orders([54321])

    assert 29 < error.value.retry_after_s <= 30
    assert panel.journal.requests() == []


def test_background_waits_longer_than_people(make_client, panel):
    waits = []

    class Stop(Exception):
        pass

    def sleep(seconds):
        waits.append(seconds)
        raise Stop

    client = make_client(
        limiter=SlidingWindowLimiter(sleep=sleep), rate_limit=5, priority=Priority.BACKGROUND
    )
    client._transport._limiter.penalise(client._transport.limit_key, 30)

    with pytest.raises(Stop):
        client.get_orders([54321])
    assert 29 < waits[0] < 31


def test_redis_never_sees_the_key(make_client, panel):
    make_client(rate_limit=50).get_orders([54321])

    names = list(get_redis().scan_iter("*"))
    assert any("rate" in name for name in names)
    assert not any(API_KEY in name for name in names)


def test_two_keys_of_one_panel_have_limits_of_their_own(make_client):
    first, second = make_client(api_key="one")._transport, make_client(api_key="two")._transport

    assert first.limit_key != second.limit_key
    assert first.limit_key == make_client(api_key="one")._transport.limit_key


def test_without_redis_people_are_still_answered(make_client, panel, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert list(make_client(rate_limit=5).get_orders([54321])) == [54321]
