"""What can go wrong with a provider."""

from providers.enums import RefusalKind
from smmbot.lib.api_errors import (
    ApiDown,
    ApiError,
    ApiProtocolError,
    ApiRateLimited,
    ApiUnauthorized,
    ApiUrlRefused,
)


class ProviderError(ApiError):
    """Any failure of a provider call as a whole. Catch it to go another way: the provider's group, the staff.

    code: stable, for logs and the API. maybe_written: a refill or a cancel may have been asked for although
    it failed here; look at the order or hand it to the staff, never repeat it blindly.
    """

    code = "provider_error"


class ProviderUnauthorized(ProviderError, ApiUnauthorized):
    """The provider refuses the key, or has refused it so often that we stopped asking. Tell the owner to
    enter it again."""

    code = "provider_unauthorized"


class ProviderRateLimited(ProviderError, ApiRateLimited):
    """Too many calls to this provider, or its catalogue is being read already. Nothing was done; try again
    after `retry_after_s`."""

    code = "provider_rate_limited"


class ProviderDown(ProviderError, ApiDown):
    """The provider did not answer. A read, and a write that is not `maybe_written`, may be tried again later
    (not before `retry_after_s`, if given). reason: `timeout`, `dns`, `connect`, `tls`, `broken`, `http_5xx`
    or `circuit_open`."""

    code = "provider_down"


class ProviderRefused(ProviderError):
    """The provider understood and said no to the whole call. Nothing was done. message: its own words, for
    staff only."""

    code = "provider_refused"

    def __init__(self, *, message: str, kind: RefusalKind = RefusalKind.OTHER) -> None:
        super().__init__()
        self.message = message
        self.kind = kind


class ProviderProtocolError(ProviderError, ApiProtocolError):
    """The answer is not one of this API: a challenge page, an empty body, broken data. Ask the owner to check
    the provider's address. reason: `redirect`, `too_large`, `encoding`, `not_json`, `no_such_path` or
    `bad_data`."""

    code = "provider_protocol_error"


class ProviderUrlRefused(ProviderError, ApiUrlRefused):
    """The provider's address is not one this server will call. Ask for its public https address. reason: as
    in smmbot.lib.ssrf.UrlRefused."""

    code = "provider_url_refused"


class ProviderNotConfigured(ProviderError):
    """Only the provider's group is known, not its address and key. Go by the group, or to the staff."""

    code = "provider_not_configured"


class BadMessageFormat(ValueError):
    """A format for messages to a provider's group cannot be used. reason: `too_long`, `braces`,
    `unknown_variable` or `no_oids`."""

    code = "bad_message_format"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
