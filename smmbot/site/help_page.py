from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smmbot.site import manual
from tenants.decorators import TenantRequest, needs
from tenants.enums import Role
from tenants.permissions import Permission


@require_safe
@needs(Permission.VIEW_LOGS)
def index(request: TenantRequest) -> HttpResponseBase:
    return render(
        request,
        "site/help.html",
        {
            "sheets": manual.sheets(),
            "roles": list(Role),
            "role_rows": manual.role_rows(),
            "statuses": manual.STATUSES,
            "verification": manual.VERIFICATION,
        },
    )
