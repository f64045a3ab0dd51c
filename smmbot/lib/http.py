"""The way out: timeouts, a deadline, a size limit and the SSRF guard for every call we make.

Connections are kept and shared by the whole process. There is no cookie jar: what one tenant's server sets
must not be sent in another tenant's call. Proxies and netrc of the environment are not read, redirects are
not followed.
"""

import json as json_codec
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from smmbot.lib.guarded_adapter import GuardedAdapter, deadline
from smmbot.lib.ssrf import parse_target, private_allowed

DEFAULT_TIMEOUT_S = (5.0, 15.0)
DEFAULT_DEADLINE_S = 30.0
DEFAULT_MAX_BYTES = 8 * 1024 * 1024
USER_AGENT = "smmbot/1.0"

Query = Mapping[str, str | int]


class HttpFailure(Exception):
    """No usable answer. maybe_sent: the server may have got the request, so a write may have been done."""

    code = "http_failure"

    def __init__(self, reason: str, *, maybe_sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.maybe_sent = maybe_sent


class HttpTimeout(HttpFailure):
    """Connecting, reading or the whole call took too long. Reads may be tried again."""

    code = "http_timeout"


class HttpUnreachable(HttpFailure):
    """No such name, no connection, a bad certificate, or the connection broke. reason: `dns`, `connect`,
    `tls` or `broken`."""

    code = "http_unreachable"


class HttpBadAnswer(HttpFailure):
    """An answer we do not take; trying again will hardly help. reason: `redirect`, `too_large` or
    `encoding`."""

    code = "http_bad_answer"


class HttpUnsendable(HttpFailure):
    """A header (a key, mostly) holds line breaks or letters that no header can hold. Nothing was sent."""

    code = "http_unsendable"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Any status outside 3xx. body: decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON."""
        try:
            return json_codec.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


class HttpClient:
    """One for each policy and process, from `http_client()`; used by many threads at once."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._adapter = GuardedAdapter(allow_private=allow_private)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Query | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Query | None = None,
        timeout_s: tuple[float, float] = DEFAULT_TIMEOUT_S,
        deadline_s: float = DEFAULT_DEADLINE_S,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> HttpAnswer:
        """Make one call, without a second try. timeout_s: to connect, and between two bytes; deadline_s: the
        whole call but for name resolution. Raises HttpFailure's kinds and UrlRefused."""
        prepared = self._prepare(method, url, params, headers, json, form)
        until = time.monotonic() + deadline_s
        with deadline(deadline_s), _translated():
            response = self._adapter.send(
                prepared, stream=True, timeout=(min(timeout_s[0], deadline_s), min(timeout_s[1], deadline_s))
            )
            try:
                body = _read(response, max_bytes, until)
            except BaseException:
                response.raw.close()
                raise
            finally:
                response.raw.release_conn()
        return HttpAnswer(status=response.status_code, headers=response.headers, body=body)

    def _prepare(
        self,
        method: str,
        url: str,
        params: Query | None,
        headers: Mapping[str, str] | None,
        json: Any,
        form: Query | None,
    ) -> requests.PreparedRequest:
        # Filled in by hand: preparing through Session parses the URL four times and merges jars and proxies,
        # which is a third of a call's CPU time.
        target = parse_target(url, allow_private=self._allow_private)
        prepared = requests.PreparedRequest()
        prepared.method = method
        prepared.url = (
            target.url if not params else f"{target.url}{'&' if '?' in url else '?'}{urlencode(params)}"
        )
        prepared.hooks = {}
        prepared.headers = CaseInsensitiveDict(
            {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"}
        )
        if json is not None:
            prepared.body = json_codec.dumps(json).encode()
            prepared.headers["Content-Type"] = "application/json"
        elif form is not None:
            prepared.body = urlencode(form).encode()
            prepared.headers["Content-Type"] = "application/x-www-form-urlencoded"
        if prepared.body is not None:
            prepared.headers["Content-Length"] = str(len(prepared.body))
        for name, value in (headers or {}).items():
            # http.client would refuse it too, but its error quotes the value.
            if not (value.isascii() and value.isprintable()):
                raise HttpUnsendable("header")
            prepared.headers[name] = value
        return prepared

    def close(self) -> None:
        self._adapter.close()


def _read(response: requests.Response, max_bytes: int, until: float) -> bytes:
    if 300 <= response.status_code < 400:
        # Also to the same host: an address that moved is corrected by people, a key never follows.
        raise HttpBadAnswer("redirect")
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise HttpBadAnswer("too_large", maybe_sent=True)
    chunks: list[bytes] = []
    size = 0
    while chunk := response.raw.read(max_bytes + 1 - size, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise HttpBadAnswer("too_large", maybe_sent=True)
        if time.monotonic() > until:
            raise HttpTimeout("deadline", maybe_sent=True)
    return b"".join(chunks)


@contextmanager
def _translated() -> Iterator[None]:
    """requests' and urllib3's errors as ours. Their texts are left behind: they quote the URL."""
    try:
        yield
    except (requests.ConnectTimeout, ConnectTimeoutError) as error:
        raise HttpTimeout("connect") from error
    except (requests.ReadTimeout, ReadTimeoutError, TimeoutError) as error:
        raise HttpTimeout("read", maybe_sent=True) from error
    except requests.exceptions.SSLError as error:
        raise HttpUnreachable("tls", maybe_sent="CERTIFICATE_VERIFY" not in str(error)) from error
    except (DecodeError, requests.exceptions.ContentDecodingError) as error:
        raise HttpBadAnswer("encoding", maybe_sent=True) from error
    except (requests.RequestException, HTTPError, OSError) as error:
        raise _unreachable(error) from error


def _unreachable(error: Exception) -> HttpFailure:
    cause: object = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    if isinstance(cause, NameResolutionError):
        return HttpUnreachable("dns")
    if isinstance(cause, NewConnectionError):
        return HttpUnreachable("connect")
    return HttpUnreachable("broken", maybe_sent=True)


_clients: dict[bool, HttpClient] = {}
_clients_lock = threading.Lock()
# A child must not read from the parent's connections.
os.register_at_fork(after_in_child=_clients.clear)


def http_client(*, allow_private: bool | None = None) -> HttpClient:
    """Return the process's client. allow_private: settings.ALLOW_PRIVATE_URLS unless given."""
    private = private_allowed(allow_private)
    client = _clients.get(private)
    if client is None:
        with _clients_lock:
            client = _clients.setdefault(private, HttpClient(allow_private=private))
    return client
