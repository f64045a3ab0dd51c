"""What a sandbox server was asked, and which writes it performed."""

import threading
from collections import deque
from typing import Any

REQUESTS_KEPT = 2000
WRITES_KEPT = 2000


class Journal:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: deque[dict[str, Any]] = deque(maxlen=REQUESTS_KEPT)
        self._writes: deque[dict[str, Any]] = deque(maxlen=WRITES_KEPT)

    def note_request(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._requests.append(entry)

    def note_write(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._writes.append(entry)

    def requests(self) -> list[dict[str, Any]]:
        """Oldest first: method, path, query, body, key (its last 4 characters), time, status (None: no
        answer)."""
        with self._lock:
            return list(self._requests)

    def writes(self) -> list[dict[str, Any]]:
        """Only writes that changed something, oldest first."""
        with self._lock:
            return list(self._writes)

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()
            self._writes.clear()
