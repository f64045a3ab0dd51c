"""The guards of the suite itself."""

import socket

import pytest

from smmbot.testing.no_network import NetworkForbidden


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("8.8.8.8", 53)])
def test_no_test_reaches_another_machine(address):
    with socket.socket() as sock:
        sock.settimeout(0.1)
        with pytest.raises(NetworkForbidden):
            sock.connect(address)
        with pytest.raises(NetworkForbidden):
            sock.connect_ex(address)


def test_no_name_is_looked_up():
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo("api.openai.com", 443)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("smmcost.example", 443)
    assert socket.getaddrinfo("localhost", 80)


def test_tests_do_not_see_each_others_keys(settings):
    seen = settings.REDIS_KEY_PREFIX

    assert seen.startswith("smmbot-test-")
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] == f"{seen}:celery:"
