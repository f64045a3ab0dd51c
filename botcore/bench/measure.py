"""One figure of the bench: how it is taken, what it should be, what it means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botcore.bench.ground import Ground


@dataclass(frozen=True, slots=True)
class Measure:
    """aim: None for a figure that is only told. at_most: smaller is better. meaning: one sentence."""

    name: str
    take: Callable[[Ground], float]
    meaning: str
    aim: float | None = None
    at_most: bool = False

    def result(self, value: float) -> "Result":
        return Result(self, float(f"{value:.4g}"))


@dataclass(frozen=True, slots=True)
class Result:
    """value: four digits of it."""

    measure: Measure
    value: float

    @property
    def ok(self) -> bool:
        aim = self.measure.aim
        if aim is None:
            return True
        return self.value <= aim if self.measure.at_most else self.value >= aim

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "aim": self.measure.aim, "ok": self.ok}
