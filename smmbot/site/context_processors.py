from typing import Any

from django.http import HttpRequest


def zone(request: HttpRequest) -> dict[str, Any]:
    """In which zone times are shown; see ZoneMiddleware."""
    return {"zone": request.zone} if hasattr(request, "zone") else {}
