"""Admin & Staff: the two steps, the roles, and what the bot makes of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.models import SandboxMessage
from botcore.sandbox.demo_tenant import Actor
from tenants.enums import Role
from tenants.models import TenantAdmin, User
from tenants.tests.factories import TenantAdminFactory, UserFactory

PHONE, LID = "15550107777", "99900000007777"
NOUR = Actor("nour", "Nour", PHONE, LID)


@pytest.fixture
def inbox(worker):
    """What has reached the phone, newest last."""

    def read():
        worker.run()
        rows = SandboxMessage.objects.filter(chat_wa_id=f"{PHONE}@s.whatsapp.net").order_by("pk")
        return [row.text for row in rows]

    return read


@pytest.fixture
def add(site, inbox):
    """Add Nour as the owner does, by both steps."""

    def run(role="staff", **more):
        given = {"phone": f"+{PHONE}", "name": "Nour", "role": role} | more
        page = site.post("/staff/add", given)
        assert page.status_code == 200, page.content.decode()
        code = re.search(r"\b\d{6}\b", inbox()[-1])[0]
        return site.post("/staff/join", given | {"code": code})

    return run


def member_of(tenant, role=Role.STAFF):
    return TenantAdmin.objects.filter(tenant=tenant, role=role).first()


def test_a_number_is_added_by_a_code_and_gets_a_password(add, inbox, site):
    answer = add()

    assert (answer.status_code, answer["Location"]) == (303, "/staff/")
    user = User.objects.get(phone=f"+{PHONE}")
    assert user.must_change_password
    words = inbox()[-1].split()
    assert any(user.check_password(word.strip("*_`.,")) for word in words)
    assert "Nour" in site.get("/staff/").content.decode()


def test_after_being_added_the_bot_knows_them_by_lid_alone(add, chat):
    stranger = chat.as_(NOUR)
    assert "resolve" not in "".join(stranger.say("!resolve 54321 resolved").keys)
    add()

    group = stranger.in_group()
    group.say("!resolve 54321 resolved")  # LID and phone: the two are one person
    said = group.by_lid().say("!resolve 54321 resolved")

    assert said.message.contact == group.say("hello").message.contact
    assert said.log.action == "resolve"


def test_a_wrong_code_is_told_beside_the_field(site, inbox):
    given = {"phone": f"+{PHONE}", "name": "Nour", "role": "staff"}
    site.post("/staff/add", given)

    page = site.post("/staff/join", given | {"code": "000000"})

    assert page.status_code == 422
    assert "That code is not right" in page.content.decode()
    assert not User.objects.filter(phone=f"+{PHONE}").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phone": "98765"}, "country code"),
        ({"phone": ""}, "required"),
        ({"role": "owner"}, "Select a valid choice"),
        ({"phone": "+15550100002"}, "in your team already"),
    ],
)
def test_what_is_wrong_with_the_first_step_is_told(site, change, words):
    given = {"phone": f"+{PHONE}", "name": "", "role": "staff"} | change

    page = site.post("/staff/add", given)

    assert page.status_code == 422
    assert words in page.content.decode()


def test_a_code_asked_for_again_too_soon_keeps_the_second_step(site, inbox):
    given = {"phone": f"+{PHONE}", "name": "", "role": "staff"}
    site.post("/staff/add", given)

    page = site.post("/staff/add", given | {"again": "1"}, htmx=True)

    html = page.content.decode()
    assert page.status_code == 422
    assert "Too many tries" in html
    assert 'name="code"' in html


def test_a_role_is_changed_and_somebody_removed(site, tenant):
    member = member_of(tenant)

    site.post(f"/staff/{member.pk}", {"role": "staff_admin"})
    member.refresh_from_db()
    assert member.role == "staff_admin"

    site.post(f"/staff/{member.pk}/remove")
    assert not TenantAdmin.objects.filter(pk=member.pk).exists()


def test_who_is_removed_is_out_at_once(site, tenant):
    staff = site.as_("staff")
    assert staff.get("/logs/").status_code == 200

    site.post(f"/staff/{member_of(tenant).pk}/remove")

    assert staff.get("/logs/").status_code == 302


def test_the_owner_has_no_page_to_be_removed_on(site, tenant):
    owner = member_of(tenant, Role.OWNER)

    for path in (f"/staff/{owner.pk}", f"/staff/{owner.pk}/remove", f"/staff/{owner.pk}/password"):
        assert site.post(path, {"role": "staff"}).status_code == 404
    assert f'href="/staff/{owner.pk}"' not in site.get("/staff/").content.decode()


def test_another_teams_member_is_not_found(site, other_tenant):
    stranger = TenantAdminFactory(tenant=other_tenant)

    for path in (f"/staff/{stranger.pk}", f"/staff/{stranger.pk}/remove", f"/staff/{stranger.pk}/password"):
        assert site.post(path, {"role": "staff"}).status_code == 404
    assert site.get(f"/staff/{stranger.pk}").status_code == 404


@pytest.mark.parametrize("role", ["staff_admin", "staff"])
@pytest.mark.parametrize(
    "path",
    [
        "/staff/",
        "/staff/add",
        "/settings/",
        "/settings/api-keys",
        "/settings/audit",
        "/settings/data",
        "/settings/data/delete",
    ],
)
def test_only_the_owner_may(site, role, path):
    assert site.as_(role).get(path).status_code == 403
    assert site.get(path).status_code == 200


def test_an_old_login_is_asked_for_the_password_first(site, tenant, clock):
    site.get("/overview")
    clock.advance(minutes=16)

    for path in ("/staff/", "/staff/add", "/settings/api-keys", "/settings/data/delete"):
        assert site.get(path)["Location"].startswith("/confirm?next=")
    assert site.post(f"/staff/{member_of(tenant).pk}/remove")["Location"].startswith("/confirm")
    assert member_of(tenant)


def test_the_list_costs_the_same_for_more_people(site, tenant):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert site.get("/staff/").status_code == 200
        return len(queries)

    site.get("/staff/")
    few = cost()
    for _ in range(3):
        TenantAdminFactory(tenant=tenant, user=UserFactory())

    assert cost() == few <= 15
