"""URLs given by tenants: which of them this server may call.

`check_url` is for the moment one is entered. It does not replace the check at use: a name may resolve to
another address a second later, so `lib/guarded_adapter.py` checks again the very address it connects to.
"""

import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit

import idna
from django.conf import settings

Address = IPv4Address | IPv6Address

# is_global does not know these: relays and translators that hide an IPv4 address, multicast, and the address
# at which one cloud answers its machines.
_NEVER: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "fd00:ec2::254/128",
    )
)
_LOOPBACK6 = IPv6Address("::1")
_DEFAULT_PORTS = {"https": 443, "http": 80}
# The URL standard reads a host as an IPv4 address when its last label is a number of any base.
_LAST_LABEL_IS_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.IGNORECASE | re.ASCII)
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)
_SENT_AS_THEY_ARE = "!#$%&'()*+,/:;=?@[]~"
_BAD_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")


class UrlRefused(Exception):
    """This server will not call the URL. reason: `scheme`, `credentials`, `host`, `port`, `address` or
    `unresolved`."""

    code = "url_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, before any name is resolved. host: lower case ASCII, IPv6 without brackets; path:
    with the query, never empty."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """A URL whose every address was allowed when it was looked up."""

    target: Target
    addresses: tuple[str, ...]

    @property
    def url(self) -> str:
        return self.target.url


def check_url(url: str, *, allow_private: bool | None = None) -> CheckedUrl:
    """Resolve and check a URL. allow_private: settings.ALLOW_PRIVATE_URLS unless given; it lets through http
    and the addresses of this machine and its network. Raises UrlRefused."""
    private = private_allowed(allow_private)
    target = parse_target(url, allow_private=private)
    try:
        found = resolve(target.host, target.port)
    except OSError as error:
        raise UrlRefused("unresolved") from error
    addresses = tuple(address for _, address in found)
    check_addresses(addresses, allow_private=private)
    return CheckedUrl(target=target, addresses=addresses)


def private_allowed(allow_private: bool | None) -> bool:
    """The caller's word, else the settings'."""
    return bool(getattr(settings, "ALLOW_PRIVATE_URLS", False)) if allow_private is None else allow_private


@lru_cache(maxsize=2048)
def parse_target(url: str, *, allow_private: bool) -> Target:
    """Check what the text alone shows. Raises UrlRefused."""
    if _BAD_CHARACTERS.search(url):
        raise UrlRefused("host")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UrlRefused("port" if "port" in str(error).lower() else "host") from error
    scheme = parts.scheme.lower()
    if scheme != "https" and not (scheme == "http" and allow_private):
        raise UrlRefused("scheme")
    if "@" in parts.netloc:
        raise UrlRefused("credentials")
    host = canonical_host(parts.hostname or "")
    literal = _literal(host)
    if literal is not None:
        check_addresses((str(literal),), allow_private=allow_private)
    if port == 0:
        raise UrlRefused("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, port or _DEFAULT_PORTS[scheme], quote(path, safe=_SENT_AS_THEY_ARE))


def canonical_host(host: str) -> str:
    """The host as it is sent and compared: lower case, without a last dot, other scripts as `xn--`,
    addresses in their one spelling. Raises UrlRefused, also for addresses written as 2130706433, 0x7f.1,
    017700000001 or 127.1."""
    try:
        if ":" in host:
            return str(IPv6Address(host))
        host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode()
        host = host.removesuffix(".")
        if _LAST_LABEL_IS_NUMBER.fullmatch(host):
            return str(IPv4Address(host))
    except ValueError as error:  # idna's errors are among them
        raise UrlRefused("host") from error
    if not _HOST.fullmatch(host):
        raise UrlRefused("host")
    return host


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    """Return every address of a name, each once. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label too long for the DNS
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
    unique = {str(sockaddr[0]): family for family, _, _, _, sockaddr in found}
    if not unique:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    return [(family, address) for address, family in unique.items()]


def check_addresses(addresses: tuple[str, ...], *, allow_private: bool) -> None:
    """Every address must pass, so that a name cannot hide a private one behind a public one. Raises
    UrlRefused."""
    if not all(_is_allowed(address, allow_private) for address in addresses):
        raise UrlRefused("address")


@lru_cache(maxsize=2048)
def _is_allowed(text: str, allow_private: bool) -> bool:
    try:
        address: Address = ip_address(text)  # a scope such as fe80::1%eth0 stays part of it
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address == _LOOPBACK6:
        return allow_private
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    return allow_private or address.is_global
