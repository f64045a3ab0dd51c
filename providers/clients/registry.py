"""Which client speaks to which kind of provider. The kind is data: SmmProvider.kind."""

from typing import Protocol

from providers.clients.base import ProviderClient
from providers.clients.user_api_v2 import UserApiV2Client
from providers.enums import ProviderKind
from providers.errors import ProviderNotConfigured
from smmbot.lib.api_transport import OnCall
from smmbot.lib.ratelimit import Priority

_CLIENTS = {ProviderKind.USER_API_V2.value: UserApiV2Client}


class Account(Protocol):
    """What a client needs to know; SmmProvider has it, and so has a form not saved yet."""

    @property
    def kind(self) -> str: ...
    @property
    def api_url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    @property
    def rate_limit(self) -> float: ...


def client_for(
    account: Account, *, priority: Priority = Priority.INTERACTIVE, on_call: OnCall | None = None
) -> ProviderClient:
    """Make a client; priority: background for syncs and watches. on_call: told of every attempt. Raises
    ProviderUrlRefused, and ProviderNotConfigured without an address or a key, or for a kind we do not have."""
    client = _CLIENTS.get(account.kind)
    if client is None or not account.api_url or not account.api_key.strip():
        raise ProviderNotConfigured
    return client(
        api_url=account.api_url,
        api_key=account.api_key,
        rate_limit=account.rate_limit,
        priority=priority,
        on_call=on_call,
    )
