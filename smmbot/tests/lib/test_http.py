import gzip
import json
import socket
import threading
import time

import pytest

from smmbot.lib import http
from smmbot.lib.http import (
    HttpBadAnswer,
    HttpClient,
    HttpFailure,
    HttpTimeout,
    HttpUnreachable,
    HttpUnsendable,
    http_client,
)
from smmbot.lib.ssrf import UrlRefused
from smmbot.lib.wsgi_server import NeverAnswer, serve
from smmbot.tests.lib.raw_server import raw_server


class Echo:
    """Answers with what it was asked, or plays one of the tricks below."""

    def __init__(self):
        self.connections = set()

    def __call__(self, environ, start_response):
        trick = getattr(self, environ["PATH_INFO"].strip("/").replace("-", "_"), None)
        if trick:
            return trick(environ, start_response)
        length = int(environ["CONTENT_LENGTH"] or 0)
        seen = {name: value for name, value in environ.items() if isinstance(value, str)}
        seen["body"] = environ["wsgi.input"].read(length).decode()
        return self.say(start_response, json.dumps(seen).encode())

    def say(self, start_response, body, status="200 OK", *headers):
        start_response(
            status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers]
        )
        return [body]

    def silent(self, environ, start_response):
        raise NeverAnswer

    def moved(self, environ, start_response):
        return self.say(start_response, b"", "302 Found", ("Location", "/here"))

    def big(self, environ, start_response):
        return self.say(start_response, b"x" * 2000)

    def big_without_length(self, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"x" * 500 for _ in range(4))

    def packed(self, environ, start_response):
        return self.say(start_response, gzip.compress(b'{"a": 1}'), "200 OK", ("Content-Encoding", "gzip"))

    def bomb(self, environ, start_response):
        return self.say(
            start_response, gzip.compress(b"0" * 10_000_000), "200 OK", ("Content-Encoding", "gzip")
        )

    def badly_packed(self, environ, start_response):
        return self.say(start_response, b"not gzip at all", "200 OK", ("Content-Encoding", "gzip"))

    def cookie(self, environ, start_response):
        return self.say(start_response, b"{}", "200 OK", ("Set-Cookie", "session=tenant-1"))

    def refused(self, environ, start_response):
        return self.say(start_response, b'{"error": "no"}', "403 Forbidden")


@pytest.fixture(scope="module")
def server():
    with serve(Echo()) as running:
        yield running


@pytest.fixture(scope="module")
def client():
    client = HttpClient(allow_private=True)
    yield client
    client.close()


def failure_of(call) -> HttpFailure:
    with pytest.raises(HttpFailure) as error:
        call()
    return error.value


def test_get_sends_query_and_headers(client, server):
    answer = client.request(
        "GET", f"{server.url}/orders", params={"ids": "1,2", "limit": 2}, headers={"X-Api-Key": "k"}
    )

    seen = answer.json()
    assert answer.status == 200
    assert (seen["REQUEST_METHOD"], seen["PATH_INFO"]) == ("GET", "/orders")
    assert seen["QUERY_STRING"] == "ids=1%2C2&limit=2"
    assert (seen["HTTP_X_API_KEY"], seen["HTTP_USER_AGENT"]) == ("k", http.USER_AGENT)
    assert seen["HTTP_HOST"] == server.url.removeprefix("http://")


def test_params_follow_a_query_that_is_there(client, server):
    answer = client.request("GET", f"{server.url}/a?x=1", params={"y": "2"})

    assert answer.json()["QUERY_STRING"] == "x=1&y=2"


def test_post_sends_json(client, server):
    seen = client.request("POST", f"{server.url}/orders", json={"ids": "1,2"}).json()

    assert (seen["CONTENT_TYPE"], json.loads(seen["body"])) == ("application/json", {"ids": "1,2"})


def test_post_sends_a_form(client, server):
    seen = client.request("POST", f"{server.url}/api/v2", form={"key": "k", "action": "status"}).json()

    assert seen["CONTENT_TYPE"] == "application/x-www-form-urlencoded"
    assert seen["body"] == "key=k&action=status"


def test_an_empty_json_body_is_still_a_body(client, server):
    assert client.request("POST", f"{server.url}/orders", json={}).json()["body"] == "{}"


def test_statuses_other_than_redirects_are_answers(client, server):
    answer = client.request("GET", f"{server.url}/refused")

    assert (answer.status, answer.json()) == (403, {"error": "no"})
    assert answer.headers["content-type"] == "application/json"


def test_connections_are_kept(client, server, monkeypatch):
    opened = []
    real = socket.socket.connect
    client.request("GET", f"{server.url}/a")
    monkeypatch.setattr(
        "smmbot.lib.guarded_adapter._Socket.connect",
        lambda self, address: opened.append(address) or real(self, address),
        raising=False,
    )

    for path in ("a", "refused", "packed", "a"):
        client.request("GET", f"{server.url}/{path}")

    assert opened == []


def test_cookies_are_never_sent_back(client, server):
    client.request("GET", f"{server.url}/cookie")

    assert "HTTP_COOKIE" not in client.request("GET", f"{server.url}/a").json()


def test_proxies_of_the_environment_are_not_used(client, server, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert client.request("GET", f"{server.url}/a").status == 200


def test_redirects_are_not_followed(client, server):
    error = failure_of(lambda: client.request("GET", f"{server.url}/moved"))

    assert (type(error), error.reason) == (HttpBadAnswer, "redirect")


@pytest.mark.parametrize("path", ["big", "big-without-length", "bomb"])
def test_answers_beyond_the_size_are_dropped(client, server, path):
    error = failure_of(lambda: client.request("GET", f"{server.url}/{path}", max_bytes=1999))

    assert (type(error), error.reason) == (HttpBadAnswer, "too_large")


@pytest.mark.parametrize("path", ["big", "big-without-length"])
def test_answers_of_exactly_the_size_are_taken(client, server, path):
    assert client.request("GET", f"{server.url}/{path}", max_bytes=2000).body == b"x" * 2000


def test_compressed_answers_are_unpacked(client, server):
    assert client.request("GET", f"{server.url}/packed").json() == {"a": 1}


def test_broken_compression_is_a_bad_answer(client, server):
    error = failure_of(lambda: client.request("GET", f"{server.url}/badly-packed"))

    assert (type(error), error.reason) == (HttpBadAnswer, "encoding")


def test_a_server_that_never_answers_is_a_timeout_and_may_have_acted(client, server):
    error = failure_of(lambda: client.request("POST", f"{server.url}/silent", json={}, timeout_s=(1, 0.05)))

    assert (type(error), error.maybe_sent) == (HttpTimeout, True)


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_the_deadline_ends_an_answer_that_trickles_in(client, start):
    stop = threading.Event()

    def trickle(connection):
        connection.sendall(start)
        while not stop.wait(0.02):
            connection.sendall(b"x")

    with raw_server(trickle) as port:
        started = time.monotonic()
        error = failure_of(
            lambda: client.request("GET", f"http://127.0.0.1:{port}/", timeout_s=(1, 5), deadline_s=0.2)
        )
        took_s = time.monotonic() - started
        stop.set()

    assert isinstance(error, HttpTimeout)
    assert took_s < 1


def test_a_connection_that_breaks_may_have_carried_the_write(client):
    with raw_server(lambda connection: connection.sendall(b"")) as port:
        error = failure_of(lambda: client.request("POST", f"http://127.0.0.1:{port}/", json={}))

    assert (type(error), error.reason, error.maybe_sent) == (HttpUnreachable, "broken", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbad",
    ],
)
def test_answers_that_are_no_http_are_failures(client, answer):
    with raw_server(lambda connection: connection.sendall(answer)) as port:
        error = failure_of(lambda: client.request("GET", f"http://127.0.0.1:{port}/"))

    assert isinstance(error, HttpFailure)
    assert error.maybe_sent


def test_chunked_answers_are_read(client):
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(answer)) as port:
        assert client.request("GET", f"http://127.0.0.1:{port}/").body == b"abcde"


def test_nobody_listening_is_unreachable_and_nothing_was_sent(client):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    error = failure_of(lambda: client.request("POST", f"http://127.0.0.1:{port}/", json={}))

    assert (type(error), error.reason, error.maybe_sent) == (HttpUnreachable, "connect", False)


def test_an_unknown_name_is_unreachable(client, monkeypatch):
    def getaddrinfo(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    error = failure_of(lambda: client.request("GET", "http://nowhere.example/"))

    assert (type(error), error.reason, error.maybe_sent) == (HttpUnreachable, "dns", False)


@pytest.mark.parametrize("value", ["key\r\nX-Evil: 1", "ключ", "a\x00b"])
def test_a_key_no_header_can_hold_is_refused_without_being_quoted(client, server, value):
    error = failure_of(lambda: client.request("GET", server.url, headers={"X-Api-Key": value}))

    assert isinstance(error, HttpUnsendable)
    assert value not in str(error)


def test_urls_are_guarded_before_anything_is_sent():
    with pytest.raises(UrlRefused) as refused:
        HttpClient(allow_private=False).request("GET", "http://panel.example/")

    assert refused.value.reason == "scheme"


def test_http_client_is_one_for_each_policy(settings):
    settings.ALLOW_PRIVATE_URLS = True

    assert http_client() is http_client(allow_private=True)
    assert http_client() is not http_client(allow_private=False)


def test_answer_json_refuses_what_is_not_json():
    for body in (b"<html>", b"", b"[" * 100_000):
        with pytest.raises(ValueError):  # noqa: PT011 -- any kind of it
            http.HttpAnswer(200, {}, body).json()
