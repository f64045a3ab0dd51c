"""How the platform is, for the first page of its admin: parts, queues, numbers, what waits too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from kombu.exceptions import ChannelError, OperationalError

from botcore.domain import platform
from botcore.enums import InboxState, NumberState, OutboxState, Queue
from botcore.models import Gateway, InboxMessage, OutboxMessage, WhatsAppNumber
from smmbot.celery import app
from smmbot.lib.logs import get_logger
from smmbot.site import health

logger = get_logger(__name__)

# What is longer than these is shown as a problem.
MANY_QUEUED = 500
LONG_UNANSWERED_S = 120


@dataclass(frozen=True, slots=True)
class Figure:
    """url: where to look closer; empty for nowhere."""

    name: str
    value: str
    is_fine: bool = True
    url: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    parts: Sequence[Figure]
    queues: Sequence[Figure]
    gateways: Sequence[Figure]
    numbers: Sequence[Figure]
    messages: Sequence[Figure]

    @property
    def is_fine(self) -> bool:
        return all(one.is_fine for one in (*self.parts, *self.queues, *self.gateways, *self.messages))


def report(now: datetime) -> Health:
    """Call it with all tenants open. Costs the same however many messages there are."""
    parts = [Figure(name, said, said == "ok") for name, said in health.checks().items()]
    return Health(parts, _queues(), _gateways(), _numbers(), [_unanswered(now), _dead()])


def _queues() -> list[Figure]:
    try:
        with app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            depths = {queue: _depth(broker, queue) for queue in Queue}
    except (OperationalError, OSError) as error:
        logger.warning("queues not counted", extra={"error": type(error).__name__})
        return [Figure("queues", "unknown: the broker does not answer", is_fine=False)]
    return [Figure(queue.value, f"{depth:,}", depth < MANY_QUEUED) for queue, depth in depths.items()]


def _depth(broker: object, queue: Queue) -> int:
    # A channel each: one that asks for a queue nobody has used yet is closed by the broker.
    channel = broker.channel()  # type: ignore[attr-defined]  # kombu carries no types
    try:
        return int(channel.queue_declare(queue.value, passive=True).message_count)
    except ChannelError:
        return 0
    finally:
        channel.close()


def _gateways() -> list[Figure]:
    """The operator's, and the number that sends for the platform."""
    url = "/admin/botcore/gateway/"
    found = [
        Figure(
            str(row),
            row.get_problem_display() if row.problem else "serves",
            not row.problem,
            f"{url}{row.pk}/change/",
        )
        for row in Gateway.objects.only("name", "problem").order_by("name")
    ]
    own = platform.number()
    said = NumberState(own.state).label if own else "none is linked"
    is_live = own is not None and own.state == NumberState.OPEN
    return [*found, Figure("The platform’s own number", said, is_live, "/admin/platform_numbers/")]


def _numbers() -> list[Figure]:
    rows = WhatsAppNumber.objects.values("state").annotate(count=Count("pk"))
    counts = {row["state"]: row["count"] for row in rows}
    url = "/admin/botcore/whatsappnumber/?state__exact="
    return [
        Figure(state.label, f"{counts[state]:,}", state == NumberState.OPEN, f"{url}{state.value}")
        for state in NumberState
        if counts.get(state)
    ]


def _unanswered(now: datetime) -> Figure:
    waiting = InboxMessage.objects.filter(state=InboxState.RECEIVED)
    oldest = waiting.aggregate(oldest=Min("received_at"))["oldest"]
    if oldest is None:
        return Figure("Oldest unanswered message", "none waits")
    age = int((now - oldest).total_seconds())
    url = "/admin/botcore/inboxmessage/?state__exact=received"
    return Figure("Oldest unanswered message", f"{age:,} s", age < LONG_UNANSWERED_S, url)


def _dead() -> Figure:
    count = OutboxMessage.objects.filter(state=OutboxState.DEAD).count()
    return Figure(
        "Replies not delivered", f"{count:,}", not count, "/admin/botcore/outboxmessage/?state__exact=dead"
    )
