"""Evolution API's own traps: answers that say one thing and mean another, and what changes between its versions."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from botcore.enums import DeliveryState, GatewayProblem, NumberState
from botcore.gateway import wire
from botcore.gateway.drivers.evolution.answers import NameTaken, Untold, error_of, message_of
from botcore.gateway.drivers.evolution.webhook import EVENTS, PROOF_HEADER
from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    GatewayNotActivated,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    ReachoutBlocked,
    RecipientNotOnWhatsApp,
    SessionMissing,
    SessionNotConnected,
    Unsupported,
)
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Address, MessageReceived, MessageStatus, OutgoingText
from botcore.sandbox.gateways.sessions import QR_LIMIT
from botcore.tests.gateway.harness import harness_of
from smmbot.lib.http import HttpAnswer

pytestmark = pytest.mark.django_db

OWN, OWN_LID = "15551230000", "77700011122233"
ANN, BOB = "15550001111", "15550002222"
SESSION, SECRET = "s-0011", "hook-secret"
URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def version():
    return "2.3.7"


@pytest.fixture
def gateway(version):
    with harness_of("evolution", version=version) as harness:
        harness.put_account(ANN, lid="99900011122233", name="Ann")
        harness.put_account(BOB, lid="88800011122233", name="Bob")
        yield harness


@pytest.fixture
def driver(gateway):
    return gateway.driver


@pytest.fixture
def session(gateway):
    gateway.link(SESSION, OWN, OWN_LID)
    return SESSION


def text(to=ANN, words="hello", **more):
    return OutgoingText(to=Address(phone=to), text=words, client_ref="r-1", **more)


# --- answers ------------------------------------------------------------------------------------------------


def refused(status, message):
    body = {"status": status, "error": "Whatever", "response": {"message": message}}
    return HttpAnswer(status, {}, json.dumps(body).encode())


BOOM = {
    "data": None,
    "isBoom": True,
    "isServer": False,
    "output": {"statusCode": 428, "payload": {}, "headers": {}},
}
PASSING, FINAL, UNCLEAR = (False, False), (True, False), (False, True)


@pytest.mark.parametrize(
    ("answer", "kind", "means"),
    [
        (refused(401, "Unauthorized"), GatewayRefused, PASSING),
        (refused(403, ["Missing global api key", "The global api key must be set"]), GatewayRefused, PASSING),
        (refused(500, "Not allowed by CORS"), GatewayRefused, PASSING),
        (refused(404, 'The "s-0011" instance does not exist'), SessionMissing, PASSING),
        (refused(404, ['Instance "s-0011" not found']), SessionMissing, PASSING),
        (refused(404, ["Cannot POST /message/sendTxt/s-0011"]), BadRequest, FINAL),
        (refused(403, ['This name "s-0011" is already in use.']), NameTaken, PASSING),
        (refused(403, ['This name "undefined" is already in use.']), NameTaken, PASSING),
        (refused(400, ["Invalid integration"]), BadRequest, FINAL),
        (refused(400, [['instance requires property "text"']]), BadRequest, FINAL),
        (refused(400, "Text is required"), BadRequest, FINAL),
        (refused(400, [["instance.delay is not of a type(s) integer"]]), BadRequest, FINAL),
        (refused(400, [['instance requires property "webhook"']]), BadRequest, FINAL),
        (refused(400, [["instance.webhook.events[0] is not one of enum values: A,B"]]), BadRequest, FINAL),
        (
            refused(500, "Cannot read properties of undefined (reading 'onWhatsApp')"),
            SessionNotConnected,
            PASSING,
        ),
        (refused(500, "Connection Closed"), SessionNotConnected, PASSING),
        (refused(400, ["Error: Connection Closed"]), SessionNotConnected, PASSING),
        (refused(400, ['The "s-0011" instance is not connected']), SessionNotConnected, PASSING),
        (refused(404, ["Error fetching group", "Error: Connection Closed"]), SessionNotConnected, PASSING),
        (refused(404, ["No participants", "Error: Connection Closed"]), SessionNotConnected, PASSING),
        (HttpAnswer(400, {}, json.dumps(BOOM).encode()), SessionNotConnected, PASSING),
        (
            refused(400, [{"jid": "1555@s.whatsapp.net", "exists": False, "number": "1555"}]),
            RecipientNotOnWhatsApp,
            FINAL,
        ),
        (refused(400, ["[object Object]"]), Untold, PASSING),
        (refused(400, ["SessionError: No sessions"]), GatewayError, PASSING),
        (refused(400, ["Error: Timed Out"]), GatewayError, PASSING),
        (refused(404, ["Error fetching group", "Error: item-not-found"]), GatewayError, FINAL),
        (refused(400, ["Error: not-acceptable"]), GatewayError, FINAL),
        (refused(400, ["Error: rate-overlimit"]), RateLimited, PASSING),
        (HttpAnswer(429, {}, b""), RateLimited, PASSING),
        (refused(400, ["Error: 463"]), ReachoutBlocked, FINAL),
        (
            HttpAnswer(503, {}, b'{"error": "service not activated", "code": "LICENSE_REQUIRED"}'),
            GatewayNotActivated,
            PASSING,
        ),
        (HttpAnswer(502, {}, b"<html>Bad Gateway</html>"), GatewayUnreachable, UNCLEAR),
        (HttpAnswer(503, {}, b""), GatewayUnreachable, UNCLEAR),
        # Its database failed after the message went out.
        (refused(400, ["PrismaClientUnknownRequestError: whatever"]), GatewayError, UNCLEAR),
        (refused(500, "Internal Server Error"), GatewayError, UNCLEAR),
        (refused(500, "Media upload failed on all hosts"), GatewayError, UNCLEAR),
        (HttpAnswer(500, {}, b""), GatewayError, UNCLEAR),
        (HttpAnswer(400, {}, b"[[[[[[[[[[1]]]]]]]]]]"), GatewayError, UNCLEAR),
        (HttpAnswer(418, {}, b"null"), GatewayError, UNCLEAR),
    ],
)
def test_refusals_mean_what_their_texts_say(answer, kind, means):
    error = error_of(answer, is_write=True)

    assert type(error) is kind
    assert (error.permanent, error.is_unclear) == means


def test_a_question_is_never_unclear():
    assert not error_of(refused(500, "Internal Server Error"), is_write=False).is_unclear


@pytest.mark.parametrize("message", ["a; b", ["a", "b"], [["a"], ["b"]], [{"x": "a", "y": ["b"]}]])
def test_messages_are_flattened(message):
    assert message_of({"response": {"message": message}}) == "a; b"


def test_its_own_wish_to_wait_is_heard():
    error = error_of(HttpAnswer(429, {"Retry-After": "7"}, b""), is_write=True)

    assert error.retry_after_s == 7


def test_an_empty_webhook_setting_and_a_strange_one_are_set(gateway, driver, session):
    for strange in (None, {"enabled": True, "url": URL, "headers": None, "events": []}):
        gateway.gateway.sessions.get(session).settings["webhook"] = strange
        driver.ensure_session(session, webhook_url=URL, secret=SECRET)

        kept = gateway.gateway.sessions.get(session).settings["webhook"]
        assert (kept["url"], kept["headers"]) == (URL, {PROOF_HEADER: SECRET})
        assert sorted(kept["events"]) == sorted(EVENTS)


# --- the gateway --------------------------------------------------------------------------------------------


def test_licence_that_is_not_activated_is_named(gateway, driver, session):
    gateway.gateway.scenario("not_activated")

    info = driver.probe()
    assert (info.version, info.problem) == ("2.3.7", GatewayProblem.NOT_ACTIVATED)
    for call in (
        lambda: driver.send_text(session, text()),
        lambda: driver.status(session),
        driver.list_sessions,
    ):
        with pytest.raises(GatewayNotActivated):
            call()


def test_cors_that_shuts_us_out_is_named(gateway, driver):
    gateway.gateway.scenario("cors")

    info = driver.probe()
    assert info.problem == GatewayProblem.REFUSED
    assert "CORS_ORIGIN" in info.detail


def test_administrators_are_told():
    assert "Evolution API" in driver_named("evolution").notice


def test_only_the_global_key_is_shown_and_the_instance_s_own_is_never_kept(gateway, driver, session, caplog):
    caplog.set_level(logging.DEBUG)
    token = gateway.gateway.sessions.get(session).settings["token"]
    driver.send_text(session, text())
    statuses = [driver.status(session), *driver.list_sessions()]

    assert {one["key"] for one in gateway.requests()} == {gateway.gateway.api_key[-4:]}
    assert token not in repr((driver.__dict__, driver.endpoint, statuses))
    assert token not in caplog.text


def test_two_who_create_at_once_both_succeed(gateway, driver):
    """Between our look and our call somebody else made it."""
    driver.ensure_session(SESSION, webhook_url=URL, secret=SECRET)
    gateway.gateway.scenario("looks_away", times=1)
    driver.ensure_session(SESSION, webhook_url=URL, secret="another-secret")

    assert [one.session for one in driver.list_sessions()] == [SESSION]
    kept = gateway.gateway.sessions.get(SESSION).settings["webhook"]
    assert kept["headers"] == {PROOF_HEADER: "another-secret"}


# --- linking ------------------------------------------------------------------------------------------------


def test_create_waits_for_no_qr(gateway, driver):
    driver.ensure_session(SESSION, webhook_url=URL, secret=SECRET)

    (created,) = [one for one in gateway.requests() if one["path"] == "/instance/create"]
    assert created["body"]["qrcode"] is False
    assert driver.status(SESSION).state == NumberState.NEW
    assert driver.qr(SESSION) is None
    assert driver.status(SESSION).state == NumberState.NEW  # asking for a code does not begin to connect


def test_code_that_was_scanned_is_not_offered_while_it_reconnects(gateway, driver, session):
    fake = gateway.gateway.sessions.get(session)
    fake.state, fake.qr = NumberState.CONNECTING, "2@REF0001,NOISE,IDENTITY,ADV"

    assert driver.qr(session) is None
    assert driver.status(session).state == NumberState.CONNECTING


def test_too_many_codes_end_in_a_new_start(gateway, driver):
    gateway.driver.ensure_session(SESSION, webhook_url=gateway.listen(), secret=SECRET)
    driver.connect(SESSION)
    gateway.told()
    for _ in range(QR_LIMIT):
        gateway.world.clock.advance(46)
        gateway.gateway.gateway.tick()
    ends = [event for event in gateway.told() if getattr(event, "reason", "") == "qr_limit"]

    assert [event.state for event in ends] == [NumberState.CLOSED, NumberState.CLOSED]
    assert driver.status(SESSION).state == NumberState.NEW
    driver.connect(SESSION)
    assert driver.qr(SESSION) is not None


@pytest.mark.parametrize(
    ("end", "state", "reason"),
    [("log_out", NumberState.LOGGED_OUT, "401"), ("ban", NumberState.BANNED, "403")],
)
def test_why_it_ended_is_found_later(gateway, driver, session, end, state, reason):
    getattr(gateway.gateway.sessions, end)(session)

    for status in (driver.status(session), *driver.list_sessions()):
        assert (status.state, status.reason) == (state, reason)


def test_old_reason_is_forgotten_once_a_code_was_shown(gateway, driver, session):
    gateway.gateway.sessions.log_out(session)
    driver.connect(session)
    assert driver.status(session).state == NumberState.QR

    gateway.scan(session, OWN)
    gateway.drop(session)
    assert driver.status(session).state == NumberState.CLOSED


def test_code_nobody_scans_after_a_logout_is_no_second_logout(gateway, driver, session):
    gateway.gateway.sessions.log_out(session)
    driver.connect(session)
    for _ in range(QR_LIMIT):
        gateway.world.clock.advance(46)
        gateway.gateway.gateway.tick()

    assert driver.status(session).state == NumberState.NEW


def test_pairing_code_of_a_linked_number_is_refused(driver, session):
    with pytest.raises(GatewayError) as caught:
        driver.pairing_code(session, phone=OWN)
    assert caught.value.permanent


def test_pairing_code_that_does_not_come_is_a_passing_fault(gateway, driver):
    driver.ensure_session(SESSION, webhook_url=URL, secret=SECRET)
    gateway.gateway.scenario("no_whatsapp")

    with pytest.raises(GatewayError) as caught:
        driver.pairing_code(SESSION, phone=OWN)
    assert not caught.value.permanent


@pytest.mark.parametrize("version", ["2.3.6", "2.4.0"])
def test_logout_of_what_is_not_connected_succeeds_in_every_version(driver, gateway):
    driver.ensure_session(SESSION, webhook_url=URL, secret=SECRET)

    driver.logout(SESSION)
    assert driver.status(SESSION).state != NumberState.OPEN


# --- messages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "chat"),
    [
        ("2.3.4", Address(phone=ANN, lid="99900011122233")),
        ("2.3.6", Address(phone=ANN, lid="99900011122233")),
        ("2.3.7", Address(phone=ANN)),
        ("2.4.0", Address(phone=ANN, lid="99900011122233")),
    ],
)
def test_direct_message_by_lid_is_read_in_every_version(gateway, driver, version, chat):
    driver.ensure_session(SESSION, webhook_url=gateway.listen(), secret=SECRET)
    driver.connect(SESSION)
    gateway.scan(SESSION, OWN)
    gateway.world.say(by=ANN, to=OWN, text="hi", by_lid=True)

    (event,) = [event for event in gateway.told() if isinstance(event, MessageReceived)]
    assert (event.chat, event.sender, event.text) == (chat, chat, "hi")


@pytest.mark.parametrize("version", ["2.3.4", "2.3.6", "2.3.7", "2.4.0"])
def test_group_sender_is_told_with_both_ids_in_every_version(gateway, driver, version):
    group = gateway.put_group("Support", members=[OWN, ANN])
    driver.ensure_session(SESSION, webhook_url=gateway.listen(), secret=SECRET)
    driver.connect(SESSION)
    gateway.scan(SESSION, OWN)
    gateway.world.say(by=ANN, group=group, text="hi")

    (event,) = [event for event in gateway.told() if isinstance(event, MessageReceived)]
    assert event.sender == Address(phone=ANN, lid="99900011122233")


def test_edit_of_a_direct_message_is_left_out(gateway, driver):
    """It names neither the chat nor who edited."""
    driver.ensure_session(SESSION, webhook_url=gateway.listen(), secret=SECRET)
    driver.connect(SESSION)
    gateway.scan(SESSION, OWN)
    said = gateway.world.say(by=ANN, to=OWN, text="hi")
    gateway.told()
    gateway.world.say(by=ANN, to=OWN, text="hello", edits=said.id)

    assert [event for event in gateway.told() if isinstance(event, MessageReceived)] == []


def test_people_are_named_as_it_wants_them(gateway, driver, session):
    group = gateway.put_group("Support", members=[OWN, ANN])
    driver.send_text(session, text())
    driver.send_text(session, OutgoingText(to=Address(lid="99900011122233"), text="x", client_ref="r-2"))
    mentions = (ANN, "99900011122233@lid", ANN)
    driver.send_text(
        session, OutgoingText(Address(group=group), "x", "r-3", quoted_id="AC01", mentions=mentions)
    )

    first, second, third = (one["body"] for one in gateway.requests() if "sendText" in one["path"])
    assert first == {"number": ANN, "text": "hello", "linkPreview": False}
    assert second["number"] == "99900011122233@lid"
    assert third["number"] == group
    assert third["quoted"] == {"key": {"id": "AC01"}}
    assert third["mentioned"] == [f"{ANN}@s.whatsapp.net", "99900011122233@lid"]


def test_encryption_that_fails_has_sent_nothing(gateway, driver, session):
    gateway.gateway.scenario("no_sessions", times=1)

    with pytest.raises(GatewayError) as caught:
        driver.send_text(session, text())
    assert (caught.value.permanent, caught.value.is_unclear) == (False, False)
    assert gateway.sent(session) == []


def test_error_after_the_message_went_out_is_unclear(gateway, driver, session):
    gateway.gateway.scenario("server_fault", times=1)

    with pytest.raises(GatewayError) as caught:
        driver.send_text(session, text())
    assert caught.value.is_unclear
    assert len(gateway.sent(session)) == 1


def test_message_that_whatsapp_refuses_afterwards_is_told(gateway, driver):
    driver.ensure_session(SESSION, webhook_url=gateway.listen(), secret=SECRET)
    driver.connect(SESSION)
    gateway.scan(SESSION, OWN)
    gateway.gateway.scenario("reachout_blocked", times=1)
    sent = driver.send_text(SESSION, text())

    states = [event for event in gateway.told() if isinstance(event, MessageStatus)]
    assert states == [MessageStatus(sent.message_id, DeliveryState.FAILED)]


def test_typing_is_not_waited_for(gateway, driver, session, monkeypatch):
    """It answers only when the time is over, and its other failures are told all the same."""
    monkeypatch.setattr("botcore.gateway.drivers.evolution.driver._TYPING_DEADLINE_S", 0.2)
    driver.typing(session, Address(phone=ANN), on=True)
    assert gateway.typing(session) == [(f"{ANN}@s.whatsapp.net", True)]

    gateway.drop(session)
    with pytest.raises(SessionNotConnected):
        driver.typing(session, Address(phone=ANN), on=True)


def test_typing_at_a_gateway_that_is_down_is_told(gateway):
    driver = gateway.driver
    gateway.stack.close()

    with pytest.raises(GatewayUnreachable):
        driver.typing(SESSION, Address(phone=ANN), on=True)


def test_raw_error_object_of_a_closed_session_is_understood(gateway, driver, session):
    gateway.drop(session)

    with pytest.raises(SessionNotConnected):
        driver.resolve(session, Address(phone=ANN))


# --- what was sent ------------------------------------------------------------------------------------------


class TestHistory:
    @pytest.fixture
    def since(self):
        return datetime.now(UTC) - timedelta(seconds=30)

    def test_older_messages_do_not_count(self, gateway, driver, session):
        sent = driver.send_text(session, text())
        now = datetime.now(UTC)

        assert driver.find_sent(session, text(), since=now - timedelta(seconds=1)) == sent
        assert driver.find_sent(session, text(), since=now + timedelta(minutes=1)) is None

    def test_a_message_far_back_is_found(self, gateway, driver, session, since):
        sent = driver.send_text(session, text(words="the one"))
        for at in range(120):
            gateway.world.say(by=OWN, to=ANN, text=f"other {at}")

        assert driver.find_sent(session, text(words="the one"), since=since) == sent

    def test_group_and_person_are_told_apart(self, gateway, driver, session, since):
        group = gateway.put_group("Support", members=[OWN, ANN])
        other = gateway.put_group("Others", members=[OWN, ANN])
        driver.send_text(session, OutgoingText(Address(group=group), "hello", "r-1"))

        assert driver.find_sent(session, OutgoingText(Address(group=group), "hello", "r-1"), since=since)
        assert (
            driver.find_sent(session, OutgoingText(Address(group=other), "hello", "r-1"), since=since) is None
        )
        assert driver.find_sent(session, text(), since=since) is None

    def test_what_they_wrote_does_not_count(self, gateway, driver, session, since):
        gateway.world.say(by=ANN, to=OWN, text="hello")

        assert driver.find_sent(session, text(), since=since) is None

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ("5531987654321", "553187654321"),
            ("5215512345678", "525512345678"),
            ("5491123456789", "541123456789"),
        ],
    )
    def test_numbers_it_rewrites_are_known_again(self, gateway, driver, session, since, ours, theirs):
        gateway.world.say(by=OWN, to=theirs, text="hello")

        assert driver.find_sent(session, text(ours), since=since) is not None
        assert driver.find_sent(session, text("5531911112222"), since=since) is None

    def test_phone_against_lid_cannot_be_told(self, gateway, driver, session, since):
        driver.send_text(session, text())

        with pytest.raises(Unsupported):
            driver.find_sent(session, OutgoingText(Address(lid="123"), "hello", "r-1"), since=since)

    def test_gateway_that_keeps_nothing_cannot_say(self, gateway, driver, session, since):
        driver.send_text(session, text())
        gateway.gateway.scenario("keeps_no_messages")

        with pytest.raises(Unsupported):
            driver.find_sent(session, text(), since=since)

    def test_failure_of_a_look_up_is_not_unclear(self, gateway, driver, session, since, monkeypatch):
        monkeypatch.setattr(wire, "TIMEOUT_S", (1.0, 0.2))
        for scenario in ("error_500", "time_out", "wrong_body"):
            gateway.gateway.gateway.scenarios.clear()
            gateway.gateway.scenario(scenario)
            with pytest.raises(GatewayError) as caught:
                driver.find_sent(session, text(), since=since)
            assert (caught.value.permanent, caught.value.is_unclear) == (False, False)
