from django.urls import path

from botcore.enums import NumberState
from botcore.models import WhatsAppNumber
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.site import health
from tenants.permissions import Permission


@endpoint("GET", needs=Permission.BOT_OVERVIEW)
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
            "numbers": [
                {
                    "id": row.pk,
                    "name": str(row),
                    "is_default": row.is_default,
                    "state": row.state,
                    "since": row.state_at,
                    "last_seen_at": row.last_seen_at,
                }
                for row in rows
            ],
        }
    )


urlpatterns = [path("health", methods(show), name="api_health")]
