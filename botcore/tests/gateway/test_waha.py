"""What is WAHA's alone; what it shares with all gateways is in the conformance suite."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from botcore.enums import NumberState
from botcore.gateway import wire
from botcore.gateway.drivers.waha import WahaDriver
from botcore.gateway.drivers.waha.driver import own_message_id
from botcore.gateway.drivers.waha.failures import failure_of
from botcore.gateway.drivers.waha.ids import MessageKey, chat_id, key_of, member_id, read_key
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
from botcore.sandbox.gateways.fake_waha import FakeWaha
from smmbot.lib.http import HttpAnswer

SESSION = "s-1"
OWN, OWN_LID = "15551230000", "77700011122233"
ANN = Address(phone="15550001111")
HOOK = {"webhook_url": "http://127.0.0.1:9/hook", "secret": "webhook-secret"}


@pytest.fixture
def waha():
    with running_gateway(FakeWaha(pace=0)) as running:
        yield running


@pytest.fixture
def driver(waha):
    return WahaDriver(Endpoint(waha.url, waha.api_key))


@pytest.fixture
def linked(waha, driver):
    driver.ensure_session(SESSION, **HOOK)
    driver.connect(SESSION)
    waha.sessions.scan(SESSION, OWN, OWN_LID)
    waha.gateway.journal.clear()
    return waha


def calls(waha, method, path):
    return [one for one in waha.gateway.journal.requests() if (one["method"], one["path"]) == (method, path)]


def text_to(address, text="hi", **more):
    return OutgoingText(**{"to": address, "text": text, "client_ref": "r1", **more})


class TestWebhook:
    def test_signature_is_the_one_of_its_documentation(self):
        body = b'{"event":"message","session":"default","engine":"WEBJS"}'
        right = (
            "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8"
            "097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89"
        )

        for given, secret, is_right in (
            (right, "my-secret-key", True),
            (right, "another", False),
            (right[:-1] + "8", "my-secret-key", False),
            ("", "my-secret-key", False),
            ("é", "my-secret-key", False),
        ):
            webhook = Webhook({"x-webhook-hmac": given}, body)
            assert WahaDriver().verify(webhook, secret=secret) == is_right

    @pytest.mark.parametrize(
        ("headers", "body", "delivery", "session"),
        [
            ({"x-webhook-request-id": "r-1"}, b'{"id": "evt_1", "session": "s-1"}', "evt_1", "s-1"),
            ({"x-webhook-request-id": "r-1"}, b'{"session": "s-1"}', "r-1", "s-1"),
            ({}, b'{"id": 7, "session": ["s-1"]}', "", ""),
            ({}, b"[]", "", ""),
            ({}, b"{", "", ""),
        ],
    )
    def test_delivery_and_session_are_read(self, headers, body, delivery, session):
        webhook = Webhook(headers, body)

        assert (WahaDriver().delivery_id(webhook), WahaDriver().session_of(webhook)) == (delivery, session)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("false_1555@c.us_AC01", MessageKey("AC01", chat="1555@c.us")),
        ("true_1203@g.us_AC01_999@lid", MessageKey("AC01", True, "1203@g.us", "999@lid")),
        ("AC01", MessageKey("AC01")),
        ("", MessageKey("")),
    ],
)
def test_message_ids_are_taken_apart(text, key):
    assert read_key(text) == key


def test_message_ids_are_put_together():
    group, both = Address(group="1203@g.us"), Address("1555", "999")

    assert key_of(ANN, "AC01") == "false_15550001111@c.us_AC01"
    assert key_of(ANN, "AC01", sender=ANN) == "false_15550001111@c.us_AC01"
    assert key_of(group, "AC01", sender=both) == "false_1203@g.us_AC01_999@lid"
    assert key_of(group, "AC01", sender=ANN) == "false_1203@g.us_AC01_15550001111@c.us"
    assert (chat_id(both), chat_id(Address(lid="999")), member_id(both)) == (
        "1555@c.us",
        "999@lid",
        "999@lid",
    )


def answer(status, body, **headers):
    return HttpAnswer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def crash(message):
    request = {"body": {"text": "server returned error 463, says our customer"}}
    return {
        "statusCode": 500,
        "exception": {"message": f"2 UNKNOWN: {message}", "code": 2},
        "request": request,
    }


NOT_READY = {"error": "Session status is not as expected. Try again later", "status": "STARTING"}


@pytest.mark.parametrize(
    ("given", "kind", "permanent", "is_unclear"),
    [
        (answer(401, {"message": "Unauthorized", "statusCode": 401}), GatewayRefused, False, False),
        (answer(403, {"message": "Forbidden resource"}), GatewayRefused, False, False),
        (answer(404, {"message": "Session not found"}), SessionMissing, False, False),
        (answer(422, NOT_READY), SessionNotConnected, False, False),
        (answer(422, {"message": "WAHA Core support only 'default' session."}), BadRequest, True, False),
        (
            answer(400, {"message": ["text must be a string"], "error": "Bad Request"}),
            BadRequest,
            True,
            False,
        ),
        (answer(429, {}), RateLimited, False, False),
        (answer(500, crash("server returned error 463")), ReachoutBlocked, True, False),
        (answer(500, crash("server returned error 479")), GatewayError, False, False),
        (
            answer(500, crash("no LID found for 1@s.whatsapp.net from server")),
            RecipientNotOnWhatsApp,
            True,
            False,
        ),
        (answer(500, crash("websocket not connected")), SessionNotConnected, False, False),
        (answer(500, crash("timed out waiting for message send response")), GatewayError, False, True),
        (answer(500, b"<html>"), GatewayError, False, True),
        (answer(502, b"<html>bad gateway"), GatewayUnreachable, False, True),
        (answer(503, b"<html>"), GatewayUnreachable, False, False),
        (answer(504, b""), GatewayUnreachable, False, True),
        (answer(418, ["?"]), BadRequest, True, False),
    ],
)
def test_its_failures_are_understood(given, kind, permanent, is_unclear):
    error = failure_of(given, is_write=True)

    assert (type(error), error.permanent, error.is_unclear) == (kind, permanent, is_unclear)
    assert not failure_of(given, is_write=False).is_unclear


def test_its_wish_to_wait_is_heard():
    assert failure_of(answer(429, {}, **{"Retry-After": "30"}), is_write=True).retry_after_s == 30
    assert failure_of(answer(429, {}, **{"Retry-After": "soon"}), is_write=True).retry_after_s is None


class TestSession:
    def test_it_is_told_nothing_of_whose_it_is(self, waha, driver):
        driver.ensure_session(SESSION, **HOOK)

        (call,) = calls(waha, "POST", "/api/sessions")
        config = call["body"]["config"]
        (webhook,) = config["webhooks"]
        assert (call["body"]["name"], call["body"]["start"]) == (SESSION, False)
        assert config["metadata"] == {"by": "smmbot"}
        assert (webhook["url"], webhook["hmac"]) == (HOOK["webhook_url"], {"key": HOOK["secret"]})
        assert webhook["retries"] == {"policy": "exponential", "delaySeconds": 2, "attempts": 15}
        assert "message.any" in webhook["events"]
        assert "message" not in webhook["events"]

    def test_settings_that_are_right_are_left_alone(self, linked, driver):
        driver.ensure_session(SESSION, **HOOK)

        assert calls(linked, "PUT", f"/api/sessions/{SESSION}") == []

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda config: config["webhooks"][0].update(url="http://127.0.0.1:9/other"),
            lambda config: config["webhooks"][0].update(hmac={"key": "other"}),
            lambda config: config["webhooks"][0].update(hmac=None),
            lambda config: config["webhooks"][0].update(events=["message"]),
            lambda config: config["webhooks"][0].update(retries=None),
            lambda config: config["webhooks"].append({"url": "http://127.0.0.1:9/", "events": ["message"]}),
            lambda config: config.update(webhooks=None),
            lambda config: config.update(ignore={"groups": True}),
        ],
    )
    def test_settings_that_differ_are_set_again_and_the_link_stays(self, linked, driver, spoil):
        spoil(linked.sessions.get(SESSION).settings["config"])

        driver.ensure_session(SESSION, **HOOK)
        driver.ensure_session(SESSION, **HOOK)

        assert len(calls(linked, "PUT", f"/api/sessions/{SESSION}")) == 1
        assert driver.status(SESSION).state == NumberState.OPEN

    def test_a_session_without_settings_gets_them(self, linked, driver):
        linked.sessions.get(SESSION).settings["config"] = None
        assert driver.status(SESSION).webhook_url is None

        driver.ensure_session(SESSION, **HOOK)

        assert driver.status(SESSION).webhook_url == HOOK["webhook_url"]

    def test_no_code_before_it_is_started(self, driver):
        driver.ensure_session(SESSION, **HOOK)

        assert driver.qr(SESSION) is None
        with pytest.raises(SessionNotConnected):
            driver.pairing_code(SESSION, phone=OWN)
        with pytest.raises(SessionMissing):
            driver.qr("s-2")

    def test_codes_that_ran_out_are_offered_anew(self, waha, driver):
        driver.ensure_session(SESSION, **HOOK)
        driver.connect(SESSION)
        for _ in range(7):
            waha.world.clock.advance(46)
            waha.gateway.tick()
        assert (driver.status(SESSION).state, driver.status(SESSION).reason) == ("closed", "qr_limit")
        assert driver.qr(SESSION) is None

        driver.connect(SESSION)

        assert driver.status(SESSION).state == NumberState.QR
        assert driver.qr(SESSION).text.startswith("https://wa.me/settings/linked_devices#")

    def test_own_lid_is_looked_up_where_it_is_not_told(self, linked, driver):
        linked.sessions.get(SESSION).settings["me"] = {"id": f"{OWN}@c.us", "pushName": "~"}
        assert driver.status(SESSION).own == Address(OWN, OWN_LID)

        linked.scenario("error_500", path=f"/api/{SESSION}/lids/pn/{OWN}")
        assert driver.status(SESSION).own == Address(OWN)

    def test_a_session_that_waits_for_its_first_code_is_not_restarted(self, waha, driver):
        driver.ensure_session(SESSION, **HOOK)
        waha.scenario("no_whatsapp")
        for _ in range(2):
            driver.connect(SESSION)

        assert calls(waha, "POST", f"/api/sessions/{SESSION}/restart") == []
        assert len(calls(waha, "POST", f"/api/sessions/{SESSION}/start")) == 2

    def test_a_line_that_went_is_reached_for_again(self, linked, driver):
        linked.sessions.drop(SESSION)

        driver.connect(SESSION)

        assert len(calls(linked, "POST", f"/api/sessions/{SESSION}/restart")) == 1
        assert driver.status(SESSION).state == NumberState.OPEN

    def test_log_out_ends_the_link(self, linked, driver):
        driver.logout(SESSION)

        assert driver.status(SESSION).state == NumberState.QR
        assert driver.status(SESSION).own == Address()

    def test_an_old_core_is_named(self, waha, driver):
        waha.scenario("one_session_only")

        with pytest.raises(BadRequest, match=r"2026\.6\.1"):
            driver.ensure_session(SESSION, **HOOK)

    def test_another_engine_is_named(self, waha, driver):
        assert driver.probe().detail == ""
        waha.scenario("other_engine")

        assert "NOWEB" in driver.probe().detail


class TestPasskey:
    CREDENTIAL = '{"id": "a", "rawId": "a", "type": "public-key", "response": {"signature": "b"}}'

    @pytest.fixture
    def scanned(self, waha, driver):
        driver.ensure_session(SESSION, **HOOK)
        driver.connect(SESSION)
        waha.sessions.get(SESSION).needs_passkey = True
        waha.sessions.scan(SESSION, OWN, OWN_LID)
        return waha

    def test_challenge_is_handed_on_whole(self, scanned, driver):
        challenge = json.loads(driver.passkey_challenge(SESSION))

        assert (challenge["rpId"], challenge["challenge"]) == ("web.whatsapp.com", "9WVUYm9AsQ")
        with pytest.raises(SessionNotConnected):
            driver.passkey_confirmation(SESSION)

    def test_what_whatsapp_does_not_take_can_be_given_again(self, scanned, driver):
        scanned.scenario("passkey_refused", times=1)
        for credential in ("no json", "{}", self.CREDENTIAL):
            with pytest.raises(BadRequest):
                driver.answer_passkey(SESSION, credential=credential)

        driver.answer_passkey(SESSION, credential=self.CREDENTIAL)

        assert driver.status(SESSION).state == NumberState.PASSKEY_CONFIRM
        with pytest.raises(SessionNotConnected):
            driver.passkey_challenge(SESSION)


class TestSending:
    def test_the_id_is_ours_on_every_try(self, linked, driver, monkeypatch):
        monkeypatch.setattr(wire, "TIMEOUT_S", (1.0, 0.3))
        linked.scenario("time_out_after_write", times=1)
        with pytest.raises(GatewayUnreachable) as caught:
            driver.send_text(SESSION, text_to(ANN))
        assert caught.value.is_unclear

        sent = driver.send_text(SESSION, text_to(ANN))

        assert [one.id for one in linked.world.sent_by(SESSION)] == [sent.message_id]
        assert sent.message_id == own_message_id(SESSION, "r1")

    def test_ids_differ_by_reference_and_by_session(self):
        ids = {own_message_id(session, ref) for session in ("s-1", "s-2") for ref in ("r1", "r2")}

        assert len(ids) == 4
        assert all(len(one) == 22 and one.startswith("3EB0") for one in ids)

    def test_quote_and_mentions_are_told_in_its_spelling(self, linked, driver):
        group = linked.world.put_group("Support", members=[OWN, ANN.phone])
        asked = linked.world.say(by=ANN.phone, group=group.id, text="help")

        driver.send_text(
            SESSION,
            text_to(Address(group=group.id), "@15550001111 yes", quoted_id=asked.id, mentions=(ANN.phone,)),
        )

        (call,) = calls(linked, "POST", "/api/sendText")
        assert call["body"]["reply_to"] == f"false_{group.id}_{asked.id}"
        assert call["body"]["mentions"] == ["15550001111@c.us"]
        (sent,) = linked.world.sent_by(SESSION)
        assert (sent.quoted.id, sent.mentions) == (asked.id, ("15550001111@s.whatsapp.net",))

    def test_what_went_out_is_found_by_its_id_or_its_text(self, linked, driver):
        since = datetime.now(UTC)
        driver.send_text(SESSION, text_to(ANN, "first"))
        other = linked.sessions.send(linked.sessions.get(SESSION), to=ANN.phone, text="by an old WAHA")

        found = driver.find_sent(SESSION, text_to(ANN, "first"), since=since)
        by_text = driver.find_sent(SESSION, text_to(ANN, "by an old WAHA", client_ref="r2"), since=since)

        assert found.message_id == own_message_id(SESSION, "r1")
        assert by_text.message_id == other.id
        assert driver.find_sent(SESSION, text_to(ANN, "never", client_ref="r3"), since=since) is None
        later = since + timedelta(minutes=30)
        assert driver.find_sent(SESSION, text_to(ANN, "by an old WAHA", client_ref="r2"), since=later) is None

    def test_a_stopped_session_is_not_a_missing_one(self, linked, driver):
        stop = f"/api/sessions/{SESSION}/stop"
        wire.Wire(linked.url, {"X-Api-Key": linked.api_key}).call("POST", stop)

        with pytest.raises(SessionNotConnected):
            driver.send_text(SESSION, text_to(ANN))
        with pytest.raises(SessionMissing):
            driver.send_text("s-2", text_to(ANN))

    def test_a_message_in_a_group_is_read_as_its_authors(self, linked, driver):
        group = Address(group="1203@g.us")

        driver.mark_read(SESSION, chat=group, sender=Address("1555", "999"), message_id="AC01")

        (call,) = calls(linked, "POST", "/api/sendSeen")
        assert call["body"]["messageIds"] == ["false_1203@g.us_AC01_999@lid"]


class TestResolve:
    def test_each_way(self, linked, driver):
        linked.world.put_account(ANN.phone, lid="99900011122233")

        assert driver.resolve(SESSION, Address(lid="99900011122233")) == Address(ANN.phone, "99900011122233")
        assert driver.resolve(SESSION, ANN) == Address(ANN.phone, "99900011122233")

    def test_what_it_does_not_know_stays_as_it_is(self, linked, driver):
        linked.world.put_account(ANN.phone, lid="99900011122233", hides_phone=True)

        for one in (Address(lid="99900011122233"), Address(phone="15550009999"), Address(group="1@g.us")):
            assert driver.resolve(SESSION, one) == one
