"""What the processes of the project ask of the supervisor."""

import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from smmbot.lib.embedded import folders, lockfile, users
from smmbot.lib.embedded.errors import EmbeddedServerError
from smmbot.lib.embedded.paths import CHECKOUT, Paths, current
from smmbot.lib.embedded.postgres import Postgres
from smmbot.lib.embedded.program import send
from smmbot.lib.embedded.redis import Redis

_SUPERVISOR = "smmbot.lib.embedded.supervisor"
_STARTED = "started"
_POLL_S = 0.02
_SILENT_DEATHS_ALLOWED = 3


@dataclass(frozen=True)
class Status:
    """running: both servers answer. A pid is None when that process is gone."""

    running: bool
    supervisor_pid: int | None
    postgres_pid: int | None
    redis_pid: int | None


def ensure_running(timeout_s: float = 30) -> None:
    """Starts the servers unless they run, and uses them until this process ends. Costs a few milliseconds
    when they run, so a long-lived process may ask again. Raises EmbeddedServerError."""
    paths = current()
    folders.make_folders(paths)
    with folders.plain_errors(paths.data):
        users.hold(paths)
        if _is_up(paths):
            return
        _start_and_wait(paths, time.monotonic() + timeout_s)


def stop(timeout_s: float = 10) -> None:
    """Stops the servers now, whoever uses them. Raises EmbeddedServerError when they are not gone in time."""
    paths = current()
    deadline = time.monotonic() + timeout_s
    paths.ready_marker.unlink(missing_ok=True)
    while _is_anything_left(paths):
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"The embedded servers did not stop within {timeout_s} s: see {paths.log}."
            )
        if lockfile.is_held(paths.supervisor_lock):
            _signal_supervisor(paths)
        else:
            _signal_orphans(paths)
        time.sleep(_POLL_S)


def wait_stopped(timeout_s: float) -> bool:
    """Uses the servers no longer and, when nobody else does, has them stop without delay. True when they are
    gone; False at once when others use them (a forked child of ours that still lives counts), or when the
    time is over."""
    paths = current()
    users.release(paths)
    if not paths.run.is_dir():
        return True
    deadline = time.monotonic() + timeout_s
    with users.nobody_else(paths) as is_unused:
        if not is_unused:
            return False
        # As the supervisor itself does it: whoever comes after this block sees that the servers are about to
        # stop.
        paths.ready_marker.unlink(missing_ok=True)
        _signal_supervisor(paths)
    while _is_anything_left(paths):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def status() -> Status:
    paths = current()
    return Status(
        running=_is_up(paths),
        supervisor_pid=_supervisor_pid(paths),
        postgres_pid=Postgres(paths).pid,
        redis_pid=Redis(paths).pid,
    )


def _is_up(paths: Paths) -> bool:
    return (
        paths.ready_marker.exists()
        and lockfile.is_held(paths.supervisor_lock)
        and Postgres(paths).answers()
        and Redis(paths).answers()
    )


def _is_anything_left(paths: Paths) -> bool:
    locks = (paths.supervisor_lock, Postgres(paths).lock, Redis(paths).lock)
    return any(lockfile.is_held(lock) for lock in locks)


def _start_and_wait(paths: Paths, deadline: float) -> None:
    """One process at a time starts a supervisor; the others find the servers up when their turn comes."""
    start_lock = lockfile.open_lock(paths.start_lock)
    try:
        while not lockfile.try_exclusive(start_lock):
            _pause(paths, deadline)
        # A supervisor that lives without being up either starts, or stops, or restarts a server: all pass.
        silent_deaths = 0
        while not _is_up(paths):
            if lockfile.is_held(paths.supervisor_lock):
                _pause(paths, deadline)
            elif not _start_supervisor(paths, deadline):
                silent_deaths += 1
                if silent_deaths == _SILENT_DEATHS_ALLOWED:
                    raise EmbeddedServerError(
                        f"The embedded servers could not be started: see {paths.supervisor_log}, then try "
                        "again."
                    )
    finally:
        os.close(start_lock)


def _pause(paths: Paths, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise _too_late(paths)
    time.sleep(_POLL_S)


def _start_supervisor(paths: Paths, deadline: float) -> bool:
    """False when it ended without a word, as after a kill -9. Raises EmbeddedServerError with the words it
    had."""
    report, report_end = os.pipe()
    with open(report, "rb") as reader:  # noqa: PTH123 -- a descriptor
        try:
            with folders.open_log(paths.supervisor_log) as output:
                # The process started here leaves the servers' keeper behind and ends, so there is none to
                # reap later.
                subprocess.run(  # noqa: S603 -- ourselves
                    [sys.executable, "-m", _SUPERVISOR, str(paths.data), str(report_end)],
                    cwd=CHECKOUT,
                    env=_environment(),
                    pass_fds=[report_end],
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    check=False,
                )
        finally:
            os.close(report_end)
        if not select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise _too_late(paths)
        answer = reader.read().decode()
    if answer not in (_STARTED, ""):
        raise EmbeddedServerError(answer)
    return answer == _STARTED


def _environment() -> dict[str, str]:
    search = [str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(search)}


def _too_late(paths: Paths) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"The embedded servers are not up yet: wait a moment and try again, or see {paths.log} for what "
        "keeps them."
    )


def _supervisor_pid(paths: Paths) -> int | None:
    return lockfile.read_pid(paths.supervisor_lock) if lockfile.is_held(paths.supervisor_lock) else None


def _signal_supervisor(paths: Paths) -> None:
    pid = _supervisor_pid(paths)
    # Between taking the lock and writing its pid, a supervisor shows the pid of one that was killed before
    # it.
    if pid is not None and _is_supervisor(pid, paths):
        send(pid, signal.SIGTERM)


def _is_supervisor(pid: int, paths: Paths) -> bool:
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return not Path("/proc/self").exists()
    return _SUPERVISOR.encode() in arguments and os.fsencode(paths.data) in arguments


def _signal_orphans(paths: Paths) -> None:
    for program in (Postgres(paths), Redis(paths)):
        if lockfile.is_held(program.lock):
            for pid in program.processes():
                send(pid, program.stop_signals[0])
