"""Where the embedded servers of a checkout live. Nothing here touches the disk: settings.py asks at
import."""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
DATA_DIR_VARIABLE = "SMMBOT_DATA_DIR"
DATABASE = "smmbot"
DATABASE_USER = "smmbot"

# PostgreSQL names its socket after a port, though it listens on none.
_POSTGRES_SOCKET = ".s.PGSQL.5432"
# sun_path holds 107 bytes on Linux and 103 on macOS.
_SOCKET_PATH_LIMIT = 103
# A comma separates hosts for libpq, and each URL parser unquotes by its own rules: anything odd goes to the
# short folder, so that no URL ever needs quoting.
_PLAIN_PATH = re.compile(r"[\w./-]+", re.ASCII)


@dataclass(frozen=True)
class Paths:
    data: Path

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def postgres_data(self) -> Path:
        return self.data / "postgres"

    @property
    def redis_data(self) -> Path:
        return self.data / "redis"

    @property
    def users_lock(self) -> Path:
        return self.run / "users.lock"

    @property
    def start_lock(self) -> Path:
        return self.run / "start.lock"

    @property
    def supervisor_lock(self) -> Path:
        return self.run / "supervisor.lock"

    @property
    def ready_marker(self) -> Path:
        """Stands from the moment both servers answered until somebody decides that they stop."""
        return self.run / "ready"

    @property
    def supervisor_log(self) -> Path:
        return self.log / "supervisor.log"

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    @property
    def tag(self) -> str:
        """Stands in the command line of every server process of this folder, and of no other."""
        return f"smmbot-{self.digest}"

    @cached_property
    def sockets(self) -> Path:
        longest = os.fsencode(self.run / _POSTGRES_SOCKET)
        if len(longest) <= _SOCKET_PATH_LIMIT and _PLAIN_PATH.fullmatch(str(self.run)):
            return self.run
        return _short_temp_dir() / f"smmbot-{os.geteuid()}-{self.digest}"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / _POSTGRES_SOCKET

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"


def current() -> Paths:
    return Paths(data_dir())


def data_dir() -> Path:
    """`.data` of this checkout, or the folder named by SMMBOT_DATA_DIR."""
    override = os.environ.get(DATA_DIR_VARIABLE)
    return Path(override).expanduser().resolve() if override else CHECKOUT / ".data"


def database_url() -> str:
    """`postgres://user@//socket/folder/name`, the form in which django-environ reads a socket folder into
    HOST.

    The percent-encoded host that libpq takes is of no use here: django-environ neither unquotes it nor keeps
    its capitals. For psql: `psql -h <folder> -U smmbot smmbot`.
    """
    return f"postgres://{DATABASE_USER}@/{current().sockets}/{DATABASE}"


def redis_url() -> str:
    return f"unix://{current().redis_socket}?db=0"


def broker_url() -> str:
    """The Redis URL as kombu, and so Celery, spells it."""
    return f"redis+socket://{current().redis_socket}?virtual_host=0"


def _short_temp_dir() -> Path:
    # Not tempfile's choice first: TMPDIR differs between a shell and a service, and both must find the same
    # sockets. The folder made here is ours alone, and folders.py refuses one that is not.
    shared = Path("/tmp")  # noqa: S108 -- see above
    return shared if shared.is_dir() else Path(tempfile.gettempdir())
