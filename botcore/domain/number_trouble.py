"""Whether the number that writes first, the default one, can do so: while it cannot, every page says it."""

from dataclasses import dataclass
from datetime import datetime

from botcore.domain.number_moves import FINAL
from botcore.domain.number_states import GATEWAY_REASONS, SLOW_AFTER, StateWords, explain, of_gateway
from botcore.enums import NumberState
from botcore.models import WhatsAppNumber


@dataclass(frozen=True, slots=True)
class Trouble:
    number: WhatsAppNumber
    words: StateWords


def of_default(*, tenant_id: int, now: datetime) -> Trouble | None:
    """None while all is well, or there is no number. One query."""
    rows = WhatsAppNumber.objects.filter(tenant_id=tenant_id, is_default=True)
    number = rows.select_related("gateway").first()
    if number is None or _is_well(number) or _has_just_begun(number, now):
        return None
    problem = number.gateway.problem if number.gateway else ""
    if problem and number.state not in FINAL:
        return Trouble(number, of_gateway(problem))
    return Trouble(number, explain(number, now=now))


def _is_well(number: WhatsAppNumber) -> bool:
    is_served = number.gateway is None or not number.gateway.problem
    return is_served and number.state == NumberState.OPEN and number.state_reason not in GATEWAY_REASONS


def _has_just_begun(number: WhatsAppNumber, now: datetime) -> bool:
    if number.state != NumberState.CONNECTING or number.state_at is None:
        return False
    return now - number.state_at < SLOW_AFTER
