"""`manage.py runfakellm`: the fake language model on loopback, until stopped."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from botcore.ai.sandbox.fake_llm import API_KEY, BEHAVIOURS, MODEL, WELL
from botcore.ai.sandbox.running import running_fake_llm
from smmbot.lib.wsgi_server import PortTakenError


class Command(BaseCommand):
    help = "Serve a fake OpenAI-compatible model for a demo or for tests. Needs no database."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8910, help="0 takes a free one")
        parser.add_argument("--key", default=API_KEY)
        parser.add_argument("--latency-ms", type=float, default=0, help="added to every answer")
        parser.add_argument("--behaviour", choices=sorted(BEHAVIOURS), default=WELL)

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        try:
            with running_fake_llm(
                api_key=options["key"],
                host=options["host"],
                port=options["port"],
                latency_s=options["latency_ms"] / 1000,
            ) as fake:
                fake.behave(options["behaviour"])
                self.stdout.write(f"llm {fake.base_url} key={fake.api_key} model={MODEL}")
                self.stdout.flush()
                stop.wait()
        except PortTakenError as error:
            raise CommandError(
                f"Port {error.port} on {error.host} is taken: stop what listens there or choose another."
            ) from error
