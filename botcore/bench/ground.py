"""What the figures share: processes and a tenant, each made when the first figure needs it, all gone at the end."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property

from django.conf import settings
from django.core.management import call_command

from botcore.bench.pages import Library, libraries
from botcore.bench.processes import PANEL_KEY, BenchProcesses
from botcore.bench.tenant import PREFIX, BenchTenant, bench_tenants, connect_panel
from smmbot.lib import embedded

CHATS_OF_ONE = 500
TENANTS, CHATS_OF_MANY = 20, 5


class Ground:
    """A context manager; inside, tenants and processes are there for the asking."""

    def __init__(self, *, on_step: Callable[[str], None]) -> None:
        self.on_step = on_step
        self._stack = ExitStack()
        self._panels: dict[int, str] = {}
        self._is_migrated = False

    @cached_property
    def processes(self) -> BenchProcesses:
        # Made first, so that they go last.
        _ = self.number, self.tenants
        processes = BenchProcesses(
            prefix=f"{PREFIX}{secrets.token_hex(4)}",
            log_dir=embedded.data_dir() / "log" / "bench",
            cwd=settings.BASE_DIR,
        )
        self._stack.callback(processes.stop)
        return processes

    @cached_property
    def number(self) -> BenchTenant:
        """One number with many chats."""
        self._prepare_database()
        return self._stack.enter_context(bench_tenants(tenants=1, chats=CHATS_OF_ONE))[0]

    @cached_property
    def tenants(self) -> list[BenchTenant]:
        """Many tenants with a few chats each."""
        self._prepare_database()
        return self._stack.enter_context(bench_tenants(tenants=TENANTS, chats=CHATS_OF_MANY))

    @cached_property
    def libraries(self) -> tuple[Library, Library]:
        """Two tenants with logs: few rows, and very many."""
        self._prepare_database()
        self.on_step("a million log rows")
        return self._stack.enter_context(libraries())

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
        for tenant in self.tenants:
            connect_panel(tenant, panel_url=self._panels[latency_ms], api_key=PANEL_KEY)

    def _prepare_database(self) -> None:
        if settings.DEMO and not self._is_migrated:  # an installation is migrated by its operator
            self.on_step("database")
            call_command("migrate", verbosity=0, interactive=False)
            self._is_migrated = True

    def __enter__(self) -> "Ground":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
