import contextlib
import logging
import os
import subprocess
import time
from collections.abc import Callable
from typing import BinaryIO

from smmbot.lib.embedded import folders, lockfile
from smmbot.lib.embedded.environment import minimal_environment
from smmbot.lib.embedded.errors import EmbeddedServerError
from smmbot.lib.embedded.program import Program, send

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 30.0
_STABLE_S = 60.0
_STOP_PATIENCE_S = (5.0, 3.0, 2.0)
_POLL_S = 0.02


class Child:
    """A server that runs as a child of the supervisor."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._started_at = 0.0
        self._start_due: float | None = None
        self._deaths = 0

    def start(self) -> None:
        """Does not wait until it answers. Raises EmbeddedServerError when processes of an earlier one will
        not end."""
        lock = lockfile.open_lock(self.program.lock)
        try:
            self._end_earlier(lock)
            self.program.clear_remains()
            with folders.open_log(self.program.log) as output:
                self._log_start = output.tell()
                self._process = self._spawn(lock, output)
            lockfile.write_pid(lock, self._process.pid)
        finally:
            os.close(lock)
        self._started_at = time.monotonic()
        self._start_due = None
        log.info("%s started, pid %s", self.program.name, self._process.pid)

    def require_alive(self) -> None:
        """Raises EmbeddedServerError when it ended."""
        if self._process is not None and self._process.poll() is not None:
            reason = folders.last_line(self.program.log, since=self._log_start)
            raise EmbeddedServerError(
                f"{self.program.name} ended while it started ({reason or 'it did not say why'}). "
                f"See {self.program.log}, then try again."
            )

    def tend(self) -> None:
        """Starts it again if it died: at once the first time, then after longer and longer pauses."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is None:
            if self._deaths and now - self._started_at > _STABLE_S:
                self._deaths = 0
        elif self._start_due is None:
            pause_s = min(_LONGEST_PAUSE_S, 2.0 ** (self._deaths - 2)) if self._deaths else 0.0
            code = self._process.returncode if self._process is not None else None
            log.warning("%s died (exit %s), start again in %.1f s", self.program.name, code, pause_s)
            self._deaths += 1
            self._start_due = now + pause_s
        elif now >= self._start_due:
            try:
                self.start()
            except (EmbeddedServerError, OSError) as error:
                log.error("%s could not be started: %s", self.program.name, error)
                self._process = None
                self._start_due = None

    def begin_stop(self, *, gently: bool) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self.program.stop_signals[0 if gently else 1])

    def finish_stop(self) -> None:
        if self._process is None:
            return
        for patience_s, stronger in zip(
            _STOP_PATIENCE_S, (*self.program.stop_signals[1:], None), strict=False
        ):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
                log.info("%s stopped, exit %s", self.program.name, self._process.returncode)
                return
            if stronger is not None:
                log.warning("%s did not stop in %s s: %s", self.program.name, patience_s, stronger.name)
                self._process.send_signal(stronger)

    def _spawn(self, lock: int, output: BinaryIO) -> subprocess.Popen[bytes]:
        supervisor = os.getpid()

        def in_child() -> None:
            self.program.in_child()
            if os.getppid() != supervisor:
                os._exit(1)  # it died before it could be told to take this process along

        return subprocess.Popen(  # noqa: S603 -- our own binary
            self.program.command(),
            executable=self.program.executable,
            preexec_fn=in_child,
            pass_fds=[lock],
            env=minimal_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def _end_earlier(self, lock: int) -> None:
        """Waits until no process of an earlier server is left. After the death of its supervisor it is
        stopping by itself; the signals are for one that was not told."""
        name = self.program.name
        for patience_s, signum in zip(_STOP_PATIENCE_S, self.program.stop_signals, strict=False):
            if lockfile.try_exclusive(lock):
                return
            pids = list(self.program.processes())
            log.warning("%s of an earlier supervisor still runs %s: %s", name, pids, signum.name)
            for pid in pids:
                send(pid, signum)
            if _wait(lambda: lockfile.try_exclusive(lock), patience_s):
                return
        raise EmbeddedServerError(
            f"An earlier {name} (pid {lockfile.read_pid(self.program.lock)}) of this folder will not end: "
            f"end it, then try again. Log: {self.program.log}"
        )


def _wait(is_done: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not is_done():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True
