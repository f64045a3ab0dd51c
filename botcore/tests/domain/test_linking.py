"""Linking a number: workers speak to the gateway and leave what a screen shows."""

from datetime import timedelta

import pytest

from botcore.domain import linking, numbers
from botcore.domain.number_states import explain, step_problem
from botcore.enums import NumberState
from botcore.errors import NoPairingCode, NotPairing
from botcore.gateway.errors import (
    BadRequest,
    GatewayNotActivated,
    GatewayRefused,
    GatewayUnreachable,
    SessionMissing,
)
from botcore.gateway.types import Qr
from botcore.models import SandboxSession, WhatsAppNumber
from smmbot.testing.scripted_gateway import ScriptedDriver
from smmbot.testing.worker import outside
from tenants.enums import AuditSource
from tenants.models import User
from tenants.scoping import tenant_scope

PHONE = "15550200009"


@pytest.fixture
def fresh(tenant, main_gateway, clock):
    """A number at the operator's gateway, begun a moment ago."""
    return numbers.add(
        tenant_id=tenant.pk,
        name="Second line",
        gateway=main_gateway,
        by=User.objects.get(phone="+15550100001"),
        source=AuditSource.DASHBOARD,
        now=clock.now,
    )


def link(number):
    linking.link(tenant_id=number.tenant_id, number_id=number.pk)
    number.refresh_from_db()


def at_gateway(number, **changes):
    SandboxSession.objects.filter(name=number.session_name).update(**changes)


def put(number, **changes):
    WhatsAppNumber.objects.filter(pk=number.pk).update(**changes)
    number.refresh_from_db()


def step(number):
    linking.take_step(tenant_id=number.tenant_id, number_id=number.pk)
    number.refresh_from_db()


def by_dashboard(number, do):
    def alone():
        with tenant_scope(number.tenant_id):
            return do()

    return outside(alone)


class TestQr:
    def test_comes_with_its_age(self, fresh, clock):
        link(fresh)
        clock.advance(seconds=20)

        code = linking.offer_qr(number=fresh, now=clock.now)
        assert fresh.state == "qr"
        assert code.text.startswith("sandbox:")
        assert code.age_s(clock.now) == 20

    def test_the_webhook_is_the_numbers_own(self, fresh, gateway_script):
        link(fresh)
        assert gateway_script.webhooks == {fresh.session_name: linking.webhook_url(fresh)}

    def test_one_the_gateway_tells_of_is_kept(self, fresh, clock):
        qr = Qr("2@ref,noise,identity,adv", clock.now + timedelta(seconds=45), png=b"\x89PNG")
        linking.keep_qr(fresh.pk, qr)
        fresh.refresh_from_db()

        code = linking.offer_qr(number=fresh, now=clock.now)
        assert (code.text, code.png, fresh.state) == (qr.text, qr.png, "qr")

    def test_that_of_a_live_number_is_not_offered(self, number, clock):
        linking.keep_qr(number.pk, Qr("late", clock.now + timedelta(seconds=45)))
        number.refresh_from_db()

        assert (linking.offer_qr(number=number, now=clock.now), number.state) == (None, "open")

    def test_a_gateway_that_tells_nothing_is_asked_while_somebody_looks(
        self, fresh, clock, worker, monkeypatch
    ):
        link(fresh)
        linking.offer_qr(number=fresh, now=clock.now)
        assert worker.waiting() == []

        monkeypatch.setattr(ScriptedDriver, "capabilities", frozenset())
        linking.offer_qr(number=fresh, now=clock.now)
        assert [one.name for one in worker.waiting()] == ["check_number"]
        at_gateway(fresh, state="open", phone=PHONE)
        worker.run()
        fresh.refresh_from_db()
        assert (fresh.state, fresh.phone) == ("open", PHONE)

    def test_a_code_that_waits_is_not_replaced(self, fresh, gateway_script):
        link(fresh)
        link(fresh)
        assert len(gateway_script.named("connect")) == 1

    def test_a_session_that_has_ended_is_begun_anew(self, fresh):
        """What it says of the link before is not the end of this one."""
        SandboxSession.objects.create(name=fresh.session_name, state=NumberState.LOGGED_OUT)
        link(fresh)
        assert fresh.state == "qr"


def test_a_code_of_the_session_it_was_moved_away_from_is_not_shown(fresh, clock, monkeypatch):
    """Moved while a worker waited for the old gateway: whoever scanned that code would link it there."""
    begin = ScriptedDriver.connect

    def moved_meanwhile(driver, session):
        begin(driver, session)
        moved = WhatsAppNumber.objects.get(pk=fresh.pk)
        by = User.objects.get(phone="+15550100001")
        numbers.move(number=moved, gateway=None, by=by, source=AuditSource.DASHBOARD, now=clock.now)

    monkeypatch.setattr(ScriptedDriver, "connect", moved_meanwhile)
    link(fresh)

    assert (fresh.driver, fresh.state) == ("sandbox", "connecting")
    assert linking.offer_qr(number=fresh, now=clock.now) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (GatewayUnreachable(), "Our WhatsApp gateway does not answer"),
        (GatewayRefused(), "Our WhatsApp gateway does not take our key"),
        (GatewayNotActivated(), "waits for its licence to be activated"),
        (BadRequest(), "Our WhatsApp gateway does not answer"),
    ],
)
def test_a_link_that_fails_says_why(fresh, gateway_script, clock, error, words):
    gateway_script.fault = error
    link(fresh)

    assert fresh.state == "connecting"
    assert words in explain(fresh, now=clock.now).text


def test_no_code_within_half_a_minute_is_the_gateways_line(fresh, gateway_script, clock):
    assert "30 seconds" not in explain(fresh, now=clock.now).text
    clock.advance(seconds=31)
    assert "our gateway does not reach WhatsApp" in explain(fresh, now=clock.now).text


def test_a_restart_that_takes_long_is_another_matter(number, clock):
    put(number, state=NumberState.CONNECTING, state_at=clock.now, told_state=NumberState.OPEN)
    clock.advance(seconds=31)
    assert "WhatsApp is not back yet" in explain(number, now=clock.now).text


class TestPairingCode:
    def test_a_worker_fetches_it_and_the_screen_shows_it(self, fresh, worker, clock):
        by_dashboard(fresh, lambda: linking.ask_pairing_code(number=fresh, phone=PHONE))
        waiting = linking.pairing_code(number=fresh, now=clock.now)
        assert (waiting.phone, waiting.code, waiting.problem) == (PHONE, "", "")

        worker.run()
        assert linking.pairing_code(number=fresh, now=clock.now).code == "ABCD-EFGH"
        clock.advance(seconds=161)
        assert linking.pairing_code(number=fresh, now=clock.now) is None

    def test_nobody_asked(self, fresh, clock):
        assert linking.pairing_code(number=fresh, now=clock.now) is None

    def test_each_errand_is_run_once(self, fresh, gateway_script):
        linking.ask_pairing_code(number=fresh, phone=PHONE)
        step(fresh)
        step(fresh)
        assert gateway_script.named("pairing_code") == [fresh.session_name]

    def test_why_there_is_none(self, fresh, gateway_script, clock):
        gateway_script.faults["pairing_code"] = BadRequest()
        linking.ask_pairing_code(number=fresh, phone=PHONE)
        step(fresh)

        found = linking.pairing_code(number=fresh, now=clock.now)
        assert (found.code, found.problem) == ("", "bad_request")
        assert "WhatsApp did not take it" in step_problem(found.problem)

    def test_not_where_the_gateway_has_none(self, fresh, monkeypatch):
        monkeypatch.setattr(ScriptedDriver, "capabilities", frozenset())
        with pytest.raises(NoPairingCode):
            linking.ask_pairing_code(number=fresh, phone=PHONE)

    def test_not_for_a_live_number(self, fresh):
        put(fresh, state=NumberState.OPEN)
        with pytest.raises(NotPairing):
            linking.ask_pairing_code(number=fresh, phone=PHONE)

    def test_beginning_anew_forgets_it(self, fresh, clock):
        linking.ask_pairing_code(number=fresh, phone=PHONE)
        step(fresh)
        by = User.objects.get(phone="+15550100001")
        numbers.connect(number=fresh, by=by, source=AuditSource.DASHBOARD, now=clock.now)
        assert linking.pairing_code(number=fresh, now=clock.now) is None


class TestPasskey:
    @pytest.fixture
    def asked(self, fresh):
        """WhatsApp wants a passkey."""
        link(fresh)
        at_gateway(fresh, state="passkey")
        put(fresh, state=NumberState.PASSKEY)
        return fresh

    def test_the_challenge_is_fetched(self, asked, worker):
        assert linking.passkey_step(number=asked).challenge == ""
        assert [one.name for one in worker.run()] == ["link_step"]
        assert linking.passkey_step(number=asked).challenge == '{"challenge": "c"}'
        assert worker.waiting() == []

    def test_answered_confirmed_live(self, asked):
        linking.answer_passkey(number=asked, credential="signed")
        step(asked)
        assert asked.state == "passkey_confirm"
        assert linking.passkey_step(number=asked).confirmation == "12-34"

        linking.confirm_passkey(number=asked)
        step(asked)
        assert (asked.state, asked.phone) == ("open", "15550208888")
        assert linking.passkey_step(number=asked) is None

    def test_an_answer_whatsapp_does_not_take(self, asked):
        linking.answer_passkey(number=asked, credential="forged")
        step(asked)
        assert (asked.state, linking.passkey_step(number=asked).problem) == ("passkey", "bad_request")

    def test_linking_leaves_the_step_alone(self, asked, gateway_script):
        """Connecting again would throw the challenge away."""
        before = len(gateway_script.named("connect"))
        link(asked)
        assert (asked.state, len(gateway_script.named("connect"))) == ("passkey", before)

    def test_out_of_turn(self, fresh):
        assert linking.passkey_step(number=fresh) is None
        with pytest.raises(NotPairing):
            linking.answer_passkey(number=fresh, credential="signed")
        with pytest.raises(NotPairing):
            linking.confirm_passkey(number=fresh)


class TestCheck:
    def check(self, number):
        linking.check(tenant_id=number.tenant_id, number_id=number.pk)
        number.refresh_from_db()

    def test_a_live_one_was_seen(self, number, clock):
        self.check(number)
        assert number.last_seen_at == clock.now

    def test_a_session_the_gateway_forgot(self, fresh, gateway_script):
        put(fresh, state=NumberState.OPEN)
        gateway_script.faults["status"] = SessionMissing()
        self.check(fresh)
        assert (fresh.state, fresh.state_reason) == ("logged_out", "session_gone")

    def test_a_gateway_that_is_away_leaves_the_state(self, fresh, gateway_script):
        put(fresh, state=NumberState.OPEN)
        gateway_script.fault = GatewayUnreachable()
        self.check(fresh)
        assert (fresh.state, fresh.state_reason) == ("open", "gateway_unreachable")
