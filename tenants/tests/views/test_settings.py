"""Settings: keys, the audit log, the export, deleting the account."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from botcore.domain import config
from smmbot.testing.site import Site
from tenants.domain import api_keys, audit, audit_log, export
from tenants.enums import AuditSource, Role
from tenants.models import ApiKey, AuditEntry, Job, TenantAdmin


@pytest.fixture
def owner(tenant):
    return TenantAdmin.objects.get(role=Role.OWNER).user


@pytest.fixture
def write(tenant, owner):
    def run(action="config.set", **more):
        return audit.record(
            tenant_id=tenant.pk,
            user_id=owner.pk,
            action=action,
            source=AuditSource.CHAT,
            now=timezone.now(),
            **more,
        )

    return run


def test_name_and_zone_are_saved_and_recorded(site, tenant):
    answer = site.post("/settings/", {"name": "New name", "time_zone": "UTC+5:30"})

    tenant.refresh_from_db()
    assert answer.status_code == 303
    assert tenant.name == "New name"
    assert config.load(tenant_id=tenant.pk).text("scheduler_timezone") == "UTC+5:30"
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"account.change", "config.set"}


@pytest.mark.parametrize("wrong", [{"name": ""}, {"time_zone": "Asia/Dhaka"}])
def test_wrong_account_settings_are_told(site, wrong):
    assert site.post("/settings/", {"name": "N", "time_zone": "UTC"} | wrong).status_code == 422


def test_a_new_key_is_shown_once(site, tenant):
    page = site.post("/settings/api-keys", {"name": "Script", "role": "staff"})

    row = ApiKey.objects.get()
    html = page.content.decode()
    key = html.split('id="new-key">')[1].split("<")[0]
    assert api_keys.find(key, now=timezone.now()) == row
    assert page["Cache-Control"] == "no-store"
    again = site.get("/settings/api-keys").content.decode()
    assert key not in again
    assert row.prefix in again


def test_a_key_is_revoked(site, tenant, other_tenant, owner):
    row, key = api_keys.create(
        tenant_id=tenant.pk,
        name="S",
        role=Role.STAFF,
        by=owner,
        now=timezone.now(),
        source=AuditSource.API,
    )

    assert Site(other_tenant).post(f"/settings/api-keys/{row.pk}/revoke").status_code == 404
    site.post(f"/settings/api-keys/{row.pk}/revoke")

    assert api_keys.find(key, now=timezone.now()) is None
    assert site.post(f"/settings/api-keys/{row.pk}/revoke").status_code == 404


def test_the_audit_log_shows_before_and_after(site, write):
    write(subject="chat_mode", before={"value": "manual"}, after={"value": "ai"})

    html = site.get("/settings/audit").content.decode()

    assert "Changed a setting" in html
    assert "<del>manual</del>" in html
    assert "<ins>ai</ins>" in html


def test_what_was_recorded_is_text_not_html(site, write):
    write(subject="<script>alert(1)</script>", after={"<b>": "<i>x</i>"})

    html = site.get("/settings/audit").content.decode()

    assert "<script>alert" not in html
    assert "<i>x</i>" not in html


def test_days_are_the_tenants(site, write, configure, clock):
    configure(scheduler_timezone="UTC+14")
    write("order.force_complete", subject="order 54321")
    day = (timezone.now() + timedelta(hours=14)).date()

    def shown(**query):
        return "order 54321" in site.get("/settings/audit", query, htmx=True).content.decode()

    assert shown(since=day.isoformat(), until=day.isoformat())
    assert not shown(since=(day + timedelta(days=1)).isoformat())


@pytest.mark.parametrize(
    "query", [{"user": "x"}, {"since": "yesterday"}, {"after": "x_y"}, {"area": "nothing"}]
)
def test_a_filter_that_is_none_narrows_nothing(site, write, query):
    write(subject="order 54321")

    assert "order 54321" in site.get("/settings/audit", query).content.decode()


def test_the_next_page_goes_on(site, write, monkeypatch):
    monkeypatch.setattr(audit_log, "PAGE", 2)
    for number in range(3):
        write(subject=f"order {number}00")

    first = site.get("/settings/audit", htmx=True).content.decode()
    link = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = site.get(f"/settings/audit{link}", htmx=True).content.decode()

    assert "order 000" not in first
    assert "order 000" in second
    assert "Newest" in second


def test_the_neighbours_record_is_not_shown(site, other_tenant, write):
    write(subject="order 54321")

    assert "order 54321" not in Site(other_tenant).get("/settings/audit").content.decode()


def test_lists_cost_the_same_for_more_rows(site, tenant, owner, write):
    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            assert site.get(path).status_code == 200
        return len(queries)

    def more():
        write(subject="x")
        api_keys.create(
            tenant_id=tenant.pk,
            name="S",
            role=Role.STAFF,
            by=owner,
            now=timezone.now(),
            source=AuditSource.API,
        )

    paths = ("/settings/audit", "/settings/api-keys")
    more()
    site.get(paths[0])
    few = [cost(path) for path in paths]
    more()
    more()

    assert [cost(path) for path in paths] == few
    assert max(few) <= 15


def test_an_export_is_made_in_the_background_and_downloaded(site, tenant, other_tenant, worker):
    site.post("/settings/data/export")
    assert "Working on it" in site.get("/settings/data").content.decode()
    worker.run()

    job = Job.objects.get()
    assert "Download" in site.get("/settings/data", htmx=True).content.decode()
    answer = site.get(f"/settings/data/export/{job.pk}")
    data = b"".join(answer.streaming_content)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert int(answer["Content-Length"]) == len(data)
    assert answer["Content-Disposition"].startswith('attachment; filename="demo-panel-')
    assert Site(other_tenant).get(f"/settings/data/export/{job.pk}").status_code == 404


def test_a_second_export_waits_for_the_first(site, tenant):
    site.post("/settings/data/export")

    assert site.post("/settings/data/export").status_code == 303
    assert Job.objects.filter(kind=export.KIND).count() == 1


def test_deleting_wants_the_name_and_can_be_undone(site, tenant):
    assert site.post("/settings/data/delete", {"name": "demo"}).status_code == 422

    site.post("/settings/data/delete", {"name": "Demo Panel"})
    tenant.refresh_from_db()
    assert tenant.closes_at is not None
    assert "will be deleted on" in site.get("/settings/").content.decode()
    assert "will be deleted on" not in site.as_("staff").get("/help").content.decode()

    site.post("/settings/data/keep")
    tenant.refresh_from_db()
    assert tenant.closes_at is None
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "account.close",
        "account.keep",
    ]
