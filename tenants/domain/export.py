"""Everything a tenant has with us, as a ZIP of tables: made in the background, kept for some days, without secrets.

Every table that belongs to tenants is in it by itself, also those of areas this module does not know.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from smmbot.lib.crypto import EncryptedTextField
from tenants import tasks
from tenants.domain import audit, jobs
from tenants.domain.jobs import Progress
from tenants.enums import AuditSource, JobState
from tenants.models import ExportPart, Job, Tenant, TenantAdmin, User
from tenants.scoping import TenantModel, tenant_scope

KIND = "account.export"
KEPT_FOR = timedelta(days=7)
PART_BYTES = 512 * 1024
ROWS_AT_ONCE = 2000
HIDDEN = "(hidden)"
# A message that carries a code or a first password says so (botcore/domain/platform.py).
SECRET_PART = "account"  # noqa: S105 -- a name

_LEFT_OUT = {"tenants.ExportPart", "tenants.Job", "tenants.VerificationCode"}
_SECRET_NAMES = ("key", "secret", "token", "digest", "salt")
# Fernet's version byte, as it begins in base64: a secret that stands in a plain column.
_SEALED = "gAAAAA"


def start(*, tenant_id: int, by: User, now: datetime, source: AuditSource) -> Job:
    """Begin an export. Raises JobRunning."""
    with transaction.atomic():
        job = jobs.start(
            tenant_id=tenant_id,
            kind=KIND,
            by=by,
            now=now,
            enqueue=lambda job_id: tasks.export_account.apply_async((tenant_id, job_id), queue="sync"),
        )
        audit.record(tenant_id=tenant_id, user_id=by.pk, action="account.export", source=source, now=now)
    return job


def make(*, tenant_id: int, progress: Progress, now: datetime) -> None:
    """Write the ZIP; in the job's task. An older one is thrown away first."""
    ExportPart.objects.filter(tenant_id=tenant_id).exclude(job=progress.job).delete()
    tables = [(model, model._base_manager.filter(tenant_id=tenant_id)) for model in models_of_tenants()]
    counts = {model._meta.label: rows.count() for model, rows in tables}
    progress.total(sum(counts.values()))
    out = _Parts(progress.job)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("account.json", json.dumps(_about(tenant_id, now), indent=2, cls=DjangoJSONEncoder))
        for model, rows in tables:
            if counts[model._meta.label]:
                _write_table(archive, model, rows, progress)
    out.close()
    written = sum(1 for count in counts.values() if count)
    progress.finish(
        {
            "text": f"Your export is ready: {sum(counts.values()):,} rows in {written} tables.",
            "bytes": out.size,
        }
    )


def ready(*, tenant_id: int) -> Job | None:
    """The newest export that can be downloaded."""
    parts = ExportPart.objects.filter(job_id=models.OuterRef("pk"))
    rows = Job.objects.filter(models.Exists(parts), tenant_id=tenant_id, kind=KIND, state=JobState.DONE)
    return rows.order_by("-pk").first()


def get(*, tenant_id: int, job_id: int) -> Job:
    """An export that can be downloaded. Raises Job.DoesNotExist."""
    parts = ExportPart.objects.filter(job_id=models.OuterRef("pk"))
    rows = Job.objects.filter(models.Exists(parts), tenant_id=tenant_id, kind=KIND, state=JobState.DONE)
    job: Job = rows.get(pk=job_id)
    return job


def read(*, tenant_id: int, job_id: int) -> Iterator[bytes]:
    """The ZIP, part by part. Opens the tenant's scope itself: it is read after the request is over."""
    number = 0
    while True:
        with tenant_scope(tenant_id):
            rows = ExportPart.objects.filter(tenant_id=tenant_id, job_id=job_id, number=number)
            data = rows.values_list("data", flat=True).first()
        if data is None:
            return
        yield bytes(data)
        number += 1


def forget_old(*, now: datetime) -> int:
    """Throw away what was kept long enough, of every tenant; call it with all tenants open. Returns how many parts."""
    return ExportPart.objects.filter(job__updated_at__lt=now - KEPT_FOR).delete()[0]


def models_of_tenants() -> list[type[TenantModel]]:
    found = (model for model in apps.get_models() if issubclass(model, TenantModel))
    return [model for model in found if model._meta.label not in _LEFT_OUT]


class _Parts(io.RawIOBase):
    """A file for zipfile to write to: never held as a whole, kept in rows of PART_BYTES."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job, self._number, self._held = job, 0, bytearray()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        self.size += len(data)
        while len(self._held) >= PART_BYTES:
            self._keep(self._held[:PART_BYTES])
            del self._held[:PART_BYTES]
        return len(data)

    def close(self) -> None:
        if not self.closed and self._held:
            self._keep(self._held)
            self._held = bytearray()
        super().close()

    def _keep(self, data: bytearray) -> None:
        ExportPart.objects.create(
            tenant_id=self._job.tenant_id, job=self._job, number=self._number, data=bytes(data)
        )
        self._number += 1


def _about(tenant_id: int, now: datetime) -> dict[str, Any]:
    tenant = Tenant.objects.get(pk=tenant_id)
    team = TenantAdmin.objects.filter(tenant_id=tenant_id).select_related("user").order_by("role", "pk")
    return {
        "name": tenant.name,
        "created_at": tenant.created_at,
        "exported_at": now,
        "team": [
            {"user_id": row.user_id, "name": row.user.name, "phone": str(row.user.phone), "role": row.role}
            for row in team
        ],
    }


def _write_table(
    archive: zipfile.ZipFile, model: type[TenantModel], rows: "models.QuerySet[Any]", progress: Progress
) -> None:
    fields = [field for field in model._meta.concrete_fields if not _is_secret(field)]
    name = str(model._meta.verbose_name_plural).replace(" ", "_")
    with archive.open(f"{model._meta.app_label}/{name}.csv", "w", force_zip64=True) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        table = csv.writer(text)
        table.writerow(field.attname for field in fields)
        for row in _by_id(rows):
            table.writerow(_cells(row, fields))
            progress.step()
        text.flush()
        text.detach()


def _by_id(rows: "models.QuerySet[Any]") -> Iterator[Any]:
    """All rows, some at a time: what is held does not grow with the table."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        yield from some
        last = some[-1].pk


def _is_secret(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, EncryptedTextField) or (
        field.name != "key" and field.name.rpartition("_")[2] in _SECRET_NAMES
    )


def _cells(row: Any, fields: "Iterable[models.Field[Any, Any]]") -> list[str]:
    is_hidden = getattr(row, "part", "") == SECRET_PART
    return [
        HIDDEN if is_hidden and field.name == "text" else _cell(getattr(row, field.attname))
        for field in fields
    ]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
    text = str(value)
    if text.startswith(_SEALED):
        return HIDDEN
    # A spreadsheet must not run what a customer wrote.
    is_formula = text[:1] in ("=", "@", "\t", "\r") or (text[:1] in "+-" and not _is_number(text[1:]))
    return f"'{text}" if text and is_formula else text


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
