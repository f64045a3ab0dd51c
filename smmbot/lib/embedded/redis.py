import signal
import socket
from pathlib import Path

from smmbot.lib.embedded import binaries
from smmbot.lib.embedded.program import Program

_SETTINGS = {
    "port": ["0"],
    "unixsocketperm": ["700"],
    "daemonize": ["no"],
    # What stands in a queue can be put there again from PostgreSQL, so a minute's loss is cheap.
    "appendonly": ["no"],
    "save": ["60", "1"],
    # A full disk must not stop the queues.
    "stop-writes-on-bgsave-error": ["no"],
    "loglevel": ["warning"],
}


class Redis(Program):
    name = "redis"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    @property
    def executable(self) -> Path:
        return binaries.redis_server()

    def prepare(self) -> None:
        binaries.redis_server()
        self.paths.redis_data.mkdir(mode=0o700, exist_ok=True)

    def command(self) -> list[str]:
        settings = {
            **_SETTINGS,
            "dir": [str(self.paths.redis_data)],
            "unixsocket": [str(self.paths.redis_socket)],
        }
        options = [word for name, values in settings.items() for word in (f"--{name}", *values)]
        return [self._title, *options]

    def clear_remains(self) -> None:
        self.paths.redis_socket.unlink(missing_ok=True)
        for half_written in self.paths.redis_data.glob("temp-*.rdb"):
            half_written.unlink(missing_ok=True)

    def answers(self) -> bool:
        # redis-py is too slow an import for a check that runs before every command. It answers LOADING at
        # first.
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.paths.redis_socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def owns(self, arguments: list[str]) -> bool:
        # The server replaces its command line by a title, which begins with the name it was called by.
        return bool(arguments) and arguments[0].split(" ")[0] == self._title

    @property
    def _title(self) -> str:
        return f"redis-server:{self.paths.tag}"
