"""Orders somebody waits for: looked at every minute, told of once when they end, once when they stand still.

A round claims the watches that are due, so two workers never look after one; what is told is written in the same
transaction that ends the watch, under the round's token, so it is told once even when a round was taken over.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from botcore.domain import config, notices
from botcore.domain.replies import Answer, formatting
from botcore.models import Chat, InboxMessage, OrderWatch
from panel.clients.base import IDS_A_CALL, PanelClient
from panel.clients.types import PanelOrder
from panel.domain import connections, pace
from panel.enums import OrderStatus, is_final_status, status_label
from panel.errors import PanelError
from smmbot.lib.logs import get_logger
from smmbot.lib.ratelimit import Priority
from tenants.models import Contact

logger = get_logger(__name__)

EVERY = timedelta(seconds=55)  # beat looks every 60: each round finds all that are due
LEASE = timedelta(minutes=3)  # longer than a background call with its waits
KEPT_FOR = timedelta(days=14)
ROUNDS_AT_ONCE = 20
# Queues may be long, so a waiting order does not count as standing still; one in delivery, or failed, should move.
_SHOULD_MOVE = (OrderStatus.IN_PROGRESS, OrderStatus.FAIL, OrderStatus.ERROR)

_CLAIM = """
UPDATE botcore_orderwatch SET poll_token = %s, poll_at = %s
WHERE id IN (
    SELECT id FROM botcore_orderwatch
    WHERE tenant_id = %s AND done_at IS NULL AND poll_at <= %s
    ORDER BY poll_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING *
"""


@dataclass(slots=True)
class Started:
    """What came of a wish, by order id. over_limit: not watched, the contact has `limit` of them."""

    new: set[int] = field(default_factory=set)
    already: set[int] = field(default_factory=set)
    over_limit: set[int] = field(default_factory=set)


@transaction.atomic
def start(
    *,
    message: InboxMessage,
    contact: Contact,
    orders: Mapping[int, PanelOrder],
    limit: int,
    now: datetime,
) -> Started:
    """Watch these orders for the chat of this message; run again, a message finds its own as new."""
    # Two messages of one person at one moment: the second counts what the first has started.
    Contact.objects.select_for_update().get(tenant_id=message.tenant_id, pk=contact.pk)
    active = OrderWatch.objects.filter(tenant_id=message.tenant_id, done_at__isnull=True)
    in_chat = {watch.order_id: watch for watch in active.filter(chat_id=message.chat_id, order_id__in=orders)}
    left = limit - active.filter(contact=contact).count()
    started = Started()
    rows = []
    for order_id, order in orders.items():
        if order_id in in_chat:
            own = in_chat[order_id].message_id == message.pk
            (started.new if own else started.already).add(order_id)
        elif left <= 0:
            started.over_limit.add(order_id)
        else:
            left -= 1
            started.new.add(order_id)
            rows.append(_row(message, contact, order, now))
    # Another member of the group may ask for the same order at this moment: one watch serves the chat.
    OrderWatch.objects.bulk_create(rows, ignore_conflicts=True)
    return started


def _row(message: InboxMessage, contact: Contact, order: PanelOrder, now: datetime) -> OrderWatch:
    return OrderWatch(
        tenant_id=message.tenant_id,
        contact=contact,
        chat_id=message.chat_id,
        message=message,
        order_id=order.order_id,
        status=order.status[:60],
        remains=order.remains,
        moved_at=now,
        created_at=now,
        expires_at=now + KEPT_FOR,
        poll_at=now + EVERY,
    )


@transaction.atomic
def stop(*, message: InboxMessage, contact: Contact, order_ids: Iterable[int], now: datetime) -> set[int]:
    """Stop this person's watches on these orders, wherever they asked. Returns those that were watched."""
    rows = OrderWatch.objects.select_for_update().filter(
        tenant_id=message.tenant_id, contact=contact, order_id__in=list(order_ids), done_at__isnull=True
    )
    found = {row.pk: row.order_id for row in rows}
    OrderWatch.objects.filter(pk__in=found).update(done_at=now, outcome="watch_stopped")
    return set(found.values())


def tenants_due(*, now: datetime, limit: int) -> list[int]:
    rows = OrderWatch.objects.filter(done_at__isnull=True, poll_at__lte=now)
    return list(rows.order_by("tenant_id").values_list("tenant_id", flat=True).distinct()[:limit])


def poll(*, tenant_id: int, now: datetime) -> int:
    """Look after what is due, a hundred orders a call. Returns how many watches were looked after."""
    count = 0
    for _ in range(ROUNDS_AT_ONCE):
        token = uuid.uuid4()
        watches = list(OrderWatch.objects.raw(_CLAIM, [token, now + LEASE, tenant_id, now, IDS_A_CALL]))
        if not watches:
            break
        count += len(watches)
        try:
            client = connections.client_of(tenant_id=tenant_id, priority=Priority.BACKGROUND)
            orders = _read(client, watches)
        except PanelError as error:
            logger.warning("watches wait for the panel", extra={"code": error.code, "watches": len(watches)})
            OrderWatch.objects.filter(tenant_id=tenant_id, poll_token=token).update(poll_at=now + EVERY)
            break
        _look_after(tenant_id, watches, orders, token, now)
    return count


def _read(client: PanelClient, watches: Iterable[OrderWatch]) -> dict[int, PanelOrder]:
    return client.get_orders(list(dict.fromkeys(watch.order_id for watch in watches)))


def _look_after(
    tenant_id: int,
    watches: Iterable[OrderWatch],
    orders: Mapping[int, PanelOrder],
    token: uuid.UUID,
    now: datetime,
) -> None:
    """One message a chat, with all it has to hear of in this round."""
    by_chat: dict[int, list[OrderWatch]] = defaultdict(list)
    for watch in watches:
        by_chat[watch.chat_id].append(watch)
    chats = Chat.objects.select_related("group").in_bulk(by_chat)
    settings = config.load(tenant_id=tenant_id)
    for chat_id, here in by_chat.items():
        with transaction.atomic():
            pks = [watch.pk for watch in here]
            held = {
                watch.pk: watch
                for watch in OrderWatch.objects.select_for_update(of=("self",))
                .select_related("message")
                .filter(tenant_id=tenant_id, pk__in=pks, poll_token=token, done_at__isnull=True)
                .order_by("pk")
            }
            news = []
            for watch in held.values():
                answer = _news(watch, orders.get(watch.order_id), now)
                watch.poll_at = now + EVERY
                watch.poll_token = None
                if answer is not None:
                    news.append((watch, answer))
            OrderWatch.objects.bulk_update(
                held.values(),
                [
                    "status",
                    "remains",
                    "moved_at",
                    "stalled_at",
                    "done_at",
                    "outcome",
                    "poll_at",
                    "poll_token",
                ],
            )
            if news:
                asked = news[0][0].message
                notices.tell(
                    chat=chats[chat_id],
                    answers=[answer for _, answer in news],
                    config=settings,
                    now=now,
                    quoted_id=asked.wa_message_id if asked else "",
                )


def _news(watch: OrderWatch, order: PanelOrder | None, now: datetime) -> Answer | None:
    """Bring the watch up to date. Returns what there is to tell, if anything."""
    if order is not None:
        if (order.status[:60], order.remains) != (watch.status, watch.remains):
            watch.status, watch.remains, watch.moved_at = order.status[:60], order.remains, now
        if is_final_status(order.status):
            watch.done_at, watch.outcome = now, "order_watch_done"
            return Answer("order_watch_done", facts_of(order), watch.order_id)
    if now >= watch.expires_at:
        watch.done_at, watch.outcome = now, "watch_expired"
        return Answer("watch_expired", {"status": status_label(watch.status)}, watch.order_id)
    if order is None or order.status not in _SHOULD_MOVE or watch.stalled_at is not None:
        return None
    if now - watch.moved_at >= pace.may_stand_still_for(order):
        watch.stalled_at = now
        hours = int((now - watch.moved_at).total_seconds() // 3600)
        return Answer("order_watch_stalled", {**facts_of(order), "hours": hours}, watch.order_id)
    return None


def facts_of(order: PanelOrder) -> dict[str, str | None]:
    """What news of an order may show to anybody in its chat: neither charge nor provider."""
    return {
        "service": order.service_name,
        "status": status_label(order.status),
        "link": order.link,
        "quantity": formatting.count(order.quantity),
        "start_count": formatting.count(order.start_count),
        "remains": formatting.count(order.remains),
    }
