"""Is the panel there, does it take the key, and what may the key do? A look that changes nothing: GET alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from panel.clients.registry import client_for
from panel.clients.types import Probe
from panel.clients.url import check_url
from panel.errors import PanelUrlRefused
from panel.models import PanelConnection

# What each right is for, and what is missing without it. In the order they matter.
CAPABILITIES: tuple[tuple[str, str, str, str], ...] = (
    ("orders", "Read orders", "order status, and every check before an action", "Orders"),
    ("users", "Read users", "verification, balance, ownership", "Users"),
    ("tickets", "Read tickets", "verification codes, ticket status", "Tickets"),
    ("payments", "Read payments", "payment look-ups", "Payments"),
)

_WORDS = {
    "ok": "",
    "panel_unauthorized": (
        "The panel refuses this key. Copy the Admin API key again from your panel's settings; a key of the "
        "ordinary user API does not work here."
    ),
    "panel_down": (
        "The panel did not answer. Check the address, and whether a firewall keeps our server out; then try again."
    ),
    "panel_rate_limited": (
        "The panel says there were too many calls. Other tools use the same key; try again in a minute."
    ),
    "panel_protocol_error": (
        "There is something at this address, but not the Admin API v2. Check the address, and whether a "
        "protection page (Cloudflare) stands in front of it."
    ),
    "panel_refused": "The panel answered, and said no to a part of what was asked. See the list.",
    "panel_not_found": "There is something at this address, but not the Admin API v2. Check the address.",
}
REFUSED_URL = {
    "scheme": "Enter an address that begins with https://.",
    "credentials": "Leave user name and password out of the address.",
    "host": "This is no web address. It looks like https://yourpanel.com.",
    "port": "Leave the port out of the address.",
    "address": "This address leads into a private network, which this server does not call. Enter the public one.",
    "unresolved": "There is no server of this name. Check the spelling.",
}


@dataclass(frozen=True, slots=True)
class Capability:
    """One line of the list. missing: what to do, empty when the key has it."""

    name: str
    label: str
    used_for: str
    has: bool
    missing: str


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A panel as somebody typed it."""

    base_url: str
    api_key: str
    kind: str = PanelConnection.Kind.PERFECTPANEL
    rate_limit: float | None = 5


def look(connection: PanelConnection | Unsaved) -> Probe:
    """Ask the panel. Raises PanelUrlRefused, with the reason in its `reason`."""
    check_url(connection.base_url)
    return client_for(connection).probe()


def look_and_keep(*, connection: PanelConnection, now: datetime) -> Probe:
    """The same for the saved panel, and remember what was found."""
    try:
        probe = look(connection)
    except PanelUrlRefused as error:
        probe = Probe(False, False, False, f"{error.code}:{error.reason}", None)
    found = stored(probe)
    rows = PanelConnection.objects.filter(
        tenant_id=connection.tenant_id, pk=connection.pk, base_url=connection.base_url
    )
    rows.update(probe=found, validated_at=now)
    return probe


def stored(probe: Probe) -> dict[str, Any]:
    return {
        "reachable": probe.reachable,
        "authorised": probe.authorised,
        "is_v2": probe.is_v2,
        "code": probe.code,
        "latency_ms": probe.latency_ms,
        "capabilities": dict(probe.capabilities),
    }


def words_of(code: str) -> str:
    """What happened and the way out, for the code of a probe; nothing when all is well."""
    kind, _, reason = code.partition(":")
    if kind == "panel_url_refused":
        return REFUSED_URL.get(reason, REFUSED_URL["host"])
    return _WORDS.get(kind, _WORDS["panel_down"])


def is_well(found: dict[str, Any]) -> bool:
    """Everything the bot needs is there."""
    return bool(found.get("authorised")) and all(found.get("capabilities", {}).values())


def capabilities_of(found: dict[str, Any]) -> Sequence[Capability]:
    """The list in words, from what was kept of a probe."""
    has = found.get("capabilities", {})
    return [
        Capability(
            name,
            label,
            used_for,
            bool(has.get(name)),
            ""
            if has.get(name)
            else f"Allow “{right}” for this key in your panel's Admin API settings, then check again.",
        )
        for name, label, used_for, right in CAPABILITIES
    ]
