"""What the sandbox driver does that no real gateway can."""

from datetime import timedelta

import pytest

from botcore.enums import NumberState
from botcore.gateway.base import Capability
from botcore.gateway.errors import SessionNotConnected
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Address, OutgoingText
from botcore.models import SandboxMessage, SandboxSession

ANNA = Address(phone="15550100011")


@pytest.fixture
def driver():
    return driver_named("sandbox")


@pytest.fixture
def session(db):
    SandboxSession.objects.create(name="s-1", state="open", phone="1555", lid="777")
    return "s-1"


def test_one_reference_twice_is_delivered_once(driver, session):
    assert Capability.SENDS_ONCE in driver.capabilities
    text = OutgoingText(to=ANNA, text="hi", client_ref="r1")

    assert driver.send_text(session, text) == driver.send_text(session, text)
    assert SandboxMessage.objects.count() == 1


@pytest.mark.parametrize("state", [state for state in NumberState if state != NumberState.OPEN])
def test_nothing_is_sent_on_a_session_that_is_not_open(driver, session, state):
    SandboxSession.objects.update(state=state)

    with pytest.raises(SessionNotConnected) as caught:
        driver.send_text(session, OutgoingText(to=ANNA, text="hi", client_ref="r1"))
    assert not caught.value.permanent


def test_qr_expires(driver, db, clock):
    driver.ensure_session("s-9", webhook_url="http://127.0.0.1/", secret="x")
    assert driver.qr("s-9") is None

    driver.connect("s-9")
    first = driver.qr("s-9")
    assert first.expires_at - clock.now == timedelta(seconds=45)

    clock.advance(seconds=46)
    assert driver.qr("s-9") is None
    driver.connect("s-9")
    assert driver.qr("s-9").text != first.text
