"""Rounds of the gateways: what their lists say of our numbers, and what is put right."""

from datetime import timedelta

import pytest
from celery import current_app

from botcore.domain import linking, reconcile
from botcore.enums import NumberState
from botcore.gateway.errors import BadRequest, GatewayNotActivated, GatewayRefused, GatewayUnreachable
from botcore.gateway.types import SessionStatus
from botcore.models import EndedSession, Gateway, SandboxSession, WhatsAppNumber
from botcore.tests.factories import ChatFactory, InboxMessageFactory, NumberFactory
from smmbot.lib.locks import RedisLock
from smmbot.testing.scripted_gateway import ScriptedDriver
from smmbot.testing.worker import outside
from tenants.models import Tenant

OPEN, CLOSED, OUT = NumberState.OPEN, NumberState.CLOSED, NumberState.LOGGED_OUT
STRAY = "s-0123456789abcdef"


@pytest.fixture
def line(tenant, main_gateway, gateway_script, clock):
    """A live number at the operator's gateway, its webhook set."""
    number = NumberFactory(
        tenant=tenant, gateway=main_gateway, driver="scripted", state_at=clock.now, told_state=OPEN
    )
    gateway_script.webhooks[number.session_name] = linking.webhook_url(number)
    return number


@pytest.fixture
def look(main_gateway, clock):
    """One round of the operator's gateway, as a worker runs it."""

    def do(*numbers):
        outside(lambda: reconcile.run(gateway_id=main_gateway.pk, now=clock.now))
        main_gateway.refresh_from_db()
        for number in numbers:
            number.refresh_from_db()

    return do


def at_gateway(number, **changes):
    SandboxSession.objects.filter(name=number.session_name).update(**changes)


def put(number, **changes):
    WhatsAppNumber.objects.filter(pk=number.pk).update(**changes)
    number.refresh_from_db()


class TestStates:
    def test_all_is_well(self, line, look, gateway_script, clock):
        look(line)
        assert (line.state, line.last_seen_at) == ("open", clock.now)
        assert gateway_script.named("status") == []

    def test_seen_live_its_loss_would_be_news(self, line, look):
        put(line, told_state="")
        look(line)
        assert line.told_state == "open"

    def test_one_list_whatever_the_numbers(self, line, look, main_gateway, gateway_script, tenant):
        for _ in range(3):
            one = NumberFactory(tenant=tenant, gateway=main_gateway, driver="scripted")
            gateway_script.webhooks[one.session_name] = linking.webhook_url(one)
        look()
        assert [name for name, _ in gateway_script.calls] == ["list_sessions", "probe"]

    def test_a_loss_nobody_told_of(self, line, look):
        at_gateway(line, state="closed")
        look(line)
        assert line.state == "closed"

    def test_a_return_nobody_told_of(self, line, look, worker):
        put(line, state=CLOSED)
        look(line)
        assert line.state == "open"
        assert "send_due" in [one.name for one in worker.waiting()]

    def test_a_list_that_lags_is_checked(self, line, look, gateway_script):
        gateway_script.lies[line.session_name] = SessionStatus(CLOSED, session=line.session_name)
        look(line)
        assert (line.state, gateway_script.named("status")) == ("open", [line.session_name])

    def test_a_session_that_is_gone(self, line, look):
        at_gateway(line, name="s-elsewhere")
        look(line)
        assert (line.state, line.state_reason) == ("logged_out", "session_gone")

    def test_a_number_that_is_just_being_linked_has_none_yet(self, line, look):
        at_gateway(line, name="s-elsewhere")
        put(line, state=NumberState.CONNECTING, told_state="")
        look(line)
        assert line.state == "connecting"

    def test_one_that_waits_for_a_scan_now(self, line, look):
        at_gateway(line, state="qr")
        look(line)
        assert (line.state, line.state_reason) == ("logged_out", "401")

    def test_a_log_out_that_was_lost_is_run_again(self, line, look, worker, clock):
        put(line, state=OUT, state_reason="by_team", state_at=clock.now)
        look(line)
        assert worker.waiting() == []
        clock.advance(minutes=1)
        look(line)
        assert [one.name for one in worker.run()] == ["log_out_number"]
        assert SandboxSession.objects.get(name=line.session_name).state == "logged_out"

    def test_a_suspended_account_is_left_alone(self, line, look):
        Tenant.objects.filter(pk=line.tenant_id).update(is_active=False)
        at_gateway(line, state="closed")
        look(line)
        assert line.state == "open"

    def test_other_gateways_numbers_are_not_looked_at(self, number, line, look):
        at_gateway(number, state="closed")
        look(number)
        assert number.state == "open"
        reconcile.run(gateway_id=reconcile.SANDBOX, now=number.created_at)
        number.refresh_from_db()
        assert number.state == "closed"

    def test_one_numbers_fault_stops_nobody(self, line, look, main_gateway, gateway_script, tenant):
        other = NumberFactory(tenant=tenant, gateway=main_gateway, driver="scripted")
        at_gateway(line, state="closed")
        gateway_script.faults["ensure_session"] = BadRequest()
        look(line, other)
        assert (line.state, main_gateway.problem) == ("closed", "")

    def test_a_gateway_that_fails_at_every_number_is_not_asked_on(
        self, line, look, main_gateway, gateway_script, tenant
    ):
        for _ in range(5):
            NumberFactory(tenant=tenant, gateway=main_gateway, driver="scripted", state=CLOSED)
        SandboxSession.objects.update(state="open")
        gateway_script.faults["status"] = GatewayUnreachable()
        look()
        assert len(gateway_script.named("status")) == 3


class TestGateway:
    @pytest.mark.parametrize(
        ("error", "problem", "reason"),
        [
            (GatewayUnreachable(), "unreachable", "gateway_unreachable"),
            (GatewayRefused(), "refused", "gateway_refused"),
            (GatewayNotActivated(), "not_activated", "gateway_not_activated"),
        ],
    )
    def test_its_problem_is_on_its_row_and_its_numbers(
        self, line, look, main_gateway, gateway_script, clock, error, problem, reason
    ):
        gateway_script.fault = error
        look(line)

        assert (main_gateway.problem, main_gateway.problem_since) == (problem, clock.now)
        assert (line.state, line.state_reason) == ("open", reason)

    def test_a_number_that_ended_is_not_blamed_on_it(self, line, look, gateway_script):
        put(line, state=OUT, state_reason="401")
        gateway_script.fault = GatewayUnreachable()
        look(line)
        assert line.state_reason == "401"

    def test_it_is_well_again(self, line, look, main_gateway, gateway_script):
        gateway_script.fault = GatewayUnreachable()
        look(line)
        gateway_script.fault, gateway_script.version = None, "2.4.0"
        look(line)

        assert (main_gateway.problem, main_gateway.version, line.state_reason) == ("", "2.4.0", "")
        assert gateway_script.named("status") == []

    def test_a_session_it_lost_meanwhile_was_never_back(self, line, look, gateway_script, clock, monkeypatch):
        """In no moment of the round the number looks live, or its owner would hear that it is back."""
        gateway_script.fault = GatewayUnreachable()
        look(line)
        gateway_script.fault = None
        at_gateway(line, name="s-elsewhere")
        seen = []
        ask = linking.ask

        def while_asking(number, driver):
            seen.append(WhatsAppNumber.objects.get(pk=line.pk).state_reason)
            ask(number, driver)

        monkeypatch.setattr(linking, "ask", while_asking)
        look(line)
        assert (seen, line.state_reason) == (["gateway_unreachable"], "session_gone")

    def test_its_version_is_asked_for_now_and_then(self, line, look, gateway_script):
        for _ in range(3):
            look()
        assert len(gateway_script.named("probe")) == 1

    def test_a_gateway_that_is_gone(self, db, clock):
        reconcile.run(gateway_id=987654321, now=clock.now)


class TestTurns:
    def test_each_gateway_has_its_own(self, main_gateway, worker):
        outside(lambda: worker_task("reconcile_gateways"))
        assert sorted(one.row_id for one in worker.waiting()) == [reconcile.SANDBOX, main_gateway.pk]

    def test_two_beats_are_one(self, main_gateway):
        assert sorted(reconcile.due()) == [reconcile.SANDBOX, main_gateway.pk]
        assert reconcile.due() == []

    def test_two_workers_are_one(self, line, look, main_gateway, gateway_script):
        lock = RedisLock(f"reconcile:{main_gateway.pk}", ttl_s=60)
        assert lock.acquire()
        look()
        assert gateway_script.calls == []

    def test_an_unknown_kind_of_gateway_stops_nobody(self, main_gateway):
        Gateway.objects.create(name="Old", driver="no-such-driver")
        assert sorted(reconcile.due()) == [reconcile.SANDBOX, main_gateway.pk]

    def test_how_often_is_the_drivers_word(self, main_gateway, monkeypatch):
        claimed = {}
        monkeypatch.setattr(ScriptedDriver, "poll_every_s", 20)
        monkeypatch.setattr(
            reconcile, "_claim", lambda what, row_id, for_s: not claimed.update({row_id: for_s})
        )
        reconcile.due()
        assert claimed == {reconcile.SANDBOX: 55, main_gateway.pk: 15}

    def test_the_environment_is_followed(self, settings, db):
        settings.WAHA_URL, settings.WAHA_API_KEY = "http://waha:3000", "w"
        reconcile.due()
        assert Gateway.objects.get().driver == "waha"


class TestWebhooks:
    def test_one_that_leads_elsewhere_is_set_again(self, line, look, gateway_script):
        gateway_script.webhooks[line.session_name] = "http://elsewhere/"
        look(line)
        assert gateway_script.webhooks[line.session_name] == linking.webhook_url(line)
        look(line)
        assert gateway_script.named("ensure_session") == [line.session_name]

    def test_where_the_list_does_not_say_it_is_set_now_and_then(self, line, look, gateway_script):
        gateway_script.tells_webhook = False
        for _ in range(3):
            look(line)
        assert gateway_script.named("ensure_session") == [line.session_name]

    def test_the_sites_new_address(self, line, look, gateway_script, settings):
        settings.PUBLIC_URL = "https://bot.example.com"
        look(line)
        assert gateway_script.webhooks[line.session_name].startswith("https://bot.example.com/webhooks/")

    def test_what_has_ended_needs_none(self, line, look, gateway_script):
        put(line, state=OUT, state_reason="by_team")
        at_gateway(line, state="logged_out")
        gateway_script.webhooks.clear()
        look(line)
        assert gateway_script.named("ensure_session") == []


class TestSilence:
    def messages(self, number, clock, *ago, count=3):
        chat = ChatFactory(number=number)
        for one in ago:
            InboxMessageFactory.create_batch(count, chat=chat, received_at=clock.now - one, state="handled")

    @pytest.fixture
    def usual(self, line, clock):
        """Live for a month, and at this time of day something always came."""
        put(line, state_at=clock.now - timedelta(days=30))
        self.messages(line, clock, timedelta(days=1, hours=2), timedelta(days=7, hours=2))
        return line

    def test_it_is_checked_and_its_webhook_set(self, usual, look, gateway_script):
        look(usual)
        assert gateway_script.named("status") == [usual.session_name]
        assert gateway_script.named("ensure_session") == [usual.session_name]

    def test_once_an_hour(self, usual, look, gateway_script):
        look(usual)
        look(usual)
        assert len(gateway_script.named("status")) == 1

    def test_a_loss_behind_it_is_found(self, usual, look, gateway_script):
        lie = SessionStatus(OPEN, session=usual.session_name)
        gateway_script.lies[usual.session_name] = lie
        at_gateway(usual, state="closed")
        look(usual)
        assert usual.state == "closed"

    def test_one_that_hears_something_is_left_alone(self, usual, look, gateway_script, clock):
        self.messages(usual, clock, timedelta(hours=5), count=1)
        look(usual)
        assert gateway_script.named("status") == []

    def test_a_quiet_hour_is_not_silence(self, line, look, gateway_script, clock):
        """Busy by day, and it is night: yesterday nothing came either."""
        put(line, state_at=clock.now - timedelta(days=30))
        self.messages(line, clock, timedelta(hours=12), timedelta(days=7, hours=2))
        look(line)
        assert gateway_script.named("status") == []

    def test_one_that_has_just_come_back_is_given_time(self, usual, look, gateway_script, clock):
        put(usual, state_at=clock.now - timedelta(hours=1))
        look(usual)
        assert gateway_script.named("status") == []


class TestSessionsOfNobody:
    @pytest.fixture
    def stray(self, line, gateway_script):
        gateway_script.webhooks[STRAY] = f"{linking.webhook_prefix()}a-key-of-old"
        return SandboxSession.objects.create(name=STRAY, state=OPEN)

    def test_ours_is_ended_after_an_hour(self, stray, line, look, clock):
        look()
        clock.advance(minutes=59)
        look()
        assert SandboxSession.objects.filter(name=STRAY).exists()
        clock.advance(minutes=2)
        look()
        assert not SandboxSession.objects.filter(name=STRAY).exists()
        assert SandboxSession.objects.filter(name=line.session_name).exists()
        assert not EndedSession.objects.exists()

    @pytest.mark.parametrize(
        ("name", "webhook"),
        [
            ("my-own-bot", "http://127.0.0.1:8000/webhooks/whatsapp/key"),
            ("s-short", "http://127.0.0.1:8000/webhooks/whatsapp/key"),
            (STRAY, "https://staging.example.com/webhooks/whatsapp/key"),
            (STRAY, ""),
        ],
    )
    def test_a_strangers_never(self, look, gateway_script, clock, name, webhook):
        SandboxSession.objects.create(name=name, state=OPEN)
        gateway_script.webhooks[name] = webhook
        for _ in range(3):
            look()
            clock.advance(hours=2)
        assert SandboxSession.objects.filter(name=name).exists()

    def test_one_a_number_has_never(self, stray, line, look, clock):
        put(line, session_name=STRAY)
        for _ in range(3):
            look()
            clock.advance(hours=2)
        assert SandboxSession.objects.filter(name=STRAY).exists()

    def test_what_a_move_left_behind_is_ended_later(self, main_gateway, look, clock):
        SandboxSession.objects.create(name=STRAY, state=OPEN)
        EndedSession.objects.create(gateway=main_gateway, driver="scripted", name=STRAY, ended_at=clock.now)
        look()
        assert SandboxSession.objects.filter(name=STRAY).exists()  # its own task is at it
        clock.advance(minutes=3)
        look()
        assert not SandboxSession.objects.filter(name=STRAY).exists()
        assert not EndedSession.objects.exists()


def worker_task(name):
    current_app.tasks[f"botcore.{name}"]()
