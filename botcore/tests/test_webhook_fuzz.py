"""Webhooks as no gateway would send them: the answer is 200, or a plain refusal, and nothing grows without bound."""

import copy
import json
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botcore import webhooks
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Webhook
from botcore.models import InboxMessage, KeptWebhook, WhatsAppNumber
from botcore.tests.gateway.cases import READERS, WITHOUT_WEBHOOKS, files_of, load
from botcore.tests.gateway.test_conformance import signed
from smmbot.testing.worker import outside

DRIVERS = sorted(set(READERS) - set(WITHOUT_WEBHOOKS))
BODIES = {driver: [json.loads(load(path)[0]) for path in files_of(driver)] for driver in DRIVERS}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.just("\x00\ud800"),
    st.just("9" * 400),
    st.just([]),
    st.just({}),
    st.just([{"id": {"id": [None]}}]),
)


@st.composite
def mutated(draw, bodies):
    """A real body with a few of its parts replaced, taken away or doubled; now and then only half of its bytes."""
    body = copy.deepcopy(draw(st.sampled_from(bodies)))
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(body))
        if not places:
            break
        holder, name = draw(st.sampled_from(places))
        match draw(st.sampled_from(("replace", "remove", "nest"))):
            case "replace":
                holder[name] = copy.deepcopy(draw(JUNK))  # the next turn may write into it
            case "remove":
                del holder[name]
            case "nest":
                holder[name] = {"message": {"message": holder[name]}, "data": [copy.deepcopy(holder[name])]}
    raw = json.dumps(body).encode()
    return raw[: draw(st.integers(0, len(raw)))] if draw(st.integers(0, 9)) == 0 else raw


def _places(value):
    """Every (holder, name or index) in it, in order."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in list(items):
        yield value, name
        yield from _places(part)


def session_in(driver):
    """The session the payloads of this driver speak of."""
    named = (
        driver_named(driver).session_of(Webhook({}, json.dumps(body).encode())) for body in BODIES[driver]
    )
    return next(filter(None, named), "")


@pytest.fixture
def take(number):
    def run(driver, raw, session=""):
        WhatsAppNumber.objects.filter(pk=number.pk).update(
            driver=driver, session_name=session or session_in(driver) or number.session_name
        )
        webhooks._endpoints.clear()
        return outside(lambda: webhooks.take(number.webhook_key, signed(driver, raw, number.webhook_secret)))

    return run


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_broken_webhook_is_taken_whatever_it_holds(driver, take):
    @settings(
        max_examples=120,
        derandomize=True,  # the same in every run; more by hand, with another number
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(raw=mutated(BODIES[driver]))
    def each(raw):
        assert take(driver, raw) == 200

    each()
    assert KeptWebhook.objects.exists()


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_largest_body_takes_bounded_memory(driver, take, number):
    size = webhooks.MAX_BODY_BYTES
    bodies = [
        b"[" * size,
        b'{"a":' * (size // 5),
        json.dumps({"event": "message", "data": ["x" * 64] * (size // 70)}).encode(),
        json.dumps({"event": "x" * (size - 100)}).encode(),
    ]
    for body in bodies:
        tracemalloc.start()
        assert take(driver, body) == 200
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 16 * size

    assert not InboxMessage.objects.exists()
    assert all(len(kept.body.encode()) <= 64 * 1024 for kept in KeptWebhook.objects.all())


@pytest.mark.parametrize("driver", DRIVERS)
def test_another_sessions_event_under_this_numbers_key_changes_nothing(driver, take, number):
    names_session = [body for body in BODIES[driver] if session_in(driver) in json.dumps(body)]
    if not session_in(driver):
        pytest.skip("its webhooks name no session: the address alone says whose they are")
    before = WhatsAppNumber.objects.values("state", "phone", "lid").get(pk=number.pk)
    for body in names_session:
        assert take(driver, json.dumps(body).encode(), session="s-another") == 200

    assert WhatsAppNumber.objects.values("state", "phone", "lid").get(pk=number.pk) == before
    assert not InboxMessage.objects.exists()
