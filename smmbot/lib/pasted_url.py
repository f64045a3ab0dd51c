"""The address of somebody's site, from whatever a person pasted."""

import re

from smmbot.lib import ssrf
from smmbot.lib.ssrf import Target

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def read_url(text: str, *, allow_private: bool | None = None) -> Target:
    """Read a bare host, `http://…` and any page of the site. http stays http only where private addresses are
    allowed. Raises UrlRefused."""
    url = text.strip()
    if not _SCHEME.match(url):
        url = f"https://{url}"
    private = ssrf.private_allowed(allow_private)
    # http is read as such first, so that the port it implies is not taken along.
    target = ssrf.parse_target(url, allow_private=private or url.lower().startswith("http://"))
    if target.scheme == "http" and not private:
        target = ssrf.parse_target(f"https://{target.url.removeprefix('http://')}", allow_private=False)
    return target
