"""Sessions no number has any more, ended at the gateway they are at: it may be away just then, or for days."""

from collections.abc import Sequence
from datetime import datetime

from botcore.gateway.registry import driver_at, driver_named
from botcore.models import EndedSession, Gateway
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)


def keep(*, gateway: Gateway | None, driver: str, name: str, now: datetime) -> EndedSession:
    """Write down that this session is to be ended. Said twice, it is written once."""
    return EndedSession.objects.get_or_create(
        name=name, defaults={"gateway": gateway, "driver": driver, "ended_at": now}
    )[0]


def end(*, ended_id: int) -> bool:
    """Log it out and have it forgotten. Returns False when somebody did. Raises GatewayError: try again."""
    ended = EndedSession.objects.select_related("gateway").filter(pk=ended_id).first()
    if ended is None:
        return False
    driver = driver_at(ended.gateway) if ended.gateway else driver_named(ended.driver)
    driver.logout(ended.name)
    driver.delete(ended.name)
    ended.delete()
    logger.info("session ended", extra={"gateway_id": ended.gateway_id, "driver": ended.driver})
    return True


def left(*, gateway: Gateway | None, before: datetime, limit: int) -> Sequence[int]:
    """Ids of those at this gateway that nobody has ended: the gateway was away too long, or the task was lost."""
    rows = EndedSession.objects.filter(gateway=gateway, ended_at__lt=before).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])
