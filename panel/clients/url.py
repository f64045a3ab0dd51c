"""The panel's address, from whatever a person pasted."""

import re

from panel.errors import PanelUrlRefused
from smmbot.lib import ssrf

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def normalise_url(text: str, *, allow_private: bool | None = None) -> str:
    """Return `https://host[:port]` for a bare host, `http://…`, a trailing slash, `…/admin/adminapi/v2` and
    any other page of the panel. http stays http only where private addresses are allowed. Raises
    PanelUrlRefused."""
    url = text.strip()
    if not _SCHEME.match(url):
        url = f"https://{url}"
    private = ssrf.private_allowed(allow_private)
    try:
        # http is read as such first, so that the port it implies is not taken along.
        target = ssrf.parse_target(url, allow_private=private or url.lower().startswith("http://"))
        if target.scheme == "http" and not private:
            target = ssrf.parse_target(
                f"https://{target.origin.removeprefix('http://')}", allow_private=False
            )
        return target.origin
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
