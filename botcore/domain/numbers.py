"""A tenant's WhatsApp numbers: added, named, made the default, moved, removed; and their state as their gateways tell
it.

What speaks to a gateway is in linking.py and runs in a worker.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from botcore import wake
from botcore.domain import ended_sessions, link_slips, unclear_sends
from botcore.domain.number_moves import FINAL, PAIRING, Move, Standing, next_of
from botcore.domain.number_states import GATEWAY_REASONS, REMOVING, TAKEN, TAKEN_HERE
from botcore.enums import NumberState, OutboxState
from botcore.errors import GatewayNotOffered, NumberLeaving, TooManyNumbers
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.gateway.types import Address, SessionChanged
from botcore.models import Gateway, OutboxMessage, WhatsAppNumber
from botcore.models.whatsapp_number import new_session_name, new_webhook_key
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.models import Tenant, User
from tenants.scoping import all_tenants

logger = get_logger(__name__)

MAX_NUMBERS: Final = 20
# What comes so soon after a number began to connect may still be of the link before.
YOUNG_FOR: Final = timedelta(seconds=30)
# A state is read and written under condition; somebody else may be faster.
_TRIES: Final = 5
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


def name_of(gateway: Gateway | None) -> str:
    """As tenants know it."""
    return gateway.name if gateway else "Sandbox"


@transaction.atomic
def add(
    *,
    tenant_id: int,
    name: str,
    by: User,
    source: AuditSource,
    now: datetime,
    gateway: Gateway | None = None,
    accepts_risk: bool = False,
) -> WhatsAppNumber:
    """Add a number and begin to link it. The first is the default. gateway: None is the sandbox.

    accepts_risk: they were told what WhatsApp may do to such a number; for the record. Raises TooManyNumbers,
    GatewayNotOffered.
    """
    _refuse_not_offered(gateway)
    Tenant.objects.select_for_update().get(pk=tenant_id)
    mine = WhatsAppNumber.objects.filter(tenant_id=tenant_id)
    if mine.count() >= MAX_NUMBERS:
        raise TooManyNumbers(MAX_NUMBERS)
    number = WhatsAppNumber.objects.create(
        tenant_id=tenant_id,
        gateway=gateway,
        driver=_driver_of(gateway),
        name=name,
        state=NumberState.CONNECTING,
        state_at=now,
        is_default=not mine.filter(is_default=True).exists(),
    )
    audit.record_on(
        number,
        "number.add",
        user_id=by.pk,
        source=source,
        now=now,
        after={
            "name": name,
            "gateway": name_of(gateway),
            **({"accepts_risk": True} if accepts_risk else {}),
        },
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


@transaction.atomic
def move(
    *, number: WhatsAppNumber, gateway: Gateway | None, by: User, source: AuditSource, now: datetime
) -> bool:
    """Have another gateway serve it: its phone scans again, nothing else changes. gateway: None is the sandbox.

    A worker ends its session at the old one. Returns False when it is there already. Raises NumberLeaving,
    GatewayNotOffered.
    """
    _refuse_leaving(number)
    _refuse_not_offered(gateway)
    number.refresh_from_db(from_queryset=WhatsAppNumber.objects.select_for_update())
    before = number.gateway
    if number.gateway_id == (gateway.pk if gateway else None):
        return False
    link_slips.forget(number.pk)
    ended = ended_sessions.keep(gateway=before, driver=number.driver, name=number.session_name, now=now)
    number.gateway, number.driver = gateway, _driver_of(gateway)
    number.session_name = new_session_name()
    number.webhook_key, number.webhook_secret = new_webhook_key(), new_webhook_key()
    number.told_state = ""
    number.save(
        update_fields=["gateway", "driver", "session_name", "webhook_key", "webhook_secret", "told_state"]
    )
    _put(number, NumberState.CONNECTING, "", now)
    audit.record_on(
        number,
        "number.move",
        user_id=by.pk,
        source=source,
        now=now,
        before={"gateway": name_of(before)},
        after={"gateway": name_of(gateway)},
    )
    unclear_sends.give_up(tenant_id=number.tenant_id, number_id=number.pk)
    wake.after_commit(Wake.END_SESSION, tenant_id=number.tenant_id, row_id=ended.pk)
    wake.after_commit(Wake.LINK_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)
    return True


def connect(*, number: WhatsAppNumber, by: User, source: AuditSource, now: datetime) -> None:
    """Begin to link it, or reach WhatsApp again: a live link that answers stays. Raises NumberLeaving."""
    _refuse_leaving(number)
    link_slips.forget(number.pk)
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
        _forget_told(number)
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


def set_state(*, tenant_id: int, number_id: int, change: SessionChanged, is_asked: bool = False) -> bool:
    """Store a changed connection state (number_moves.py says what changes it). Returns False where nothing did, which
    costs one read: gateways repeat themselves in floods.

    is_asked: it is the answer to our question, not an event that may be late. A phone that is linked elsewhere is not
    linked again: the new link is ended.
    """
    rows = WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id)
    for _ in range(_TRIES):
        number = rows.only(*_READ_FOR_STATE).first()
        now = timezone.now()
        if number is None or number.state_reason == REMOVING:
            return False
        move = next_of(_standing(number, now), change, is_asked=is_asked)
        if move is None and not _tells_new_address(number, change):
            return False
        if _write(number, move or (NumberState(number.state), number.state_reason), change.own, now):
            return True
    logger.warning("state not written: others were faster", extra={"number_id": number_id})
    return False


def is_news(number: WhatsAppNumber, change: SessionChanged) -> bool:
    """Would this, if it were so now, change anything about the number?"""
    move = next_of(_standing(number, timezone.now()), change, is_asked=True)
    return move is not None or _tells_new_address(number, change)


def offers_code(*, number_id: int) -> None:
    """Its gateway has a code to scan; the number's tenant is open."""
    WhatsAppNumber.objects.filter(pk=number_id, state__in=(NumberState.NEW, NumberState.CONNECTING)).exclude(
        state_reason=REMOVING
    ).update(state=NumberState.QR, state_reason="")


def blame_gateway(*, numbers: QuerySet[WhatsAppNumber], reason: str) -> int:
    """Say on these numbers that their gateway does not serve. Where they stand nobody knows now, so that stays."""
    rows = numbers.exclude(state__in=FINAL).exclude(state_reason=REMOVING)
    return rows.exclude(state_reason=reason).update(state_reason=reason)


def acquit_gateway(*, number_ids: Collection[int]) -> None:
    """Their gateway serves again: what is still blamed on it is so no longer."""
    blamed = WhatsAppNumber.objects.filter(pk__in=number_ids, state_reason__in=GATEWAY_REASONS)
    blamed.update(state_reason="")


def seen(*, number_ids: Collection[int], now: datetime) -> None:
    """Their gateway says that they are live; from now on their loss is news."""
    live = WhatsAppNumber.objects.filter(pk__in=number_ids, state=NumberState.OPEN)
    live.update(last_seen_at=now)
    live.filter(told_state="").update(told_state=NumberState.OPEN)


_READ_FOR_STATE: Final = (
    "tenant_id",
    "state",
    "state_reason",
    "state_at",
    "phone",
    "lid",
    "linked_at",
    "told_state",
)


def _standing(number: WhatsAppNumber, now: datetime) -> Standing:
    is_young = number.state_at is not None and now - number.state_at < YOUNG_FOR
    return Standing(NumberState(number.state), number.state_reason, is_young)


def _tells_new_address(number: WhatsAppNumber, change: SessionChanged) -> bool:
    if change.state != NumberState.OPEN or number.state != NumberState.OPEN:
        return False
    own = change.own
    return own.phone not in ("", number.phone) or own.lid not in ("", number.lid)


def _write(number: WhatsAppNumber, move: Move, own: Address, now: datetime) -> bool:
    """Write it where the number still stands as it was read. False: it does not."""
    state, reason = move
    as_read = WhatsAppNumber.objects.filter(
        tenant_id=number.tenant_id, pk=number.pk, state=number.state, state_reason=number.state_reason
    )
    changes: dict[str, Any] = {"state": state, "state_reason": reason}
    if not _goes_on(NumberState(number.state), state):
        changes["state_at"] = now
    if state != NumberState.OPEN:
        return bool(as_read.update(**changes))
    with transaction.atomic():
        if refusal := _refusal(number.tenant_id, number.pk, own):
            return _refuse(number, as_read, refusal, now)
        is_other_phone = own.phone not in ("", number.phone)
        changes |= {name: value for name in ("phone", "lid") if (value := getattr(own, name))}
        changes["last_seen_at"] = now
        if number.linked_at is None or is_other_phone:
            changes["linked_at"] = now
        if not number.told_state:
            changes["told_state"] = NumberState.OPEN
        if not as_read.update(**changes):
            return False
        if is_other_phone:
            audit.record(
                tenant_id=number.tenant_id,
                user_id=None,
                action="number.linked",
                subject=f"number {number.pk}",
                before={"phone": number.phone},
                after={"phone": own.phone},
                source=AuditSource.SYSTEM,
                now=now,
            )
        wake.after_commit(Wake.SEND_DUE, tenant_id=number.tenant_id, row_id=number.pk)
    return True


def _goes_on(before: NumberState, after: NumberState) -> bool:
    """Is it the same stay? That there is a code to scan, or none left, is part of the pairing that began before."""
    if before == after:
        return True
    return before in PAIRING and after in (NumberState.QR, NumberState.NEW)


def _refuse(number: WhatsAppNumber, as_read: QuerySet[WhatsAppNumber], reason: str, now: datetime) -> bool:
    if not as_read.update(
        state=NumberState.LOGGED_OUT, state_reason=reason, state_at=now, phone="", lid="", told_state=""
    ):
        return False
    logger.warning("a phone linked twice", extra={"number_id": number.pk, "reason": reason})
    wake.after_commit(Wake.LOG_OUT_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)
    return True


def _refusal(tenant_id: int, number_id: int, own: Address) -> str:
    """Why this phone may not be linked here; empty when it may. Two that open at once wait for each other."""
    if not own:
        return ""
    with connection.cursor() as cursor:
        for digits in sorted(filter(None, (own.phone, own.lid))):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"whatsapp-number:{digits}"]
            )
    same = Q(phone=own.phone) if own.phone else Q(pk=None)
    if own.lid:
        same |= Q(lid=own.lid)
    with all_tenants("one WhatsApp number serves one tenant"):
        # The Sandbox page's phones are toys of one tenant each, all with the same number.
        holders = WhatsAppNumber.objects.filter(same, state__in=_LINKED, tenant__sandbox_of=None)
        holder = holders.exclude(pk=number_id).values_list("tenant_id", flat=True).first()
        if holder is None or Tenant.objects.filter(pk=tenant_id).exclude(sandbox_of=None).exists():
            return ""
    return TAKEN_HERE if holder == tenant_id else TAKEN


def _put(number: WhatsAppNumber, state: NumberState, reason: str, now: datetime) -> None:
    number.state, number.state_reason, number.state_at = state, reason, now
    number.save(update_fields=["state", "state_reason", "state_at"])


def _forget_told(number: WhatsAppNumber) -> None:
    """The team ended the link itself: nobody needs to be told of a drop, nor of the return."""
    number.told_state = ""
    number.save(update_fields=["told_state"])


def _driver_of(gateway: Gateway | None) -> str:
    return gateway.driver if gateway else SandboxDriver.name


def _refuse_not_offered(gateway: Gateway | None) -> None:
    if gateway is not None and not gateway.is_offered:
        raise GatewayNotOffered


def _pass_default_on(tenant_id: int) -> None:
    rest = WhatsAppNumber.objects.filter(tenant_id=tenant_id).exclude(state_reason=REMOVING)
    heir = rest.annotate(is_live=Q(state=NumberState.OPEN)).order_by("-is_live", "pk").first()
    if heir is not None:
        WhatsAppNumber.objects.filter(pk=heir.pk).update(is_default=True)


def _refuse_leaving(number: WhatsAppNumber) -> None:
    if number.state_reason == REMOVING:
        raise NumberLeaving
