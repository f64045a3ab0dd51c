import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from smmbot.lib.embedded.errors import EmbeddedServerError
from smmbot.lib.embedded.paths import DATA_DIR_VARIABLE, Paths

_LOG_LIMIT_BYTES = 5_000_000


def make_folders(paths: Paths) -> None:
    """Raises EmbeddedServerError when the folders cannot be made or belong to somebody else."""
    with plain_errors(paths.data):
        paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_own(paths.data)
        for folder in (paths.run, paths.log):
            folder.mkdir(mode=0o700, exist_ok=True)
        paths.sockets.mkdir(mode=0o700, exist_ok=True)
        _require_own(paths.sockets)
        if stat.S_IMODE(paths.sockets.lstat().st_mode) != 0o700:
            paths.sockets.chmod(0o700)


def open_log(path: Path) -> BinaryIO:
    """Appends; a log grown large is kept once as `<name>.1`."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT_BYTES:
        path.rename(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def last_line(path: Path, *, since: int = 0) -> str:
    """The last line that tells of an error, else the last line; empty when there is none. since: bytes to
    skip."""
    try:
        with path.open("rb") as log:
            log.seek(since)
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line.lower() or "FATAL" in line or "PANIC" in line]
    return (errors or lines or [""])[-1]


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise EmbeddedServerError(
            f"The embedded servers cannot use {where}: {error.strerror}. Give this user a writable folder "
            f"with free space there, or name another one in {DATA_DIR_VARIABLE}."
        ) from error


def _require_own(folder: Path) -> None:
    found = folder.lstat() if folder.name.startswith("smmbot-") else folder.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedServerError(f"{folder} is not a folder: remove it, then try again.")
    if found.st_uid != os.geteuid():
        raise EmbeddedServerError(
            f"{folder} belongs to {_user_name(found.st_uid)}, and this process runs as "
            f"{_user_name(os.geteuid())}: run it as the owner, remove the folder, or name another one in "
            f"{DATA_DIR_VARIABLE}."
        )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
