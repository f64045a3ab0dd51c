"""A number that dropped does not silence a group: another number of the tenant that is in it sends what waits.

Direct chats wait: whoever wrote to one number must not be answered by a stranger's. Broadcasts wait too, because they
are what a number is banned for.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from botcore import wake
from botcore.domain import config, unclear_sends
from botcore.domain.number_states import REMOVING
from botcore.domain.still_wanted import BROADCAST_PART
from botcore.enums import ChatKind, NumberState, OutboxPriority, OutboxState
from botcore.models import Chat, GroupMember, OutboxMessage, WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from tenants.domain import audit
from tenants.enums import AuditSource

logger = get_logger(__name__)

# Shorter than any tenant's setting but zero: who is looked at closer.
SHORTEST = timedelta(minutes=1)


def tenants_waiting(*, now: datetime) -> list[int]:
    """Tenants with something for a group waiting at a number that is away. Call it across tenants."""
    rows = _waiting().filter(_is_away(now - SHORTEST, "number__")).order_by("tenant_id")
    return list(rows.values_list("tenant_id", flat=True).distinct())


def take_over(*, tenant_id: int, now: datetime) -> int:
    """Move what waits for groups to numbers that are live and in them. Returns how many messages moved."""
    minutes = config.load(tenant_id=tenant_id)["standby_minutes"]
    if not minutes:
        return 0
    mine = WhatsAppNumber.objects.filter(tenant_id=tenant_id).exclude(state_reason=REMOVING)
    away = mine.filter(_is_away(now - timedelta(minutes=minutes)))
    return sum(_take_over_from(number, now) for number in away)


@transaction.atomic
def _take_over_from(number: WhatsAppNumber, now: datetime) -> int:
    """Rows are locked before they move, and a second round finds them gone; what is being sent, or may have been, is
    not queued and stays."""
    rows = (
        _waiting()
        .filter(tenant_id=number.tenant_id, number=number)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("chat")
    )
    waiting: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        waiting[row.chat.wa_id].append(row.pk)
    moved: dict[WhatsAppNumber, int] = defaultdict(int)
    for wa_id, ids in waiting.items():
        standby = _standby(number, wa_id, now)
        if standby is not None:
            moved[standby] += _move(ids, number, standby, wa_id, now)
    for standby, count in moved.items():
        audit.record_on(
            number,
            "number.take_over",
            user_id=None,
            source=AuditSource.SYSTEM,
            now=now,
            after={"by": str(standby), "messages": count},
        )
        wake.after_commit(Wake.SEND_DUE, tenant_id=number.tenant_id, row_id=standby.pk)
    return sum(moved.values())


def _move(ids: list[int], number: WhatsAppNumber, standby: WhatsAppNumber, wa_id: str, now: datetime) -> int:
    group = Chat.objects.select_related("group").get(number=number, wa_id=wa_id).group
    chat, _ = Chat.objects.get_or_create(
        tenant_id=number.tenant_id,
        number=standby,
        wa_id=wa_id,
        defaults={"kind": ChatKind.GROUP, "group": group},
    )
    rows = OutboxMessage.objects.filter(
        tenant_id=number.tenant_id, pk__in=ids, number=number, state=OutboxState.QUEUED
    )
    count = rows.update(number=standby, chat=chat, next_attempt_at=now)
    logger.info(
        "taken over",
        extra={"number_id": number.pk, "standby_id": standby.pk, "chat_id": chat.pk, "count": count},
    )
    return count


def _standby(number: WhatsAppNumber, wa_id: str, now: datetime) -> WhatsAppNumber | None:
    """Who is in the group as its gateway told us, or has heard something in it; the default number first."""
    of_group = GroupMember.objects.filter(tenant_id=number.tenant_id, group__wa_id=wa_id)
    is_member = Exists(of_group.filter(_is_number())) | Exists(
        Chat.objects.filter(number=OuterRef("pk"), wa_id=wa_id)
    )
    live: QuerySet[WhatsAppNumber] = WhatsAppNumber.objects.filter(
        is_member, tenant_id=number.tenant_id, state=NumberState.OPEN
    )
    others = live.exclude(pk=number.pk).exclude(paused_until__gt=now)
    return others.order_by("-is_default", "pk").first()


def _is_number() -> Q:
    by_phone = Q(phone=OuterRef("phone")) & ~Q(phone="")
    return by_phone | Q(lid=OuterRef("lid")) & ~Q(lid="")


def _waiting() -> QuerySet[OutboxMessage]:
    rows: QuerySet[OutboxMessage] = OutboxMessage.objects.filter(
        state=OutboxState.QUEUED, chat__kind=ChatKind.GROUP, priority__lt=OutboxPriority.MARKETING
    )
    return rows.exclude(part__startswith=BROADCAST_PART).exclude(error_code=unclear_sends.CODE)


def _is_away(since: datetime, prefix: str = "") -> Q:
    not_live = ~Q(**{f"{prefix}state": NumberState.OPEN})
    return not_live & Q(**{f"{prefix}state_at__lte": since})
