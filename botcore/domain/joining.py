"""Several replies that wait for one chat go out as one message. Each keeps its own row and its own end.

What was tried once stays together: rows of one try are known by its time, so a second try says exactly the same.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from botcore.enums import OutboxPriority
from botcore.gateway.types import Address, OutgoingText
from botcore.models import OutboxMessage
from botcore.models.message import SECRET_PART

LONGEST: Final = 4000
_BETWEEN: Final = "\n\n"


def first_of(rows: Sequence[OutboxMessage], *, now: datetime, joins: bool) -> list[OutboxMessage]:
    """The rows that make the next message. rows: one chat's, in the order they go; the first is due."""
    first, *rest = rows
    if first.tried_at is not None:
        return [first, *(row for row in rest if row.tried_at == first.tried_at)]
    together = [first]
    length = len(first.text)
    if not joins or not _may_join(first):
        return together
    for row in rest:
        length += len(_BETWEEN) + len(row.text)
        if not _may_join(row) or row.tried_at or row.next_attempt_at > now or length > LONGEST:
            break
        together.append(row)
    return together


def tries(rows: Iterable[OutboxMessage]) -> list[list[OutboxMessage]]:
    """Group rows by the try they went out in."""

    def of(row: OutboxMessage) -> tuple[int, str]:
        return row.chat_id, row.tried_at.isoformat() if row.tried_at else f"never {row.pk}"

    ordered = sorted(rows, key=lambda row: (of(row), row.priority, row.pk))
    return [list(group) for _, group in groupby(ordered, key=of)]


def text_of(rows: Sequence[OutboxMessage]) -> str:
    return _BETWEEN.join(row.text for row in rows)


def outgoing(rows: Sequence[OutboxMessage], *, chat_wa_id: str) -> OutgoingText:
    first = rows[0]
    return OutgoingText(
        to=Address.parse(chat_wa_id),
        text=text_of(rows),
        client_ref=f"outbox-{first.pk}",
        quoted_id=first.quoted_id,
        mentions=tuple(first.mentions),
    )


def _may_join(row: OutboxMessage) -> bool:
    return row.priority == OutboxPriority.SUPPORT and row.part != SECRET_PART and not row.mentions
