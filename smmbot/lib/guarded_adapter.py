"""Connections that look at the address they connect to, and that end at a deadline.

The name is resolved once, every address is checked, and the socket connects to one of those addresses: a
name that resolves differently the next time (DNS rebinding) has nothing to rebind. Host header, SNI and
certificate keep the name.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any, ClassVar

import certifi
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from smmbot.lib import ssrf

HOSTS_KEPT = 256
CONNECTIONS_A_HOST = 64
_ADDRESSES_TRIED = 4

_current = threading.local()


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """All reading of this thread inside the block ends after so long, however slowly the answer trickles
    in."""
    _current.until = time.monotonic() + seconds
    try:
        yield
    finally:
        _current.until = None


class _EndsAtDeadline:
    """For sockets: a read timeout alone starts anew with every byte."""

    def recv_into(self, *args: Any) -> int:
        until: float | None = getattr(_current, "until", None)
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("deadline")
            timeout: float | None = self.gettimeout()  # type: ignore[attr-defined]
            if timeout is None or left < timeout:
                self.settimeout(left)  # type: ignore[attr-defined]
        received: int = super().recv_into(*args)  # type: ignore[misc]
        return received


class _Socket(_EndsAtDeadline, socket.socket):
    pass


class _TlsSocket(_EndsAtDeadline, ssl.SSLSocket):
    pass


class _Guarded(HTTPConnection):
    allow_private: ClassVar[bool]

    def _new_conn(self) -> socket.socket:
        try:
            found = ssrf.resolve(self.host, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except OSError as error:
            raise NewConnectionError(self, "not resolved") from error
        ssrf.check_addresses(tuple(address for _, address in found), allow_private=self.allow_private)
        return self._connect_to_one(found[:_ADDRESSES_TRIED])

    def _connect_to_one(self, found: list[tuple[socket.AddressFamily, str]]) -> socket.socket:
        """The connect timeout is for all addresses together."""
        total_s = (
            self.timeout if isinstance(self.timeout, int | float) else socket.getdefaulttimeout() or 60.0
        )
        until = time.monotonic() + total_s
        failure: OSError = OSError("no address")
        for index, (family, address) in enumerate(found):
            share_s = (until - time.monotonic()) / (len(found) - index)
            try:
                return self._connect_to(family, address, max(share_s, 0.01))
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, "connect timed out") from failure
        raise NewConnectionError(self, "not connected") from failure

    def _connect_to(self, family: socket.AddressFamily, address: str, timeout_s: float) -> socket.socket:
        sock = _Socket(family, socket.SOCK_STREAM)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(timeout_s)
            sock.connect((address, self.port))
        except BaseException:
            sock.close()
            raise
        sock.settimeout(self.timeout)
        return sock


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class GuardedAdapter(HTTPAdapter):
    """requests' adapter over guarded connections. allow_private: as in `lib/ssrf.py`; connections made under
    one policy are never used under another, so keep one adapter for each."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(pool_connections=HOSTS_KEPT, pool_maxsize=CONNECTIONS_A_HOST)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=_tls_context(), **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._allow_private)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing to set: the one TLS context holds the authorities already and always verifies."""


def _tls_context() -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.check_hostname = True
    context.load_verify_locations(certifi.where())
    context.sslsocket_class = _TlsSocket
    return context


def _pool_classes(allow_private: bool) -> dict[str, type[HTTPConnectionPool]]:
    guard = {"allow_private": allow_private}
    plain = type("GuardedConnection", (_Guarded,), guard)
    tls = type("GuardedTlsConnection", (_GuardedTls,), guard)
    return {
        "http": type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }
