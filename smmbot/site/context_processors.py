from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from botcore.domain import number_trouble
from botcore.domain.number_trouble import Trouble
from tenants.domain.sessions import SignedIn
from tenants.permissions import Permission, may


def zone(request: HttpRequest) -> dict[str, Any]:
    """In which zone times are shown; see ZoneMiddleware."""
    return {"zone": request.zone} if hasattr(request, "zone") else {}


def trouble(request: HttpRequest) -> dict[str, Any]:
    """What the frame says when the default number cannot write. Asked for only where the frame is drawn."""
    signed_in: SignedIn | None = getattr(request, "signed_in", None)
    if signed_in is None or signed_in.tenant is None or not may(signed_in.role, Permission.BOT_OVERVIEW):
        return {}
    tenant_id = signed_in.tenant.pk

    def look() -> Trouble | None:
        # The pages of the numbers say it themselves.
        if request.path.startswith(reverse("numbers")):
            return None
        return number_trouble.of_default(tenant_id=tenant_id, now=timezone.now())

    return {"trouble": look}
