"""So many calls in any second for one key, by the real time whatever the sandbox's clock says."""

import threading
import time
from collections import defaultdict, deque

WINDOW_S = 1.0


class RateGate:
    """limit: calls in a window; None lets all through. Refused calls do not count."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._passed: defaultdict[str, deque[float]] = defaultdict(deque)

    def lets_through(self, key: str) -> bool:
        if self.limit is None:
            return True
        now = time.monotonic()
        with self._lock:
            passed = self._passed[key]
            while passed and passed[0] <= now - WINDOW_S:
                passed.popleft()
            if len(passed) >= self.limit:
                return False
            passed.append(now)
            return True
