import datetime as dt
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from smmbot.lib import guarded_adapter
from smmbot.lib.http import HttpClient, HttpFailure, HttpTimeout, HttpUnreachable
from smmbot.lib.ssrf import UrlRefused
from smmbot.lib.wsgi_server import serve
from smmbot.tests.lib.raw_server import raw_server

PUBLIC = "93.184.216.34"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answer_ok(environ, start_response):
    body = environ["HTTP_HOST"].encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def client():
    client = HttpClient(allow_private=True)
    yield client
    client.close()


@pytest.fixture
def names(monkeypatch):
    """Names that resolve to what a test says; a list of lists gives a different answer each time."""
    known = {}

    def getaddrinfo(host, port, *args, **kwargs):
        addresses = known[host]
        if addresses and isinstance(addresses[0], list):
            addresses = addresses.pop(0)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def connected(monkeypatch):
    """Addresses that were connected to; only loopback is really tried."""
    tried = []
    real = socket.socket.connect

    def connect(self, address):
        tried.append(address[0])
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError
        real(self, address)

    monkeypatch.setattr(guarded_adapter._Socket, "connect", connect, raising=False)
    return tried


@pytest.mark.parametrize("addresses", [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_of_a_private_address_is_never_connected_to(names, connected, addresses):
    names["panel.example"] = addresses

    with pytest.raises(UrlRefused) as refused:
        HttpClient(allow_private=False).request("GET", "https://panel.example/")

    assert refused.value.reason == "address"
    assert connected == []


def test_rebinding_between_check_and_use_is_caught(names, connected):
    names["panel.example"] = [[PUBLIC], ["127.0.0.1"]]
    client = HttpClient(allow_private=False)

    with pytest.raises(HttpUnreachable):
        client.request("GET", "https://panel.example/")
    with pytest.raises(UrlRefused):
        client.request("GET", "https://panel.example/")

    assert connected == [PUBLIC]


def test_the_address_is_checked_and_the_name_is_sent(names, connected, client):
    names["panel.example"] = ["127.0.0.1"]
    with serve(answer_ok) as server:
        answer = client.request("GET", f"http://panel.example:{server.port}/")

    assert answer.text == f"panel.example:{server.port}"
    assert connected == ["127.0.0.1"]


def test_the_next_address_is_tried_when_one_does_not_connect(names, connected, client):
    names["panel.example"] = [PUBLIC, "127.0.0.1"]
    with serve(answer_ok) as server:
        assert client.request("GET", f"http://panel.example:{server.port}/").status == 200

    assert connected == [PUBLIC, "127.0.0.1"]


def test_only_a_few_addresses_are_tried(names, connected, client):
    names["panel.example"] = [f"93.184.216.{last}" for last in range(1, 30)]

    with pytest.raises(HttpUnreachable):
        client.request("GET", "http://panel.example/")

    assert len(connected) == 4


def test_addresses_share_the_time_to_connect(names, client, monkeypatch):
    names["panel.example"] = ["93.184.216.1", "93.184.216.2"]
    given = []

    def connect(self, address):
        given.append(self.gettimeout())
        time.sleep(self.gettimeout())
        raise TimeoutError

    monkeypatch.setattr(guarded_adapter._Socket, "connect", connect, raising=False)
    with pytest.raises(HttpTimeout) as error:
        client.request("GET", "http://panel.example/", timeout_s=(0.2, 1))

    assert not error.value.maybe_sent
    assert given == [pytest.approx(0.1, abs=0.02), pytest.approx(0.1, abs=0.02)]


def certificate_for(name, folder):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def tls(tmp_path):
    """A server for panel.example, and the certificate that vouches for it."""
    cert, key = certificate_for("panel.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    heard = []
    context.sni_callback = lambda connection, name, context: heard.append(name)
    with raw_server(lambda connection: connection.sendall(OK), context=context) as port:
        yield port, cert, heard


def test_tls_is_verified_by_the_name_and_not_by_the_address(names, tls, monkeypatch):
    port, cert, heard = tls
    monkeypatch.setattr(guarded_adapter.certifi, "where", lambda: str(cert))
    names.update({"panel.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})
    client = HttpClient(allow_private=True)

    assert client.request("GET", f"https://panel.example:{port}/").text == "ok"
    with pytest.raises(HttpUnreachable) as error:
        client.request("GET", f"https://other.example:{port}/")

    assert (error.value.reason, error.value.maybe_sent) == ("tls", False)
    assert heard == ["panel.example", "other.example"]


def test_a_certificate_nobody_vouches_for_is_refused(names, tls, client):
    names["panel.example"] = ["127.0.0.1"]

    with pytest.raises(HttpUnreachable) as error:
        client.request("GET", f"https://panel.example:{tls[0]}/")

    assert error.value.reason == "tls"


def test_the_deadline_holds_over_tls(names, tls, monkeypatch, tmp_path):
    _, cert, _ = tls
    monkeypatch.setattr(guarded_adapter.certifi, "where", lambda: str(cert))
    names["panel.example"] = ["127.0.0.1"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, tmp_path / "key.pem")

    def trickle(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(100):
            time.sleep(0.02)
            connection.sendall(b"x")

    with raw_server(trickle, context=context) as port:
        started = time.monotonic()
        with pytest.raises(HttpFailure) as error:
            HttpClient(allow_private=True).request(
                "GET", f"https://panel.example:{port}/", timeout_s=(1, 5), deadline_s=0.3
            )
        took_s = time.monotonic() - started

    assert isinstance(error.value, HttpTimeout)
    assert took_s < 1
