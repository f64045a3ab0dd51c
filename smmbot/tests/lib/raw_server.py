"""A server that says exactly the bytes it is told to, for answers no proper server gives."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def raw_server(
    say: Callable[[socket.socket], None], *, context: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Serve one connection after another; say: called when a request's headers are in. Gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                wrapped = context.wrap_socket(connection, server_side=True) if context else connection
                with wrapped:
                    received = b""
                    while b"\r\n\r\n" not in received:
                        chunk = wrapped.recv(65536)
                        if not chunk:
                            break
                        received += chunk
                    else:
                        say(wrapped)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)
