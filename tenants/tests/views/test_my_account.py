"""My account, for every role."""

import re

import pyotp
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from botcore.sandbox.demo_tenant import PASSWORD as DEMO_PASSWORD
from smmbot.testing.site import Site
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import Realm
from tenants.models import AuditEntry, LoginSession, User

PASSWORD = "a-long-enough-one"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


def elsewhere(user, user_agent=FIREFOX, address="203.0.113.9"):
    session, _ = sessions.begin(
        user=user, realm=Realm.TENANT, browser=Browser(address, user_agent), now=timezone.now()
    )
    return session


@pytest.mark.parametrize("role", ["owner", "staff_admin", "staff"])
def test_everybody_has_an_account_page(site, role):
    page = site.as_(role).get("/me/")

    assert page.status_code == 200
    assert str(site.as_(role).user.phone) in page.content.decode()


def test_name_is_saved_and_recorded(site, tenant):
    site.post("/me/name", {"name": " Olivia O. "})

    assert User.objects.get(pk=site.user.pk).name == "Olivia O."
    entry = AuditEntry.objects.get(action="user.rename")
    assert (entry.before, entry.after) == ({"name": "Olivia"}, {"name": "Olivia O."})


def test_name_too_long_is_refused_with_the_form(site):
    page = site.post("/me/name", {"name": "x" * 101})

    assert page.status_code == 422
    assert "at most 100" in page.content.decode()


def test_password_is_changed_and_others_are_out(site):
    site.user.set_password(DEMO_PASSWORD)
    site.user.save()
    other = elsewhere(site.user)

    done = site.post("/me/password", {"change-old": DEMO_PASSWORD, "change-new": PASSWORD})

    assert done["Location"] == "/me/"
    assert site.get("/me/").status_code == 200
    assert LoginSession.objects.get(pk=other.pk).end_reason == "password_changed"
    assert User.objects.get(pk=site.user.pk).check_password(PASSWORD)
    assert AuditEntry.objects.filter(action="password.change").count() == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("not-it-at-all", PASSWORD, "That is not your password"),
        (DEMO_PASSWORD, "short", "too short"),
        (DEMO_PASSWORD, "", "Enter the password"),
    ],
)
def test_password_change_that_fails_says_why(site, old, new, said):
    page = site.post("/me/password", {"change-old": old, "change-new": new})

    assert page.status_code == 422
    assert said in page.content.decode()
    assert old not in re.findall(r'value="([^"]*)"', page.content.decode())
    assert User.objects.get(pk=site.user.pk).check_password(DEMO_PASSWORD)


def test_places_in_words(site):
    elsewhere(site.user)

    page = site.get("/me/").content.decode()

    assert "Firefox on Linux" in page
    assert "203.0.113.9" in page
    assert page.count("This device") == 1


def test_signing_out_one_place(site):
    other = elsewhere(site.user)

    site.post(f"/me/sessions/{other.pk}/end")

    assert LoginSession.objects.get(pk=other.pk).ended_at is not None
    assert site.post(f"/me/sessions/{other.pk}/end").status_code == 404


def test_signing_out_here_is_logging_out(site):
    here = LoginSession.objects.get(user=site.user) if site.get("/me/") else None

    site.post(f"/me/sessions/{here.pk}/end")

    assert site.get("/me/").status_code == 200


def test_places_of_others_are_none_of_mine(site, other_tenant):
    stranger = elsewhere(Site(other_tenant).user)

    assert site.post(f"/me/sessions/{stranger.pk}/end").status_code == 404
    assert LoginSession.objects.get(pk=stranger.pk).ended_at is None


def test_signing_out_all_others(site):
    elsewhere(site.user)
    elsewhere(site.user)

    page = site.post("/me/sessions/others/end")

    assert page["Location"] == "/me/"
    assert LoginSession.objects.filter(user=site.user, ended_at=None).count() == 1


def test_second_factor_from_off_to_on_to_off(site):
    assert site.post("/me/second-factor")["Location"] == "/me/second-factor"
    page = site.get("/me/second-factor").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = User.objects.get(pk=site.user.pk).totp_secret
    assert " ".join(re.findall("....", secret)) in page
    wrong = site.post("/me/second-factor/on", {"code": "000000"})
    assert wrong.status_code == 422

    on = site.post("/me/second-factor/on", {"code": pyotp.TOTP(secret).at(timezone.now())})

    codes = re.findall(r"<li>([a-z2-9-]{19})</li>", on.content.decode())
    assert (on.status_code, len(codes), "no-store" in on["Cache-Control"]) == (200, 10, True)
    assert "10 recovery codes left" in site.get("/me/").content.decode()
    assert secret not in site.get("/me/").content.decode()
    assert site.get("/me/second-factor")["Location"] == "/me/"
    again = site.post("/me/second-factor/codes").content.decode()
    assert codes[0] not in again
    site.post("/me/second-factor/off")
    assert User.objects.get(pk=site.user.pk).totp_secret == ""
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "second_factor.on",
        "second_factor.codes",
        "second_factor.off",
    ]


@pytest.mark.parametrize("code", ["", "000000"])
def test_a_secret_in_use_is_shown_to_nobody(site, code):
    site.post("/me/second-factor")
    secret = User.objects.get(pk=site.user.pk).totp_secret
    site.post("/me/second-factor/on", {"code": pyotp.TOTP(secret).at(timezone.now())})

    answers = [site.get("/me/second-factor"), site.post("/me/second-factor/on", {"code": code})]

    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [(302, "/me/")] * 2


@pytest.mark.parametrize(
    "path", ["/me/second-factor", "/me/second-factor/on", "/me/second-factor/off", "/me/second-factor/codes"]
)
def test_second_factor_wants_a_fresh_login(site, clock, path):
    site.get("/me/")
    clock.advance(minutes=20)

    assert site.post(path, {"code": "123456"})["Location"].startswith("/confirm")


def test_page_costs_the_same_for_one_place_and_for_three(site):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            site.get("/me/")
        return len(queries)

    site.get("/me/")
    one = cost()
    elsewhere(site.user)
    elsewhere(site.user)

    assert cost() == one
    assert one <= 15
