from dataclasses import dataclass

import pytest

from providers.clients.registry import client_for
from providers.clients.user_api_v2 import UserApiV2Client
from providers.errors import ProviderNotConfigured, ProviderUrlRefused


@dataclass
class SomeAccount:
    api_url: str = "https://provider.example"
    kind: str = "user_api_v2"
    api_key: str = "key"
    rate_limit: float = 0


def test_client_for_the_kind_named(world):
    account = SomeAccount(world.provider_url("smmcost"), api_key=f" {world.provider_key('smmcost')}\n")

    client = client_for(account)

    assert isinstance(client, UserApiV2Client)
    assert client.balance().currency == "USD"


@pytest.mark.parametrize(
    "account", [SomeAccount(api_url=""), SomeAccount(api_key=" "), SomeAccount(kind="rental")]
)
def test_accounts_that_cannot_be_asked(account):
    with pytest.raises(ProviderNotConfigured):
        client_for(account)


def test_an_address_we_do_not_call(settings):
    settings.ALLOW_PRIVATE_URLS = False

    with pytest.raises(ProviderUrlRefused):
        client_for(SomeAccount("https://10.0.0.1"))
