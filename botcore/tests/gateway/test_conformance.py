"""What every driver must read, asked of each of them with payloads as its gateway sends them.

A driver brings a folder of payloads, one file or more for every case of `cases.py`: `event` is the webhook's body,
`means` the event (or the list of events) it must be read as. What it does on the wire is asked in test_wire.py.
"""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.gateway.errors import BadWebhook
from botcore.gateway.registry import DRIVERS, driver_named
from botcore.gateway.types import Webhook
from botcore.sandbox.gateways.faces import FACES
from botcore.tests.gateway.cases import CASES, LACKS, READERS, WITHOUT_WEBHOOKS, case_of, files_of, load
from botcore.tests.gateway.facts import facts

SECRET = "hook-secret"
PARAMS = [
    pytest.param(driver, path, id=f"{driver}-{path.stem}") for driver in READERS for path in files_of(driver)
]


def signed(driver, body, secret=SECRET):
    """The webhook as the gateway sends it; its fake signs without the driver's help."""
    if driver == "sandbox":
        headers = {SIGNATURE_HEADER: sign(body, secret=secret)}
    else:
        headers = FACES[driver].sign(None, body, secret)
    return Webhook({name.lower(): value for name, value in headers.items()}, body)


@pytest.mark.parametrize("driver", READERS)
def test_driver_brings_every_case_or_says_why_not(driver):
    brought = {case_of(path) for path in files_of(driver)}

    assert brought >= CASES - LACKS.get(driver, {}).keys()
    assert not brought & LACKS.get(driver, {}).keys()


def test_drivers_without_webhooks_are_known():
    assert set(READERS) | WITHOUT_WEBHOOKS.keys() >= set(DRIVERS)
    for driver in DRIVERS.keys() & WITHOUT_WEBHOOKS.keys():
        with pytest.raises(BadWebhook):
            driver_named(driver).parse(Webhook({}, b"{}"))
        assert not driver_named(driver).verify(Webhook({}, b"{}"), secret="")


@pytest.mark.parametrize(("driver", "path"), PARAMS)
def test_payload_is_read_as_it_is_meant(driver, path):
    body, means = load(path)

    if means == [{"kind": "bad"}]:
        with pytest.raises(BadWebhook):
            driver_named(driver).parse(Webhook({}, body))
    else:
        assert [facts(event) for event in driver_named(driver).parse(Webhook({}, body))] == means


@pytest.mark.parametrize(("driver", "path"), PARAMS)
def test_session_of_a_payload_is_told_or_not_said(driver, path):
    body, _ = load(path)

    assert driver_named(driver).session_of(Webhook({}, body)) in ("s-0011", "")


@pytest.mark.parametrize("driver", READERS)
def test_only_the_gateway_s_own_webhooks_are_believed(driver):
    verify = driver_named(driver).verify
    right = signed(driver, b'{"event": "x"}')

    assert verify(right, secret=SECRET)
    assert not verify(right, secret="another")
    assert not verify(right, secret="")
    assert not verify(Webhook({}, right.body), secret=SECRET)
    assert not verify(signed(driver, right.body, secret="another"), secret=SECRET)
    assert not verify(Webhook(dict.fromkeys(right.headers, "é"), right.body), secret=SECRET)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"event": {}}', b"[" * 100_000]
)
@pytest.mark.parametrize("driver", READERS)
def test_any_other_body_is_a_bad_webhook(driver, body):
    with pytest.raises(BadWebhook):
        driver_named(driver).parse(Webhook({}, body))
    assert driver_named(driver).session_of(Webhook({}, body)) == ""


@pytest.mark.parametrize("driver", READERS)
@given(data=st.data())
def test_a_payload_with_a_piece_torn_out_is_read_or_bad(driver, data):
    body, _ = load(data.draw(st.sampled_from(files_of(driver))))
    at = data.draw(st.integers(0, len(body)))
    torn = body[:at] + data.draw(st.sampled_from([b"", b"null", b"{}", b"[]", b'"x"', b"7"])) + body[at + 1 :]

    with contextlib.suppress(BadWebhook):
        driver_named(driver).parse(Webhook({}, torn))


def test_unknown_driver_is_a_deployment_fault():
    with pytest.raises(KeyError):
        driver_named("smoke-signals")
