"""A fake panel over real HTTP, its clock standing still."""

from dataclasses import dataclass

import pytest
import requests

from panel.sandbox.fake_panel import FakePanel
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.wsgi_server import serve

NOW = 1_770_000_000
KEY, OTHER_KEY = "key-of-one", "key-of-two"


@dataclass
class PanelClient:
    """What a client of the panel sees. `api` gives the envelope."""

    url: str
    panel: FakePanel
    session: requests.Session
    key: str = KEY

    def call(self, method, path, *, body=None, key=None, timeout=5.0, **query):
        return self.session.request(
            method,
            f"{self.url}/adminapi/v2{path}",
            params=query,
            json=body,
            headers={"X-Api-Key": key or self.key},
            timeout=timeout,
        )

    def get(self, path, **query):
        return self.call("GET", path, **query).json()

    def post(self, path, **body):
        return self.call("POST", path, body=body).json()

    def order(self, order_id):
        return self.get(f"/orders/{order_id}")["data"]

    def ids(self, **query):
        return sorted(int(row["id"]) for row in self.get("/orders", **query)["data"]["list"])

    def balance(self, username):
        return self.get("/users", username=username)["data"]["list"][0]["balance"]["value"]

    def control(self, method, name, body=None):
        return self.session.request(method, f"{self.url}/_sandbox/{name}", json=body, timeout=5).json()


def start(**options):
    return FakePanel(api_keys=[KEY, OTHER_KEY], clock=Clock(frozen_at=NOW), **options)


@pytest.fixture
def panel():
    return start(rate_limit=None)


@pytest.fixture
def client(panel):
    with serve(panel) as server, requests.Session() as session:
        yield PanelClient(server.url, panel, session)


@pytest.fixture
def limited_client():
    panel = start()
    with serve(panel) as server, requests.Session() as session:
        yield PanelClient(server.url, panel, session)
