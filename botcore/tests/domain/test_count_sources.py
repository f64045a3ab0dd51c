"""Where live counts come from, and that nothing waits for a source that is away."""

import pytest

from botcore.domain import config, count_sources
from panel.clients.registry import client_for
from panel.models import PanelConnection


@pytest.fixture
def orders(tenant):
    return client_for(PanelConnection.objects.get()).get_orders([54322, 54325, 54337])


@pytest.fixture
def source(tenant, configure):
    configure(count_source="sandbox")
    return count_sources.source_of(tenant_id=tenant.pk, config=config.load(tenant_id=tenant.pk))


def test_none_by_default(tenant, orders):
    source = count_sources.source_of(tenant_id=tenant.pk, config=config.load(tenant_id=tenant.pk))

    assert count_sources.live_counts(source, list(orders.values())) == {}


def test_sandbox_counts_where_the_start_is_known(source, orders):
    assert count_sources.live_counts(source, list(orders.values())) == {54322: 6080, 54325: 495}


def test_only_a_demo_asks_the_sandbox(tenant, configure, orders, settings, sandbox):
    settings.DEMO = False
    configure(count_source="sandbox")
    source = count_sources.source_of(tenant_id=tenant.pk, config=config.load(tenant_id=tenant.pk))

    assert source.live_count(orders[54322]) is None


def test_a_source_that_is_away_is_asked_once(tenant, configure, orders, monkeypatch):
    PanelConnection.objects.update(base_url="http://127.0.0.1:9")
    configure(count_source="sandbox")
    source = count_sources.source_of(tenant_id=tenant.pk, config=config.load(tenant_id=tenant.pk))
    asked = []
    client = count_sources.http_client()
    monkeypatch.setattr(count_sources, "http_client", lambda: asked.append(1) or client)

    assert [source.live_count(order) for order in orders.values()] == [None] * 3
    assert len(asked) == 1
