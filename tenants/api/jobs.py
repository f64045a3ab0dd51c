from django.urls import path

from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.api.errors import translates
from tenants.domain import jobs
from tenants.errors import JobRunning
from tenants.models import Job
from tenants.schemas.jobs import JobOut

translates(JobRunning, status=409, message="This work is running already. Wait until it has ended.")


def job_out(job: Job) -> JobOut:
    """A job as the API tells it, here and wherever work is accepted with 202."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "total": job.total,
        "done": job.done,
        "result": job.result,
        "error": job.error,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


@endpoint("GET", out=JobOut)
def show(request: ApiRequest, job_id: int) -> ApiResult:
    """How far a piece of background work is."""
    return ok(job_out(jobs.get(tenant_id=request.tenant_id, job_id=job_id)))


urlpatterns = [path("jobs/<int:job_id>", methods(show), name="api_job")]
