"""Looking at a tenant's panel in the background, with the finding kept beside it."""

from datetime import datetime
from functools import partial

from django.utils import timezone

from botcore import wake
from botcore.wake import Wake
from panel.domain import connections, probe
from panel.errors import PanelNotConfigured
from tenants.domain import jobs
from tenants.domain.jobs import JobFailed
from tenants.domain.limits import Limit, spend
from tenants.models import Job, User

KIND = "panel.validate"
# A wrong key tried again and again may lock our server out of the panel.
CHECKS = Limit("panel-validate", 10, 600)


def start(*, tenant_id: int, by: User | None, now: datetime) -> Job:
    """Raises TooManyTries, JobRunning."""
    spend(CHECKS, str(tenant_id))
    return jobs.start(tenant_id=tenant_id, kind=KIND, by=by, now=now, enqueue=partial(_enqueue, tenant_id))


def _enqueue(tenant_id: int, job_id: int) -> None:
    wake.up(Wake.CHECK_PANEL, tenant_id=tenant_id, row_id=job_id)


def run(*, tenant_id: int, job_id: int) -> None:
    with jobs.running(tenant_id=tenant_id, job_id=job_id) as progress:
        if progress is None:
            return
        try:
            connection = connections.active(tenant_id=tenant_id)
        except PanelNotConfigured as error:
            raise JobFailed("There is no panel to check. Enter its address and key first.") from error
        found = probe.stored(probe.look_and_keep(connection=connection, now=timezone.now()))
        if not found["authorised"]:
            raise JobFailed(probe.words_of(found["code"]))
        allowed = sum(map(bool, found["capabilities"].values()))
        progress.finish(
            {
                "text": f"The panel answers, and the key may do {allowed} of {len(found['capabilities'])} things."
            }
        )
