"""The pages before and around the sign-in."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone

from botcore.sandbox.demo_tenant import PASSWORD as DEMO_PASSWORD
from smmbot.testing.site import Site
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import Realm, Role
from tenants.models import LoginSession, TenantAdmin, User
from tenants.tests import phone as sandbox_phone
from tenants.tests.factories import TenantAdminFactory, TenantFactory, UserFactory

NEW, KNOWN = "+447911123456", "+15550100001"
PASSWORD = "a-long-enough-one"


@pytest.fixture
def stranger(site):
    return site.as_(None)


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def log_in(browser, phone=KNOWN, password=DEMO_PASSWORD, **more):
    return browser.post("/login", {"phone": phone, "password": password, **more})


# --- sign-up --------------------------------------------------------------------------------------------------


def test_sign_up_from_phone_to_dashboard(stranger, worker):
    sent = stranger.post("/signup", {"step": "phone", "phone": "00 44 7911 123456"})
    assert (sent.status_code, sent["Location"]) == (302, "/signup")
    second = stranger.get("/signup")
    assert NEW in words(second)
    assert 'autocomplete="one-time-code"' in second.content.decode()
    worker.run()

    done = stranger.post("/signup", {"step": "code", "code": sandbox_phone.code(NEW), "password": PASSWORD})

    assert (done.status_code, done["Location"]) == (302, "/overview")
    me = stranger.api("GET", "/api/v1/auth/me").json()
    assert (me["user"]["phone"], me["role"]) == (NEW, "owner")
    assert done.cookies["access"]["httponly"]
    assert done.cookies["access"]["samesite"] == "Lax"


def test_sign_up_looks_the_same_for_a_known_phone(stranger, site, worker):
    def see(browser, phone):
        sent = browser.post("/signup", {"step": "phone", "phone": phone})
        page = browser.get("/signup").content.decode()
        worker.run()
        wrong = browser.post("/signup", {"step": "code", "code": "000000", "password": PASSWORD})
        hidden = re.sub(r'csrf[^>]*value="\w+"|X-CSRFToken": "\w+"|\?phone=[^"]*', "", page)
        return sent.status_code, hidden.replace(phone, ""), wrong.status_code, words(wrong).replace(phone, "")

    assert see(stranger, KNOWN) == see(site.as_(None), NEW)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your phone number"),
        ("07911 123456", "country code is missing"),
        ("+12", "not a phone number"),
    ],
)
def test_phone_that_is_none_is_explained(stranger, typed, said):
    page = stranger.post("/signup", {"step": "phone", "phone": typed})

    assert page.status_code == 422
    assert said in words(page)


def test_weak_password_is_explained_and_the_code_still_good(stranger, worker):
    stranger.post("/signup", {"step": "phone", "phone": NEW})
    worker.run()
    code = sandbox_phone.code(NEW)

    weak = stranger.post("/signup", {"step": "code", "code": code, "password": "short"})

    assert weak.status_code == 422
    assert "too short" in words(weak)
    assert "short" not in re.findall(r'value="([^"]*)"', weak.content.decode())
    assert stranger.post("/signup", {"step": "code", "code": code, "password": PASSWORD}).status_code == 302


def test_code_step_without_a_phone_begins_anew(stranger):
    page = stranger.post("/signup", {"step": "code", "code": "123456", "password": PASSWORD})

    assert page.status_code == 422
    assert "Phone number" in words(page)


def test_phone_can_be_changed(stranger):
    stranger.post("/signup", {"step": "phone", "phone": NEW})

    stranger.post("/signup", {"step": "restart"})

    assert "Create your account" in words(stranger.get("/signup"))


def test_resend_waits_a_minute_and_says_so(stranger, clock):
    stranger.post("/signup", {"step": "phone", "phone": NEW})
    assert 'data-wait="60"' in stranger.get("/signup").content.decode()
    soon = stranger.post("/signup", {"step": "resend"})
    clock.advance(seconds=40)
    assert 'data-wait="20"' in stranger.get("/signup").content.decode()

    assert soon.status_code == 429
    assert "Too many tries" in words(soon)


def test_step_is_over_with_its_code(stranger, clock):
    stranger.post("/signup", {"step": "phone", "phone": NEW})
    clock.advance(minutes=10)

    assert "Create your account" in words(stranger.get("/signup"))


def test_who_is_signed_in_needs_no_sign_up(site):
    assert site.get("/signup")["Location"] == "/overview"
    assert site.get("/login?next=/logs/")["Location"] == "/logs/"


# --- log in -----------------------------------------------------------------------------------------------------


def test_login_and_out(stranger):
    page = log_in(stranger)
    assert (page.status_code, page["Location"]) == (302, "/overview")
    assert stranger.get("/me/").status_code == 200
    token = stranger.client.cookies["access"].value

    out = stranger.post("/logout")

    assert (out.status_code, out["Location"]) == (303, "/login")
    stranger.client.cookies["access"] = token
    assert stranger.get("/me/")["Location"] == "/login?next=/me/"


@pytest.mark.parametrize("phone", [KNOWN, NEW])
def test_wrong_login_is_one_page(stranger, phone):
    page = log_in(stranger, phone=phone, password="not-it-at-all")

    assert page.status_code == 422
    assert "Phone and password do not match." in words(page)
    assert "not-it-at-all" not in page.content.decode()


def test_too_many_logins_say_how_long_to_wait(stranger, monkeypatch):
    for _ in range(10):
        log_in(stranger, password="not-it-at-all")

    page = log_in(stranger)

    assert page.status_code == 429
    assert "Please wait 15 minutes" in words(page)


@pytest.mark.parametrize(
    ("wanted", "to"),
    [
        ("/logs/?status=open", "/logs/?status=open"),
        ("https://evil.example/", "/overview"),
        ("//evil.example/", "/overview"),
        ("/\\evil.example", "/overview"),
        ("\\\\evil.example", "/overview"),
        ("http:evil.example", "/overview"),
        ("javascript:alert(1)", "/overview"),
        ("/\t/evil.example", "/overview"),
        ("logs/", "/overview"),
    ],
)
def test_next_leads_to_our_own_pages_alone(stranger, wanted, to):
    assert log_in(stranger, next=wanted)["Location"] == to


def test_page_asked_for_comes_after_the_login(stranger):
    asked = stranger.get("/logs/?status=open")
    assert asked["Location"] == "/login?next=/logs/%3Fstatus%3Dopen"

    page = stranger.get(asked["Location"]).content.decode()

    assert '<input type="hidden" name="next" value="/logs/?status=open">' in page


def test_fragment_sends_the_whole_page_to_the_login(stranger):
    answer = stranger.client.get(
        "/logs/?page=2",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/logs/?status=open"},
    )

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login?next=/logs/%3Fstatus%3Dopen")


def test_act_is_not_repeated_after_the_login(stranger):
    answer = stranger.client.post("/me/name", headers={"Referer": "http://testserver/me/"})
    from_elsewhere = stranger.client.post("/me/name", headers={"Referer": "http://evil.example/me/"})

    assert answer["Location"] == "/login?next=/me/"
    assert from_elsewhere["Location"] == "/login"


def test_second_factor_is_a_second_step(stranger, tenant):
    app = with_app(KNOWN)

    second = log_in(stranger, next="/logs/")
    assert second.status_code == 200
    assert "Your account asks for a second factor" in words(second)
    assert DEMO_PASSWORD not in second.content.decode().replace("with the password", "")
    assert "access" not in stranger.client.cookies
    wrong = stranger.post("/login", {"step": "second", "code": "000000"})
    done = stranger.post("/login", {"step": "second", "code": app.at(timezone.now()), "next": "/logs/"})

    assert (wrong.status_code, done.status_code, done["Location"]) == (422, 302, "/logs/")


def test_second_step_alone_opens_nothing(stranger, tenant):
    app = with_app(KNOWN)

    page = stranger.post("/login", {"step": "second", "code": app.at(timezone.now())})

    assert page.status_code == 422
    assert "Please log in again" in words(page)


def with_app(phone):
    user = User.objects.get(phone=phone)
    user.totp_secret, user.totp_confirmed_at = pyotp.random_base32(), timezone.now()
    user.save()
    return pyotp.TOTP(user.totp_secret)


def test_sign_in_changes_the_csrf_token(site):
    browser = Site(site.tenant, None, checks_csrf=True)
    page = browser.get("/login").content.decode()
    before = browser.client.cookies["csrftoken"].value

    log_in(browser, csrfmiddlewaretoken=re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1])

    assert "access" in browser.client.cookies
    assert browser.client.cookies["csrftoken"].value != before


@pytest.mark.parametrize("path", ["/login", "/signup", "/forgot", "/logout", "/confirm", "/switch-team"])
def test_forms_want_the_csrf_token(site, path):
    assert Site(site.tenant, Role.OWNER, checks_csrf=True).post(path, {}).status_code == 403


@pytest.mark.parametrize("path", ["/logout", "/switch-team", "/stop-impersonating"])
def test_acts_take_post_alone(site, path):
    assert site.get(path).status_code == 405
    assert LoginSession.objects.filter(ended_at=None).count() == 1


# --- a lost password --------------------------------------------------------------------------------------------


def test_lost_password(stranger, worker):
    stranger.post("/forgot", {"step": "phone", "phone": KNOWN})
    worker.run()
    done = stranger.post("/forgot", {"step": "code", "code": sandbox_phone.code(KNOWN), "password": PASSWORD})
    assert done["Location"] == "/login"
    login = stranger.get("/login")

    assert "Your new password is set" in words(login)
    assert f'value="{KNOWN}"' in login.content.decode()
    assert log_in(stranger, password=PASSWORD).status_code == 302


def test_lost_password_says_nothing_of_who_has_an_account(stranger):
    stranger.post("/forgot", {"step": "phone", "phone": NEW})

    assert "If this number has an account, a code is on its way." in words(stranger.get("/forgot"))


# --- the password again -----------------------------------------------------------------------------------------


def test_confirm_makes_fresh_and_goes_back(site, clock):
    site.user.set_password(PASSWORD)
    site.user.save()
    site.get("/me/")
    clock.advance(minutes=20)
    asked = site.get("/me/second-factor")
    assert asked["Location"] == "/confirm?next=/me/second-factor"
    wrong = site.post(asked["Location"], {"password": "not-it-at-all"})
    assert (wrong.status_code, "That is not your password" in words(wrong)) == (422, True)

    done = site.post("/confirm", {"password": PASSWORD, "next": "/me/second-factor"})

    assert done["Location"] == "/me/second-factor"
    assert site.get("/me/second-factor")["Location"] == "/me/"  # let in: there is nothing to set up yet


def test_confirm_leads_nowhere_else(site):
    done = site.post("/confirm", {"password": DEMO_PASSWORD, "next": "https://evil.example/"})

    assert done["Location"] == "/overview"


def test_guessing_the_password_again_is_limited(site):
    for _ in range(10):
        site.post("/confirm", {"password": "not-it-at-all"})

    assert site.post("/confirm", {"password": DEMO_PASSWORD}).status_code == 429


# --- the password we sent ---------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(site, clock):
    browser = site.as_("staff")
    browser.user.set_password(DEMO_PASSWORD)
    browser.user.password_expires_at = timezone.now() + timedelta(hours=24)
    browser.user.save()
    return browser


def test_password_we_sent_is_changed_before_anything_else(newcomer):
    for path in ("/logs/", "/me/", "/overview"):
        assert newcomer.get(path)["Location"] == "/settings/first-password"
    assert newcomer.get("/logs/", htmx=True)["HX-Redirect"] == "/settings/first-password"
    assert newcomer.api("GET", "/api/v1/auth/me").json()["user"]["must_change_password"] is True
    assert newcomer.api("GET", "/api/v1/auth/sessions").json()["error"]["code"] == "password_change_needed"
    same = newcomer.post("/settings/first-password", {"password": DEMO_PASSWORD})
    assert "Choose another one" in words(same)

    done = newcomer.post("/settings/first-password", {"password": PASSWORD})

    assert done["Location"] == "/overview"
    assert newcomer.get("/me/").status_code == 200


def test_password_we_sent_can_be_changed_by_the_api(newcomer):
    same = newcomer.api(
        "POST", "/api/v1/auth/password", {"old_password": DEMO_PASSWORD, "new_password": DEMO_PASSWORD}
    )
    newcomer.api("POST", "/api/v1/auth/password", {"old_password": DEMO_PASSWORD, "new_password": PASSWORD})

    assert same.json()["error"]["code"] == "same_password"
    assert newcomer.api("GET", "/api/v1/auth/sessions").status_code == 200


def test_newcomer_may_log_out(newcomer):
    assert newcomer.post("/logout").status_code == 303


def test_own_password_is_not_changed_there(site):
    assert site.post("/settings/first-password", {"password": PASSWORD})["Location"] == "/me/"


# --- teams and support ------------------------------------------------------------------------------------------


def test_switching_teams(site, tenant, other_tenant):
    second = TenantFactory(name="Second shop")
    TenantAdminFactory(tenant=second, user=site.user, role=Role.STAFF)

    site.post("/switch-team", {"tenant": str(second.pk)})

    me = site.api("GET", "/api/v1/auth/me").json()
    assert (me["tenant"]["id"], me["role"], len(me["teams"])) == (second.pk, "staff", 2)


@pytest.mark.parametrize("wanted", ["other", "0", "", "x", "²", "9" * 30])
def test_foreign_teams_stay_closed(site, tenant, other_tenant, wanted):
    site.post("/switch-team", {"tenant": str(other_tenant.pk) if wanted == "other" else wanted})

    assert site.api("GET", "/api/v1/auth/me").json()["tenant"]["id"] == tenant.pk


@pytest.fixture
def support(site, tenant):
    """Platform staff who look at the tenant as its owner."""
    browser = Site(tenant, None)
    owner = TenantAdmin.objects.select_related("user").get(role=Role.OWNER).user
    _, tokens = sessions.begin(
        user=owner,
        realm=Realm.TENANT,
        browser=Browser(),
        now=timezone.now(),
        tenant=tenant,
        impersonator=UserFactory(is_staff=True),
    )
    browser.client.cookies["access"], browser.client.cookies["refresh"] = tokens.access, tokens.refresh
    return browser


def test_support_leaves_to_the_admin(support):
    done = support.post("/stop-impersonating")

    assert (done.status_code, done["Location"]) == (303, "/admin/")
    assert LoginSession.objects.get(impersonator__isnull=False).end_reason == "support_left"


def test_who_is_no_support_stops_nothing(site):
    assert site.post("/stop-impersonating")["Location"] == "/overview"
    assert site.get("/me/").status_code == 200


def test_support_never_becomes_fresh(support):
    page = support.post("/confirm", {"password": DEMO_PASSWORD})

    assert page.status_code == 422
    assert support.get("/me/second-factor")["Location"].startswith("/confirm")


def test_support_chooses_no_password_for_the_person(support, tenant):
    User.objects.filter(phone=KNOWN).update(password_expires_at=timezone.now())

    assert support.get("/me/").status_code == 200
    assert support.get("/settings/first-password")["Location"] == "/me/"
    assert support.post("/settings/first-password", {"password": PASSWORD})["Location"] == "/me/"
    assert User.objects.get(phone=KNOWN).check_password(DEMO_PASSWORD)


@pytest.mark.parametrize("path", ["/me/name", "/me/password", "/me/sessions/others/end"])
def test_support_changes_nothing_of_the_persons_own(support, path):
    done = support.post(path, {"name": "Mallory", "change-old": DEMO_PASSWORD, "change-new": PASSWORD})

    assert done["Location"] == "/me/"
    owner = User.objects.get(phone=KNOWN)
    assert (owner.name, owner.check_password(DEMO_PASSWORD)) == ("Olivia", True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "me", {"name": "Mallory"}),
        ("POST", "confirm", {"password": DEMO_PASSWORD}),
        ("POST", "password", {"old_password": DEMO_PASSWORD, "new_password": PASSWORD}),
        ("DELETE", "sessions", None),
        ("POST", "switch", {"tenant_id": 1}),
    ],
)
def test_support_changes_nothing_by_the_api_either(support, method, path, body):
    answer = support.api(method, f"/api/v1/auth/{path}", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_as_support")
