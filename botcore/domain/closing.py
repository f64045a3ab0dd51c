"""What a tenant leaves behind at the gateways when its account is deleted."""

from botcore.gateway.errors import GatewayError
from botcore.gateway.registry import driver_for
from botcore.models import WhatsAppNumber
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)


def forget_sessions(*, tenant_id: int) -> int:
    """Unlink the tenant's numbers and forget them at their gateways, as far as those answer: an account is deleted
    whether they do or not. Returns how many were forgotten."""
    forgotten = 0
    for number in WhatsAppNumber.objects.filter(tenant_id=tenant_id).order_by("pk"):
        try:
            driver = driver_for(number)
            driver.logout(number.session_name)
            driver.delete(number.session_name)
        except (GatewayError, KeyError) as error:
            code = getattr(error, "code", "unknown_driver")
            logger.warning("session left at its gateway", extra={"number_id": number.pk, "code": code})
        else:
            forgotten += 1
    return forgotten
