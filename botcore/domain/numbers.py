"""A tenant's WhatsApp numbers: added, named, made the default, removed; and their state as their gateways tell it.

What speaks to a gateway is in linking.py and runs in a worker.
"""

from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from botcore import wake
from botcore.domain.number_states import OWN_REASONS, REMOVING, TAKEN, TAKEN_HERE
from botcore.enums import NumberState, OutboxState
from botcore.errors import NumberLeaving, TooManyNumbers
from botcore.gateway.types import SessionChanged
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.models.whatsapp_number import new_webhook_key
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.models import Tenant, User
from tenants.scoping import all_tenants

logger = get_logger(__name__)

DEFAULT_DRIVER: Final = "sandbox"
MAX_NUMBERS: Final = 20
# A phone stands behind these: another link of the same phone is refused.
_LINKED = (NumberState.OPEN, NumberState.CONNECTING, NumberState.CLOSED)


def listed(*, tenant_id: int) -> QuerySet[WhatsAppNumber]:
    """The tenant's numbers, the default first; unsent: replies that wait for each."""
    waiting = (
        OutboxMessage.objects.filter(number=OuterRef("pk"), state=OutboxState.QUEUED)
        .order_by()
        .values("number")
        .annotate(count=Count("pk"))
    )
    rows: QuerySet[WhatsAppNumber] = WhatsAppNumber.objects.filter(tenant_id=tenant_id)
    return rows.annotate(unsent=Coalesce(Subquery(waiting.values("count")), 0)).order_by("-is_default", "pk")


def get_number(*, tenant_id: int, number_id: int) -> WhatsAppNumber:
    """Raises WhatsAppNumber.DoesNotExist, also for another tenant's."""
    return listed(tenant_id=tenant_id).get(pk=number_id)


@transaction.atomic
def add(
    *, tenant_id: int, name: str, by: User, source: AuditSource, now: datetime, driver: str = DEFAULT_DRIVER
) -> WhatsAppNumber:
    """Add a number and begin to link it. The first is the default. Raises TooManyNumbers."""
    Tenant.objects.select_for_update().get(pk=tenant_id)
    mine = WhatsAppNumber.objects.filter(tenant_id=tenant_id)
    if mine.count() >= MAX_NUMBERS:
        raise TooManyNumbers(MAX_NUMBERS)
    number = WhatsAppNumber.objects.create(
        tenant_id=tenant_id,
        driver=driver,
        name=name,
        state=NumberState.CONNECTING,
        state_at=now,
        is_default=not mine.filter(is_default=True).exists(),
    )
    audit.record_on(
        number, "number.add", user_id=by.pk, source=source, now=now, after={"name": name, "driver": driver}
    )
    wake.after_commit(Wake.LINK_NUMBER, tenant_id=tenant_id, row_id=number.pk)
    return number


@transaction.atomic
def rename(*, number: WhatsAppNumber, name: str, by: User, source: AuditSource, now: datetime) -> None:
    if name == number.name:
        return
    before, number.name = number.name, name
    number.save(update_fields=["name"])
    audit.record_on(
        number,
        "number.rename",
        user_id=by.pk,
        source=source,
        now=now,
        before={"name": before},
        after={"name": name},
    )


@transaction.atomic
def make_default(*, number: WhatsAppNumber, by: User, source: AuditSource, now: datetime) -> None:
    """The number that writes first: codes for staff, escalations, notices. Exactly one is. Raises NumberLeaving."""
    _refuse_leaving(number)
    Tenant.objects.select_for_update().get(pk=number.tenant_id)
    mine = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id)
    before = mine.filter(is_default=True).first()
    if before is not None and before.pk == number.pk:
        return
    mine.filter(is_default=True).update(is_default=False)
    mine.filter(pk=number.pk).update(is_default=True)
    number.is_default = True
    audit.record_on(
        number,
        "number.make_default",
        user_id=by.pk,
        source=source,
        now=now,
        before={"default": str(before) if before else None},
        after={"default": str(number)},
    )


def connect(*, number: WhatsAppNumber, by: User, source: AuditSource, now: datetime) -> None:
    """Begin to link it, or reach WhatsApp again: a live link that answers stays. Raises NumberLeaving."""
    _refuse_leaving(number)
    with transaction.atomic():
        _put(number, NumberState.CONNECTING, "", now)
        audit.record_on(number, "number.connect", user_id=by.pk, source=source, now=now)
    wake.after_commit(Wake.LINK_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)


def log_out(*, number: WhatsAppNumber, reason: str, by: User, source: AuditSource, now: datetime) -> None:
    """End the link; the number stays in the list. Raises NumberLeaving."""
    _refuse_leaving(number)
    with transaction.atomic():
        before = number.state
        _put(number, NumberState.LOGGED_OUT, reason, now)
        audit.record_on(
            number,
            "number.log_out",
            user_id=by.pk,
            source=source,
            now=now,
            before={"state": before},
            after={"state": NumberState.LOGGED_OUT.value},
        )
    wake.after_commit(Wake.LOG_OUT_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)


@transaction.atomic
def remove(*, number: WhatsAppNumber, by: User, source: AuditSource, now: datetime) -> None:
    """Take it out of use at once; a worker ends its session and deletes its chats. Said again, it wakes the worker."""
    Tenant.objects.select_for_update().get(pk=number.tenant_id)
    was_default = number.is_default
    if number.state_reason != REMOVING:
        audit.record_on(
            number,
            "number.remove",
            user_id=by.pk,
            source=source,
            now=now,
            before={"name": number.name, "phone": number.phone, "default": was_default},
        )
    number.is_default = False
    number.webhook_key = new_webhook_key()  # what its gateway still tells finds nobody
    number.save(update_fields=["is_default", "webhook_key"])
    _put(number, NumberState.LOGGED_OUT, REMOVING, now)
    if was_default:
        _pass_default_on(number.tenant_id)
    wake.after_commit(Wake.REMOVE_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)


def set_state(*, tenant_id: int, number_id: int, change: SessionChanged) -> bool:
    """Store a changed connection state. Returns False for what was known: gateways repeat themselves in floods.

    A phone that is linked elsewhere is not linked again: the new link is ended.
    """
    now = timezone.now()
    rows = WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id)
    if rows.filter(**_facts(change)).exists() or rows.filter(state_reason=REMOVING).exists():
        return False
    if change.state == NumberState.LOGGED_OUT and _is_ours(rows):
        return False  # why is known better here
    with transaction.atomic():
        refusal = _refusal(tenant_id, number_id, change)
        if refusal:
            rows.update(state=NumberState.LOGGED_OUT, state_reason=refusal, state_at=now, phone="", lid="")
            logger.warning("a phone linked twice", extra={"number_id": number_id, "reason": refusal})
            wake.after_commit(Wake.LOG_OUT_NUMBER, tenant_id=tenant_id, row_id=number_id)
            return True
        seen = {"last_seen_at": now} if change.state == NumberState.OPEN else {}
        before = rows.values_list("phone", flat=True).first()
        # The same state with another reason goes on since when it did.
        since: Any = now if not rows.filter(state=change.state).exists() else F("state_at")
        rows.update(**_facts(change), **seen, state_at=since)
        if change.state == NumberState.OPEN and change.own.phone and before != change.own.phone:
            audit.record(
                tenant_id=tenant_id,
                user_id=None,
                action="number.linked",
                subject=f"number {number_id}",
                before={"phone": before or ""},
                after={"phone": change.own.phone},
                source=AuditSource.SYSTEM,
                now=now,
            )
    return True


def seen(*, tenant_id: int, number_id: int, now: datetime) -> None:
    """Its gateway says that it is live."""
    WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id, state=NumberState.OPEN).update(
        last_seen_at=now
    )


def _facts(change: SessionChanged) -> dict[str, str]:
    known = {"state": str(change.state), "state_reason": change.reason[:200]}
    if change.own.phone:
        known["phone"] = change.own.phone
    if change.own.lid:
        known["lid"] = change.own.lid
    return known


def _is_ours(rows: QuerySet[WhatsAppNumber]) -> bool:
    return rows.filter(state=NumberState.LOGGED_OUT, state_reason__in=OWN_REASONS).exists()


def _refusal(tenant_id: int, number_id: int, change: SessionChanged) -> str:
    """Why this phone may not be linked here; empty when it may. Two that open at once wait for each other."""
    phone = change.own.phone
    if change.state != NumberState.OPEN or not phone:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"whatsapp-number:{phone}"])
    with all_tenants("one WhatsApp number serves one tenant"):
        # The Sandbox page's phones are toys of one tenant each, all with the same number.
        holders = WhatsAppNumber.objects.filter(phone=phone, state__in=_LINKED, tenant__sandbox_of=None)
        holder = holders.exclude(pk=number_id).values_list("tenant_id", flat=True).first()
        if holder is None or Tenant.objects.filter(pk=tenant_id).exclude(sandbox_of=None).exists():
            return ""
    return TAKEN_HERE if holder == tenant_id else TAKEN


def _put(number: WhatsAppNumber, state: NumberState, reason: str, now: datetime) -> None:
    number.state, number.state_reason, number.state_at = state, reason, now
    number.save(update_fields=["state", "state_reason", "state_at"])


def _pass_default_on(tenant_id: int) -> None:
    rest = WhatsAppNumber.objects.filter(tenant_id=tenant_id).exclude(state_reason=REMOVING)
    heir = rest.annotate(is_live=Q(state=NumberState.OPEN)).order_by("-is_live", "pk").first()
    if heir is not None:
        WhatsAppNumber.objects.filter(pk=heir.pk).update(is_default=True)


def _refuse_leaving(number: WhatsAppNumber) -> None:
    if number.state_reason == REMOVING:
        raise NumberLeaving
