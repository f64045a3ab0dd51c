import os

_NEEDED = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "TZ")


def minimal_environment() -> dict[str, str]:
    """For the servers: without the project's keys, and without PGDATA and the like, which would lead them
    astray."""
    return {name: os.environ[name] for name in _NEEDED if name in os.environ} | {"LC_ALL": "C"}
