"""What a child and its supervisor say to each other: one JSON object a line.

Down, on the child's stdin:
    {"do": "start", "session": "s-…", "database": "postgres://…", "device": "1555…:3@s.whatsapp.net", "spool": "/…",
     "live_s": 20}                        the first line; device: empty for a number that is not linked
    {"do": "live", "for_s": 20}           the lease holds; a child that hears nothing for so long ends itself
    {"do": "ack", "n": 17}                all events up to this one are in the database
    {"do": "call", "id": "…", "name": "send", "args": {…}}
    {"do": "stop"}

Up, on its stdout:
    {"is": "ready"}                       its store is open: the next child may be started
    {"is": "event", "n": 17, "event": {…}}   events.py reads them
    {"is": "answer", "id": "…", "ok": …}     or "error": the library's own words
"""

import json
from collections.abc import Mapping
from typing import Any


def encode(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def decode(raw: bytes) -> dict[str, Any] | None:
    """None for what is no line of ours."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None
