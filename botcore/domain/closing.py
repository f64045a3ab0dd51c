"""What a tenant leaves behind at the gateways when its account is deleted."""

from django.utils import timezone

from botcore.domain import ended_sessions
from botcore.gateway.errors import GatewayError
from botcore.gateway.registry import driver_for
from botcore.models import WhatsAppNumber
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)


def forget_sessions(*, tenant_id: int) -> int:
    """Unlink the tenant's numbers and forget them at their gateways: an account is deleted whether those answer or
    not, and what is left there is ended later. Returns how many were forgotten."""
    forgotten = 0
    for number in WhatsAppNumber.objects.filter(tenant_id=tenant_id).select_related("gateway").order_by("pk"):
        try:
            driver = driver_for(number)
            driver.logout(number.session_name)
            driver.delete(number.session_name)
        except (GatewayError, KeyError) as error:
            code = getattr(error, "code", "unknown_driver")
            logger.warning("session left at its gateway", extra={"number_id": number.pk, "code": code})
            ended_sessions.keep(
                gateway=number.gateway, driver=number.driver, name=number.session_name, now=timezone.now()
            )
        else:
            forgotten += 1
    return forgotten
