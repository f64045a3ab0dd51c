"""Whether the optional package is there; nothing here imports it."""

import ctypes.util
from importlib import metadata
from importlib.util import find_spec
from typing import Final

LIBRARY: Final = "neonize"


def missing() -> str:
    """What the built-in gateway lacks on this machine, in words; empty when nothing."""
    if find_spec(LIBRARY) is None:
        return "The built-in gateway needs an optional package: pip install -r requirements-embedded.txt"
    if ctypes.util.find_library("magic") is None:
        return (
            "The built-in gateway needs the system library libmagic: apt install libmagic1 "
            "(macOS: brew install libmagic)."
        )
    return ""


def version() -> str:
    try:
        return f"{LIBRARY} {metadata.version(LIBRARY)}"
    except metadata.PackageNotFoundError:
        return LIBRARY
