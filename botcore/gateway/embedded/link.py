"""The child's end of the line to its supervisor. Knows neither Django nor WhatsApp."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Final

from botcore.gateway.embedded.lines import decode, encode

Handler = Callable[[str, Mapping[str, Any]], Any]

# Calls that wait on WhatsApp at one time; those of a chat come one after another anyway.
_CALLS: Final = 4
_WATCH_S: Final = 0.25
_FLUSH_S: Final = 2.0
# What is told again after a restart; how the connection is, the next child says for itself.
_KEPT: Final = frozenset({"message", "receipt", "group", "members"})


class CallFailed(Exception):
    """A call the library did not carry out; its text is the library's."""


class Link:
    """Tells events and answers calls. No method waits for the supervisor: the library's callbacks call them."""

    def __init__(
        self, incoming: BinaryIO, outgoing: BinaryIO, *, end: Callable[[int], Any] = os._exit
    ) -> None:
        self._incoming, self._outgoing, self._end = incoming, outgoing, end
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._written = threading.Event()
        self._live_until = float("inf")
        self._spool: Spool | None = None

    @classmethod
    def over_stdio(cls) -> "Link":
        """Take stdin and stdout for the line alone: what a library prints goes to stderr."""
        incoming = os.fdopen(os.dup(0), "rb")
        outgoing = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        return cls(incoming, outgoing)

    def start(self) -> dict[str, Any]:
        """Wait for the first line, and tell again what an earlier child of this session told in vain."""
        line = decode(self._incoming.readline())
        if line is None or line.get("do") != "start":
            self._end(0)  # the supervisor is gone already
            return {}
        self.live(float(line["live_s"]))
        self._spool = Spool(Path(line["spool"]))
        threading.Thread(target=self._write, name="writer", daemon=True).start()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        for n, event in self._spool.left():
            self._put({"is": "event", "n": n, "event": event})
        return line

    def serve(self, handle: Handler, *, on_stop: Callable[[], None] = lambda: None) -> None:
        """Carry out calls from now on, in threads of their own. handle raises CallFailed."""
        threading.Thread(target=self._read, args=(handle, on_stop), name="reader", daemon=True).start()

    def ready(self) -> None:
        self._put({"is": "ready"})

    def tell(self, event: Mapping[str, Any]) -> None:
        assert self._spool is not None  # noqa: S101 -- start() comes first
        with self._spool.lock:
            n = self._spool.add(event, keep=event.get("type") in _KEPT)
            self._put({"is": "event", "n": n, "event": event})

    def finish(self, code: int = 0) -> None:
        """Say what there is to say, then end the process."""
        self._lines.put(None)
        self._written.wait(_FLUSH_S)
        self._end(code)

    def live(self, for_s: float) -> None:
        self._live_until = time.monotonic() + for_s

    def _put(self, line: Mapping[str, Any]) -> None:
        self._lines.put(encode(line))

    def _write(self) -> None:
        try:
            while (raw := self._lines.get()) is not None:
                view = memoryview(raw)
                while view:
                    view = view[self._outgoing.write(view) :]
        except OSError:
            self._end(0)
        self._written.set()

    def _watch(self) -> None:
        """Whoever lost its lease may not stay connected: another machine takes the session over."""
        while time.monotonic() < self._live_until:
            time.sleep(_WATCH_S)
        self._end(1)

    def _read(self, handle: Handler, on_stop: Callable[[], None]) -> None:
        with ThreadPoolExecutor(_CALLS) as pool:
            while raw := self._incoming.readline():
                line = decode(raw) or {}
                match line.get("do"):
                    case "call":
                        pool.submit(self._answer, line, handle)
                    case "ack" if self._spool is not None:
                        self._spool.acknowledged(int(line["n"]))
                    case "live":
                        self.live(float(line["for_s"]))
                    case "stop":
                        break
            with contextlib.suppress(Exception):
                on_stop()
            self.finish()

    def _answer(self, line: Mapping[str, Any], handle: Handler) -> None:
        try:
            answer = {"ok": handle(line["name"], line.get("args") or {})}
        except CallFailed as failed:
            answer = {"error": str(failed)}
        except Exception as failed:  # noqa: BLE001 -- whatever it was, somebody waits for an answer
            answer = {"error": f"{type(failed).__name__}: {failed}"}
        self._put({"is": "answer", "id": line["id"], **answer})


class Spool:
    """Events that are not in the database yet, in a file that outlives the child. Mostly empty."""

    _GROWN_BYTES: Final = 4_000_000

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self._path = path
        self._waiting: dict[int, bytes] = {}
        self._waiting_bytes = 0
        self._n = 0
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        found = path.read_bytes()
        if found and not found.endswith(b"\n"):
            os.write(self._file, b"\n")  # a kill cut the last one short: it was never told
        self._left = [
            (self._number(raw + b"\n"), event) for raw in found.splitlines() if (event := decode(raw))
        ]

    def left(self) -> list[tuple[int, dict[str, Any]]]:
        """(number, event) of what an earlier child of this session left."""
        return self._left

    def add(self, event: Mapping[str, Any], *, keep: bool) -> int:
        with self.lock:
            if not keep:
                self._n += 1
                return self._n
            raw = encode(event)
            os.write(self._file, raw)
            return self._number(raw)

    def acknowledged(self, n: int) -> None:
        """All up to this number are safe."""
        with self.lock:
            while self._waiting and (first := next(iter(self._waiting))) <= n:
                self._waiting_bytes -= len(self._waiting.pop(first))
            size = os.fstat(self._file).st_size
            if size and not self._waiting:
                os.ftruncate(self._file, 0)
            elif size > self._GROWN_BYTES and size > 2 * self._waiting_bytes:
                self._rewrite()

    def _number(self, raw: bytes) -> int:
        self._n += 1
        self._waiting[self._n] = raw
        self._waiting_bytes += len(raw)
        return self._n

    def _rewrite(self) -> None:
        """What waits, without what is done: as a new file, so that a kill in between loses nothing."""
        new = self._path.with_suffix(".new")
        new.write_bytes(b"".join(self._waiting.values()))
        new.chmod(0o600)
        new.replace(self._path)
        os.close(self._file)
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND)
