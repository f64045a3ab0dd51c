from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smmbot.site import api_reference, manual
from tenants.enums import Role


@require_safe
@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "site/docs.html",
        {
            "customer_lines": manual.customers(),
            "team_lines": manual.team(),
            "roles": list(Role),
            "role_rows": manual.role_rows(),
            "statuses": manual.STATUSES,
            "verification": manual.VERIFICATION,
            "sections": api_reference.sections(),
        },
    )


@require_safe
@login_not_required
def api(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "site/api.html",
        {"sections": api_reference.sections(), "base_url": settings.PUBLIC_URL.rstrip("/")},
    )
