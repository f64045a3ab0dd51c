"""A session's child process, as its supervisor holds it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from botcore.gateway.embedded.lines import decode, encode
from smmbot.lib.embedded import linux
from smmbot.lib.embedded.environment import minimal_environment

COMMAND: Final = (sys.executable, "-m", "botcore.gateway.embedded.child")
_ROOT: Final = Path(__file__).resolve().parents[3]
_READ_BYTES: Final = 256 * 1024
# The ways out of a network that has only these.
_PROXY_SETTINGS: Final = (
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
# A child that reads nothing for so long that this piles up is stuck.
_UNREAD_BYTES: Final = 4 * 1024 * 1024
_LAST_WORDS: Final = 2000
_LONG_NUMBER: Final = re.compile(rb"\d{6,}")


# What is done with the answer to a call: a line with `ok` or `error`.
Then = Callable[[Mapping[str, Any]], None]


@dataclass(slots=True)
class Child:
    """One process. Its pipes are read and written without ever waiting for it. lines: told, and not dealt with yet."""

    session_id: int
    session: str
    process: "subprocess.Popen[bytes]"
    lines: deque[dict[str, Any]] = field(default_factory=deque)
    is_ready: bool = False
    is_stopping: bool = False
    is_over: bool = False
    is_too_large: bool = False
    has_lost_its_lease: bool = False
    started_at: float = 0.0
    open_since: float | None = None
    # The database did not take a line: until then it and those behind it wait.
    held_until: float = 0.0
    kill_at: float | None = None
    asked: dict[str, Then] = field(default_factory=dict)
    # What is being sent, by our reference, and the requests that wait for it.
    sending: dict[str, list[str]] = field(default_factory=dict)
    # Our references, by the message's id, of what went on its way and was not answered.
    unconfirmed: dict[str, str] = field(default_factory=dict)
    _unread: bytearray = field(default_factory=bytearray)
    _half: bytearray = field(default_factory=bytearray)
    _words: bytearray = field(default_factory=bytearray)

    def fileno(self) -> int:
        return _pipe(self.process.stdout).fileno()

    def say(self, line: Mapping[str, Any]) -> None:
        self._unread += encode(line)
        self.flush()

    def call(self, name: str, args: Mapping[str, Any], then: Then) -> None:
        """Called with the answer, or with an error when the child ends first."""
        call_id = uuid.uuid4().hex
        self.asked[call_id] = then
        self.say({"do": "call", "id": call_id, "name": name, "args": args})

    def flush(self) -> None:
        try:
            while self._unread:
                del self._unread[: os.write(_pipe(self.process.stdin).fileno(), self._unread)]
        except BlockingIOError:
            if len(self._unread) > _UNREAD_BYTES:
                self.kill()
        except OSError:
            self._unread.clear()  # it ended; its exit is seen elsewhere

    def read(self) -> bool:
        """Take what it told. False at its end."""
        try:
            told = os.read(self.fileno(), _READ_BYTES)
        except BlockingIOError:
            return True
        self._half += told
        *whole, rest = self._half.split(b"\n")
        self._half = bytearray(rest)
        self.lines.extend(line for raw in whole if (line := decode(bytes(raw))) is not None)
        return bool(told)

    def hear_words(self) -> None:
        """Take what it said on stderr: an unread pipe would hold it up."""
        with contextlib.suppress(BlockingIOError):
            while said := os.read(_pipe(self.process.stderr).fileno(), _READ_BYTES):
                self._words += said
                del self._words[:-_LAST_WORDS]

    @property
    def last_words(self) -> str:
        """What it said on stderr at last, for the log: without numbers of people."""
        return _LONG_NUMBER.sub(b"...", bytes(self._words)).decode(errors="replace").strip()

    @property
    def pss_mb(self) -> int | None:
        """Its memory, shared pages counted in part; None where the system does not tell."""
        try:
            report = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        except OSError:
            return None
        found = re.search(r"^Pss:\s+(\d+) kB", report, re.MULTILINE)
        return int(found[1]) // 1024 if found else None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """It has ended: let go of its pipes."""
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                _pipe(pipe).close()


def start(
    *, session_id: int, session: str, first_line: Mapping[str, Any], command: Sequence[str] = COMMAND
) -> Child:
    """Start it; call this on the main thread, with whose end it dies."""
    supervisor = os.getpid()

    def in_child() -> None:
        if linux.IS_LINUX:
            linux.signal_when_parent_dies(signal.SIGKILL)
        if os.getppid() != supervisor:
            os._exit(1)  # it died before it could take this process along

    process = subprocess.Popen(  # noqa: S603 -- our own program
        list(command),
        cwd=_ROOT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the supervisor alone
        preexec_fn=in_child,
        bufsize=0,
    )
    for pipe in (process.stdin, process.stdout, process.stderr):
        os.set_blocking(_pipe(pipe).fileno(), False)
    child = Child(session_id=session_id, session=session, process=process)
    child.say({"do": "start", **first_line})
    return child


def _environment() -> dict[str, str]:
    ways_out = {name: os.environ[name] for name in _PROXY_SETTINGS if name in os.environ}
    # The library's own switch: without it every direct message is marked as a business bot's.
    return minimal_environment() | ways_out | {"NEONIZE_BOT_TAG": "off", "PYTHONUNBUFFERED": "1"}


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 -- all three are pipes
    return pipe
