"""What is wrong with the bot's settings, said before anything starts."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from botcore.domain.gateways import PAIRS
from smmbot.lib.ssrf import UrlRefused, parse_target


@register()
def gateways_are_whole(**_: Any) -> Sequence[CheckMessage]:
    """A gateway's address and its key come together."""
    found: list[CheckMessage] = []
    for url_name, key_name, _driver, _name in PAIRS:
        url, key = getattr(settings, url_name), getattr(settings, key_name)
        if bool(url) != bool(key):
            given, missing = (url_name, key_name) if url else (key_name, url_name)
            found.append(
                Error(f"{given} is set and {missing} is not.", hint="Set both or none.", id="botcore.E001")
            )
        if url and not _is_address(url):
            found.append(
                Error(f"{url_name} is no address.", hint="Such as http://gateway:8080.", id="botcore.E002")
            )
    basic = settings.GOWA_BASIC_AUTH
    if basic and not all(basic.partition(":")):
        found.append(Error("GOWA_BASIC_AUTH must be user:password.", id="botcore.E003"))
    return found


def _is_address(url: str) -> bool:
    try:
        parse_target(url, allow_private=True)
    except UrlRefused:
        return False
    return True
