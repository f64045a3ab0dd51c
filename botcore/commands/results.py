"""What a command comes to: one result per order, or one for a command without orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botcore.domain.logs import Entry
from botcore.domain.replies import Answer
from panel.clients.types import PanelOrder


@dataclass(frozen=True, slots=True)
class Result:
    """What to say and what to log. order: as last read from the panel, None when it was not or must not be seen.

    is_settled: nobody needs to see to it any more, so its log row is born resolved.
    """

    answer: Answer
    order: PanelOrder | None = None
    is_priority: bool = False
    is_settled: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    def log_entry(self, *, default_username: str = "", is_upset: bool = False) -> Entry:
        order = self.order
        facts = dict(self.facts)
        if order is not None:
            facts |= {"status": order.status, "service": order.service_name, "remains": order.remains}
        return Entry(
            outcome=self.answer.key,
            order_id=self.answer.order_id,
            panel_username=order.username if order else default_username,
            provider=(order.provider or "") if order else "",
            provider_oid=(order.external_id or "") if order else "",
            is_priority=self.is_priority or is_upset,
            is_settled=self.is_settled,
            facts=facts,
        )


class Later(Exception):
    """Said by a command that goes on in the background: what to say now, and after how long to run it again."""

    def __init__(self, results: Sequence[Result], *, after_s: float) -> None:
        super().__init__()
        self.results = results
        self.after_s = after_s


def say(key: str, *, order_id: int | None = None, **params: Any) -> Result:
    """Build a result that only speaks."""
    return Result(Answer(key, params, order_id))
