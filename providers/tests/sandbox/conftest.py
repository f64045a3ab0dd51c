"""The fake providers over real HTTP, one account each, the clock standing still."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
import requests

from providers.sandbox.fake_provider import FakeProviders
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.timeline import Timeline
from smmbot.lib.wsgi_server import serve

NOW = 1_770_000_000
DAY_S = 86_400
R30 = "Followers | R30 ♻️"


@dataclass
class ProviderClient:
    url: str
    slug: str
    providers: FakeProviders
    session: requests.Session

    def call(self, action, *, key="right", timeout=5.0, **form):
        return self.session.post(
            f"{self.url}/{self.slug}/api/v2", data={"key": key, "action": action, **form}, timeout=timeout
        )

    def ask(self, action, **form):
        return self.call(action, **form).json()

    def control(self, method, name, body=None):
        return self.session.request(
            method, f"{self.url}/_sandbox/{name}", params={"slug": self.slug}, json=body, timeout=5
        ).json()

    @property
    def world(self):
        return self.providers.world(self.slug)


@pytest.fixture
def providers():
    providers = FakeProviders(clock=Clock(frozen_at=NOW), rate_limit=None)
    for slug, running, done in (("smmcost", "101", "102"), ("boostlab", "ord_a1", "ord_b2")):
        world = providers.add_account(slug, "right")
        timeline = Timeline(NOW - 1000, start_delay_s=0, units_per_s=0.5)
        world.accept_order(
            running, service_name=R30, quantity=1000, start_count=7, charge=Decimal("0.31"), timeline=timeline
        )
        finished = timeline.standing("completed", delivered=1000, at=NOW - 5 * DAY_S)
        world.accept_order(done, service_name=R30, quantity=1000, start_count=7, timeline=finished)
    return providers


@pytest.fixture
def session():
    with requests.Session() as session:
        yield session


@pytest.fixture
def url(providers):
    with serve(providers) as server:
        yield server.url


@pytest.fixture
def classic(providers, session, url):
    return ProviderClient(url, "smmcost", providers, session)


@pytest.fixture
def clone(providers, session, url):
    return ProviderClient(url, "boostlab", providers, session)
