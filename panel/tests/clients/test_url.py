import socket

import pytest

from panel.clients.url import check_url, normalise_url
from panel.errors import PanelUrlRefused


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("panel.example", "https://panel.example"),
        (" Panel.Example/ ", "https://panel.example"),
        ("https://panel.example", "https://panel.example"),
        ("https://panel.example/", "https://panel.example"),
        ("http://panel.example", "https://panel.example"),
        ("HTTP://panel.example:80/", "https://panel.example"),
        ("https://panel.example:443", "https://panel.example"),
        ("https://panel.example:8443/x", "https://panel.example:8443"),
        ("https://panel.example/adminapi/v2", "https://panel.example"),
        ("https://panel.example/admin/adminapi/v2/", "https://panel.example"),
        ("panel.example/admin/orders?page=2#top", "https://panel.example"),
        ("app.panel.example", "https://app.panel.example"),
        ("panel.example.", "https://panel.example"),
        ("bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_normalise_url(text, origin):
    assert normalise_url(text, allow_private=False) == origin
    assert normalise_url(origin, allow_private=False) == origin


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "host"),
        ("ftp://panel.example", "scheme"),
        ("https://key@panel.example", "credentials"),
        ("user:key@panel.example", "credentials"),
        ("127.0.0.1", "address"),
        ("http://127.0.0.1:8000", "address"),
        ("10.0.0.8/adminapi/v2", "address"),
        ("2130706433", "host"),
        ("my panel", "host"),
    ],
)
def test_normalise_url_refuses(text, reason):
    with pytest.raises(PanelUrlRefused) as error:
        normalise_url(text, allow_private=False)

    assert error.value.reason == reason


def test_http_stays_where_private_addresses_are_allowed():
    assert normalise_url("http://127.0.0.1:8000/", allow_private=True) == "http://127.0.0.1:8000"
    assert normalise_url("127.0.0.1:8000", allow_private=True) == "https://127.0.0.1:8000"


def test_check_url_looks_the_name_up(monkeypatch):
    def getaddrinfo(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    assert check_url("panel.example", allow_private=True) == "https://panel.example"
    with pytest.raises(PanelUrlRefused) as error:
        check_url("panel.example", allow_private=False)
    assert error.value.reason == "address"
