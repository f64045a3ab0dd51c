from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from botcore.sandbox import demo_tenant


@require_safe
@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    demo = {"phone": f"+{demo_tenant.ACTORS['owner'].phone}", "password": demo_tenant.PASSWORD}
    return render(
        request, "site/landing.html", {"is_demo": settings.DEMO, "demo": demo if settings.DEMO else None}
    )
