"""`manage.py runfakepanel`: the sandbox panel and its providers on loopback, until stopped."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from botcore.sandbox.composition import DEFAULT_API_KEY, SLUG_OF_HOST
from botcore.sandbox.servers import running_sandbox
from panel.sandbox.fake_panel import RATE_LIMIT
from smmbot.lib.wsgi_server import PortTakenError


class Command(BaseCommand):
    help = "Serve the fake panel and the fake providers for a demo or for tests. Needs no database."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8900, help="0 takes a free one")
        parser.add_argument("--key", action="append", dest="keys", help="API key of a panel; may be repeated")
        parser.add_argument("--state-file", type=Path, help="keeps the panels' data over a restart")
        parser.add_argument("--latency-ms", type=float, default=0, help="added to every API call")
        parser.add_argument(
            "--rate-limit", type=int, default=RATE_LIMIT, help="calls a second for one key; 0 for no limit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = options["keys"] or [DEFAULT_API_KEY]
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        try:
            with running_sandbox(
                api_keys=keys,
                host=options["host"],
                port=options["port"],
                state_file=options["state_file"],
                latency_s=options["latency_ms"] / 1000,
                rate_limit=options["rate_limit"] or None,
            ) as sandbox:
                providers = " ".join(
                    f"{sandbox.provider_url(slug)} key={sandbox.provider_key(slug)}"
                    for slug in SLUG_OF_HOST.values()
                )
                self.stdout.write(f"panel {sandbox.panel_url} keys={','.join(keys)} providers {providers}")
                self.stdout.flush()
                stop.wait()
        except PortTakenError as error:
            raise CommandError(
                f"Port {error.port} on {error.host} is taken: stop what listens there or choose another."
            ) from error
