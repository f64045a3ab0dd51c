"""What the bot asks of the built-in gateway, before somebody who answers for its children, and before nobody."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from redis.exceptions import RedisError

from botcore.enums import GatewayProblem
from botcore.gateway.embedded import calls
from botcore.gateway.embedded.calls import Answer
from botcore.gateway.errors import (
    GatewayError,
    GatewayUnreachable,
    RateLimited,
    ReachoutBlocked,
    RecipientNotOnWhatsApp,
    SendUnclear,
    SessionMissing,
    SessionNotConnected,
)
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Address, OutgoingText, Participant
from botcore.models import EmbeddedSession
from smmbot.lib.redis_client import get_redis

ANNA = Address(phone="15550100011", lid="99900000000011")
TEXT = OutgoingText(to=ANNA, text="*hi*", client_ref="outbox-1", quoted_id="Q1", mentions=("15550100012",))

pytestmark = pytest.mark.django_db


@pytest.fixture
def driver():
    return driver_named("embedded")


@pytest.fixture
def row(db):
    """A live session that somebody serves."""
    return EmbeddedSession.objects.create(
        name="s-1",
        state="open",
        phone="1555",
        lid="777",
        device_jid="1555:3@s.whatsapp.net",
        lease_until=timezone.now() + timedelta(minutes=1),
    )


@pytest.fixture
def server():
    """Somebody who serves s-1: `asked` is what came, `answers` what each call is answered with."""

    class Server:
        def __init__(self):
            self.asked, self.answers = [], {}
            self.inbox = calls.Inbox(self.answer)
            self.inbox.serve(["s-1"])
            self.inbox.start()

        def answer(self):
            for request in self.inbox.take():
                self.asked.append((request.name, dict(request.args)))
                if request.name in self.answers:
                    calls.answer(request.id, self.answers[request.name])

    calls.say_alive("neonize 0.5.2")
    one = Server()
    yield one
    one.inbox.stop()


class TestAsking:
    def test_a_text_goes_to_the_child_as_given(self, driver, row, server):
        server.answers["send"] = Answer("3EB0")

        assert driver.send_text("s-1", TEXT).message_id == "3EB0"
        assert server.asked == [
            (
                "send",
                {
                    "client_ref": "outbox-1",
                    "to": "15550100011@s.whatsapp.net",
                    "text": "*hi*",
                    "quoted_id": "Q1",
                    "mentions": ["15550100012"],
                },
            )
        ]

    def test_the_rest_of_what_a_number_does(self, driver, row, server):
        group = {"JID": "1203@g.us", "Name": "Support", "Participants": [{"JID": "999@lid", "IsAdmin": True}]}
        server.answers |= {
            "typing": Answer(),
            "read": Answer(),
            "groups": Answer([group]),
            "group": Answer(group),
            "resolve": Answer("1556@s.whatsapp.net"),
            "pair": Answer("ABCD-EFGH"),
        }
        driver.typing("s-1", ANNA, on=True)
        driver.mark_read("s-1", chat=Address(group="1203@g.us"), sender=ANNA, message_id="M1")
        assert [one.name for one in driver.groups("s-1")] == ["Support"]
        assert driver.group("s-1", "1203@g.us").participants == (
            Participant(Address(lid="999"), is_admin=True),
        )
        assert driver.resolve("s-1", Address(lid="999")) == Address(phone="1556", lid="999")
        assert driver.pairing_code("s-1", phone="1555") == "ABCD-EFGH"
        assert server.asked[:2] == [
            ("typing", {"to": "15550100011@s.whatsapp.net", "on": True}),
            ("read", {"chat": "1203@g.us", "sender": "15550100011@s.whatsapp.net", "message_id": "M1"}),
        ]

    @pytest.mark.parametrize(
        ("words", "error", "permanent", "unclear"),
        [
            ("websocket not connected", SessionNotConnected, False, False),
            ("server returned error 463", ReachoutBlocked, True, False),
            ("info query returned status 429: rate-overlimit", RateLimited, False, False),
            ("no LID found for 15550100011@s.whatsapp.net from server", RecipientNotOnWhatsApp, True, False),
            ("that group does not exist", GatewayError, True, False),
            ("timed out waiting for message send response", GatewayUnreachable, False, True),
            ("websocket disconnected before message send returned response", GatewayUnreachable, False, True),
            ("the process of this number ended", GatewayUnreachable, False, True),
            ("this session is not served here", GatewayUnreachable, False, False),
            ("the database does not answer, nothing was sent", GatewayUnreachable, False, False),
            ("WhatsApp has not confirmed yet that this was sent", GatewayUnreachable, False, True),
            ("nobody can tell any more whether this was sent", SendUnclear, True, True),
        ],
    )
    def test_what_the_library_says_is_one_of_our_errors(
        self, driver, row, server, words, error, permanent, unclear
    ):
        server.answers["send"] = Answer(error=words)

        with pytest.raises(error) as caught:
            driver.send_text("s-1", TEXT)
        assert (caught.value.permanent, caught.value.is_unclear) == (permanent, unclear)
        assert "15550100011" not in str(caught.value)

    def test_nobody_serves_the_session(self, driver, row):
        EmbeddedSession.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

        with pytest.raises(GatewayUnreachable) as caught:
            driver.send_text("s-1", TEXT)
        assert not caught.value.is_unclear

    def test_nobody_took_it_in_time_so_it_is_withdrawn(self, driver, row, monkeypatch):
        monkeypatch.setattr("botcore.gateway.drivers.embedded._SEND_S", 0.1)

        with pytest.raises(GatewayUnreachable) as caught:
            driver.send_text("s-1", TEXT)
        assert not caught.value.is_unclear
        late = calls.Inbox(lambda: None)
        late.serve(["s-1"])
        late._wait()  # its own bell
        late._wait()
        assert late.take() == []

    def test_taken_and_not_answered_is_unclear(self, driver, row, server, monkeypatch):
        monkeypatch.setattr("botcore.gateway.drivers.embedded._SEND_S", 0.2)

        with pytest.raises(GatewayUnreachable) as caught:
            driver.send_text("s-1", TEXT)
        assert caught.value.is_unclear

    def test_what_nobody_waits_for_any_more_is_not_done(self, server):
        old = {"id": "1", "name": "send", "args": {}, "until": 5}
        get_redis().rpush(calls._requests_key("s-1"), json.dumps(old))
        server.answers["groups"] = Answer([])
        calls.ask("s-1", "groups", {}, timeout_s=5)

        assert server.asked == [("groups", {})]

    def test_redis_is_away(self, driver, row, monkeypatch):
        def away():
            raise RedisError

        monkeypatch.setattr(calls, "get_redis", away)
        with pytest.raises(GatewayUnreachable) as caught:
            driver.send_text("s-1", TEXT)
        assert caught.value.is_unclear
        assert driver.probe().problem == GatewayProblem.UNREACHABLE

    @pytest.mark.parametrize("state", ["new", "qr", "connecting", "closed", "logged_out", "banned"])
    def test_a_session_that_is_not_open_sends_nothing(self, driver, row, state):
        EmbeddedSession.objects.update(state=state)

        with pytest.raises(SessionNotConnected):
            driver.send_text("s-1", TEXT)

    def test_an_unknown_session(self, driver, row):
        for ask in (driver.groups, driver.status, driver.qr, driver.connect):
            with pytest.raises(SessionMissing):
                ask("s-2")


class TestSessions:
    def test_made_once_and_resting(self, driver, db):
        for _ in range(2):
            driver.ensure_session("s-9", webhook_url="https://bot.example/", secret="x")

        assert EmbeddedSession.objects.get().is_wanted is False

    def test_connecting_has_it_started(self, driver, row):
        EmbeddedSession.objects.update(is_wanted=False, state="new", state_reason="qr_limit", starts=7)

        driver.connect("s-1")

        row.refresh_from_db()
        assert (row.is_wanted, row.state, row.state_reason) == (True, "connecting", "")
        assert (row.starts, row.next_start_at) == (0, None)

    def test_connecting_shortens_a_long_pause_and_leaves_the_rest(self, driver, row):
        later = timezone.now() + timedelta(minutes=5)
        EmbeddedSession.objects.update(
            state="connecting", state_reason="no_internet", starts=7, next_start_at=later
        )
        driver.connect("s-1")

        row.refresh_from_db()
        assert (row.state, row.state_reason, row.starts) == ("connecting", "no_internet", 7)
        assert timedelta(0) < row.next_start_at - timezone.now() < timedelta(seconds=6)

    def test_a_live_one_is_left_alone(self, driver, row):
        driver.connect("s-1")

        assert EmbeddedSession.objects.get().state == "open"

    def test_a_code_until_it_runs_out(self, driver, row):
        EmbeddedSession.objects.update(
            state="qr", qr_text="2@x", qr_expires_at=timezone.now() + timedelta(seconds=20)
        )
        assert driver.qr("s-1").text == "2@x"

        EmbeddedSession.objects.update(qr_expires_at=timezone.now() - timedelta(seconds=1))
        assert driver.qr("s-1") is None

    def test_how_sessions_are_is_known_while_somebody_runs_them(self, driver, row, server):
        status = driver.status("s-1")

        assert (status.state, status.own) == ("open", Address(phone="1555", lid="777"))
        assert [one.session for one in driver.list_sessions()] == ["s-1"]
        assert driver.probe().version == "neonize 0.5.2"

    def test_nobody_runs_any(self, driver, row):
        for ask in (lambda: driver.status("s-1"), driver.list_sessions):
            with pytest.raises(GatewayUnreachable):
                ask()
        assert driver.probe().problem == GatewayProblem.UNREACHABLE

    def test_logging_out_at_whatsapp(self, driver, row, server):
        server.answers["logout"] = Answer()

        driver.logout("s-1")

        row.refresh_from_db()
        assert server.asked == [("logout", {})]
        assert (row.state, row.is_wanted, row.device_jid, row.phone) == ("logged_out", False, "", "")

    def test_logging_out_what_whatsapp_did_not_confirm(self, driver, row, server):
        server.answers["logout"] = Answer(error="info query timed out")

        with pytest.raises(GatewayError):
            driver.logout("s-1")
        assert EmbeddedSession.objects.get().state == "open"

    def test_without_a_connection_the_keys_are_forgotten(self, driver, row, library_keys):
        library_keys("1555:3@s.whatsapp.net", "1666:1@s.whatsapp.net")
        EmbeddedSession.objects.update(state="closed")

        for _ in range(2):
            driver.logout("s-1")

        assert EmbeddedSession.objects.get().state == "logged_out"
        assert library_keys() == ["1666:1@s.whatsapp.net"]

    def test_deleting_may_be_repeated(self, driver, row, library_keys):
        library_keys("1555:3@s.whatsapp.net")

        for _ in range(2):
            driver.delete("s-1")

        assert not EmbeddedSession.objects.exists()
        assert library_keys() == []
