"""The export holds everything and no secret."""

import csv
import io
import json
import zipfile

import pytest
from django.utils import timezone

from botcore.domain import config, platform
from botcore.models import WhatsAppNumber
from panel.models import PanelConnection
from smmbot.lib import crypto
from tenants.domain import api_keys, export, jobs
from tenants.domain.audit import record
from tenants.enums import AuditSource, Role
from tenants.errors import JobRunning
from tenants.models import AuditEntry, ExportPart, TenantAdmin


@pytest.fixture
def make(tenant):
    def run():
        owner = TenantAdmin.objects.get(role=Role.OWNER).user
        now = timezone.now()
        job = export.start(tenant_id=tenant.pk, by=owner, now=now, source=AuditSource.DASHBOARD)
        with jobs.running(tenant_id=tenant.pk, job_id=job.pk) as progress:
            export.make(tenant_id=tenant.pk, progress=progress, now=now)
        job.refresh_from_db()
        data = b"".join(export.read(tenant_id=tenant.pk, job_id=job.pk))
        return job, zipfile.ZipFile(io.BytesIO(data)), data

    return run


def table(archive, name):
    return list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8", newline="")))


def test_it_holds_the_tenants_rows_and_nobody_elses(make, chat, other_tenant):
    said = chat.say("check 54321")

    job, archive, _ = make()

    assert archive.testzip() is None
    logs = table(archive, "botcore/message_logs.csv")
    assert [row["order_id"] for row in logs] == [str(said.log.order_id)]
    assert {row["tenant_id"] for row in table(archive, "tenants/identities.csv")} == {str(chat.tenant.pk)}
    about = json.loads(archive.read("account.json"))
    assert (about["name"], about["team"][0]["role"]) == ("Demo Panel", "owner")
    assert (job.state, job.done, job.total) == ("done", job.total, job.done)


def test_every_table_of_a_tenant_is_in_it(make, tenant):
    _, archive, _ = make()

    names = set(archive.namelist())
    for model in export.models_of_tenants():
        path = f"{model._meta.app_label}/{str(model._meta.verbose_name_plural).replace(' ', '_')}.csv"
        assert (path in names) == model.objects.exists(), path
    assert len(names) == len(archive.namelist())


def test_no_secret_is_in_it(make, tenant, number):
    config.set_value(tenant_id=tenant.pk, name="llm_api_key", value="sk-very-secret-key")
    owner = TenantAdmin.objects.get(role=Role.OWNER).user
    _, key = api_keys.create(
        tenant_id=tenant.pk,
        name="Script",
        role=Role.OWNER,
        by=owner,
        now=timezone.now(),
        source=AuditSource.API,
    )
    platform.send(phone="+15550100042", text="Your code is 918273", now=timezone.now(), sender=number)
    panel_key = PanelConnection.objects.get().api_key
    session = WhatsAppNumber.objects.get()

    _, archive, _ = make()

    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in (
        key,
        panel_key,
        session.webhook_key,
        session.webhook_secret,
        "sk-very-secret-key",
        "918273",
    ):
        assert secret not in everything
    assert "gAAAAA" not in everything
    assert "Script" in everything
    assert crypto.encrypt("x").startswith(export._SEALED)


def test_what_a_customer_wrote_is_no_formula(make, tenant):
    record(
        tenant_id=tenant.pk,
        user_id=None,
        action="test",
        subject="=cmd|'/c calc'!A1",
        source=AuditSource.SYSTEM,
        now=timezone.now(),
    )

    _, archive, _ = make()

    assert "'=cmd|'/c calc'!A1" in {row["subject"] for row in table(archive, "tenants/audit_entries.csv")}
    phones = {row["value"] for row in table(archive, "tenants/identities.csv")}
    assert "+15550100011" in phones


def test_it_is_written_in_parts_and_read_in_order(make, monkeypatch):
    monkeypatch.setattr(export, "PART_BYTES", 1000)
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 2)

    job, archive, data = make()

    assert ExportPart.objects.filter(job=job).count() == -(-len(data) // 1000)
    assert job.result["bytes"] == len(data)
    assert archive.testzip() is None


def test_a_new_export_replaces_the_old(make):
    first, _, _ = make()
    second, _, _ = make()

    assert set(ExportPart.objects.values_list("job_id", flat=True)) == {second.pk}
    assert export.ready(tenant_id=first.tenant_id) == second


def test_one_is_made_at_a_time(tenant):
    owner = TenantAdmin.objects.get(role=Role.OWNER).user
    given = {"tenant_id": tenant.pk, "by": owner, "now": timezone.now(), "source": AuditSource.API}
    export.start(**given)

    with pytest.raises(JobRunning):
        export.start(**given)
    assert AuditEntry.objects.filter(action="account.export").count() == 1
