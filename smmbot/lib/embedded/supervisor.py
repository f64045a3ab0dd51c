"""`python -m smmbot.lib.embedded.supervisor <data folder> <fd>`: keeps PostgreSQL and Redis running for as
long as anybody uses them.

One process a data folder, with one thread. Goes into the background, then writes one line to the descriptor:
`started` when both servers answer, else what is wrong.
"""

import contextlib
import logging
import os
import signal
import sys
import time
from pathlib import Path

from smmbot.lib.embedded import lockfile, users
from smmbot.lib.embedded.child import Child
from smmbot.lib.embedded.errors import EmbeddedServerError
from smmbot.lib.embedded.folders import plain_errors
from smmbot.lib.embedded.paths import Paths
from smmbot.lib.embedded.postgres import Postgres
from smmbot.lib.embedded.redis import Redis

log = logging.getLogger(__name__)

STARTED = "started"

# One command after another finds the servers still there.
_LINGER_S = 1.5
_TICK_S = 0.1
_START_POLL_S = 0.01
_LOCK_PATIENCE_S = 2.0
# Recovery of a large database after a crash takes its time.
_START_TIMEOUT_S = 120.0


class Supervisor:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._postgres = Postgres(paths)
        self._redis = Redis(paths)
        self._children = [Child(self._postgres), Child(self._redis)]
        self._lock = lockfile.open_lock(paths.supervisor_lock)
        self._stop_asked = False

    def claim(self) -> bool:
        """False when another supervisor has this folder."""
        deadline = time.monotonic() + _LOCK_PATIENCE_S
        # Somebody who merely asks whether it is held has it for a moment.
        while not lockfile.try_exclusive(self._lock):
            if time.monotonic() > deadline:
                return False
            time.sleep(_START_POLL_S)
        lockfile.write_pid(self._lock, os.getpid())
        self._paths.ready_marker.unlink(missing_ok=True)
        return True

    def ask_to_stop(self) -> None:
        self._stop_asked = True

    def start(self) -> None:
        """Returns when both servers answer. Raises EmbeddedServerError."""
        with plain_errors(self._paths.data):
            self._redis.prepare()
            self._postgres.prepare()
            for child in self._children:
                child.start()
            self._wait_until_all_answer()
            self._postgres.create_database()
            self._paths.ready_marker.touch(mode=0o600)
        log.info("ready")

    def tend_until_unused(self) -> None:
        unused_since: float | None = None
        while not self._stop_asked:
            if not lockfile.is_same_file(self._lock, self._paths.supervisor_lock):
                log.warning("the data folder was removed")
                return
            for child in self._children:
                child.tend()
            with users.nobody_else(self._paths) as is_unused:
                now = time.monotonic()
                unused_since = (unused_since or now) if is_unused else None
                if unused_since is not None and now - unused_since >= _LINGER_S:
                    # Still inside the block: whoever comes next sees no marker, and waits for our end.
                    self._paths.ready_marker.unlink(missing_ok=True)
                    return
            time.sleep(_TICK_S)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._paths.ready_marker.unlink(missing_ok=True)
        # Without its folder a server cannot save, and would wait in vain for being able to.
        can_save = self._paths.postgres_data.is_dir()
        for child in self._children:
            child.begin_stop(gently=can_save)
        for child in self._children:
            child.finish_stop()
        # The lock stays with this process to its very end, so that whoever finds it free finds nobody.
        os.ftruncate(self._lock, 0)
        log.info("stopped")

    def _wait_until_all_answer(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not all(child.program.answers() for child in self._children):
            for child in self._children:
                child.require_alive()
            if self._stop_asked:
                raise EmbeddedServerError("The embedded servers were stopped while they started: try again.")
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"The embedded servers did not answer within {_START_TIMEOUT_S:.0f} s: see "
                    f"{self._paths.log}."
                )
            time.sleep(_START_POLL_S)


def main(data: str, report_fd: str) -> int:
    if os.fork():
        return 0  # the caller waits for this process, and never has to reap the other
    _be_ordinary()
    paths = Paths(Path(data))
    with open(int(report_fd), "w") as report:  # noqa: PTH123 -- a descriptor
        supervisor = Supervisor(paths)
        signal.signal(signal.SIGTERM, lambda *_: supervisor.ask_to_stop())
        signal.signal(signal.SIGINT, lambda *_: supervisor.ask_to_stop())
        if not supervisor.claim():
            _tell(report.fileno(), f"Another supervisor has {data}: try again.")
            return 1
        problem = _start(supervisor, paths)
        _tell(report.fileno(), problem or STARTED)
    try:
        if problem is None:
            supervisor.tend_until_unused()
    except BaseException:
        log.exception("the supervisor fails")
        raise
    finally:
        supervisor.stop()
    return 0 if problem is None else 1


def _start(supervisor: Supervisor, paths: Paths) -> str | None:
    try:
        supervisor.start()
    except EmbeddedServerError as error:
        log.error("%s", error)
        return str(error)
    except Exception:
        log.exception("the servers could not be started")
        return f"The embedded servers could not be started: see {paths.supervisor_log}, then try again."
    return None


def _tell(fd: int, line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(fd, line.encode())


def _be_ordinary() -> None:
    """Nothing of whoever happened to start us first may show: not its blocked signals, its umask or its
    folder."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.umask(0o077)
    os.chdir("/")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(process)d] %(levelname)s %(message)s")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
