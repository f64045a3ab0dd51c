from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from providers.models import SmmProvider
from providers.tests.factories import SmmProviderFactory
from tenants.scoping import ScopeError


def test_the_key_is_encrypted_at_rest(shop):
    provider = SmmProviderFactory(tenant=shop, api_url="https://a.example", api_key="very-secret-key")

    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM smm_providers WHERE id = %s", [provider.pk])
        (stored,) = cursor.fetchone()
    assert "very-secret-key" not in stored
    assert SmmProvider.objects.get().api_key == "very-secret-key"


def test_defaults(shop):
    provider = SmmProvider.objects.create(name="A", host="a.example")

    provider.refresh_from_db()
    assert (provider.sync_interval, provider.is_active, provider.balance, provider.other_hosts) == (
        *(360, True, None, []),
    )
    assert (provider.message_formats, provider.api_key, provider.group_wa_id) == ({}, "", "")
    assert provider.rate_limit == 2


@pytest.mark.parametrize("host", ["taken.example", "TAKEN.example"])
def test_one_provider_per_host_of_a_tenant(shop, other_shop, host):
    SmmProviderFactory(tenant=shop, host="taken.example")
    SmmProviderFactory(tenant=other_shop, host="taken.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        SmmProviderFactory(tenant=shop, host=host)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"name": ""}, "provider_name_not_empty"),
        ({"host": ""}, "provider_host_is_normal"),
        ({"host": "Upper.example"}, "provider_host_is_normal"),
        ({"host": "https://a.example"}, "provider_host_is_normal"),
        ({"host": "a.example."}, "provider_host_is_normal"),
        ({"kind": "rental"}, "provider_kind_is_known"),
        ({"api_key": "key"}, "provider_key_has_an_address"),
        ({"group_wa_id": "123@s.whatsapp.net"}, "provider_group_is_a_group"),
        ({"group_wa_id": "@g.us"}, "provider_group_is_a_group"),
        ({"sync_interval": 0}, "provider_sync_interval_not_zero"),
        ({"balance": Decimal(1)}, "provider_balance_has_a_time"),
        ({"balance_at": timezone.now()}, "provider_balance_has_a_time"),
    ],
)
def test_what_must_never_be(shop, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SmmProviderFactory(tenant=shop, **fields)


def test_what_may_be(shop):
    SmmProviderFactory(
        tenant=shop,
        host="127.0.0.1",
        group_wa_id="120363041234567890-1600000000@g.us",
        api_url="https://a.example",
        balance=Decimal("-0.000001"),
        balance_at=timezone.now(),
        other_hosts=["b.example"],
    )

    assert SmmProvider.objects.filter(other_hosts__contains=["b.example"]).exists()


def test_a_foreign_tenants_row_is_neither_read_nor_written(shop, other_shop):
    assert not SmmProvider.objects.exists()
    assert SmmProvider.objects.update(name="Mine now") == 0
    with pytest.raises(ScopeError):
        SmmProvider.objects.create(tenant=other_shop, name="A", host="a.example")
