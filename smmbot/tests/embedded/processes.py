"""Processes that use the embedded servers of a data folder, and what can be seen of them from outside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from smmbot.lib.embedded.paths import CHECKOUT, Paths
from smmbot.lib.embedded.postgres import Postgres
from smmbot.lib.embedded.program import send
from smmbot.lib.embedded.redis import Redis

# The lone `up` tells the test that it may go on; the read keeps the process until the test lets go of it.
USE = "from smmbot.lib import embedded; embedded.ensure_running(); print('up', flush=True); input()"


class User:
    """A process that uses the servers from the moment it is made until it ends."""

    def __init__(self, data: Path, *, script: str = USE, launcher: list[str] | None = None) -> None:
        self.process = subprocess.Popen(  # noqa: S603 -- ourselves
            [*(launcher or []), sys.executable, "-c", script],
            cwd=CHECKOUT,
            env=environment(data),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_up(self) -> "User":
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == "up\n", self.process.communicate()
        return self

    def leave(self) -> None:
        self.process.communicate("\n", timeout=10)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=10)


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "SMMBOT_DATA_DIR": str(data)}


def run(data: Path, script: str, *, launcher: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- ourselves
        [*(launcher or []), sys.executable, "-c", script],
        cwd=CHECKOUT,
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def eventually(is_so: Callable[[], bool], timeout_s: float = 10) -> bool:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def server_pids(data: Path) -> list[int]:
    paths = Paths(data)
    return [*Postgres(paths).processes(), *Redis(paths).processes()]


def supervisor_pids(data: Path) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            arguments = _command_line(folder)
            if b"smmbot.lib.embedded.supervisor" in arguments and os.fsencode(data) in arguments:
                found.append(int(folder.name))
    return found


def is_all_gone(data: Path) -> bool:
    return not supervisor_pids(data) and not server_pids(data)


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        send(pid, signal.SIGKILL)  # the death of one may have ended the next already


def _command_line(folder: Path) -> list[bytes]:
    try:
        return (folder / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
