"""/api/v1/auth."""

import pyotp
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from botcore.sandbox.demo_tenant import PASSWORD as DEMO_PASSWORD
from smmbot.api.errors import translate
from smmbot.testing.site import Site
from tenants import errors
from tenants.domain import api_keys, sessions
from tenants.domain.sessions import Browser
from tenants.enums import AuditSource, Realm, Role
from tenants.models import LoginSession, User
from tenants.tests import phone as sandbox_phone
from tenants.tests.factories import TenantAdminFactory, TenantFactory

NEW, KNOWN = "+447911123456", "+15550100001"
PASSWORD = "a-long-enough-one"
AUTH = "/api/v1/auth"


@pytest.fixture
def stranger(site):
    return site.as_(None)


def code_of(answer):
    return answer.json()["error"]["code"]


def log_in(browser, **more):
    return browser.api("POST", f"{AUTH}/login/phone", {"phone": KNOWN, "password": DEMO_PASSWORD, **more})


def test_sign_up(stranger, worker):
    sent = stranger.api("POST", f"{AUTH}/phone/send", {"phone": NEW})
    assert (sent.status_code, sent.json()["again_after_s"]) == (202, 60)
    worker.run()

    done = stranger.api(
        "POST",
        f"{AUTH}/phone/verify",
        {"phone": NEW, "otp": sandbox_phone.code(NEW), "password": PASSWORD},
    )

    assert (done.status_code, done.json()["role"]) == (201, "owner")
    assert stranger.api("GET", f"{AUTH}/me").json()["user"]["phone"] == NEW


def test_send_answers_the_same_for_a_known_phone(stranger):
    answers = [stranger.api("POST", f"{AUTH}/phone/send", {"phone": phone}) for phone in (KNOWN, NEW)]

    one, two = ({**answer.json(), "sent_to": ""} for answer in answers)
    assert one == two
    assert [answer.status_code for answer in answers] == [202, 202]


def test_login_sets_the_cookies_and_tells_no_token(stranger):
    answer = log_in(stranger)

    assert (answer.status_code, answer.json()["role"]) == (200, "owner")
    for name in ("access", "refresh"):
        assert answer.cookies[name]["httponly"] is True
        assert answer.cookies[name].value not in answer.content.decode()
    assert stranger.api("GET", f"{AUTH}/me").json()["csrf_token"]


@pytest.mark.parametrize("phone", [KNOWN, NEW])
def test_wrong_login_is_one_answer(stranger, phone):
    answer = log_in(stranger, phone=phone, password="not-it-at-all")

    assert (answer.status_code, code_of(answer)) == (401, "wrong_login")


def test_too_many_logins_are_told_when_to_come_back(stranger):
    for _ in range(10):
        log_in(stranger, password="not-it-at-all")

    answer = log_in(stranger)

    assert (answer.status_code, code_of(answer)) == (429, "too_many_tries")
    assert 0 < int(answer["Retry-After"]) <= 900


def test_second_code_within_a_minute_is_told_when(stranger):
    stranger.api("POST", f"{AUTH}/phone/forgot-password/send", {"phone": NEW})

    answer = stranger.api("POST", f"{AUTH}/phone/forgot-password/send", {"phone": NEW})

    assert (answer.status_code, 0 < int(answer["Retry-After"]) <= 60) == (429, True)


def test_login_with_the_second_factor(stranger, tenant):
    secret = pyotp.random_base32()
    user = User.objects.get(phone=KNOWN)
    user.totp_secret, user.totp_confirmed_at = secret, timezone.now()
    user.save()
    assert code_of(log_in(stranger)) == "second_factor_needed"
    assert code_of(log_in(stranger, code="000000")) == "wrong_second_factor"

    assert log_in(stranger, code=pyotp.TOTP(secret).at(timezone.now())).status_code == 200


def test_lost_password(stranger, worker):
    stranger.api("POST", f"{AUTH}/phone/forgot-password/send", {"phone": KNOWN})
    worker.run()

    done = stranger.api(
        "POST",
        f"{AUTH}/phone/forgot-password/reset",
        {"phone": KNOWN, "otp": sandbox_phone.code(KNOWN), "new_password": PASSWORD},
    )

    assert done.status_code == 200
    assert log_in(stranger, password=PASSWORD).status_code == 200


def test_blanks_at_the_ends_of_a_password_count(stranger, tenant):
    user = User.objects.get(phone=KNOWN)
    user.set_password(f" {PASSWORD} ")
    user.save()

    assert log_in(stranger, password=PASSWORD).status_code == 401
    assert log_in(stranger, password=f" {PASSWORD} ").status_code == 200


@pytest.mark.parametrize(
    ("phone", "said"),
    [("07911 123456", "country code is missing"), ("x", "country code"), ("+12", "not a phone")],
)
def test_phone_that_is_none_is_explained(stranger, phone, said):
    answer = stranger.api("POST", f"{AUTH}/phone/send", {"phone": phone})

    assert answer.status_code == 400
    assert said in answer.json()["error"]["fields"]["phone"]


PUBLIC = (
    "phone/send",
    "phone/verify",
    "login/phone",
    "phone/forgot-password/send",
    "phone/forgot-password/reset",
    "refresh",
)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain; application/json",
    ],
)
def test_what_other_sites_can_send_is_refused(stranger, path, kind):
    """A form, or a script's request without a preflight, cannot carry JSON's content type."""
    answer = stranger.client.generic(
        "POST", f"{AUTH}/{path}", b'{"phone": "+15550100001"}', content_type=kind
    )

    assert (answer.status_code, code_of(answer)) == (415, "not_json")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "me"),
        ("POST", "logout"),
        ("POST", "confirm"),
        ("POST", "switch"),
        ("POST", "password"),
        ("POST", "totp/begin"),
        ("DELETE", "sessions"),
    ],
)
def test_cookie_calls_want_the_csrf_token(site, method, path):
    answer = Site(site.tenant, Role.OWNER, checks_csrf=True).api(method, f"{AUTH}/{path}", {})

    assert (answer.status_code, code_of(answer)) == (403, "csrf_failed")


def test_csrf_token_opens_unsafe_calls(site):
    browser = Site(site.tenant, Role.OWNER, checks_csrf=True)
    token = browser.api("GET", f"{AUTH}/csrf").json()["csrf_token"]

    answer = browser.api("PATCH", f"{AUTH}/me", {"name": "Olga"}, **{"X-CSRFToken": token})

    assert (answer.status_code, answer.json()["user"]["name"]) == (200, "Olga")


def test_refresh_by_cookie(stranger, clock):
    log_in(stranger)
    before = stranger.client.cookies["refresh"].value
    clock.advance(minutes=20)

    answer = stranger.api("POST", f"{AUTH}/refresh", {})

    assert answer.status_code == 200
    assert stranger.client.cookies["refresh"].value != before
    assert stranger.api("GET", f"{AUTH}/me").status_code == 200


def test_refresh_with_a_used_token_ends_the_session_and_clears_the_cookies(stranger, clock):
    log_in(stranger)
    old = stranger.client.cookies["refresh"].value
    stranger.api("POST", f"{AUTH}/refresh", {})
    clock.advance(minutes=2)
    stranger.client.cookies["refresh"] = old
    stranger.client.cookies.pop("access")

    answer = stranger.api("POST", f"{AUTH}/refresh", {})

    assert (answer.status_code, code_of(answer)) == (401, "session_ended")
    assert answer.cookies["refresh"].value == ""
    assert LoginSession.objects.get().end_reason == "token_reused"


def test_refresh_without_a_cookie(stranger):
    assert stranger.api("POST", f"{AUTH}/refresh", {}).status_code == 401


def test_access_token_that_is_over_is_replaced_unseen(stranger, clock):
    log_in(stranger)
    before = stranger.client.cookies["access"].value
    clock.advance(minutes=20)

    assert stranger.api("GET", f"{AUTH}/me").status_code == 200
    assert stranger.client.cookies["access"].value != before


def test_logging_in_again_ends_the_session_before(stranger):
    log_in(stranger)

    log_in(stranger)

    assert (
        list(
            LoginSession.objects.order_by("created_at", "ended_at").values_list("end_reason", flat=True)
        ).count("signed_in_again")
        == 1
    )
    assert LoginSession.objects.filter(ended_at=None).count() == 1


def test_logout_voids_the_tokens(site):
    site.get("/me/")
    token = site.client.cookies["access"].value

    answer = site.api("POST", f"{AUTH}/logout")

    assert answer.cookies["access"].value == ""
    site.client.cookies["access"] = token
    assert site.api("GET", f"{AUTH}/me").status_code == 401


def test_me_of_staff_lists_what_they_may_do(site):
    me = site.as_("staff").api("GET", f"{AUTH}/me").json()

    assert me["role"] == "staff"
    assert me["permissions"] == ["provider_status", "refill_verify", "resolve_logs", "view_logs"]
    assert me["impersonated_by"] is None


def test_me_by_key_names_the_tenant_and_no_csrf_token(site, tenant):
    answer = site.as_(None).api("GET", f"{AUTH}/me", Authorization=f"Bearer {new_key(site, tenant)}")

    assert (answer.json()["tenant"]["id"], answer.json()["role"]) == (tenant.pk, "staff_admin")
    assert "csrf_token" not in answer.json()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "me", {"name": "x"}),
        ("POST", "logout", None),
        ("POST", "confirm", {"password": DEMO_PASSWORD}),
        ("POST", "password", {"old_password": DEMO_PASSWORD, "new_password": PASSWORD}),
        ("GET", "sessions", None),
        ("DELETE", "sessions", None),
        ("POST", "totp/begin", None),
        ("POST", "switch", {"tenant_id": 1}),
    ],
)
def test_key_opens_no_persons_account(site, tenant, method, path, body):
    answer = site.as_(None).api(
        method, f"{AUTH}/{path}", body, Authorization=f"Bearer {new_key(site, tenant)}"
    )

    assert answer.status_code == 403
    assert code_of(answer) in ("session_needed", "fresh_login_needed")


def new_key(site, tenant):
    _, key = api_keys.create(
        tenant_id=tenant.pk,
        name="script",
        role=Role.STAFF_ADMIN,
        by=site.user,
        now=timezone.now(),
        source=AuditSource.API,
    )
    return key


def test_confirm_makes_fresh(site, clock):
    site.get("/me/")
    clock.advance(minutes=20)
    assert code_of(site.api("POST", f"{AUTH}/totp/begin")) == "fresh_login_needed"
    assert code_of(site.api("POST", f"{AUTH}/confirm", {"password": "not-it-at-all"})) == "wrong_password"

    site.api("POST", f"{AUTH}/confirm", {"password": DEMO_PASSWORD})

    assert site.api("POST", f"{AUTH}/totp/begin").status_code == 200


def test_second_factor_on_and_off(site):
    begun = site.api("POST", f"{AUTH}/totp/begin").json()
    assert code_of(site.api("POST", f"{AUTH}/totp/enable", {"code": "000000"})) == "wrong_second_factor"
    shown = pyotp.TOTP(begun["secret"]).at(timezone.now())

    codes = site.api("POST", f"{AUTH}/totp/enable", {"code": shown}).json()["recovery_codes"]

    assert len(codes) == 10
    assert code_of(site.api("POST", f"{AUTH}/totp/begin")) == "second_factor_on"
    assert site.api("POST", f"{AUTH}/totp/recovery-codes").status_code == 201
    assert site.api("POST", f"{AUTH}/totp/disable").json() == {"has_second_factor": False}
    assert code_of(site.api("POST", f"{AUTH}/totp/recovery-codes")) == "second_factor_off"


def elsewhere(user):
    session, _ = sessions.begin(
        user=user, realm=Realm.TENANT, browser=Browser("203.0.113.9", "curl/8"), now=timezone.now()
    )
    return session


def test_sessions_listed_and_ended(site, other_tenant):
    other = elsewhere(site.user)
    stranger = elsewhere(TenantAdminFactory(tenant=other_tenant).user)
    listed = site.api("GET", f"{AUTH}/sessions").json()
    assert {(row["device"], row["is_current"]) for row in listed["results"]} == {
        ("curl", False),
        ("test", True),
    }
    here = next(row["id"] for row in listed["results"] if row["is_current"])

    answers = [
        site.api("DELETE", f"{AUTH}/sessions/{one}").status_code
        for one in (other.pk, other.pk, stranger.pk, here)
    ]

    assert answers == [200, 404, 404, 409]


def test_all_other_sessions_ended(site):
    elsewhere(site.user)
    elsewhere(site.user)

    assert site.api("DELETE", f"{AUTH}/sessions").json() == {"ended": 2}
    assert site.api("GET", f"{AUTH}/sessions").json()["total"] == 1


def test_sessions_cost_the_same_for_one_and_for_three(site):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            site.api("GET", f"{AUTH}/sessions")
        return len(queries)

    site.get("/me/")
    one = cost()
    elsewhere(site.user)
    elsewhere(site.user)

    assert cost() == one


def test_switch(site, tenant, other_tenant):
    second = TenantFactory()
    TenantAdminFactory(tenant=second, user=site.user, role=Role.STAFF)

    foreign = site.api("POST", f"{AUTH}/switch", {"tenant_id": other_tenant.pk})
    own = site.api("POST", f"{AUTH}/switch", {"tenant_id": second.pk})

    assert (foreign.status_code, own.json()["tenant"]["id"]) == (403, second.pk)
    assert site.api("GET", f"{AUTH}/me").json()["role"] == "staff"


def account_errors(kind=errors.AccountError):
    for one in kind.__subclasses__():
        yield one
        yield from account_errors(one)


@pytest.mark.parametrize("kind", sorted(account_errors(), key=lambda kind: kind.__name__))
def test_every_account_error_has_an_answer(site, kind):
    site.api("GET", f"{AUTH}/csrf")  # the translations are loaded
    error = kind.__new__(kind)
    error.message = "Words."

    answer = translate(error)

    assert 400 <= answer.status < 500
    assert answer.code == kind.code
