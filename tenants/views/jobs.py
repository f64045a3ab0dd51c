from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from smmbot.ui.htmx import render_part
from tenants.decorators import TenantRequest, needs
from tenants.domain import jobs
from tenants.models import Job


@require_safe
@needs(None)
def show(request: TenantRequest, job_id: int) -> HttpResponseBase:
    """How far a piece of work is. When it ends, the screen behind it is told by an event and shows what is new."""
    try:
        job = jobs.get(tenant_id=request.tenant.pk, job_id=job_id)
    except Job.DoesNotExist as error:
        raise Http404 from error
    response: HttpResponse = render_part(request, "components/job.html", {"job": job})
    if job.finished_at is not None:
        response["HX-Trigger"] = "job-ended"
    return response
