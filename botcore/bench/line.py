"""A keep-alive connection to the web server that costs the bench as little CPU as may be."""

import socket

TIMEOUT_S = 30
_END_OF_HEAD = b"\r\n\r\n"


class Line:
    """Not for two threads at once."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> int:
        """Send a whole request and return the status of the answer. Raises OSError."""
        self._socket.sendall(request)
        answer = self._receive()
        while _END_OF_HEAD not in answer:
            answer += self._receive()
        head, _, body = answer.partition(_END_OF_HEAD)
        missing = _content_length(head) - len(body)
        while missing > 0:
            missing -= len(self._receive())
        return int(head[9:12])

    def _receive(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionError("the web server hung up")
        return received

    def close(self) -> None:
        self._socket.close()


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0
