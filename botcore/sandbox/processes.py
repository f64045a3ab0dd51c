"""Child processes of the demo: started apart from the terminal's signals, gone when the demo is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from smmbot.lib.embedded import linux


class ProcessDied(Exception):
    """A child ended by itself. log: where it said why."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"The {name} stopped by itself; its log is {log}")


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


class Children:
    """Start, watch and stop child processes. The one who starts them must be the main thread."""

    def __init__(self, *, log_dir: Path, cwd: Path) -> None:
        self._log_dir, self._cwd = log_dir, cwd
        self._children: list[Child] = []
        log_dir.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> Child:
        log = self._log_dir / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 -- our own programs
                [sys.executable, *command],
                cwd=self._cwd,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us alone: we stop them in order
                preexec_fn=_die_with_parent,
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raises ProcessDied when one has ended."""
        for child in self._children:
            if child.process.poll() is not None:
                raise ProcessDied(child.name, child.log)

    def kill(self, child: Child) -> None:
        """End one, and whatever it started, without a word."""
        self._children.remove(child)
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def stop(self, *, patience_s: float = 2.5) -> None:
        """End all of them, and whatever they started: a kind word first, then by force."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        for child in self._children:
            try:
                child.process.wait(max(0.01, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue
        self._signal(signal.SIGKILL)
        for child in self._children:
            child.process.wait()
        self._children.clear()

    def _signal(self, number: int) -> None:
        for child in reversed(self._children):
            try:
                os.killpg(child.process.pid, number)
            except ProcessLookupError:
                continue


def _die_with_parent() -> None:
    if linux.IS_LINUX:
        linux.signal_when_parent_dies(signal.SIGTERM)
