import socket

import pytest

from smmbot.lib.ssrf import UrlRefused, canonical_host, check_addresses, check_url, parse_target

PUBLIC = "93.184.216.34"


def resolving_to(monkeypatch, *addresses):
    def getaddrinfo(host, port, *args, **kwargs):
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def refusal(url, **kwargs):
    with pytest.raises(UrlRefused) as refused:
        check_url(url, **{"allow_private": False, **kwargs})
    return refused.value.reason


def test_check_url_returns_the_addresses_it_looked_at(monkeypatch):
    resolving_to(monkeypatch, PUBLIC, "2606:2800:220:1:248:1893:25c8:1946")

    checked = check_url("https://Panel.Example./adminapi/v2?x=1", allow_private=False)

    assert checked.url == "https://panel.example/adminapi/v2?x=1"
    assert checked.addresses == (PUBLIC, "2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "127.0.0.1",
        "127.8.9.10",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",  # noqa: S104 -- refused, not bound
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2001::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_check_url_refuses_addresses_of_no_public_host(monkeypatch, address):
    resolving_to(monkeypatch, address)

    assert refusal("https://panel.example") == "address"


def test_check_url_refuses_a_private_address_behind_a_public_one(monkeypatch):
    resolving_to(monkeypatch, PUBLIC, "10.0.0.1")

    assert refusal("https://panel.example") == "address"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://panel.example", "scheme"),
        ("ftp://panel.example", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("//panel.example", "scheme"),
        ("panel.example", "scheme"),
        ("https://user:secret@panel.example", "credentials"),
        ("https://panel.example@10.0.0.1", "credentials"),
        ("https://@panel.example", "credentials"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://panel..example", "host"),
        ("https://.panel.example", "host"),
        ("https://panel.example../", "host"),
        ("https://panel example", "host"),
        ("https://panel.example\\@10.0.0.1", "host"),
        ("https://panel.example\r\nX-Evil: 1", "host"),
        ("https://[::1", "host"),
        ("https://[fe80::1%25eth0]/", "address"),
        ("https://panel.example:0", "port"),
        ("https://panel.example:99999", "port"),
        ("https://panel.example:https", "port"),
        # One loopback address in the spellings some resolvers accept.
        ("https://2130706433", "host"),
        ("https://0x7f000001", "host"),
        ("https://0x7f.0.0.1", "host"),
        ("https://0177.0.0.1", "host"),
        ("https://017700000001", "host"),
        ("https://127.1", "host"),
        ("https://127.0.0.1.", "address"),
        ("https://127.0.0.1", "address"),
        ("https://[::1]", "address"),
        ("https://[::ffff:7f00:1]", "address"),
        ("https://１２７.0.0.1", "address"),
        ("https://①②⑦.0.0.1", "address"),
        ("https://127。0。0。1", "address"),
        ("https://" + "a" * 64 + ".example", "host"),
        ("https://" + "a." * 200 + "example", "host"),
        ("https://xn--a-ecp.ru\u200b.example\u2044", "host"),
    ],
)
def test_check_url_refuses_by_the_text_alone(monkeypatch, url, reason):
    resolving_to(monkeypatch, PUBLIC)

    assert refusal(url) == reason


def test_check_url_refuses_a_name_that_does_not_resolve(monkeypatch):
    def getaddrinfo(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    assert refusal("https://panel.example") == "unresolved"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "fd00::1"])
def test_private_addresses_pass_where_they_are_allowed(monkeypatch, address):
    resolving_to(monkeypatch, address)

    assert check_url("http://panel.example:8000", allow_private=True).addresses == (address,)


@pytest.mark.parametrize("address", ["169.254.169.254", "224.0.0.1", "0.0.0.0", "fe80::1"])  # noqa: S104
def test_metadata_and_multicast_are_refused_everywhere(address):
    with pytest.raises(UrlRefused):
        check_addresses((address,), allow_private=True)


def test_settings_decide_where_the_caller_does_not(monkeypatch, settings):
    resolving_to(monkeypatch, "127.0.0.1")

    settings.ALLOW_PRIVATE_URLS = True
    assert check_url("http://panel.example").target.host == "panel.example"
    settings.ALLOW_PRIVATE_URLS = False
    assert refusal("https://panel.example", allow_private=None) == "address"


@pytest.mark.parametrize(
    ("host", "canonical"),
    [
        ("Panel.Example", "panel.example"),
        ("panel.example.", "panel.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("2606:2800:0220::1", "2606:2800:220::1"),
        ("my_panel.example", "my_panel.example"),
        ("93.184.216.34", "93.184.216.34"),
    ],
)
def test_canonical_host_has_one_spelling(host, canonical):
    assert canonical_host(host) == canonical


def test_target_writes_its_url_again():
    target = parse_target("https://[2606:2800:220::1]:8443/a/é?q=1#part", allow_private=False)

    assert target.url == "https://[2606:2800:220::1]:8443/a/%C3%A9?q=1"
    assert target.origin == "https://[2606:2800:220::1]:8443"
