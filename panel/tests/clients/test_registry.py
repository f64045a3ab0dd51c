from dataclasses import dataclass

import pytest

from panel.clients.base import Unsupported
from panel.clients.perfectpanel import PerfectPanelClient
from panel.clients.registry import client_for
from panel.errors import PanelUrlRefused
from panel.tests.clients.conftest import API_KEY


@dataclass
class SomeConnection:
    base_url: str
    kind: str = "perfectpanel"
    api_key: str = API_KEY
    rate_limit: float | None = None


def test_client_for_the_kind_named(panel, running_panel):
    client = client_for(SomeConnection(running_panel[1] + "/admin/adminapi/v2/"))

    assert isinstance(client, PerfectPanelClient)
    assert list(client.get_orders([54321])) == [54321]


def test_keys_are_taken_without_the_blanks_around_them(panel, running_panel):
    client = client_for(SomeConnection(running_panel[1], api_key=f" {API_KEY}\n"))

    assert list(client.get_orders([54321])) == [54321]


def test_a_kind_we_do_not_have():
    with pytest.raises(Unsupported):
        client_for(SomeConnection("https://panel.example", kind="rental"))


def test_an_address_we_do_not_call(settings):
    settings.ALLOW_PRIVATE_URLS = False

    with pytest.raises(PanelUrlRefused) as error:
        client_for(SomeConnection("https://10.0.0.1"))
    assert error.value.reason == "address"


def test_every_attempt_is_traced(panel, running_panel, no_pauses):
    panel.scenarios.turn_on("error_500", times=1)
    traces = []
    client_for(SomeConnection(running_panel[1]), on_call=traces.append).get_order(54321)

    assert [(one.method, one.path, one.status, one.attempt) for one in traces] == [
        ("GET", "/orders/54321", 500, 1),
        ("GET", "/orders/54321", 200, 2),
    ]
    assert all(one.ms > 0 and one.waited_ms == 0 for one in traces)


def test_a_call_without_an_answer_is_traced(no_pauses):
    traces = []
    client = client_for(SomeConnection("http://127.0.0.1:1"), on_call=traces.append)

    client.probe()

    assert [one.status for one in traces] == [None, None]
