"""What can go wrong with anybody's HTTP API. Each app's tree of errors is built on these.

`class PanelDown(PanelError, ApiDown)`: callers catch the app's kinds, `lib/api_transport.py` knows these.
"""

from dataclasses import dataclass


class ApiError(Exception):
    """code: stable, for logs and the API. maybe_written: a write may have been done although it failed here."""

    code = "api_error"

    def __init__(self, *, maybe_written: bool = False) -> None:
        super().__init__(self.code)
        self.maybe_written = maybe_written


class ApiUnauthorized(ApiError):
    """The key is refused, or may not do this."""


class ApiRateLimited(ApiError):
    """Too many calls. Nothing was done; try again after `retry_after_s`."""

    def __init__(self, *, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class ApiDown(ApiError):
    """No answer. reason: `timeout`, `dns`, `connect`, `tls`, `broken`, `http_5xx` or `circuit_open`."""

    def __init__(
        self, *, reason: str, maybe_written: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(maybe_written=maybe_written)
        self.reason = reason
        self.retry_after_s = retry_after_s


class ApiProtocolError(ApiError):
    """An answer that is not one of this API."""

    def __init__(self, *, reason: str, maybe_written: bool = False) -> None:
        super().__init__(maybe_written=maybe_written)
        self.reason = reason


class ApiUrlRefused(ApiError):
    """An address this server will not call. reason: as in smmbot.lib.ssrf.UrlRefused."""

    def __init__(self, *, reason: str) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ApiErrors:
    """The kinds of one app, for the transport to raise."""

    unauthorized: type[ApiUnauthorized]
    rate_limited: type[ApiRateLimited]
    down: type[ApiDown]
    protocol: type[ApiProtocolError]
    url_refused: type[ApiUrlRefused]
