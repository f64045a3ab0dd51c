"""One call of the Admin API: what was asked, and the readers its functions share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from panel.sandbox.state import Outcome, PanelWorld
from panel.sandbox.wire import BAD_INPUT, PanelRefusal, envelope, pagination

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1000

Data = dict[str, Any]


@dataclass(slots=True)
class PanelCall:
    """path: below the base. written: what the call changed, for the journal; None while nothing has
    changed."""

    world: PanelWorld
    path: str
    query: dict[str, str]
    json: Any
    now: float
    ignores_filter: bool = False
    refuses_cancel: bool = False
    skips_all: bool = False
    written: Data | None = field(default=None)

    def filter(self, name: str) -> str:
        """The text of a filter, empty when it is not given (or the panel has a bad day)."""
        return "" if self.ignores_filter else self.query.get(name, "")

    def number_filter(self, name: str) -> int | None:
        text = self.filter(name)
        return int(text) if text.isdecimal() else None

    def page(self, rows: list[Any], write: Callable[[Any], Data]) -> Data:
        """One page of rows, each written only when it is on the page."""
        offset = self._natural("offset", 0)
        limit = min(self._natural("limit", DEFAULT_LIMIT) or DEFAULT_LIMIT, LARGEST_LIMIT)
        return envelope(
            {"count": len(rows), "list": [write(row) for row in rows[offset : offset + limit]]},
            pagination(self.path, self.query, offset=offset, limit=limit, total=len(rows)),
        )

    def text(self, name: str) -> str:
        """A text of the body, empty when it is missing or something else."""
        value = self.json.get(name) if isinstance(self.json, dict) else None
        return value if isinstance(value, str) else ""

    def ids(self) -> list[int]:
        """The orders a write is for. Raises PanelRefusal unless `ids` is one text of numbers and commas."""
        ids = [part.strip() for part in self.text("ids").split(",") if part.strip()]
        if not ids or not all(part.isdecimal() for part in ids):
            raise PanelRefusal(BAD_INPUT, "Incorrect ids.")
        return list(dict.fromkeys(map(int, ids)))

    def outcome(self, outcome: Outcome, **facts: Any) -> Data:
        """The answer of a write on orders."""
        if outcome.ids:
            self.written = {"ids": outcome.ids, **facts}
        return envelope({"ids": outcome.ids, **facts, "skipped_ids": outcome.skipped_ids})

    def _natural(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isdecimal() else default
