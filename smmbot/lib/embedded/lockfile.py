"""Locks that the kernel drops with their last holder, so that a kill -9 leaves nothing to clean up.

A lock lives with its open file: children that inherit the descriptor keep it. Only close, never unlock, since
unlocking one copy of a descriptor unlocks all of them.
"""

import fcntl
import os
from pathlib import Path


def open_lock(path: Path) -> int:
    """A descriptor that programs started from here do not inherit."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def try_exclusive(fd: int) -> bool:
    return _try(fd, fcntl.LOCK_EX)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock exclusively. Asked with a shared lock, so that two who ask do not
    meet."""
    try:
        fd = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _try(fd, fcntl.LOCK_SH)
    finally:
        os.close(fd)


def is_same_file(fd: int, path: Path) -> bool:
    """False when the folder was removed or replaced since the lock was opened."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def write_pid(fd: int, pid: int) -> None:
    os.ftruncate(fd, 0)
    os.pwrite(fd, str(pid).encode(), 0)


def read_pid(path: Path) -> int | None:
    """Whose pid the holder wrote; worth something only while the lock is held."""
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _try(fd: int, operation: int) -> bool:
    try:
        fcntl.flock(fd, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
