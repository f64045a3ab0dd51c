import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from smmbot.lib.embedded import binaries, folders, identity
from smmbot.lib.embedded.environment import minimal_environment
from smmbot.lib.embedded.errors import EmbeddedServerError
from smmbot.lib.embedded.paths import DATABASE, DATABASE_USER, Paths
from smmbot.lib.embedded.program import Program

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "log_line_prefix": "%m [%p] ",
}
# Case and order of letters by Unicode, the same on each machine whatever locales it has.
_LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
_INITDB_TIMEOUT_S = 120
_STATUS_LINE = 7  # of postmaster.pid, as pg_ctl reads it


class Postgres(Program):
    name = "postgres"
    # Fast shutdown: clients are cut off, data is written. Then without a checkpoint, then by force.
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths)
        self._identity: identity.Identity | None = None

    @property
    def identity(self) -> identity.Identity:
        if self._identity is None:
            self._identity = identity.choose(binaries.postgres_bin() / "postgres")
        return self._identity

    def prepare(self) -> None:
        data = self.paths.postgres_data
        if data.exists():
            _require_our_version(data)
            self._give_to_owner(data)
        else:
            self._make_data()

    def command(self) -> list[str]:
        paths = self.paths
        settings = {**_SETTINGS, "unix_socket_directories": str(paths.sockets), "cluster_name": paths.tag}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(binaries.postgres_bin() / "postgres"), "-D", str(paths.postgres_data), *options]

    def clear_remains(self) -> None:
        # PostgreSQL believes a pid file whose pid lives, even if that is by now an unrelated process.
        socket_file = self.paths.postgres_socket
        for file in (self._pid_file, socket_file, socket_file.with_name(f"{socket_file.name}.lock")):
            file.unlink(missing_ok=True)

    def answers(self) -> bool:
        try:
            lines = self._pid_file.read_text().splitlines()
        except OSError:
            return False
        ready = len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"
        return ready and _listens(self.paths.postgres_socket)

    def owns(self, arguments: list[str]) -> bool:
        # The server keeps its options; the processes that it starts show a title in their place.
        is_server = f"cluster_name={self.paths.tag}" in arguments
        return is_server or (arguments[:1] != [] and arguments[0].startswith(f"postgres: {self.paths.tag}:"))

    def in_child(self) -> None:
        self.identity.assume()
        super().in_child()

    def create_database(self) -> None:
        """Creates the project's database unless it is there; also if somebody dropped it since."""
        script = (
            f"SELECT 'CREATE DATABASE {DATABASE}' WHERE NOT EXISTS "  # noqa: S608 -- a constant
            f"(SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec"
        )
        command: list[str | Path] = [
            binaries.postgres_bin() / "psql",
            "-X",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.paths.sockets,
        ]
        result = subprocess.run(  # noqa: S603 -- our own binary
            [*command, "-U", DATABASE_USER, "-d", "postgres"],
            input=script,
            env=minimal_environment(),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if result.returncode != 0:
            raise EmbeddedServerError(
                f"Database {DATABASE} could not be created ({' '.join(result.stderr.split())}). "
                f"See {self.log}, then try again."
            )

    @property
    def _pid_file(self) -> Path:
        return self.paths.postgres_data / "postmaster.pid"

    def _make_data(self) -> None:
        """In a folder of another name first, so that a half-made one is never taken for data."""
        data = self.paths.postgres_data
        unfinished = data.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give_to_owner(unfinished)
        log = self.paths.log / "initdb.log"
        command: list[str | Path] = [
            binaries.postgres_bin() / "initdb",
            "-D",
            unfinished,
            "-U",
            DATABASE_USER,
            "--auth=trust",
        ]
        with log.open("wb") as output:
            result = subprocess.run(  # noqa: S603 -- our own binary
                [*command, "--no-instructions", *_LOCALE],
                preexec_fn=self.identity.assume,
                env=minimal_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_INITDB_TIMEOUT_S,
                check=False,
            )
        if result.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise EmbeddedServerError(
                f"PostgreSQL could not make its data in {data} ({folders.last_line(log)}). Free space or "
                f"permissions there may be missing; see {log}, then try again."
            )
        unfinished.rename(data)

    def _give_to_owner(self, folder: Path) -> None:
        """The owner changes when the same root comes from inside a container one day and from outside the
        next."""
        uid, gid = self.identity.owner
        if folder.stat().st_uid == uid:
            return
        for place, _, files in os.walk(folder):
            for path in (place, *(str(Path(place, file)) for file in files)):
                os.chown(path, uid, gid, follow_symlinks=False)


def _require_our_version(data: Path) -> None:
    try:
        version = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        version = "nothing known"
    if version != binaries.POSTGRES_MAJOR:
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {version}, and this checkout runs {binaries.POSTGRES_MAJOR}: "
            "move the folder away (its content is lost to the project then), or set DATABASE_URL to a server "
            "that can read it."
        )


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True
