"""The sandbox's HTTP server, over real sockets."""

import http.client
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from smmbot.lib.wsgi_server import NeverAnswer, PortTakenError, RunningServer, serve


def echo(environ, start_response):
    body = b" ".join(
        (
            environ["REQUEST_METHOD"].encode(),
            environ["PATH_INFO"].encode("iso-8859-1"),
            environ["QUERY_STRING"].encode(),
            environ["wsgi.input"].read(),
        )
    )
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Seen", environ.get("HTTP_X_ASKED", ""))])
    return [body]


@pytest.fixture
def server():
    with serve(echo) as running:
        yield running


@pytest.fixture
def connection(server: RunningServer):
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    yield client
    client.close()


def ask(client, method="GET", path="/", body=None, headers=None):
    client.request(method, path, body=body, headers=headers or {})
    response = client.getresponse()
    return response, response.read()


def test_server_hands_the_request_to_the_app(connection):
    response, body = ask(connection, "POST", "/a%20b?c=d", b"hello", {"X-Asked": "yes"})

    assert (response.status, body) == (200, b"POST /a b c=d hello")
    assert response.getheader("X-Seen") == "yes"


def test_connection_is_kept_for_the_next_request(connection):
    ask(connection)
    first = connection.sock
    ask(connection, "POST", "/next", b"x" * 100_000)

    assert first is not None
    assert connection.sock is first


def test_head_has_no_body_and_keeps_the_connection(connection):
    response, body = ask(connection, "HEAD", "/")

    assert (body, response.getheader("Content-Length")) == (b"", "8")
    assert ask(connection)[1] == b"GET /  "


def test_many_connections_are_served_at_once(server):
    everybody_in = threading.Barrier(40, timeout=10)

    def app(environ, start_response):
        everybody_in.wait()
        return echo(environ, start_response)

    def get(port):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            return ask(client)[0].status
        finally:
            client.close()

    with serve(app) as crowded, ThreadPoolExecutor(40) as pool:
        assert list(pool.map(get, [crowded.port] * 40)) == [200] * 40


def test_answer_of_unknown_length_ends_with_the_connection(server):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (part for part in (b"one ", b"two"))

    with serve(app) as streaming:
        client = http.client.HTTPConnection("127.0.0.1", streaming.port, timeout=5)
        response, body = ask(client)
        client.close()

    assert (body, response.getheader("Connection")) == (b"one two", "close")


def test_failing_app_answers_500_and_goes_on(caplog):
    def app(environ, start_response):
        raise KeyError("secret")

    with serve(app) as failing:
        client = http.client.HTTPConnection("127.0.0.1", failing.port, timeout=5)
        answers = [ask(client) for _ in range(2)]
        client.close()

    assert [response.status for response, _ in answers] == [500, 500]
    assert b"secret" not in answers[0][1]
    assert caplog.messages == ["wsgi_server_app_failed"] * 2


def test_never_answer_leaves_the_client_waiting_and_others_served():
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/silent":
            raise NeverAnswer
        return echo(environ, start_response)

    with serve(app) as running:
        waiting = http.client.HTTPConnection("127.0.0.1", running.port, timeout=0.1)
        with pytest.raises(TimeoutError):
            ask(waiting, path="/silent")
        waiting.close()
        other = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        status = ask(other)[0].status
        other.close()

    assert status == 200


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"nonsense and more HTTP/x\r\n\r\n", b"400"),
    ],
)
def test_what_cannot_be_read_is_refused(server, request_text, status):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw, raw.makefile("rb") as answer:
        raw.sendall(request_text)
        assert status in answer.read()


def test_close_ends_open_connections_and_frees_the_port():
    server = serve(echo)
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    ask(client)
    open_socket = client.sock

    server.close()

    assert open_socket.recv(1) == b""
    client.close()
    with serve(echo, port=server.port) as again:
        assert again.port == server.port


def test_close_ends_a_call_that_is_never_answered():
    asked = threading.Event()

    def app(environ, start_response):
        asked.set()
        raise NeverAnswer

    server = serve(app)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asked.wait(5)
        server.close()
        assert raw.recv(1) == b""


def test_close_twice_is_harmless():
    server = serve(echo)
    server.close()
    server.close()


def test_taken_port_is_named(server):
    with pytest.raises(PortTakenError) as taken:
        serve(echo, port=server.port)

    assert (taken.value.host, taken.value.port) == ("127.0.0.1", server.port)
