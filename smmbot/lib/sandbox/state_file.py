"""Keeps a sandbox's data over a restart in one JSON file."""

import json
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

PAUSE_S = 0.25


class StateFile:
    """dump: gives the whole state as plain JSON values. Writes are gathered: one file a quarter of a second
    at most."""

    def __init__(self, path: Path, dump: Callable[[], dict[str, Any]]) -> None:
        self.path = path
        self._dump = dump
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._timer: threading.Timer | None = None

    def read(self) -> dict[str, Any] | None:
        """The state as last written; None without a file. A damaged file is put aside, not overwritten."""
        try:
            state = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(state, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return None
        except ValueError:
            self.put_aside()
            return None
        return state

    def put_aside(self) -> None:
        aside = self.path.with_name(self.path.name + ".damaged")
        self.path.replace(aside)
        logger.warning("sandbox_state_damaged", extra={"kept_as": str(aside)})

    def touch(self) -> None:
        """Something has changed: write soon."""
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(PAUSE_S, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Writes now, whole or not at all."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        with self._writing:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
            draft.write_text(json.dumps(self._dump(), ensure_ascii=False), encoding="utf-8")
            draft.replace(self.path)
