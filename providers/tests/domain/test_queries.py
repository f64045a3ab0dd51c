import pytest

from providers.domain.queries import get_provider, providers_of
from providers.models import SmmProvider
from providers.tests.factories import SmmProviderFactory
from tenants.scoping import ScopeError


@pytest.mark.parametrize("count", [1, 3])
def test_providers_of_takes_one_query(shop, other_shop, count, django_assert_num_queries):
    mine = [SmmProviderFactory(tenant=shop, name=f"P{n}", is_active=n != 1) for n in range(count)]

    with django_assert_num_queries(1):
        assert providers_of(shop.pk) == mine


def test_get_provider(shop):
    provider = SmmProviderFactory(tenant=shop)

    assert get_provider(tenant_id=shop.pk, provider_id=provider.pk) == provider


def test_a_foreign_tenants_providers_are_not_there(shop, other_shop):
    foreign = SmmProvider._base_manager.get(tenant=other_shop)

    assert providers_of(shop.pk) == []
    assert providers_of(other_shop.pk) == []
    for tenant in (shop, other_shop):
        with pytest.raises(SmmProvider.DoesNotExist):
            get_provider(tenant_id=tenant.pk, provider_id=foreign.pk)


def test_without_an_open_tenant_nothing_is_read(other_shop):
    with pytest.raises(ScopeError):
        providers_of(other_shop.pk)
