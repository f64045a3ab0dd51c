"""Beside the fixtures of smmbot.testing: a provider with an account at the sandbox, and somebody else's."""

import pytest

from providers.tests.factories import SmmProviderFactory
from tenants.scoping import tenant_scope
from tenants.tests.factories import TenantFactory


@pytest.fixture
def shop(db):
    """A tenant with nothing but what the test gives it, open for the length of the test."""
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        yield tenant


@pytest.fixture
def other_shop(db):
    tenant = TenantFactory()
    SmmProviderFactory(tenant=tenant, name="Their SMMCost", host="smmcost.com", group_wa_id="120363@g.us")
    return tenant


@pytest.fixture
def provider(shop, sandbox, settings):
    settings.PROVIDER_RATE_LIMIT = 0
    return SmmProviderFactory(
        tenant=shop,
        name="SMMCost",
        host="smmcost.com",
        api_url=sandbox.provider_url("smmcost"),
        api_key=sandbox.provider_key("smmcost"),
    )
