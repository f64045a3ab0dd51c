"""Platform staff's own second factor: in the admin's realm alone, with fresh login, and on the platform's record."""

import re

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from botcore.sandbox.demo_tenant import ADMIN_PHONE, PASSWORD
from smmbot.testing.desk import Desk
from smmbot.testing.site import Site
from smmbot.testing.worker import outside
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import AuditSource, Realm
from tenants.models import AuditEntry, RecoveryCode, User
from tenants.scoping import all_tenants
from tenants.tests.factories import TenantAdminFactory

PAGE = "/admin/second_factor/"
ACTS = [f"{PAGE}{act}/" for act in ("set_up", "on", "codes", "off")]


@pytest.fixture
def boss(tenant) -> User:
    return User.objects.get(phone=ADMIN_PHONE)


@pytest.fixture
def desk(boss) -> Desk:
    return Desk(boss)


def shown(user):
    """What the app shows now."""
    return pyotp.TOTP(User.objects.get(pk=user.pk).totp_secret).at(timezone.now())


def switched_on(desk, user):
    """Set up by way of the pages; the recovery codes."""
    desk.post(ACTS[0])
    page = desk.post(ACTS[1], {"code": shown(user)}).content.decode()
    return re.findall(r">([a-z2-9-]{19})</code>", page)


def platforms_record():
    with all_tenants("a test reads the platform's record"):
        return list(AuditEntry.objects.filter(tenant__is_platform=True).order_by("pk"))


def log_in(code):
    given = {"phone": ADMIN_PHONE, "password": PASSWORD, "code": code}
    return outside(lambda: Client().post("/admin/login/", given))


def test_it_is_set_up_used_and_switched_off(desk, boss, clock):
    assert f'href="{PAGE}"' in desk.get("/admin/").content.decode()
    assert "Your password alone" in desk.get(PAGE).content.decode()
    assert desk.post(ACTS[0])["Location"] == ACTS[0]
    page = desk.get(ACTS[0]).content.decode()
    secret = User.objects.get(pk=boss.pk).totp_secret
    assert 'src="data:image/svg+xml' in page
    assert " ".join(re.findall("....", secret)) in page
    assert desk.post(ACTS[1], {"code": "000000"}).status_code == 422

    on = desk.post(ACTS[1], {"code": shown(boss)})

    codes = re.findall(r">([a-z2-9-]{19})</code>", on.content.decode())
    assert (on.status_code, len(codes), "no-store" in on["Cache-Control"]) == (200, 10, True)
    clock.advance(seconds=90)
    refused = [log_in(code) for code in ("", "000000")]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert [log_in(code).status_code for code in (shown(boss), codes[0], codes[0])] == [302, 302, 422]
    assert "9 recovery codes left" in desk.get(PAGE).content.decode()
    again = re.findall(r">([a-z2-9-]{19})</code>", desk.post(ACTS[2]).content.decode())
    assert (len(again), set(again) & set(codes)) == (10, set())
    assert [log_in(code).status_code for code in (codes[1], again[0])] == [422, 302]
    assert desk.post(ACTS[3])["Location"] == PAGE
    assert log_in("").status_code == 302
    assert RecoveryCode.objects.count() == 0


def test_the_platform_reads_what_became_of_it(desk, boss, clock):
    switched_on(desk, boss)
    desk.post(ACTS[2])
    desk.post(ACTS[3])
    desk.post("/admin/password_change/", {"old": PASSWORD, "new": "a much longer one"})

    record = platforms_record()
    assert [entry.action for entry in record] == [
        "second_factor.on",
        "second_factor.codes",
        "second_factor.off",
        "password.change",
    ]
    assert {(entry.user, entry.source) for entry in record} == {(boss, AuditSource.ADMIN)}


def test_what_support_does_to_a_colleague_is_on_the_platforms_record(desk, boss, clock):
    colleague = User.objects.create_user("+15550104444", PASSWORD, is_staff=True)
    switched_on(Desk(colleague), colleague)

    desk.post("/admin/tenants/user/", {"action": "reset_second_factor", "_selected_action": [colleague.pk]})

    entry = platforms_record()[-1]
    assert (entry.action, entry.user) == ("support.second_factor_reset", boss)
    assert entry.subject == str(colleague)


def test_no_answer_tells_which_part_was_right(desk, boss, clock):
    switched_on(desk, boss)
    given = [
        {"password": "wrong", "code": ""},
        {"password": PASSWORD, "code": ""},
        {"password": PASSWORD, "code": "000000"},
    ]

    pages = [
        outside(lambda one=one: Client().post("/admin/login/", {"phone": ADMIN_PHONE} | one)) for one in given
    ]

    said = [re.findall(r'role="alert">([^<]+)<', page.content.decode()) for page in pages]
    assert said[0] == said[1] == said[2]
    assert len(said[0]) == 1


@pytest.mark.parametrize("code", ["", "000000"])
def test_a_secret_in_use_is_shown_to_nobody(desk, boss, clock, code):
    switched_on(desk, boss)
    secret = User.objects.get(pk=boss.pk).totp_secret

    answers = [desk.get(ACTS[0]), desk.post(ACTS[0]), desk.post(ACTS[1], {"code": code})]

    assert [answer["Location"] for answer in answers] == [PAGE] * 3
    assert User.objects.get(pk=boss.pk).totp_secret == secret


@pytest.mark.parametrize("path", ACTS)
def test_every_act_wants_a_fresh_login(desk, boss, clock, path):
    switched_on(desk, boss)
    clock.advance(minutes=20)

    assert desk.post(path, {"code": "123456"})["Location"].startswith("/admin/confirm/")
    assert User.objects.get(pk=boss.pk).has_totp
    assert RecoveryCode.objects.filter(used_at=None).count() == 10


def test_the_password_given_again_leads_back_and_counts(desk, boss, clock):
    desk.post(ACTS[0])
    clock.advance(minutes=20)
    to = desk.get(ACTS[0])["Location"]
    assert desk.get(to).status_code == 200
    assert desk.post(to, {"password": "wrong"}).status_code == 422
    assert desk.get(ACTS[0]).status_code == 302

    assert desk.post(to, {"password": PASSWORD})["Location"] == ACTS[0]

    assert desk.get(ACTS[0]).status_code == 200


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/admin/", "/overview"])
def test_confirming_leads_nowhere_else(desk, to):
    assert desk.post("/admin/confirm/", {"password": PASSWORD, "next": to})["Location"] == "/admin/"


def test_passwords_are_not_guessed_here(desk):
    answers = [desk.post("/admin/confirm/", {"password": f"wrong {turn}"}) for turn in range(11)]

    assert (answers[-2].status_code, answers[-1].status_code) == (422, 429)


@pytest.mark.parametrize("path", [PAGE, *ACTS, "/admin/confirm/"])
def test_a_session_of_a_dashboard_opens_none_of_it(boss, tenant, path):
    TenantAdminFactory(tenant=tenant, user=boss)
    _, tokens = sessions.begin(
        user=boss, realm=Realm.TENANT, browser=Browser(), now=timezone.now(), tenant=tenant
    )
    client = Client()
    for names in (("access", "refresh"), ("admin_access", "admin_refresh")):
        client.cookies[names[0]], client.cookies[names[1]] = tokens.access, tokens.refresh

    for call in (client.get, client.post):
        answer = outside(lambda call=call: call(path))
        assert (answer.status_code, answer["Location"].startswith("/admin/login/")) == (302, True)
    assert User.objects.get(pk=boss.pk).totp_secret == ""


@pytest.mark.parametrize(
    "path", ["/me/second-factor", "/me/second-factor/on", "/me/second-factor/codes", "/me/second-factor/off"]
)
def test_a_session_of_the_admin_opens_none_of_a_dashboards(desk, boss, tenant, path):
    TenantAdminFactory(tenant=tenant, user=boss)
    client = Client()
    client.cookies["access"] = desk.client.cookies["admin_access"].value

    answer = outside(lambda: client.post(path))

    assert (answer.status_code, answer["Location"].startswith("/login")) == (302, True)
    assert User.objects.get(pk=boss.pk).totp_secret == ""


def test_an_owner_who_is_not_of_the_staff_is_not_let_in(site: Site):
    _, tokens = sessions.begin(user=site.user, realm=Realm.ADMIN, browser=Browser(), now=timezone.now())
    client = Client()
    client.cookies["admin_access"] = tokens.access

    assert outside(lambda: client.post(ACTS[0]))["Location"].startswith("/admin/login/")
