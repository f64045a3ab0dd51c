"""The platform's own WhatsApp number, linked in its admin by the same steps as a tenant's."""

import re

import pytest
from django.test import Client

from botcore.domain import platform
from botcore.enums import NumberState
from botcore.gateway.errors import BadRequest
from botcore.models import SandboxSession, WhatsAppNumber
from botcore.sandbox.demo_tenant import ADMIN_PHONE
from smmbot.testing.desk import Desk
from smmbot.testing.worker import outside
from tenants.models import AuditEntry, LoginSession, User
from tenants.scoping import all_tenants

LIST = "/admin/platform_numbers/"


@pytest.fixture(autouse=True)
def _no_server_to_reach(settings):
    """The sandbox's gateway finds no web server and hands its events to the intake itself."""
    settings.PUBLIC_URL = "http://127.0.0.1:9"


@pytest.fixture
def boss(tenant):
    return User.objects.get(phone=ADMIN_PHONE)


@pytest.fixture
def desk(boss):
    return Desk(boss)


@pytest.fixture
def own(tenant):
    """The demo's number of the platform."""
    return WhatsAppNumber._base_manager.get(tenant__is_platform=True, name="Platform")


@pytest.fixture
def added(desk, main_gateway, worker):
    """One more, at the operator's gateway, its code ready."""
    desk.post(f"{LIST}add/", {"name": "Codes", "gateway": main_gateway.pk})
    worker.run()
    return WhatsAppNumber._base_manager.get(name="Codes")


def page(desk, path):
    return desk.get(path).content.decode()


def stage(desk, number):
    """What the page hears when it asks again."""
    answer = outside(lambda: desk.client.get(f"{LIST}{number.pk}/", headers={"HX-Request": "true"}))
    return answer.content.decode()


def test_the_list_says_how_they_are(desk, own):
    WhatsAppNumber._base_manager.filter(pk=own.pk).update(state=NumberState.LOGGED_OUT, state_reason="401")

    shown = page(desk, LIST)

    assert "Logged out" in shown
    assert "The link was ended on the phone" in shown
    assert "Show QR code" in shown
    assert "Platform" in page(desk, "/admin/")


def test_tenants_numbers_are_not_among_them(desk, number):
    assert str(number) not in page(desk, LIST)
    assert desk.get(f"{LIST}{number.pk}/").status_code == 404
    assert desk.post(f"{LIST}{number.pk}/log_out/").status_code == 404
    number.refresh_from_db()
    assert number.state == "open"


class TestLink:
    def test_the_risk_is_said_before_the_code(self, desk, main_gateway):
        shown = page(desk, f"{LIST}add/")
        assert "WhatsApp may limit or ban the number" in shown
        assert "Administrators must be told of this gateway." in shown

    def test_it_goes_to_the_gateway_one_chooses(self, added, main_gateway, own):
        assert (added.gateway, added.tenant, added.is_default) == (main_gateway, own.tenant, False)

    def test_without_a_gateway_there_is_the_sandbox(self, desk, worker):
        desk.post(f"{LIST}add/", {"name": "Codes", "gateway": ""})
        assert WhatsAppNumber._base_manager.get(name="Codes").driver == "sandbox"

    def test_the_code_and_its_successor(self, desk, added, clock, worker):
        shown = page(desk, f"{LIST}{added.pk}/")
        assert "<svg" in shown
        assert 'hx-trigger="every 2s"' in shown
        clock.advance(seconds=46)
        assert "Getting a code" in stage(desk, added)
        worker.run()
        assert "<svg" in stage(desk, added)

    def test_it_hears_only_of_changes(self, desk, added):
        mark = re.search(r"mark=(\w+)", page(desk, f"{LIST}{added.pk}/"))[1]
        again = outside(
            lambda: desk.client.get(f"{LIST}{added.pk}/", {"mark": mark}, headers={"HX-Request": "true"})
        )
        assert again.status_code == 204

    def test_scanned_it_sends_codes(self, desk, own, worker):
        SandboxSession.objects.filter(name=own.session_name).delete()
        WhatsAppNumber._base_manager.filter(pk=own.pk).delete()
        desk.post(f"{LIST}add/", {"name": "Codes", "gateway": ""})
        worker.run()
        number = WhatsAppNumber._base_manager.get(name="Codes")
        desk.post(f"{LIST}{number.pk}/scan/")

        shown = stage(desk, number)
        assert "is linked" in shown
        assert "hx-get" not in shown
        assert platform.number() == number

    def test_codes_are_not_offered_for_ever(self, desk, added, clock):
        clock.advance(seconds=301)
        shown = page(desk, f"{LIST}{added.pk}/")
        assert "The codes have run out" in shown
        assert "hx-get" not in shown

    def test_a_code_to_type(self, desk, added, worker, gateway_script):
        desk.post(f"{LIST}{added.pk}/pairing_code/", {"phone": "+1 555 010 0077"})
        assert "Getting a code for +15550100077" in stage(desk, added)
        worker.run()
        assert "ABCD-EFGH" in stage(desk, added)

    def test_a_phone_that_is_none(self, desk, added, worker):
        answer = desk.post(f"{LIST}{added.pk}/pairing_code/", {"phone": "x"})
        assert answer.status_code == 422
        assert worker.waiting() == []

    def test_why_there_is_no_code(self, desk, added, worker, gateway_script):
        gateway_script.faults["pairing_code"] = BadRequest()
        desk.post(f"{LIST}{added.pk}/pairing_code/", {"phone": "+15550100077"})
        worker.run()
        assert "WhatsApp did not take it" in stage(desk, added)

    def test_a_passkey(self, desk, added, worker):
        SandboxSession.objects.filter(name=added.session_name).update(state="passkey")
        WhatsAppNumber._base_manager.filter(pk=added.pk).update(state="passkey")
        assert "WhatsApp is being asked" in stage(desk, added)
        worker.run()
        shown = page(desk, f"{LIST}{added.pk}/")
        assert "{&quot;challenge&quot;: &quot;c&quot;}" in shown
        assert "hx-get" not in shown  # somebody fills in a form

        desk.post(f"{LIST}{added.pk}/passkey/", {"credential": "signed"})
        assert "hx-get" in stage(desk, added)
        worker.run()
        assert "12-34" in stage(desk, added)
        desk.post(f"{LIST}{added.pk}/passkey_confirm/")
        worker.run()
        assert "is linked" in stage(desk, added)


class TestActs:
    def test_log_out(self, desk, own, boss, worker):
        assert "nobody can sign up" in page(desk, f"{LIST}{own.pk}/log_out/")
        own.refresh_from_db()
        assert own.state == "open"

        desk.post(f"{LIST}{own.pk}/log_out/")
        worker.run()

        own.refresh_from_db()
        assert (own.state, own.state_reason) == ("logged_out", "by_team")
        with all_tenants("the platform's record"):
            entry = AuditEntry.objects.get(action="number.log_out")
        assert (entry.tenant, entry.user, entry.source) == (own.tenant, boss, "admin")

    def test_restart_and_default(self, desk, own, added, worker):
        desk.post(f"{LIST}{added.pk}/default/")
        own.refresh_from_db()
        assert not own.is_default
        SandboxSession.objects.filter(name=own.session_name).update(state="closed")
        WhatsAppNumber._base_manager.filter(pk=own.pk).update(state="closed")
        desk.post(f"{LIST}{own.pk}/restart/")
        worker.run()
        own.refresh_from_db()
        assert own.state == "open"

    def test_remove(self, desk, own, worker):
        assert "signed out of WhatsApp" in page(desk, f"{LIST}{own.pk}/remove/")
        desk.post(f"{LIST}{own.pk}/remove/")
        worker.run()
        assert not WhatsAppNumber._base_manager.filter(pk=own.pk).exists()
        assert "No number is linked." in page(desk, LIST)

    def test_remove_wants_a_password_given_lately(self, desk, boss, own, clock):
        LoginSession.objects.filter(user=boss).update(authenticated_at="2026-01-01T00:00:00Z")
        assert desk.post(f"{LIST}{own.pk}/remove/")["Location"].startswith("/admin/confirm/")

    @pytest.mark.parametrize("act", ["connect", "restart", "default", "scan", "pairing_code"])
    def test_acts_are_posted(self, desk, own, act):
        assert desk.get(f"{LIST}{own.pk}/{act}/").status_code == 405


def test_a_dashboards_session_opens_nothing(site, own):
    assert site.get(LIST)["Location"].startswith("/admin/login/")
    assert site.post(f"{LIST}{own.pk}/log_out/")["Location"].startswith("/admin/login/")
    own.refresh_from_db()
    assert own.state == "open"


def test_strangers_and_forged_forms(desk, own):
    assert Client().get(LIST).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.client.cookies
    assert outside(lambda: strict.post(f"{LIST}{own.pk}/log_out/")).status_code == 403
