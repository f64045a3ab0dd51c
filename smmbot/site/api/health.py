from datetime import datetime
from typing import Annotated

from django.urls import path

from botcore.enums import NumberState
from botcore.models import WhatsAppNumber
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.site import health
from tenants.permissions import Permission


class NumberHealthOut(TypedDict):
    id: int
    name: str
    is_default: bool
    state: Annotated[str, one_of(NumberState)]
    since: datetime | None
    last_seen_at: datetime | None


class HealthOut(TypedDict):
    """checks: each part by name, `ok` or what is wrong with it."""

    is_well: bool
    is_ready: bool
    checks: dict[str, str]
    numbers: list[NumberHealthOut]


def number_out(number: WhatsAppNumber) -> NumberHealthOut:
    return {
        "id": number.pk,
        "name": str(number),
        "is_default": number.is_default,
        "state": number.state,
        "since": number.state_at,
        "last_seen_at": number.last_seen_at,
    }


@endpoint("GET", needs=Permission.BOT_OVERVIEW, out=HealthOut)
def show(request: ApiRequest) -> ApiResult:
    """Whether the service does its work, and whether your numbers are live.

    For monitoring: `is_well` is true when every part answers and at least one number is live.
    """
    checks = health.checks()
    rows = list(WhatsAppNumber.objects.filter(tenant_id=request.tenant_id).order_by("-is_default", "pk"))
    is_ready = all(answer == "ok" for answer in checks.values())
    return ok(
        {
            "is_well": is_ready and any(row.state == NumberState.OPEN for row in rows),
            "is_ready": is_ready,
            "checks": checks,
            "numbers": [number_out(row) for row in rows],
        }
    )


urlpatterns = [path("health", methods(show), name="api_health")]
