import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from smmbot.lib.embedded import linux, lockfile
from smmbot.lib.embedded.paths import Paths

_PROC = Path("/proc")


class Program(ABC):
    """What the supervisor must know of a server to keep it running."""

    name: str
    # The ways to end it, from the gentlest on.
    stop_signals: tuple[signal.Signals, ...]

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    @property
    def lock(self) -> Path:
        """Held by the server's processes themselves, so it is free only when the last of them is gone."""
        return self.paths.run / f"{self.name}.lock"

    @property
    def log(self) -> Path:
        return self.paths.log / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        return lockfile.read_pid(self.lock) if lockfile.is_held(self.lock) else None

    @property
    def executable(self) -> Path | None:
        """The file to run where the command's first word is another name."""
        return None

    @abstractmethod
    def prepare(self) -> None:
        """Makes the data when there is none. Called once, before the first start."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def clear_remains(self) -> None:
        """Removes what a killed server left; called when no process of it lives."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client would be served right now; takes a millisecond."""

    @abstractmethod
    def owns(self, arguments: list[str]) -> bool:
        """Whether a process with this command line belongs to the server of this folder."""

    def in_child(self) -> None:
        """Called between fork and exec."""
        if linux.IS_LINUX:
            linux.signal_when_parent_dies(self.stop_signals[0])

    def processes(self) -> Iterator[int]:
        """Every process of this server, also one that another supervisor left behind. A pid that was given to
        somebody else since does not count: the command line decides."""
        if not _PROC.is_dir():
            return
        for folder in _PROC.iterdir():
            if folder.name.isdecimal() and self.owns(_command_line(folder)):
                yield int(folder.name)


def send(pid: int, signum: signal.Signals) -> None:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return


def _command_line(folder: Path) -> list[str]:
    try:
        content = (folder / "cmdline").read_bytes()
    except OSError:
        return []
    return content.rstrip(b"\0").decode(errors="replace").split("\0")
