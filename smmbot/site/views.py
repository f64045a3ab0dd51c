from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from botcore.sandbox import demo_tenant
from smmbot.lib import logs


@require_safe
@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    demo = {"phone": f"+{demo_tenant.ACTORS['owner'].phone}", "password": demo_tenant.PASSWORD}
    return render(
        request, "site/landing.html", {"is_demo": settings.DEMO, "demo": demo if settings.DEMO else None}
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke may be anything: the page asks neither the database nor the request. It names the id under which the
    log has it, for whoever writes to support."""
    page = render_to_string("500.html", {"request_id": logs.request_id()})
    return HttpResponse(page, status=500)
