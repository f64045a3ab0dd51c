"""A small threaded WSGI server for the sandbox and for tests. No TLS and no limits: keep it on loopback."""

import contextlib
import errno
import io
import logging
import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import unquote
from wsgiref.handlers import SimpleHandler
from wsgiref.headers import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

LISTEN_BACKLOG = 512
LONGEST_REQUEST_LINE = 65_536
LARGEST_BODY = 16 * 1024 * 1024
_GONE = (BrokenPipeError, ConnectionAbortedError, ConnectionResetError)


class NeverAnswer(Exception):
    """An app raises this to leave the client waiting: nothing is sent, and the connection is dropped once the
    client has gone or the server closes. It must come before `start_response` has been used."""


class PortTakenError(OSError):
    """Somebody else listens on the port asked for."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(errno.EADDRINUSE, f"port {port} on {host} is already in use")
        self.host = host
        self.port = port


class RunningServer:
    """A server at work in a daemon thread. As a context manager it closes on the way out."""

    def __init__(self, server: "_Server") -> None:
        self._server = server
        # A listening socket that has been shut down wakes the poll at once, so the interval is only
        # a fallback.
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="wsgi-server", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """`http://host:port`, without a slash at the end."""
        return f"http://{self._server.server_address[0]!s}:{self.port}"

    def close(self) -> None:
        """Frees the port and ends the open connections; harmless when called again."""
        with contextlib.suppress(OSError):
            self._server.socket.shutdown(socket.SHUT_RDWR)
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()
        self._thread.join(timeout=5)

    def __enter__(self) -> "RunningServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(app: "WSGIApplication", host: str = "127.0.0.1", port: int = 0) -> RunningServer:
    """Serves `app` from a daemon thread, one thread per connection. port 0 takes a free one. Raises
    PortTakenError."""
    try:
        server = _Server((host, port), app)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(host, port) from error
        raise
    return RunningServer(server)


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = LISTEN_BACKLOG

    def __init__(self, address: tuple[str, int], app: "WSGIApplication") -> None:
        self.app = app
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        super().__init__(address, _ConnectionHandler)

    def process_request(self, request: Any, client_address: Any) -> None:
        # Noted here, in the accepting thread, so that after `shutdown` no connection can be missing
        # from the set.
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        with self._connections_lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            logger.error("wsgi_server_connection_failed", exc_info=error)


class _ConnectionHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024  # headers and a small body leave in one write
    server: _Server

    def setup(self) -> None:
        super().setup()
        name, port = self.server.server_address[:2]
        self._base_environ: WSGIEnvironment = {
            "SERVER_NAME": str(name),
            "SERVER_PORT": str(port),
            "SERVER_SOFTWARE": "sandbox",
            "GATEWAY_INTERFACE": "CGI/1.1",
            "SCRIPT_NAME": "",
            "REMOTE_ADDR": self.client_address[0],
        }

    def handle(self) -> None:
        with contextlib.suppress(*_GONE):
            super().handle()

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(LONGEST_REQUEST_LINE + 1)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if len(self.raw_requestline) > LONGEST_REQUEST_LINE:
            self.requestline = self.request_version = self.command = ""
            self._refuse(414)
            return
        if not self.parse_request():  # it has answered with the error already
            self.wfile.flush()
            self.close_connection = True
            return
        body = self._read_body()
        if body is None:
            return
        answer = _Answer(self, body)
        answer.run(self.server.app)
        if answer.stays_silent:
            self._wait_until_gone()
            self.close_connection = True
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def _read_body(self) -> bytes | None:
        if "Transfer-Encoding" in self.headers:
            self._refuse(411)
            return None
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal():
            self._refuse(400)
            return None
        if int(length) > LARGEST_BODY:
            self._refuse(413)
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self.send_error(status)
        self.wfile.flush()

    def _wait_until_gone(self) -> None:
        """Returns when the client hangs up (what it still sends is thrown away) or the server closes."""
        with contextlib.suppress(OSError):
            while self.connection.recv(4096):
                pass

    def environ(self) -> "WSGIEnvironment":
        path, _, query = self.path.partition("?")
        environ = {
            **self._base_environ,
            "SERVER_PROTOCOL": self.request_version,
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(path, "iso-8859-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length") or "0",
        }
        for name, value in self.headers.items():
            # A name with an underscore would pass for the one with a dash.
            if "_" not in name and name.lower() not in ("content-type", "content-length"):
                environ["HTTP_" + name.upper().replace("-", "_")] = value.strip()
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the sandbox keeps its own journal."""


class _Answer(SimpleHandler):
    """One call of the app, answered over HTTP/1.1."""

    http_version = "1.1"
    os_environ: dict[str, str] = {}
    headers: Headers | None  # wsgiref keeps these two
    headers_sent: bool

    def __init__(self, connection: _ConnectionHandler, body: bytes) -> None:
        super().__init__(
            io.BytesIO(body), cast(IO[bytes], connection.wfile), sys.stderr, connection.environ()
        )
        self.connection = connection
        self.stays_silent = False

    def write(self, data: bytes) -> None:
        if self.connection.command != "HEAD":
            super().write(data)
        elif not self.headers_sent:
            self.bytes_sent = len(data)
            self.send_headers()

    def handle_error(self) -> None:
        if isinstance(sys.exc_info()[1], NeverAnswer):
            self.stays_silent = True
            return
        if self.headers_sent:
            self.connection.close_connection = True  # the client cannot tell where this answer ends
        super().handle_error()

    def log_exception(self, exc_info: Any) -> None:
        logger.error("wsgi_server_app_failed", exc_info=exc_info)

    def cleanup_headers(self) -> None:
        super().cleanup_headers()
        headers = cast(Headers, self.headers)  # set by start_response, which came before
        if "Content-Length" not in headers:
            self.connection.close_connection = True  # the end of the connection is the end of the body
        if self.connection.close_connection:
            headers["Connection"] = "close"
