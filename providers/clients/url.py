"""The provider's address, from whatever a person pasted."""

import re

from providers.errors import ProviderUrlRefused
from smmbot.lib import ssrf
from smmbot.lib.pasted_url import read_url

API_PATH = "/api/v2"
_UP_TO_API = re.compile(r".*?/api/v\d+(?=/|$)", re.IGNORECASE)
# Where a person stands who copies the address of the page with the key.
_PAGE = re.compile(
    r"(/(api|account|settings|services|orders|neworder|new-order|addfunds|tickets|refill|dashboard|login|signin"
    r"|index\.php))+$",
    re.IGNORECASE,
)


def normalise_api_url(text: str, *, allow_private: bool | None = None) -> str:
    """Return the address to call: `https://host/api/v2` for a bare host, `http://…`, a trailing slash and the
    pages where people find their key; a path up to `/api/v1`, `/api/v2`, … stays. http stays http only where
    private addresses are allowed. Raises ProviderUrlRefused."""
    try:
        target = read_url(text, allow_private=allow_private)
    except ssrf.UrlRefused as refused:
        raise ProviderUrlRefused(reason=refused.reason) from refused
    path = target.path.partition("?")[0].rstrip("/")
    if match := _UP_TO_API.match(path):
        return target.origin + match[0]
    return target.origin + _PAGE.sub("", path) + API_PATH
