"""Requests passed to the provider who holds the order: one message a provider, only its own order ids in it.

Never a customer's name, never two providers in one message, never an empty id. Each order is remembered with the
message it went out in, so that the provider's answer finds its way back (provider_answers.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from botcore import wake
from botcore.domain import team_notices
from botcore.enums import Action, ChatKind, OutboxPriority
from botcore.models import Chat, Group, InboxMessage, OutboxMessage, ProviderRequest, WhatsAppNumber
from botcore.wake import Wake
from providers.domain import matching, messages, queries
from providers.models import SmmProvider

# Two of the staff escalating one order ask its provider once.
ESCALATED_ONCE_IN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Item:
    """An order to pass on. provider: host as the panel names it; provider_oid: the order's id there."""

    order_id: int
    provider: str
    provider_oid: str


@dataclass(frozen=True, slots=True)
class Forwarded:
    """sent: order ids on their way to a group. no_group: order ids of providers without one, by provider name.

    manual: order ids no provider holds.
    """

    sent: frozenset[int]
    no_group: Mapping[str, tuple[int, ...]]
    manual: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Own:
    """A tenant's wording, where a provider's is looked for."""

    message_formats: Mapping[str, str]


def held_by(*, tenant_id: int, items: Iterable[Item]) -> tuple[dict[SmmProvider, list[Item]], list[Item]]:
    """Group orders by the provider that holds them; the second list: held by none we know, or without an id there."""
    known = queries.providers_of(tenant_id)
    groups: dict[SmmProvider, list[Item]] = defaultdict(list)
    rest = []
    for item in items:
        provider = matching.match(item.provider, known) if item.provider_oid.strip() else None
        if provider is None:
            rest.append(item)
        else:
            groups[provider].append(item)
    return dict(groups), rest


@transaction.atomic
def forward(
    *,
    tenant_id: int,
    number: WhatsAppNumber,
    action: Action,
    format_name: str,
    items: Sequence[Item],
    message: InboxMessage | None,
    now: datetime,
    own_format: str = "",
) -> Forwarded:
    """Queue the messages and remember each order, all or nothing. An order already passed on for this message stays so.

    format_name: the provider's message format to use, such as `refill` or `escalation`. own_format: the tenant's,
    `{oids}` in it, for providers that have none of their own.
    """
    if action == Action.ESCALATION:
        _one_at_a_time(tenant_id)
    done = _passed_on(tenant_id, message, action, items, now)
    groups, rest = held_by(tenant_id=tenant_id, items=[item for item in items if item.order_id not in done])
    no_group: dict[str, tuple[int, ...]] = {}
    sent = set(done)
    for provider, held in groups.items():
        if not provider.group_wa_id:
            no_group[provider.name] = tuple(item.order_id for item in held)
            team_notices.tell_once(
                tenant_id=tenant_id,
                number=number,
                about=f"provider-without-group-{provider.pk}-{now:%Y-%m}",
                text=f"Requests for {provider.name} wait for you: no WhatsApp group is mapped to this provider.",
                now=now,
            )
            continue
        wording = (
            provider
            if not own_format or format_name in provider.message_formats
            else _Own({format_name: own_format})
        )
        _send(number, provider, action, format_name, wording, held, message, now)
        sent.update(item.order_id for item in held)
    return Forwarded(frozenset(sent), no_group, tuple(item.order_id for item in rest))


def was_passed_on(*, message: InboxMessage, action: Action, order_id: int) -> bool:
    """Whether this message's request about this order is on its way already."""
    return ProviderRequest.objects.filter(
        tenant_id=message.tenant_id, message=message, action=action, order_id=order_id
    ).exists()


def _passed_on(
    tenant_id: int, message: InboxMessage | None, action: Action, items: Sequence[Item], now: datetime
) -> set[int]:
    """Orders that need no second message: asked by this very message, or escalated by somebody and not answered."""
    rows = ProviderRequest.objects.filter(
        tenant_id=tenant_id, action=action, order_id__in=[item.order_id for item in items]
    )
    known = Q(message=message) if message is not None else Q()
    if action == Action.ESCALATION:
        known |= Q(answered_at__isnull=True, created_at__gt=now - ESCALATED_ONCE_IN)
    return set(rows.filter(known).values_list("order_id", flat=True)) if known else set()


def _one_at_a_time(tenant_id: int) -> None:
    """Requests are claimed before they come here; two of the staff escalating at one moment are not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s::int, hashtext('escalation'))", [tenant_id & 0x7FFFFFFF]
        )


def _send(
    number: WhatsAppNumber,
    provider: SmmProvider,
    action: Action,
    format_name: str,
    wording: messages.HasFormats,
    held: Sequence[Item],
    message: InboxMessage | None,
    now: datetime,
) -> None:
    chat = _group_chat(number, provider.group_wa_id)
    number = chat.number
    by_oid: dict[str, list[int]] = defaultdict(list)
    for item in held:
        by_oid[item.provider_oid].append(item.order_id)
    oids = list(by_oid)
    for start in range(0, len(oids), messages.IDS_A_MESSAGE):
        batch = oids[start : start + messages.IDS_A_MESSAGE]
        (text,) = messages.format_message(wording, format_name, batch)
        row = OutboxMessage.objects.create(
            tenant_id=number.tenant_id,
            number=number,
            chat=chat,
            text=text,
            priority=OutboxPriority.NOTICE,
            next_attempt_at=now,
            created_at=now,
        )
        ProviderRequest.objects.bulk_create(
            ProviderRequest(
                tenant_id=number.tenant_id,
                provider=provider,
                action=action,
                order_id=order_id,
                provider_oid=oid,
                message=message,
                sent_as=row,
                created_at=now,
            )
            for oid in batch
            for order_id in by_oid[oid]
        )
    wake.after_commit(Wake.SEND_DUE, tenant_id=number.tenant_id, row_id=number.pk)


def _group_chat(number: WhatsAppNumber, wa_id: str) -> Chat:
    """The provider's group, as seen by this number, or by another of the tenant's that is in it when this is not."""
    seen = (
        Chat.objects.select_related("number").filter(tenant_id=number.tenant_id, wa_id=wa_id).order_by("pk")
    )
    chats = list(seen)
    if chats:
        return next((chat for chat in chats if chat.number_id == number.pk), chats[0])
    group, _ = Group.objects.get_or_create(tenant_id=number.tenant_id, wa_id=wa_id)
    chat, _ = Chat.objects.get_or_create(
        tenant_id=number.tenant_id,
        number=number,
        wa_id=wa_id,
        defaults={"kind": ChatKind.GROUP, "group": group},
    )
    return chat
