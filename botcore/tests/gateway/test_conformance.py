"""What every driver must do, asked of each of them with payloads as its gateway sends them.

A driver brings a folder of payloads: `event` is the webhook's body, `means` what it must be read as. The tests of
sending need a gateway to talk to; the sandbox's is the database.
"""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from botcore.enums import NumberState
from botcore.gateway.base import Capability
from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.gateway.errors import BadWebhook, GatewayError, SessionMissing, SessionNotConnected
from botcore.gateway.registry import DRIVERS, driver_named
from botcore.gateway.types import (
    Address,
    GroupSeen,
    Ignored,
    MessageReceived,
    OutgoingText,
    Participant,
    SessionChanged,
    Webhook,
)
from botcore.models import SandboxMessage, SandboxSession

PAYLOADS = Path(__file__).parent / "payloads"
CASES = [
    pytest.param(driver, path, id=f"{driver}-{path.stem}")
    for driver in DRIVERS
    for path in sorted((PAYLOADS / driver).glob("*.json"))
]
ANNA = Address(phone="15550100011")


def facts(event):
    """An event as plain as the payloads' `means`; what is at its default is left out."""
    match event:
        case MessageReceived():
            told = {
                "kind": "message",
                "chat": event.chat.wa_id,
                "phone": event.sender.phone,
                "lid": event.sender.lid,
                "name": event.sender_name,
                "id": event.message_id,
                "text": event.text,
                "sent_at": event.sent_at.isoformat(),
            }
            more = {
                "media_kind": event.media_kind,
                "quoted_id": event.quoted_id,
                "quoted_text": event.quoted_text,
                "mentions": list(event.mentions),
                "from_me": event.from_me,
            }
            return told | {name: value for name, value in more.items() if value}
        case SessionChanged():
            own = {"phone": event.own.phone, "lid": event.own.lid}
            return {"kind": "session", "state": event.state.value, "reason": event.reason, **own}
        case GroupSeen():
            people = [[one.address.phone, one.address.lid, one.is_admin] for one in event.group.participants]
            return {
                "kind": "group",
                "wa_id": event.group.wa_id,
                "name": event.group.name,
                "participants": people,
            }
        case Ignored():
            return {"kind": "ignored", "event": event.event}


@pytest.mark.parametrize("driver", DRIVERS)
def test_driver_brings_payloads_of_every_kind(driver):
    kinds = {json.loads(path.read_text())["means"]["kind"] for path in (PAYLOADS / driver).glob("*.json")}

    assert kinds == {"message", "session", "group", "ignored", "bad"}


@pytest.mark.parametrize(("driver", "path"), CASES)
def test_payload_is_read_as_it_is_meant(driver, path):
    case = json.loads(path.read_text())
    webhook = Webhook({}, json.dumps(case["event"]).encode())

    if case["means"]["kind"] == "bad":
        with pytest.raises(BadWebhook):
            driver_named(driver).parse(webhook)
    else:
        assert [facts(event) for event in driver_named(driver).parse(webhook)] == [case["means"]]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"event": {}}'])
@pytest.mark.parametrize("driver", DRIVERS)
def test_any_other_body_is_a_bad_webhook(driver, body):
    with pytest.raises(BadWebhook):
        driver_named(driver).parse(Webhook({}, body))


def test_unknown_driver_is_a_deployment_fault():
    with pytest.raises(KeyError):
        driver_named("smoke-signals")


class TestSandbox:
    @pytest.fixture
    def driver(self):
        return driver_named("sandbox")

    @pytest.fixture
    def session(self, db):
        people = [{"phone": "15550100001", "is_admin": True}, {"lid": "999"}]
        groups = [{"id": "1203@g.us", "name": "Support", "participants": people}]
        SandboxSession.objects.create(name="s-1", state="open", phone="1555", lid="777", groups=groups)
        return "s-1"

    def test_signature(self, driver):
        body = b'{"event": "x"}'
        right = sign(body, secret="secret")

        assert driver.verify(Webhook({SIGNATURE_HEADER.lower(): right}, body), secret="secret")
        for headers, secret in (({}, "secret"), ({SIGNATURE_HEADER.lower(): right}, "other")):
            assert not driver.verify(Webhook(headers, body), secret=secret)
        assert not driver.verify(Webhook({SIGNATURE_HEADER.lower(): "é"}, body), secret="secret")

    def test_text_is_delivered_as_given(self, driver, session):
        text = OutgoingText(to=ANNA, text="*hi*", client_ref="r1", quoted_id="Q1", mentions=("15550100011",))

        sent = driver.send_text(session, text)

        row = SandboxMessage.objects.get()
        assert (row.wa_message_id, row.chat_wa_id) == (sent.message_id, ANNA.wa_id)
        assert (row.text, row.quoted_id, row.mentions) == ("*hi*", "Q1", ["15550100011"])

    def test_one_reference_twice_is_delivered_once(self, driver, session):
        assert Capability.SENDS_ONCE in driver.capabilities
        text = OutgoingText(to=ANNA, text="hi", client_ref="r1")

        assert driver.send_text(session, text) == driver.send_text(session, text)
        assert SandboxMessage.objects.count() == 1

    @pytest.mark.parametrize("state", [state for state in NumberState if state != NumberState.OPEN])
    def test_nothing_is_sent_on_a_session_that_is_not_open(self, driver, session, state):
        SandboxSession.objects.update(state=state)

        with pytest.raises(SessionNotConnected) as caught:
            driver.send_text(session, OutgoingText(to=ANNA, text="hi", client_ref="r1"))
        assert not caught.value.permanent

    def test_unknown_session_is_said(self, driver, session):
        with pytest.raises(SessionMissing):
            driver.send_text("s-2", OutgoingText(to=ANNA, text="hi", client_ref="r1"))

    def test_linking_goes_by_a_qr_that_expires(self, driver, db, clock):
        for _ in range(2):
            driver.ensure_session("s-9", webhook_url="http://127.0.0.1/", secret="x")
        assert driver.qr("s-9") is None

        driver.connect("s-9")
        first = driver.qr("s-9")
        assert driver.status("s-9").state == "qr"
        assert first.expires_at - clock.now == timedelta(seconds=45)

        clock.advance(seconds=46)
        assert driver.qr("s-9") is None
        driver.connect("s-9")
        assert driver.qr("s-9").text != first.text

    def test_linked_session_stays_linked(self, driver, session):
        driver.connect(session)

        status = driver.status(session)
        assert (status.state, status.own) == ("open", Address(phone="1555", lid="777"))

    def test_logout_and_delete_may_be_repeated(self, driver, session):
        for _ in range(2):
            driver.logout(session)
        assert driver.status(session).state == "logged_out"
        for _ in range(2):
            driver.delete(session)
        with pytest.raises(SessionMissing):
            driver.status(session)

    def test_typing_is_shown(self, driver, session):
        driver.typing(session, ANNA, on=True)
        driver.typing(session, ANNA, on=False)

        assert list(SandboxMessage.objects.order_by("pk").values_list("kind", "text")) == [
            ("typing", "on"),
            ("typing", "off"),
        ]

    def test_groups_and_their_people(self, driver, session):
        assert [group.wa_id for group in driver.groups(session)] == ["1203@g.us"]
        assert driver.group(session, "1203@g.us").participants == (
            Participant(Address(phone="15550100001"), is_admin=True),
            Participant(Address(lid="999")),
        )
        with pytest.raises(GatewayError) as caught:
            driver.group(session, "1204@g.us")
        assert caught.value.permanent
