"""The openai package's way out: our own HTTP client, with SSRF guard on the very address, deadline, size limit."""

import json
from functools import cache

import httpx2

from smmbot.lib.http import http_client

MAX_BYTES = 512 * 1024
CONNECT_S = 5.0
# Of what the package would send, only these leave the house: the rest describes our machine.
_HEADERS_SENT = ("authorization",)


class GuardedTransport(httpx2.BaseTransport):
    """allow_private: for the platform's own endpoint, which the operator set. No redirects, no proxies, no cookies.

    Raises HttpFailure's kinds and UrlRefused, which the package lets through as they are.
    """

    def __init__(self, *, allow_private: bool | None) -> None:
        self._allow_private = allow_private

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        read_s = float(request.extensions["timeout"]["read"])
        answer = http_client(allow_private=self._allow_private).request(
            request.method,
            str(request.url),
            headers={name: request.headers[name] for name in _HEADERS_SENT if name in request.headers},
            json=json.loads(request.content),
            timeout_s=(min(CONNECT_S, read_s), read_s),
            deadline_s=read_s,
            max_bytes=MAX_BYTES,
        )
        kept = {
            name: answer.headers[name] for name in ("Content-Type", "Retry-After") if name in answer.headers
        }
        return httpx2.Response(answer.status, headers=kept, content=answer.body)


@cache
def shared_client(*, is_trusted: bool) -> httpx2.Client:
    """One a policy and process; the connections are the process's own client's. A tenant's address follows
    settings.ALLOW_PRIVATE_URLS."""
    return httpx2.Client(
        transport=GuardedTransport(allow_private=True if is_trusted else None),
        trust_env=False,
        follow_redirects=False,
    )
