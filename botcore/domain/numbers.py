"""The state of linked numbers, as their gateways tell it."""

from django.utils import timezone

from botcore.enums import NumberState
from botcore.gateway.types import SessionChanged
from botcore.models import WhatsAppNumber


def set_state(*, tenant_id: int, number_id: int, change: SessionChanged) -> bool:
    """Store a changed connection state. Returns False for what was known: gateways repeat themselves in floods."""
    now = timezone.now()
    known = {"state": change.state, "state_reason": change.reason[:200]}
    if change.own.phone:
        known["phone"] = change.own.phone
    if change.own.lid:
        known["lid"] = change.own.lid
    rows = WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id)
    if rows.filter(**known).exists():
        return False
    seen = {"last_seen_at": now} if change.state == NumberState.OPEN else {}
    rows.update(**known, **seen, state_at=now)
    return True
