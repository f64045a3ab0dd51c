"""No test reaches another machine: sockets connect to this one alone, and names are not looked up."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from django.conf import settings

# Never given to anybody (RFC 2606, RFC 6761): looking one of them up fails everywhere.
_RESERVED = (".example", ".invalid", ".test", ".example.com", ".example.org", ".example.net")


class NetworkForbidden(BaseException):
    """A test tried to reach another machine. Not an Exception: code that survives a failing network must not
    survive this."""


@contextmanager
def guarded() -> Iterator[None]:
    """Let this process connect to loopback, to Unix sockets, and to the servers the tests were given."""
    allowed = _own_servers()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(self, address, allowed)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check(self, address, allowed)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is None or _is_near(name, allowed) or _is_literal(name):
            return getaddrinfo(host, *args, **kwargs)
        if f".{name}".endswith(_RESERVED):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise NetworkForbidden(f"A test looked up {name}.")

    with (
        mock.patch.object(socket.socket, "connect", guarded_connect),
        mock.patch.object(socket.socket, "connect_ex", guarded_connect_ex),
        mock.patch.object(socket, "getaddrinfo", guarded_getaddrinfo),
    ):
        yield


def _own_servers() -> frozenset[str]:
    """Hosts of DATABASE_URL, REDIS_URL and the broker, as a CI names them."""
    hosts = {str(database.get("HOST", "")) for database in settings.DATABASES.values()}
    hosts |= {urlsplit(url).hostname or "" for url in (settings.REDIS_URL, settings.CELERY_BROKER_URL)}
    return frozenset(hosts - {""})


def _check(sock: socket.socket, address: Any, allowed: frozenset[str]) -> None:
    if sock.family == socket.AF_UNIX or _is_near(str(address[0]), allowed):
        return
    raise NetworkForbidden(f"A test connected to {address[0]}.")


def _is_near(host: str, allowed: frozenset[str]) -> bool:
    if host in allowed or host in ("", "localhost"):
        return True
    return _is_literal(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
