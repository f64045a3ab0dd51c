"""The wire to a gateway over HTTP: timeouts, and its failures as our errors. What an answer means is the driver's."""

from collections.abc import Mapping
from typing import Any, Final

from botcore.gateway.errors import GatewayUnreachable
from smmbot.lib import pooled_connection
from smmbot.lib.http import HttpAnswer, HttpFailure, Query, http_client
from smmbot.lib.ssrf import UrlRefused

# To connect, and between two bytes.
TIMEOUT_S: Final = (3.0, 20.0)
DEADLINE_S: Final = 30.0
MAX_BYTES: Final = 16 * 1024 * 1024


class Wire:
    """Calls to one gateway. Its address is the operator's own, so it may be a private one."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._base_url, self._headers = base_url, headers

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Query | None = None,
        headers: Mapping[str, str] | None = None,
        deadline_s: float = DEADLINE_S,
        accept: str = "application/json",
    ) -> HttpAnswer:
        """One call, without a second try: whatever the gateway answers, also a failure, comes back.

        A call that is given more time than others may need it before its first byte. Raises GatewayUnreachable;
        is_unclear when the gateway may have got the request.
        """
        pooled_connection.give_back()
        connect_s, read_s = TIMEOUT_S
        try:
            return http_client(allow_private=True).request(
                method,
                f"{self._base_url}{path}",
                json=json,
                params=params,
                headers={"Accept": accept, **self._headers, **(headers or {})},
                timeout_s=(connect_s, read_s if deadline_s <= DEADLINE_S else deadline_s),
                deadline_s=deadline_s,
                max_bytes=MAX_BYTES,
            )
        except HttpFailure as failure:
            raise GatewayUnreachable(
                failure.reason, is_unclear=failure.maybe_sent and method != "GET"
            ) from failure
        except UrlRefused as refused:
            raise GatewayUnreachable("its address cannot be used") from refused
