"""The sandbox's clock: the real time by default, moved or frozen by whoever plays with it."""

import time
from typing import Any


class Clock:
    """Seconds since 1970, as every time in the sandbox. frozen_at: a clock that stands still from the
    start."""

    def __init__(self, *, frozen_at: float | None = None) -> None:
        self._start = frozen_at
        self._frozen_at = frozen_at
        self._ahead_s = 0.0

    def now(self) -> float:
        return time.time() + self._ahead_s if self._frozen_at is None else self._frozen_at

    @property
    def is_frozen(self) -> bool:
        return self._frozen_at is not None

    def set(self, now: float) -> None:
        """Stands still at that moment until moved, or until `run`."""
        self._frozen_at = float(now)

    def advance(self, seconds: float) -> None:
        """Jumps ahead; a running clock runs on, a frozen one stays frozen."""
        if self._frozen_at is None:
            self._ahead_s += seconds
        else:
            self._frozen_at += seconds

    def run(self) -> None:
        """Goes on from where it stands."""
        self._ahead_s = self.now() - time.time()
        self._frozen_at = None

    def reset(self) -> None:
        self._frozen_at = self._start
        self._ahead_s = 0.0

    def dump(self) -> dict[str, Any]:
        return {"ahead_s": self._ahead_s, "frozen_at": self._frozen_at}

    def load(self, data: dict[str, Any]) -> None:
        self._ahead_s = float(data.get("ahead_s") or 0.0)
        self._frozen_at = data.get("frozen_at")
