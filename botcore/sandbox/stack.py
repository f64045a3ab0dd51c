"""The whole product on one machine, as the demo and `manage.py chat` need it: fake panel, web, worker, beat."""

import fcntl
import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TextIO

import requests
from django.conf import settings
from django.core.management import call_command

from botcore.domain import gateways
from botcore.enums import Queue
from botcore.gateway.embedded import calls, installation, library_store
from botcore.sandbox.composition import DEFAULT_API_KEY, PLAYGROUND_API_KEY
from botcore.sandbox.demo_tenant import ensure_demo_providers, ensure_demo_tenant
from botcore.sandbox.processes import Child, Children
from botcore.tasks import beat_tick
from smmbot.lib import embedded, heartbeat

START_TIMEOUT_S = 60
WORKER_THREADS = 32
_SANDBOX_LINE = re.compile(r"^panel (\S+) .*? providers (\S+) key=(\S+)", re.MULTILINE)


class StackError(Exception):
    """The stack cannot run; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """A stack that is up. panel_url: the fake panel's origin."""

    pid: int
    url: str
    panel_url: str


def running() -> Running | None:
    """The stack of this checkout that is up now, in whatever process, if any."""
    try:
        with _lock_file().open("a+") as lock:
            if _try_lock(lock):
                return None
        return Running(**json.loads(_state_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def stack(*, port: int, on_step: Callable[[str], None]) -> Iterator[tuple[Running, Children]]:
    """Bring everything up for the block and take it down after it. port: of the web, 0 takes a free one. With
    WHATSAPP_EMBEDDED new numbers are linked for real, by the built-in gateway.

    Raises StackError when another stack runs, the port is taken or a package is missing, ProcessDied when a part does
    not come up.
    """
    with _lock_file().open("a+") as lock:
        if not _try_lock(lock):
            raise StackError(_already_running())
        port = port or _free_port()
        _check_port(port)
        if settings.WHATSAPP_EMBEDDED and (problem := installation.missing()):
            raise StackError(problem)
        children = Children(log_dir=embedded.data_dir() / "log", cwd=settings.BASE_DIR)
        try:
            up = _start(children, port, on_step)
            _state_file().write_text(json.dumps(asdict(up)))
            yield up, children
        finally:
            _state_file().unlink(missing_ok=True)
            children.stop()


def reset() -> None:
    """Forget the demo's data: the database's rows, our Redis keys, the fake panel's state."""
    from smmbot.lib.redis_client import get_redis, key  # noqa: PLC0415 -- only here

    call_command("migrate", verbosity=0, interactive=False)
    call_command("flush", verbosity=0, interactive=False)
    library_store.drop()
    for name in get_redis().scan_iter(key("*"), count=1000):
        get_redis().delete(name)
    _panel_state().unlink(missing_ok=True)


def _start(children: Children, port: int, on_step: Callable[[str], None]) -> Running:
    url = f"http://127.0.0.1:{port}"
    env = {
        "DEMO": "1",
        "PORT": str(port),
        "PUBLIC_URL": url,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::UserWarning",
    }
    on_step("sandbox panel")
    state_file = str(_panel_state())
    keys = ["--key", DEFAULT_API_KEY, "--key", PLAYGROUND_API_KEY]
    panel = children.start(
        "panel", ["manage.py", "runfakepanel", "--port", "0", "--state-file", state_file, *keys], env
    )
    on_step("database")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("syncschedule", stdout=_Nowhere())
    panel_url, smmcost_url, smmcost_key = _sandbox_addresses(children, panel)
    env |= {"SANDBOX_PANEL_URL": panel_url, "SANDBOX_PANEL_KEY": PLAYGROUND_API_KEY}
    on_step("web, worker, beat")
    children.start("web", ["-m", "gunicorn", *_web_options(port)], env)
    children.start("worker", ["-m", "celery", "-A", "smmbot", "worker", *_worker_options()], env)
    children.start(
        "beat", ["-m", "celery", "-A", "smmbot", "beat", "--loglevel", "WARNING", "--pidfile", ""], env
    )
    gateways.sync_from_environment()
    if settings.WHATSAPP_EMBEDDED:
        on_step("built-in WhatsApp gateway")
        children.start("whatsapp", ["manage.py", "runwhatsapp"], env)
        _wait(children, lambda: calls.version_running() is not None, "the built-in gateway")
    tenant = ensure_demo_tenant(panel_url=panel_url, panel_key=DEFAULT_API_KEY)
    ensure_demo_providers(tenant=tenant, smmcost_url=smmcost_url, smmcost_key=smmcost_key)
    _wait(children, lambda: _answers(f"{url}/healthz"), "the web server")
    asked_at = time.time()
    beat_tick.delay()
    _wait(children, lambda: _ticked_since(asked_at), "the worker")
    return Running(pid=os.getpid(), url=url, panel_url=panel_url)


def _web_options(port: int) -> list[str]:
    return [
        "smmbot.wsgi",
        *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8"),
        *("--graceful-timeout", "2", "--log-level", "warning"),
    ]


def _worker_options() -> list[str]:
    return [
        *("--pool", "threads", "--concurrency", str(WORKER_THREADS), "--queues", ",".join(Queue)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
    ]


def _sandbox_addresses(children: Children, panel: Child) -> tuple[str, str, str]:
    """The panel's origin, and address and key of its first provider, from the line it prints when it is up."""
    found: list[tuple[str, str, str]] = []

    def look() -> bool:
        found.extend(_SANDBOX_LINE.findall(panel.log.read_text(errors="replace")))
        return bool(found)

    _wait(children, look, "the sandbox panel")
    return found[0]


def _wait(children: Children, is_up: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_up():
        children.check()
        if time.monotonic() > deadline:
            raise StackError(
                f"{what} did not come up within {START_TIMEOUT_S} s; see {embedded.data_dir() / 'log'}"
            )
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == HTTPStatus.OK
    except requests.RequestException:
        return False


def _ticked_since(moment: float) -> bool:
    age = heartbeat.age_s()
    return age is not None and time.time() - age >= int(moment)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(
                f"Port {port} is taken by another program. Stop that program, or choose another port: "
                f"PORT={port + 1} make demo"
            ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _already_running() -> str:
    try:
        up = Running(**json.loads(_state_file().read_text()))
    except (OSError, ValueError, TypeError):
        return "The demo of this checkout is starting or stopping in another terminal. Try again in a moment."
    return f"The demo of this checkout already runs: {up.url} (process {up.pid}). Ctrl-C there stops it."


def _try_lock(lock: TextIO) -> bool:
    """Take the lock for as long as the file stays open; the system takes it back from a process that was killed."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file() -> Path:
    folder = embedded.data_dir()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "demo.lock"


def _state_file() -> Path:
    return embedded.data_dir() / "demo.json"


def _panel_state() -> Path:
    return embedded.data_dir() / "sandbox-panel.json"


class _Nowhere:
    """A stream for a command whose words nobody needs here."""

    def write(self, text: str) -> int:
        return len(text)
