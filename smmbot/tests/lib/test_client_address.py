import pytest
from django.test import RequestFactory

from smmbot.lib.client_address import client_address, network_of


def address(remote, forwarded=None):
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


def test_header_of_a_stranger_counts_for_nothing():
    assert address("192.0.2.7", "203.0.113.9") == "192.0.2.7"


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 198.51.100.4, 203.0.113.9", "203.0.113.9"),
        ("nonsense", ""),
        ("", ""),
        (None, "127.0.0.1"),
    ],
)
def test_behind_our_proxy_what_it_added_last_counts(settings, forwarded, seen):
    settings.BEHIND_TLS_PROXY = True

    assert address("127.0.0.1", forwarded) == seen


@pytest.mark.parametrize(
    ("remote", "seen"),
    [
        ("", ""),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_address_has_one_spelling(remote, seen):
    assert address(remote) == seen


@pytest.mark.parametrize(
    ("one", "network"), [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "")]
)
def test_network_of_one_customer(one, network):
    assert network_of(one) == network
