"""Which client speaks to which type of panel. The type is data: PanelConnection.kind."""

from collections.abc import Callable
from typing import Protocol

from panel.clients.base import PanelClient, Unsupported
from panel.clients.perfectpanel import PerfectPanelClient
from panel.clients.read_only import ReadOnlyClient
from panel.clients.types import CallTrace
from smmbot.lib.ratelimit import Priority

_CLIENTS = {"perfectpanel": PerfectPanelClient}


class Connection(Protocol):
    """What a client needs to know of a panel; PanelConnection has it, and so has a form not saved yet."""

    @property
    def kind(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    @property
    def rate_limit(self) -> float | None: ...


def client_for(
    connection: Connection,
    *,
    priority: Priority = Priority.INTERACTIVE,
    on_call: Callable[[CallTrace], None] | None = None,
) -> PanelClient:
    """Make a client; priority: background for polls and watches, so that chats are answered first. on_call:
    told of every attempt. One that is read-only gets a client that refuses every write. Raises PanelUrlRefused, and
    Unsupported for a kind we do not have."""
    if connection.kind not in _CLIENTS:
        raise Unsupported(connection.kind)
    client = _CLIENTS[connection.kind](
        base_url=connection.base_url,
        api_key=connection.api_key,
        rate_limit=connection.rate_limit,
        priority=priority,
        on_call=on_call,
    )
    return ReadOnlyClient(client) if getattr(connection, "is_read_only", False) else client
