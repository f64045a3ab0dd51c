"""Who uses the servers: every process that asked for them holds a shared lock until it ends, however it
ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smmbot.lib.embedded import lockfile
from smmbot.lib.embedded.paths import Paths

_held: dict[Path, int] = {}


def hold(paths: Paths) -> None:
    """Idempotent. A forked child shares its parent's hold, which then lasts until both are gone."""
    held = _held.get(paths.users_lock)
    if held is not None:
        if lockfile.is_same_file(held, paths.users_lock):
            return
        release(paths)
    fd = lockfile.open_lock(paths.users_lock)
    # Waits only for a supervisor that looks, this very moment, whether anybody is here.
    fcntl.flock(fd, fcntl.LOCK_SH)
    if _held.setdefault(paths.users_lock, fd) != fd:
        os.close(fd)  # another thread was first


def release(paths: Paths) -> None:
    fd = _held.pop(paths.users_lock, None)
    if fd is not None:
        os.close(fd)


@contextmanager
def nobody_else(paths: Paths) -> Iterator[bool]:
    """True when no process uses the servers; none can begin to before the block ends."""
    fd = lockfile.open_lock(paths.users_lock)
    try:
        yield lockfile.try_exclusive(fd)
    finally:
        os.close(fd)
