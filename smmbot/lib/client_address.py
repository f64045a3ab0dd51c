"""From which address a request comes: the connection's own, or what our proxy noted."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Empty when it is unknown. What a stranger writes into the header never counts: the proxy adds what it saw
    at the end, and only that is read, and only when a proxy is known to stand before us."""
    given: str = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_TLS_PROXY:
        given = request.headers.get("X-Forwarded-For", given).rpartition(",")[2]
    try:
        address = ip_address(given.strip().strip("[]").partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def network_of(address: str) -> str:
    """What one customer of a provider holds: limits count it as one. IPv4: the address; IPv6: its /64."""
    return str(IPv6Network((address, 64), strict=False)) if ":" in address else address
