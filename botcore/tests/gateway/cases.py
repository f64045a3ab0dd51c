"""What every driver is asked to read, and which driver has no such thing to read, and why."""

import json
from pathlib import Path

from botcore.gateway.registry import DRIVERS

PAYLOADS = Path(__file__).parent / "payloads"

# The file of a case is `<case>.json` or `<case>.<what is special>.json`.
CASES = frozenset(
    {
        "dm_by_phone",
        "dm_by_lid",
        "group",
        "disappearing",
        "view_once",
        "edited",
        "reaction",
        "image_with_caption",
        "own_from_phone",
        "own_by_api",
        "member_added_as_text",
        "member_added_as_object",
        "group_seen",
        "status",
        "qr",
        "qr_limit",
        "open",
        "closed",
        "deleted",
        "unknown_event",
        "malformed",
    }
)

# Drivers that read no webhooks at all.
WITHOUT_WEBHOOKS = {"embedded": "its supervisor hands events over in the same process"}

_PLAIN = "its messages are plain: there is no protocol to wrap them in"
LACKS = {
    "sandbox": {
        "disappearing": _PLAIN,
        "view_once": _PLAIN,
        "reaction": _PLAIN,
        "own_by_api": "it tells nothing of what was sent through it",
        "member_added_as_text": "it tells whole groups",
        "member_added_as_object": "it tells whole groups",
        "status": "nobody reads in the sandbox",
        "qr": "its code is asked for",
        "qr_limit": "its code is asked for, and a new one each time",
        "deleted": "nobody else deletes its sessions",
    },
    "waha": {
        "member_added_as_text": "its members are objects",
        "deleted": "a session that is deleted there is told as one that was stopped",
    },
    "gowa": {
        "own_by_api": "it tells nothing of what was sent through it",
        "member_added_as_object": "its members are texts",
        **dict.fromkeys(("qr", "qr_limit", "open", "closed", "deleted"), "it tells nothing of connections"),
    },
}

READERS = [name for name in DRIVERS if name not in WITHOUT_WEBHOOKS]


def files_of(driver):
    return sorted((PAYLOADS / driver).glob("*.json"))


def case_of(path):
    return path.name.split(".")[0]


def load(path):
    """The body as the gateway sends it, and the events it must be read as."""
    data = json.loads(path.read_text())
    means = data["means"]
    return json.dumps(data["event"]).encode(), means if isinstance(means, list) else [means]
