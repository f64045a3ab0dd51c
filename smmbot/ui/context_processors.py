from typing import Any

from django.conf import settings
from django.http import HttpRequest

from smmbot.ui.navigation import menu_of
from tenants.domain import sessions
from tenants.domain.sessions import SignedIn
from tenants.permissions import Permission


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every dashboard page shows. Teams are asked for only where the frame is drawn."""
    context: dict[str, Any] = {"is_demo": settings.DEMO, "Permission": Permission}
    signed_in: SignedIn | None = getattr(request, "signed_in", None)
    if signed_in is None or signed_in.tenant is None or signed_in.role is None:
        return context
    return context | {
        "tenant": signed_in.tenant,
        "role": signed_in.role,
        "impersonator": signed_in.session.impersonator,
        "menu": lambda: menu_of(signed_in.role, request.path) if signed_in.role else [],
        "teams": lambda: sessions.teams(signed_in.user),
    }
