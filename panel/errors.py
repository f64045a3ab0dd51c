"""What can go wrong with a panel."""

from smmbot.lib.api_errors import (
    ApiDown,
    ApiError,
    ApiProtocolError,
    ApiRateLimited,
    ApiUnauthorized,
    ApiUrlRefused,
)


class PanelError(ApiError):
    """Any failure of a panel call. Catch it to answer "the panel is not available just now" and keep the
    request.

    code: stable, for logs and the API. maybe_written: a write may have been done although it failed here;
    read the order again, never repeat the write blindly.
    """

    code = "panel_error"


class PanelNotFound(PanelError):
    """The panel knows no such order or ticket. Tell the asker; trying again will not help."""

    code = "panel_not_found"


class PanelUnauthorized(PanelError, ApiUnauthorized):
    """The panel refuses the key, or this key may not do this (HTTP 401, 403). Stop asking and tell the
    owner."""

    code = "panel_unauthorized"


class PanelRateLimited(PanelError, ApiRateLimited):
    """Too many calls to this panel, by us or by the tenant's other tools. Nothing was done; try again after
    `retry_after_s`."""

    code = "panel_rate_limited"


class PanelDown(PanelError, ApiDown):
    """The panel did not answer. A read, and a write that is not `maybe_written`, may be tried again later
    (not before `retry_after_s`, if given). reason: `timeout`, `dns`, `connect`, `tls`, `broken`, `http_5xx`
    or `circuit_open`."""

    code = "panel_down"


class PanelRefused(PanelError):
    """The panel understood and said no. Nothing was done. error_code, message: the panel's own, for staff
    only."""

    code = "panel_refused"

    def __init__(self, *, error_code: int, message: str) -> None:
        super().__init__()
        self.error_code = error_code
        self.message = message


class PanelProtocolError(PanelError, ApiProtocolError):
    """The answer is not one of this API: a challenge page, another API version, broken data. Ask the owner
    to check the panel's address and its firewall. reason: `redirect`, `too_large`, `encoding`, `not_json`,
    `not_v2`, `no_such_path` or `bad_data`."""

    code = "panel_protocol_error"


class PanelUrlRefused(PanelError, ApiUrlRefused):
    """The panel's address is not one this server will call. Ask for the panel's public https address.
    reason: as in smmbot.lib.ssrf.UrlRefused."""

    code = "panel_url_refused"


class PanelNotConfigured(PanelError):
    """The tenant has no panel yet. Tell the owner to enter its address and Admin API key."""

    code = "panel_not_configured"


class PanelReadOnly(PanelError):
    """This connection only looks at the panel: the Sandbox page on a real one. Nothing was written, nothing will be."""

    code = "panel_read_only"


class PanelKeyMissing(PanelError):
    """Another panel's address without its key: the saved key belongs to the panel it was entered for."""

    code = "panel_key_missing"
