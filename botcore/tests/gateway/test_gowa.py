"""What is GOWA's alone; what it shares with all gateways is in the conformance suite."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from botcore.enums import GatewayProblem, NumberState
from botcore.gateway import wire
from botcore.gateway.base import Capability
from botcore.gateway.drivers.gowa import GowaDriver
from botcore.gateway.drivers.gowa.failures import failure_of
from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    ReachoutBlocked,
    RecipientNotOnWhatsApp,
    SessionMissing,
    SessionNotConnected,
)
from botcore.gateway.types import Address, Endpoint, OutgoingText, Webhook
from botcore.sandbox.gateways.fake_gateway import running_gateway
from botcore.sandbox.gateways.fake_gowa import FakeGowa
from smmbot.lib.http import HttpAnswer

SESSION = "s-1"
OWN, OWN_LID = "15551230000", "77700011122233"
ANN = Address(phone="15550001111")
HOOK = {"webhook_url": "http://127.0.0.1:9/hook", "secret": "webhook-secret"}
CREDENTIAL = '{"id": "a", "rawId": "YQ", "type": "public-key", "response": {"signature": "Yg"}}'


@pytest.fixture
def gowa():
    with running_gateway(FakeGowa(pace=0)) as running:
        yield running


@pytest.fixture
def driver(gowa):
    return GowaDriver(Endpoint(gowa.url, gowa.api_key))


@pytest.fixture
def linked(gowa, driver):
    driver.ensure_session(SESSION, **HOOK)
    driver.connect(SESSION)
    gowa.sessions.scan(SESSION, OWN, OWN_LID)
    gowa.gateway.journal.clear()
    return gowa


def calls(gowa, method, path):
    return [one for one in gowa.gateway.journal.requests() if (one["method"], one["path"]) == (method, path)]


def text_to(address, text="hi", **more):
    return OutgoingText(**{"to": address, "text": text, "client_ref": "r1", **more})


@pytest.mark.parametrize(
    ("given", "is_right"),
    [
        ("sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8", True),
        ("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8", False),
        ("sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd9", False),
        ("sha256=", False),
        ("", False),
        ("é", False),
    ],
)
def test_signature_is_hmac_sha256_of_the_raw_body(given, is_right):
    # The well-known example of HMAC-SHA256.
    webhook = Webhook({"x-hub-signature-256": given}, b"The quick brown fox jumps over the lazy dog")

    assert GowaDriver().verify(webhook, secret="key") == is_right
    assert not GowaDriver().verify(webhook, secret="secret")


@pytest.mark.parametrize(
    ("body", "session"),
    [(b'{"session_id": "s-1"}', "s-1"), (b"{}", ""), (b'{"session_id": 7}', ""), (b"[]", ""), (b"{", "")],
)
def test_session_is_read_where_it_is_told(body, session):
    assert GowaDriver().session_of(Webhook({}, body)) == session


def test_it_is_asked_how_its_numbers_are():
    assert Capability.CONNECTION_EVENTS not in GowaDriver.capabilities
    assert GowaDriver.poll_every_s == 20


def answer(status, code, message="", results=None):
    body = {"code": code, "message": message, "results": results}
    return HttpAnswer(status, {}, json.dumps(body).encode())


INTERNAL = "INTERNAL_SERVER_ERROR"


@pytest.mark.parametrize(
    ("given", "kind", "permanent", "is_unclear"),
    [
        (HttpAnswer(401, {}, b"Unauthorized"), GatewayRefused, False, False),
        (answer(401, "AUTHENTICATION_ERROR", "you are not logged in"), SessionNotConnected, False, False),
        (
            answer(500, "INVALID_WA_CLI", "your WhatsApp CLI is invalid or empty"),
            SessionNotConnected,
            False,
            False,
        ),
        (answer(404, "DEVICE_NOT_FOUND", "device not found"), SessionMissing, False, False),
        (answer(404, "NOT_FOUND", "device not found"), SessionMissing, False, False),
        (answer(500, INTERNAL, "device s-1 not found"), SessionMissing, False, False),
        (answer(500, INTERNAL, "device s-1 client not initialized"), SessionNotConnected, False, False),
        (answer(400, "DEVICE_ID_REQUIRED"), BadRequest, True, False),
        (answer(400, "VALIDATION_ERROR", "message: cannot be blank."), BadRequest, True, False),
        (
            answer(400, "INVALID_JID", "Phone 1555@s.whatsapp.net is not on whatsapp"),
            RecipientNotOnWhatsApp,
            True,
            False,
        ),
        (answer(400, "INVALID_JID", "your JID is invalid"), BadRequest, True, False),
        (answer(429, "WA_REACHOUT_TIMELOCK", "error 463"), ReachoutBlocked, True, False),
        (answer(429, "TOO_MANY"), RateLimited, False, False),
        (answer(500, INTERNAL, "server returned error 463"), ReachoutBlocked, True, False),
        (answer(500, INTERNAL, "websocket not connected"), SessionNotConnected, False, False),
        (answer(500, INTERNAL, "timed out waiting for message send response"), GatewayError, False, True),
        (answer(504, "GATEWAY_TIMEOUT"), GatewayUnreachable, False, True),
        (answer(503, "DEVICE_MANAGER_UNAVAILABLE"), GatewayUnreachable, False, False),
        (HttpAnswer(502, {}, b"<html>"), GatewayUnreachable, False, True),
        (HttpAnswer(500, {}, b"[7]"), GatewayError, False, True),
        (HttpAnswer(418, {}, b"null"), BadRequest, True, False),
    ],
)
def test_its_failures_are_understood(given, kind, permanent, is_unclear):
    error = failure_of(given, is_write=True)

    assert (type(error), error.permanent, error.is_unclear) == (kind, permanent, is_unclear)
    assert not failure_of(given, is_write=False).is_unclear


class TestSession:
    def test_it_is_made_once_with_its_webhook(self, gowa, driver):
        for _ in range(2):
            driver.ensure_session(SESSION, **HOOK)

        (call,) = calls(gowa, "POST", "/devices")
        assert call["body"] == {
            "device_id": SESSION,
            "webhook_url": HOOK["webhook_url"],
            "webhook_secret": HOOK["secret"],
            "webhook_events": "message,message.edited,message.ack,group.participants,group.joined",
        }
        assert calls(gowa, "PATCH", f"/devices/{SESSION}/webhook") == []

    @pytest.mark.parametrize("spoilt", [{"webhook_url": "http://x/"}, {"webhook_secret": "secret"}, {}])
    def test_a_webhook_that_differs_is_set_again(self, linked, driver, spoilt):
        linked.sessions.get(SESSION).settings["webhook"] = spoilt

        for _ in range(2):
            driver.ensure_session(SESSION, **HOOK)

        assert len(calls(linked, "PATCH", f"/devices/{SESSION}/webhook")) == 1
        assert linked.gateway.target(linked.sessions.get(SESSION)).secret == HOOK["secret"]

    def test_its_key_is_a_user_and_a_password(self, gowa):
        assert GowaDriver(Endpoint(gowa.url, gowa.api_key)).probe().version == "v9.2.0"
        for wrong in ("smmbot:other", "smmbot", "", "ünicode:päss"):
            assert GowaDriver(Endpoint(gowa.url, wrong)).probe().problem == GatewayProblem.REFUSED

    def test_the_code_comes_as_a_picture_whatever_host_it_names(self, gowa, driver):
        driver.ensure_session(SESSION, **HOOK)
        assert (driver.status(SESSION).state, driver.qr(SESSION)) == ("new", None)
        driver.connect(SESSION)
        before = datetime.now(UTC)

        code = driver.qr(SESSION)

        assert (code.text, code.png[:8]) == ("", b"\x89PNG\r\n\x1a\n")
        assert timedelta(seconds=29) < code.expires_at - before < timedelta(seconds=35)
        assert driver.status(SESSION).state == NumberState.QR

    def test_a_picture_that_is_none_is_not_shown(self, gowa, driver):
        driver.ensure_session(SESSION, **HOOK)
        driver.connect(SESSION)
        gowa.scenario("html_page", path="/statics/")

        with pytest.raises(GatewayError):
            driver.qr(SESSION)

    def test_no_code_without_a_way_to_whatsapp(self, gowa, driver):
        driver.ensure_session(SESSION, **HOOK)
        gowa.scenario("no_whatsapp")
        driver.connect(SESSION)

        assert driver.qr(SESSION) is None

    def test_linked_number_is_reached_again_without_a_code(self, linked, driver):
        linked.sessions.drop(SESSION)
        assert (driver.status(SESSION).state, driver.status(SESSION).own) == ("closed", Address(phone=OWN))

        driver.connect(SESSION)

        assert driver.status(SESSION).state == NumberState.OPEN
        assert calls(linked, "GET", f"/devices/{SESSION}/login") == []

    def test_a_number_logged_out_on_its_phone_is_as_a_new_one(self, linked, driver):
        linked.sessions.log_out(SESSION)

        assert (driver.status(SESSION).state, driver.status(SESSION).own) == ("new", Address())
        driver.connect(SESSION)
        assert driver.qr(SESSION) is not None

    def test_the_list_tells_what_is_asked_for_before_the_link(self, gowa, driver):
        for name in ("s-1", "s-2"):
            driver.ensure_session(name, **HOOK)
        driver.connect("s-2")
        gowa.sessions.get("s-2").needs_passkey = True
        gowa.sessions.scan("s-2", OWN)

        listed = {one.session: one for one in driver.list_sessions()}

        assert {name: one.state for name, one in listed.items()} == {"s-1": "new", "s-2": "passkey"}
        assert {one.webhook_url for one in listed.values()} == {None}
        assert GowaDriver(Endpoint(gowa.url, gowa.api_key)).status("s-2").state == NumberState.PASSKEY


class TestPasskey:
    @pytest.fixture
    def scanned(self, gowa, driver):
        driver.ensure_session(SESSION, **HOOK)
        driver.connect(SESSION)
        gowa.sessions.get(SESSION).needs_passkey = True
        gowa.sessions.scan(SESSION, OWN, OWN_LID)
        return gowa

    def test_each_step_tells_what_it_wants(self, scanned, driver):
        assert json.loads(driver.passkey_challenge(SESSION))["rpId"] == "web.whatsapp.com"
        with pytest.raises(SessionNotConnected):
            driver.passkey_confirmation(SESSION)

        driver.answer_passkey(SESSION, credential=CREDENTIAL)

        assert driver.status(SESSION).state == NumberState.PASSKEY_CONFIRM
        assert driver.passkey_confirmation(SESSION) == scanned.sessions.get(SESSION).passkey_code
        with pytest.raises(SessionNotConnected):
            driver.passkey_challenge(SESSION)

    def test_what_whatsapp_does_not_take_can_be_given_again(self, scanned, driver):
        scanned.scenario("passkey_refused", times=1)
        for credential in ("no json", "{}", CREDENTIAL):
            with pytest.raises(BadRequest):
                driver.answer_passkey(SESSION, credential=credential)

        driver.answer_passkey(SESSION, credential=CREDENTIAL)

        assert driver.status(SESSION).state == NumberState.PASSKEY_CONFIRM


class TestSending:
    def test_the_session_stands_in_a_header(self, linked, driver):
        driver.ensure_session("s-2", **HOOK)

        with pytest.raises(SessionNotConnected):
            driver.send_text("s-2", text_to(ANN))
        with pytest.raises(SessionMissing):
            driver.send_text("s-3", text_to(ANN))
        driver.send_text(SESSION, text_to(ANN))

        assert [one.session for one in linked.world.messages.values()] == [SESSION]

    def test_quote_and_mentions_are_told_in_its_spelling(self, linked, driver):
        asked = linked.world.say(by=ANN.phone, to=OWN, text="help")

        driver.send_text(SESSION, text_to(ANN, "yes", quoted_id=asked.id, mentions=(ANN.phone,)))

        (call,) = calls(linked, "POST", "/send/message")
        assert call["body"] == {
            "phone": "15550001111@s.whatsapp.net",
            "message": "yes",
            "reply_message_id": asked.id,
            "mentions": [ANN.phone],
        }

    def test_what_its_history_has_went_out(self, linked, driver, monkeypatch):
        monkeypatch.setattr(wire, "TIMEOUT_S", (1.0, 0.3))
        monkeypatch.setattr("botcore.gateway.drivers.gowa.driver.SEND_S", 0.3)
        since = datetime.now(UTC)
        linked.scenario("time_out_after_write", times=1)
        with pytest.raises(GatewayUnreachable) as caught:
            driver.send_text(SESSION, text_to(ANN))
        assert caught.value.is_unclear

        (sent,) = linked.world.sent_by(SESSION)
        assert driver.find_sent(SESSION, text_to(ANN), since=since).message_id == sent.id
        assert len(linked.world.sent_by(SESSION)) == 1

    def test_what_its_history_has_not_may_have_gone_out(self, linked, driver):
        since = datetime.now(UTC)
        linked.scenario("history_late")
        driver.send_text(SESSION, text_to(ANN))

        with pytest.raises(GatewayError) as caught:
            driver.find_sent(SESSION, text_to(ANN), since=since)
        assert caught.value.permanent

    def test_an_older_message_of_the_same_text_is_not_this_one(self, linked, driver):
        driver.send_text(SESSION, text_to(ANN))

        with pytest.raises(GatewayError):
            driver.find_sent(SESSION, text_to(ANN), since=datetime.now(UTC) + timedelta(seconds=5))

    def test_it_marks_direct_messages_alone_as_read(self, linked, driver):
        driver.mark_read(SESSION, chat=ANN, sender=ANN, message_id="AC01")

        driver.mark_read(SESSION, chat=Address(group="1203@g.us"), sender=ANN, message_id="AC02")

        assert linked.sessions.get(SESSION).reads == ["AC01"]


def test_group_that_hides_a_phone_tells_the_lid(linked, driver):
    linked.world.put_account("15550002222", lid="88800011122233", hides_phone=True)
    group = linked.world.put_group("Support", members=[OWN, "15550002222"])

    people = [one.address for one in driver.group(SESSION, group.id).participants]

    assert people == [Address(OWN, OWN_LID), Address(lid="88800011122233")]
    assert driver.groups(SESSION) == [driver.group(SESSION, group.id)]


def test_a_number_without_groups(linked, driver):
    assert driver.groups(SESSION) == []
