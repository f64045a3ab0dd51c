"""/api/v1/admin-numbers: the team by way of the API."""

import re

import pytest

from botcore.models import SandboxMessage
from tenants.enums import Role
from tenants.models import TenantAdmin, User
from tenants.tests.factories import TenantAdminFactory

URL = "/api/v1/admin-numbers"
PHONE = "+15550107777"


@pytest.fixture
def code(site, worker):
    def ask():
        answer = site.api("POST", f"{URL}/send-code", {"phone": PHONE})
        assert answer.status_code == 200, answer.content
        worker.run()
        text = SandboxMessage.objects.filter(chat_wa_id=f"{PHONE[1:]}@s.whatsapp.net").last().text
        return re.search(r"\b\d{6}\b", text)[0]

    return ask


def test_the_list_is_the_team(site):
    answer = site.api("GET", URL).json()

    assert [(one["name"], one["role"]) for one in answer["results"]] == [
        ("Olivia", "owner"),
        ("Stefan", "staff"),
    ]
    assert answer["total"] == 2
    assert "password" not in answer["results"][0]


@pytest.mark.parametrize(
    ("role", "saved"), [("staff", "staff"), ("staff_admin", "staff_admin"), ("admin", "staff_admin")]
)
def test_a_number_joins_by_its_code(site, code, role, saved):
    answer = site.api("POST", f"{URL}/verify", {"phone": PHONE, "code": code(), "role": role})

    assert answer.status_code == 201
    assert (answer.json()["role"], answer.json()["must_change_password"]) == (saved, True)
    assert TenantAdmin.objects.get(user__phone=PHONE).role == saved


def test_a_wrong_code_is_refused(site, code):
    right = code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"

    answer = site.api("POST", f"{URL}/verify", {"phone": PHONE, "code": wrong, "role": "staff"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "wrong_code")
    assert not User.objects.filter(phone=PHONE).exists()


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("send-code", {"phone": "12"}, 400, "invalid_phone"),
        ("send-code", {}, 400, "invalid"),
        ("send-code", {"phone": "+15550100002"}, 409, "already_in_team"),
        ("verify", {"phone": PHONE, "code": "123456", "role": "owner"}, 400, "invalid"),
    ],
)
def test_what_is_wrong_is_said(site, path, body, status, error):
    answer = site.api("POST", f"{URL}/{path}", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, error)


def test_a_second_code_in_a_minute_is_too_many(site, code):
    code()

    answer = site.api("POST", f"{URL}/send-code", {"phone": PHONE})

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_a_role_is_changed_and_a_number_removed(site):
    pk = TenantAdmin.objects.get(role=Role.STAFF).pk

    assert site.api("PATCH", f"{URL}/{pk}", {"role": "admin"}).json()["role"] == "staff_admin"
    assert site.api("DELETE", f"{URL}/{pk}").json() == {"id": pk, "removed": True}
    assert site.api("GET", f"{URL}/{pk}").status_code == 404


def test_the_owner_stays(site):
    pk = TenantAdmin.objects.get(role=Role.OWNER).pk

    for answer in (site.api("DELETE", f"{URL}/{pk}"), site.api("PATCH", f"{URL}/{pk}", {"role": "staff"})):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "owner_protected")


def test_another_teams_are_not_found(site, other_tenant):
    pk = TenantAdminFactory(tenant=other_tenant).pk

    for method, body in (("GET", None), ("PATCH", {"role": "staff"}), ("DELETE", None)):
        assert site.api(method, f"{URL}/{pk}", body).status_code == 404


@pytest.mark.parametrize("role", ["staff_admin", "staff"])
def test_only_the_owner_may(site, role):
    assert site.as_(role).api("GET", URL).status_code == 403


def test_writes_want_a_fresh_login(site, clock):
    pk = TenantAdmin.objects.get(role=Role.STAFF).pk
    site.api("GET", URL)
    clock.advance(minutes=16)

    for method, path in (("POST", "send-code"), ("POST", "verify"), ("PATCH", pk), ("DELETE", pk)):
        answer = site.api(method, f"{URL}/{path}", {})
        assert answer.json()["error"]["code"] == "fresh_login_needed"
    assert site.api("GET", URL).status_code == 200
