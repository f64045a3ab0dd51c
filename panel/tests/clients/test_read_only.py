"""A panel that is only read: no write leaves, whatever the contract will hold."""

from dataclasses import dataclass

import pytest

from panel.clients.base import PanelClient
from panel.clients.perfectpanel import PerfectPanelClient
from panel.clients.read_only import ReadOnlyClient
from panel.clients.registry import client_for
from panel.errors import PanelReadOnly

READS = {
    "get_orders",
    "get_order",
    "find_user",
    "is_user_gone",
    "list_tickets",
    "get_ticket",
    "list_payments",
    "probe",
}
WRITES = {
    "reply_ticket": (1, "hi", "staff"),
    "add_ticket": ("anna", "subject", "text"),
    "resend": ([1],),
    "request_cancel": ([1],),
    "cancel": ([1],),
    "set_partial": (1, 5),
    "change_status": ([1], "completed"),
}


@dataclass
class Connection:
    kind: str = "perfectpanel"
    base_url: str = "http://127.0.0.1:9"
    api_key: str = "key"
    rate_limit: float | None = 0
    is_read_only: bool = False


def test_every_call_of_the_contract_is_a_read_or_a_write():
    assert PanelClient.__abstractmethods__ == READS | set(WRITES)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_refused_before_it_leaves(name):
    client = client_for(Connection(is_read_only=True))

    with pytest.raises(PanelReadOnly):
        getattr(client, name)(*WRITES[name])


def test_the_connection_decides():
    assert isinstance(client_for(Connection(is_read_only=True)), ReadOnlyClient)
    assert isinstance(client_for(Connection()), PerfectPanelClient)
