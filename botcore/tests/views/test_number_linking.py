"""The page on which a number is linked, and the phone behind a sandbox number."""

import html
import json
import re
from datetime import timedelta

import pytest

from botcore.domain import link_slips
from botcore.enums import NumberState
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Qr
from botcore.models import GroupMember, InboxMessage, SandboxSession, WhatsAppNumber
from botcore.sandbox import playing
from botcore.tests.factories import NumberFactory

PHONE = "+1 555-020-0007"


@pytest.fixture(autouse=True)
def _no_server_to_reach(settings):
    settings.PUBLIC_URL = "http://127.0.0.1:9"


@pytest.fixture
def added(site, worker):
    """A number whose QR code is ready."""
    site.post("/numbers/add/", {"name": "Second line", "accepts_risk": "on"})
    worker.run()
    return WhatsAppNumber.objects.get(name="Second line")


def page(site, number, *, htmx=False):
    return html.unescape(site.get(f"/numbers/{number.pk}/link/", htmx=htmx).content.decode())


def act(site, number, name):
    return site.post(f"/numbers/{number.pk}/play/", {"act": name})


def state_of(number):
    number.refresh_from_db()
    return (number.state, number.state_reason)


def test_code_tells_its_age_and_how_long_it_lasts(clock, site, added):
    clock.advance(seconds=12)
    shown = page(site, added, htmx=True)

    assert 'data-countup="12"' in shown
    assert 'data-countdown="33"' in shown


def test_picture_of_a_gateway_that_gives_no_text_is_shown(clock, site, added):
    link_slips.keep_qr(added.pk, Qr("", clock.now + timedelta(seconds=30), b"\x89PNG-of-the-gateway"))

    assert 'src="data:image/png;base64,iVBORy1vZi10aGUtZ2F0ZXdheQ=="' in page(site, added)
    assert site.api("GET", f"/api/v1/numbers/{added.pk}/qr").json()["png_base64"] == (
        "iVBORy1vZi10aGUtZ2F0ZXdheQ=="
    )


class TestPairingCode:
    def ask(self, site, number, phone=PHONE):
        return site.post(f"/numbers/{number.pk}/pairing-code/", {"phone": phone})

    def test_is_fetched_shown_and_typed(self, site, added, worker):
        self.ask(site, added)
        assert "Getting a code to type" in page(site, added)
        worker.run()
        assert "SAND-0000" in page(site, added)

        act(site, added, "type_code")

        assert state_of(added) == ("open", "")
        assert added.phone == "15550200007"

    def test_phone_that_is_none_is_refused_beside_its_field(self, site, added, worker):
        answer = self.ask(site, added, "12")

        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode()
        assert worker.waiting() == []

    def test_problem_is_said_in_words(self, site, added):
        link_slips.keep_pairing(added.pk, phone="15550200007", problem="rate_limited")

        assert "WhatsApp wants a pause after so many tries" in page(site, added)

    def test_is_not_offered_where_the_gateway_has_none(self, site, tenant, monkeypatch):
        monkeypatch.setattr(type(driver_named("sandbox")), "capabilities", frozenset())
        number = NumberFactory(tenant=tenant, state=NumberState.NEW)

        assert "Get a code to type" not in page(site, number)
        self.ask(site, number)
        assert "can be linked by QR code only" in page(site, number)


class TestPasskey:
    @pytest.fixture
    def asked(self, site, added, worker):
        """A phone scanned whose account has a passkey; the request is there."""
        site.post(f"/numbers/{added.pk}/sandbox-scan/", {"phone": PHONE, "needs_passkey": "on"})
        page(site, added)
        worker.run()
        return added

    def answer(self, site, number, credential):
        return site.post(f"/numbers/{number.pk}/passkey/", {"credential": credential})

    def test_is_walked_through_to_live(self, site, asked, worker):
        shown = page(site, asked)
        assert state_of(asked) == ("passkey", "")
        assert "web.whatsapp.com" in shown
        assert '"challenge"' in shown

        self.answer(site, asked, playing.look(asked).passkey_answer)
        worker.run()
        assert state_of(asked) == ("passkey_confirm", "")
        code = SandboxSession.objects.get(name=asked.session_name).passkey_code
        assert re.search(rf"link-code mono\">{code}<", page(site, asked))

        site.post(f"/numbers/{asked.pk}/passkey/confirm/")
        worker.run()
        assert state_of(asked) == ("open", "")
        assert "is linked" in page(site, asked)

    def test_request_is_not_swapped_away_while_somebody_pastes(self, site, asked):
        assert 'id="link" hx-get' not in page(site, asked)

    @pytest.mark.parametrize("pasted", ["", "no JSON", "[1]", "{"])
    def test_what_is_no_answer_is_refused_beside_its_field(self, site, asked, worker, pasted):
        answer = self.answer(site, asked, pasted)

        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode()
        assert worker.waiting() == []

    def test_answer_whatsapp_does_not_take_begins_again(self, site, asked, worker):
        self.answer(site, asked, json.dumps({"id": "x"}))
        worker.run()

        shown = page(site, asked)
        assert "WhatsApp did not take it" in shown
        assert "Begin again" in shown


class TestPlay:
    def test_drop_and_recover(self, site, number):
        act(site, number, "drop")
        assert state_of(number) == ("closed", "428")
        assert "The connection was closed." in site.get(f"/numbers/{number.pk}/").content.decode()

        act(site, number, "recover")
        assert state_of(number) == ("open", "")

    @pytest.mark.parametrize(
        ("name", "state", "words"),
        [
            ("ban", ("banned", "403"), "WhatsApp does not let this number in any more."),
            ("log_out", ("logged_out", "401"), "The link was ended on the phone"),
        ],
    )
    def test_ends_are_told_in_words(self, site, number, name, state, words):
        act(site, number, name)

        assert state_of(number) == state
        assert words in site.get(f"/numbers/{number.pk}/").content.decode()
        # What the gateway answers when it is asked is the same.
        session = driver_named("sandbox").status(number.session_name)
        assert (session.state, session.reason) == state

    def test_banned_number_can_be_linked_with_another_phone(self, site, number, worker):
        act(site, number, "ban")
        site.post(f"/numbers/{number.pk}/connect/")
        worker.run()

        site.post(f"/numbers/{number.pk}/sandbox-scan/", {"phone": PHONE})

        assert (state_of(number), number.phone) == (("open", ""), "15550200007")

    def test_member_with_a_hidden_phone_is_known_by_lid_alone(self, site, number):
        act(site, number, "hidden_member")
        act(site, number, "hidden_member")

        member = GroupMember.objects.get(lid=playing.HIDDEN_LID)
        assert member.phone == ""
        said = InboxMessage.objects.filter(sender_lid=playing.HIDDEN_LID)
        assert [(one.text, one.sender_phone) for one in said] == [("help", ""), ("help", "")]

    def test_only_what_can_happen_is_offered(self, site, number):
        assert set(playing.look(number).acts) == {"drop", "log_out", "ban", "hidden_member"}
        act(site, number, "recover")

        assert state_of(number) == ("open", "")
        assert "cannot do this now" in site.get(f"/numbers/{number.pk}/").content.decode()

    def test_a_number_of_a_real_gateway_has_no_phone_to_play(self, site, number):
        number.driver = "waha"
        number.save()

        act(site, number, "ban")

        assert state_of(number) == ("open", "")
        assert "Play the phone" not in site.get(f"/numbers/{number.pk}/").content.decode()

    def test_card_hears_only_of_changes(self, site, number):
        address = f"/numbers/{number.pk}/play/"
        mark = re.search(r"mark=(\w+)", site.get(address, htmx=True).content.decode()).group(1)

        assert site.get(address, {"mark": mark}, htmx=True).status_code == 204
        act(site, number, "drop")
        assert "Bring it back online" in site.get(address, {"mark": mark}, htmx=True).content.decode()
