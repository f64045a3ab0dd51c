"""The product's processes, as the Procfile starts them, in a world of their own: own Redis keys, own panel."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from botcore.bench.errors import BenchError
from botcore.sandbox.composition import DEFAULT_API_KEY
from botcore.sandbox.processes import Child, Children
from smmbot.lib.redis_client import get_redis

START_TIMEOUT_S = 60
WEB_THREADS, INTERACTIVE_THREADS, OUTBOUND_THREADS = 8, 64, 32  # the Procfile's
PANEL_KEY = DEFAULT_API_KEY


class BenchProcesses:
    """prefix: of every Redis key, the broker's among them. env: what is to be otherwise than in this installation."""

    def __init__(
        self, *, prefix: str, log_dir: Path, cwd: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self._log_dir, self._cwd = log_dir, cwd
        self.prefix = prefix
        self._workers: list[Child] = []
        self._children = Children(log_dir=log_dir, cwd=cwd)
        # The demo's rules (loopback, plain http) whatever this installation is; its database, its Redis.
        self.env = {
            "DEMO": "1",
            "DEBUG": "0",
            "ALLOW_PRIVATE_URLS": "1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PUBLIC_URL": "http://127.0.0.1",
            "CELERY_BROKER_URL": "",
            "REDIS_KEY_PREFIX": prefix,
            "PANEL_RATE_LIMIT": "0",
            "LOG_LEVEL": "WARNING",
            "SENTRY_DSN": "",
            "GUNICORN_CMD_ARGS": "",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore::UserWarning",
            **(env or {}),
        }

    def start_web(self) -> int:
        """Start the web server and return its port when it answers."""
        port = _free_port()
        options = [
            *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", str(WEB_THREADS)),
            *("--graceful-timeout", "1", "--log-level", "warning", "--keep-alive", "10"),
        ]
        self._children.start("web", ["-m", "gunicorn", "botcore.bench.wsgi", *options], self.env)
        self.wait(lambda: _listens(port), "web server")
        return port

    def start_workers(self) -> None:
        """Returns before they are up: the first message waits for them."""
        for queue, threads in (("interactive", INTERACTIVE_THREADS), ("outbound", OUTBOUND_THREADS)):
            options = [
                *("--pool", "threads", "--concurrency", str(threads), "--queues", queue),
                *("--without-gossip", "--without-mingle", "--hostname", f"{queue}-{self.prefix}@%h"),
                *("--loglevel", "WARNING"),
            ]
            command = ["-m", "celery", "-A", "smmbot", "worker", *options]
            self._workers.append(self._children.start(queue, command, self.env))

    def kill_workers(self) -> None:
        """As a machine does that goes down."""
        for worker in self._workers:
            self._children.kill(worker)
        self._workers.clear()

    def start_panel(self, *, latency_ms: int) -> str:
        """Start a sandbox panel without its 5 calls a second and return its origin."""
        name = f"panel-{latency_ms}ms"
        options = ["--port", "0", "--rate-limit", "0", "--latency-ms", str(latency_ms), "--key", PANEL_KEY]
        panel = self._children.start(name, ["manage.py", "runfakepanel", *options], self.env)
        self.wait(lambda: bool(_origin(panel)), name)
        return _origin(panel)

    def wait(self, is_done: Callable[[], bool], what: str) -> None:
        """Raises BenchError, and ProcessDied when a process ends meanwhile."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not is_done():
            self._children.check()
            if time.monotonic() > deadline:
                raise BenchError(
                    f"The {what} did not come up within {START_TIMEOUT_S} s; see {self._log_dir}"
                )
            time.sleep(0.02)

    def run(self, command: Sequence[str]) -> str:
        """Run one of our programs to its end and return what it printed. Raises BenchError."""
        done = subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, *command],
            cwd=self._cwd,
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"{' '.join(command)} failed:\n{done.stderr}")
        return done.stdout

    def check(self) -> None:
        """Raises ProcessDied when one has ended."""
        self._children.check()

    def forget_queues(self) -> None:
        """Remove every key of ours from Redis: queues, wake marks."""
        redis = get_redis()
        if names := list(redis.scan_iter(f"{self.prefix}:*", count=1000)):
            redis.delete(*names)

    def stop(self) -> None:
        self._children.stop()
        self.forget_queues()


def _origin(panel: Child) -> str:
    found = re.search(r"^panel (\S+) ", panel.log.read_text(errors="replace"), re.MULTILINE)
    return found[1] if found else ""


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
