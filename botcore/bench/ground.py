"""What the figures share: processes and a tenant, each made when the first figure needs it, all gone at the end."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property

from django.conf import settings
from django.core.management import call_command

from botcore.bench.processes import PANEL_KEY, BenchProcesses
from botcore.bench.tenant import PREFIX, BenchTenant, bench_tenant, connect_panel
from smmbot.lib import embedded

# One number with many chats; the first of them also answer.
CHATS = 500


class Ground:
    """A context manager; inside, `tenant`, `port` and `panel` are there for the asking."""

    def __init__(self, *, on_step: Callable[[str], None]) -> None:
        self.on_step = on_step
        self._stack = ExitStack()
        self._panels: dict[int, str] = {}

    @cached_property
    def processes(self) -> BenchProcesses:
        assert self.tenant  # made first, so that it goes last
        processes = BenchProcesses(
            prefix=f"{PREFIX}{secrets.token_hex(4)}",
            log_dir=embedded.data_dir() / "log" / "bench",
            cwd=settings.BASE_DIR,
        )
        self._stack.callback(processes.stop)
        return processes

    @cached_property
    def tenant(self) -> BenchTenant:
        self.on_step("database")
        if settings.DEMO:  # an installation is migrated by its operator
            call_command("migrate", verbosity=0, interactive=False)
        return self._stack.enter_context(bench_tenant(chats=CHATS))

    @cached_property
    def port(self) -> int:
        """Of the web server."""
        self.on_step("web server")
        return self.processes.start_web()

    @cached_property
    def workers(self) -> bool:
        self.on_step("workers")
        self.processes.start_workers()
        return True

    def use_panel(self, *, latency_ms: int) -> None:
        """Make the tenant's panel one that answers after so long."""
        if latency_ms not in self._panels:
            self.on_step(f"panel that answers in {latency_ms} ms")
            self._panels[latency_ms] = self.processes.start_panel(latency_ms=latency_ms)
        connect_panel(self.tenant, panel_url=self._panels[latency_ms], api_key=PANEL_KEY)

    def __enter__(self) -> "Ground":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
