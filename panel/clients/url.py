"""The panel's address, from whatever a person pasted."""

from panel.errors import PanelUrlRefused
from smmbot.lib import ssrf
from smmbot.lib.pasted_url import read_url


def normalise_url(text: str, *, allow_private: bool | None = None) -> str:
    """Return `https://host[:port]` for a bare host, `http://…`, a trailing slash, `…/admin/adminapi/v2` and
    any other page of the panel. http stays http only where private addresses are allowed. Raises
    PanelUrlRefused."""
    try:
        return read_url(text, allow_private=allow_private).origin
    except ssrf.UrlRefused as refused:
        raise PanelUrlRefused(reason=refused.reason) from refused


def check_url(text: str, *, allow_private: bool | None = None) -> str:
    """The same, and look the name up: for the moment an address is entered. Calls check again when they
    connect. Raises PanelUrlRefused."""
    origin = normalise_url(text, allow_private=allow_private)
    try:
        ssrf.check_url(origin, allow_private=allow_private)
    except ssrf.UrlRefused as refused:
        raise PanelUrlRefused(reason=refused.reason) from refused
    return origin
