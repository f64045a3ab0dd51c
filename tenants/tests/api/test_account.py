"""The account's JSON twins: itself, keys, the record, the export, deletion."""

import io
import zipfile

import pytest
from django.utils import timezone

from smmbot.testing.site import Site
from tenants.domain import api_keys, audit
from tenants.enums import AuditSource, Role
from tenants.models import ApiKey, TenantAdmin


@pytest.fixture
def owner(tenant):
    return TenantAdmin.objects.get(role=Role.OWNER).user


def test_the_account_is_read_and_changed(site):
    assert site.api("GET", "/api/v1/account").json()["time_zone"] == "UTC"

    changed = site.api("PATCH", "/api/v1/account", {"name": "New", "time_zone": "UTC-9:30"}).json()

    assert (changed["name"], changed["time_zone"], changed["closes_at"]) == ("New", "UTC-9:30", None)


@pytest.mark.parametrize("body", [{"time_zone": "Asia/Dhaka"}, {"name": ""}, {"slug": "x"}])
def test_what_cannot_be_is_refused(site, body):
    assert site.api("PATCH", "/api/v1/account", body).status_code == 400


def test_a_key_made_here_opens_the_api_for_its_role(site):
    made = site.api("POST", "/api/v1/api-keys", {"name": "Script", "role": "staff_admin"})

    key = made.json()["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    script = site.as_(None)
    assert made.status_code == 201
    assert "key" not in site.api("GET", "/api/v1/api-keys").json()["results"][0]
    assert script.api("GET", "/api/v1/api-keys", **bearer).status_code == 403
    assert site.api("DELETE", f"/api/v1/api-keys/{made.json()['id']}").json()["revoked"] is True
    assert script.api("GET", "/api/v1/api-keys", **bearer).status_code == 401


def test_no_key_does_what_wants_a_fresh_login(site, tenant, owner):
    _, key = api_keys.create(
        tenant_id=tenant.pk,
        name="S",
        role=Role.OWNER,
        by=owner,
        now=timezone.now(),
        source=AuditSource.API,
    )
    bearer = {"Authorization": f"Bearer {key}"}

    for method, path in (
        ("POST", "api-keys"),
        ("POST", "account/close"),
        ("POST", "account/export"),
        ("POST", "admin-numbers/send-code"),
    ):
        answer = site.as_(None).api(method, f"/api/v1/{path}", {}, **bearer)
        told = answer.json()["error"]
        assert told["code"] == "fresh_login_needed"
        assert "an API key cannot show" in told["message"]


def test_the_neighbours_key_is_not_found(site, other_tenant):
    Site(other_tenant).api("POST", "/api/v1/api-keys", {"name": "Theirs", "role": "staff"})
    pk = ApiKey._base_manager.get(tenant=other_tenant, name="Theirs").pk

    assert site.api("DELETE", f"/api/v1/api-keys/{pk}").status_code == 404


def test_the_record_is_read_filtered_and_paged(site, tenant, owner):
    for number in range(3):
        audit.record(
            tenant_id=tenant.pk,
            user_id=owner.pk,
            action="config.set" if number else "group.switch",
            subject=f"s{number}",
            after={"value": number},
            source=AuditSource.CHAT,
            now=timezone.now(),
        )

    page = site.api("GET", "/api/v1/audit?area=settings&page_size=1").json()

    assert (page["total"], page["results"][0]["subject"], page["results"][0]["who"]) == (2, "s2", "Olivia")
    assert site.api("GET", page["next"]).json()["results"][0]["subject"] == "s1"
    assert site.api("GET", "/api/v1/audit?area=nothing").status_code == 400
    assert site.api("GET", "/api/v1/audit?until=9999-12-31").status_code == 200


def test_an_export_is_accepted_made_and_downloaded(site, other_tenant, worker):
    assert site.api("GET", "/api/v1/account/export").json() == {"latest": None, "ready": None}
    started = site.api("POST", "/api/v1/account/export")
    again = site.api("POST", "/api/v1/account/export")
    pk = started.json()["id"]
    begun = site.api("GET", "/api/v1/account/export").json()
    assert (begun["latest"]["id"], begun["ready"]) == (pk, None)
    worker.run()

    done = site.api("GET", "/api/v1/account/export").json()
    assert done["ready"]["id"] == done["latest"]["id"] == pk
    assert (started.status_code, again.status_code) == (202, 409)
    assert site.api("GET", f"/api/v1/jobs/{pk}").json()["state"] == "done"
    answer = site.api("GET", f"/api/v1/account/export/{pk}")
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    assert Site(other_tenant).api("GET", f"/api/v1/account/export/{pk}").status_code == 404


def test_deletion_is_asked_for_and_undone(site, tenant):
    wrong = site.api("POST", "/api/v1/account/close", {"name": "other"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "wrong_name")

    asked = site.api("POST", "/api/v1/account/close", {"name": "Demo Panel"})
    assert asked.json()["closes_at"] == site.api("GET", "/api/v1/account").json()["closes_at"]
    assert site.api("POST", "/api/v1/account/keep").json() == {"closes_at": None, "changed": True}
    assert site.api("GET", "/api/v1/account").json()["closes_at"] is None
