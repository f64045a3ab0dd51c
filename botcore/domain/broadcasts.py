"""A message to every support-enabled group at once, through the outbox, with a report at the end."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from botcore import wake
from botcore.domain.config import Config
from botcore.domain.still_wanted import BROADCAST_PART
from botcore.enums import ChatKind, OutboxPriority, OutboxState
from botcore.models import Chat, Group, InboxMessage, OutboxMessage
from botcore.wake import Wake
from tenants.domain import audit
from tenants.enums import AuditSource

_PART = BROADCAST_PART
# Suppressed: the group was switched off while the broadcast was on its way.
_UNDELIVERED = (OutboxState.DEAD, OutboxState.SUPPRESSED)
_ON_THE_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a broadcast goes to. silent: those of them that are in silent mode."""

    groups: tuple[Group, ...]
    silent: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it has come. undelivered: names of groups it could not be sent to."""

    total: int
    sent: int
    on_the_way: int
    undelivered: tuple[str, ...]


def audience(*, tenant_id: int, config: Config) -> Audience:
    """Support-enabled groups; silent mode suppresses replies, not announcements, unless the owner wants it so."""
    rows = Group.objects.filter(tenant_id=tenant_id, support_enabled=True, is_hidden=False).order_by(
        "name", "pk"
    )
    if not config["broadcast_to_silent_groups"]:
        rows = rows.filter(silent_mode=False)
    groups = tuple(rows)
    return Audience(groups, sum(group.silent_mode for group in groups))


@transaction.atomic
def start(*, message: InboxMessage, to: Audience, text: str, by: int | None, now: datetime) -> None:
    """Queue it for every group; started again after a crash it goes to nobody twice."""
    for group in to.groups:
        chat, _ = Chat.objects.get_or_create(
            tenant_id=message.tenant_id,
            number_id=message.number_id,
            wa_id=group.wa_id,
            defaults={"kind": ChatKind.GROUP, "group": group},
        )
        OutboxMessage.objects.get_or_create(
            tenant_id=message.tenant_id,
            inbox=message,
            part=f"{_PART}{group.pk}",
            defaults={
                "number_id": message.number_id,
                "chat": chat,
                "text": text,
                "priority": OutboxPriority.NOTICE,
                "next_attempt_at": now,
                "created_at": now,
            },
        )
    audit.record(
        tenant_id=message.tenant_id,
        user_id=by,
        action="broadcast.start",
        subject=f"{len(to.groups)} group{'' if len(to.groups) == 1 else 's'}",
        after={"text": text},
        source=AuditSource.CHAT,
        now=now,
    )
    wake.after_commit(Wake.SEND_DUE, tenant_id=message.tenant_id, row_id=message.number_id)


def progress(*, message: InboxMessage) -> Progress:
    rows = list(
        OutboxMessage.objects.filter(
            tenant_id=message.tenant_id, inbox=message, part__startswith=_PART
        ).select_related("chat__group")
    )
    return Progress(
        total=len(rows),
        sent=sum(row.state == OutboxState.SENT for row in rows),
        on_the_way=sum(row.state in _ON_THE_WAY for row in rows),
        undelivered=tuple(str(row.chat.group or row.chat) for row in rows if row.state in _UNDELIVERED),
    )
