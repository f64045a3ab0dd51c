import pytest

from providers.clients.url import normalise_api_url
from providers.errors import ProviderUrlRefused


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        ("provider.example", "https://provider.example/api/v2"),
        (" http://Provider.Example/ ", "https://provider.example/api/v2"),
        ("https://provider.example/api/v2", "https://provider.example/api/v2"),
        ("https://provider.example/api/v2/", "https://provider.example/api/v2"),
        ("https://provider.example/api/v2?key=abc", "https://provider.example/api/v2"),
        ("https://provider.example/api", "https://provider.example/api/v2"),
        ("https://provider.example/account/settings", "https://provider.example/api/v2"),
        ("https://provider.example/services", "https://provider.example/api/v2"),
        ("https://provider.example/smm/api/v3", "https://provider.example/smm/api/v3"),
        ("https://host.example/smmcost", "https://host.example/smmcost/api/v2"),
        ("https://provider.example:8443", "https://provider.example:8443/api/v2"),
        ("http://provider.example:80/api/v2", "https://provider.example/api/v2"),
    ],
)
def test_normalise_api_url(pasted, url):
    assert normalise_api_url(pasted, allow_private=False) == url


def test_http_stays_where_private_addresses_are_allowed():
    url = normalise_api_url("http://127.0.0.1:9000/providers/smmcost", allow_private=True)

    assert url == "http://127.0.0.1:9000/providers/smmcost/api/v2"


@pytest.mark.parametrize(
    "pasted", ["ftp://provider.example", "https://10.0.0.1", "https://a:b@c.example", ""]
)
def test_addresses_we_do_not_call(pasted):
    with pytest.raises(ProviderUrlRefused):
        normalise_api_url(pasted, allow_private=False)
