"""Long work a person started: queued with its row, watched while it runs, found again later.

job = jobs.start(tenant_id=…, kind="groups.sync", by=user, now=now, enqueue=lambda pk: sync.apply_async(…))
with jobs.running(tenant_id=…, job_id=…) as progress:      # in the task
    progress.total(40); progress.step(); progress.finish({"added": 3})
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from smmbot.lib.logs import get_logger
from tenants.enums import JobState
from tenants.errors import JobRunning
from tenants.models import Job, User

logger = get_logger(__name__)

# No sign of life for so long: its worker is gone, and the work may be started again.
LOST_AFTER = timedelta(minutes=10)
_TELL_EVERY = timedelta(seconds=1)
_ALIVE = (JobState.QUEUED, JobState.RUNNING)


class JobFailed(Exception):
    """Ends the job. The text is shown: what happened and what to do."""


def start(
    *,
    tenant_id: int,
    kind: str,
    by: User | None,
    now: datetime,
    enqueue: Callable[[int], Any],
    params: Mapping[str, Any] | None = None,
) -> Job:
    """Write the row and queue the work after the commit. enqueue: gets the job's id. Raises JobRunning."""
    _give_up_lost(tenant_id, kind, now)
    try:
        with transaction.atomic():
            job = Job.objects.create(
                tenant_id=tenant_id,
                kind=kind,
                created_by=by,
                params=dict(params or {}),
                created_at=now,
                updated_at=now,
            )
            transaction.on_commit(partial(enqueue, job.pk))
    except IntegrityError as error:
        running_one = Job.objects.filter(tenant_id=tenant_id, kind=kind, state__in=_ALIVE).first()
        raise JobRunning(running_one.pk if running_one else 0) from error
    return job


class Progress:
    """How far a job is, told to its row at most once a second."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._told_at = job.updated_at

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.job.params)

    def total(self, count: int) -> None:
        self.job.total = count
        self._tell(timezone.now())

    def step(self, count: int = 1) -> None:
        self.job.done += count
        now = timezone.now()
        if now - self._told_at >= _TELL_EVERY:
            self._tell(now)

    def finish(self, result: Mapping[str, Any]) -> None:
        self.job.result = dict(result)

    def _tell(self, now: datetime) -> None:
        self._told_at = now
        Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING).update(
            total=self.job.total, done=self.job.done, updated_at=now
        )


@contextmanager
def running(*, tenant_id: int, job_id: int) -> Iterator[Progress | None]:
    """Claim the job for the block; None when it is not there to be claimed. JobFailed ends it with its words."""
    now = timezone.now()
    rows = Job.objects.filter(tenant_id=tenant_id, pk=job_id)
    if not rows.filter(state=JobState.QUEUED).update(state=JobState.RUNNING, updated_at=now):
        yield None
        return
    progress = Progress(rows.get())
    error = ""
    try:
        yield progress
    except JobFailed as failure:
        error = str(failure)
    except Exception:
        logger.exception("job failed", extra={"job_id": job_id, "kind": progress.job.kind})
        error = "Something went wrong on our side. Nothing is lost; please start it again."
    job, now = progress.job, timezone.now()
    rows.filter(state=JobState.RUNNING).update(
        state=JobState.FAILED if error else JobState.DONE,
        error=error[:300],
        total=job.total,
        done=job.done,
        result=job.result,
        updated_at=now,
        finished_at=now,
    )


def latest(*, tenant_id: int, kind: str) -> Job | None:
    """The newest of its kind, whatever its state."""
    return Job.objects.filter(tenant_id=tenant_id, kind=kind).order_by("-pk").first()


def get(*, tenant_id: int, job_id: int) -> Job:
    """Raises Job.DoesNotExist. One whose worker is gone is given up first."""
    job: Job = Job.objects.get(tenant_id=tenant_id, pk=job_id)
    if job.state in _ALIVE and timezone.now() - job.updated_at > LOST_AFTER:
        _give_up_lost(tenant_id, job.kind, timezone.now())
        job.refresh_from_db()
    return job


def _give_up_lost(tenant_id: int, kind: str, now: datetime) -> None:
    Job.objects.filter(
        tenant_id=tenant_id, kind=kind, state__in=_ALIVE, updated_at__lt=now - LOST_AFTER
    ).update(
        state=JobState.FAILED,
        error="The work stopped half-way. Please start it again.",
        updated_at=now,
        finished_at=now,
    )
