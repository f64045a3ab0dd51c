"""`manage.py runfakegateway`: one of the fake WhatsApp gateways on loopback, until stopped."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from botcore.sandbox.gateways.faces import FACES
from botcore.sandbox.gateways.fake_gateway import running_gateway
from smmbot.lib.wsgi_server import PortTakenError

# So often codes that ran out are replaced.
_TICK_S = 1.0


class Command(BaseCommand):
    help = (
        "Serve a fake WhatsApp gateway for a demo or for tests; what its phones do is asked for below /_sandbox/."
        " Needs no database."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("gateway", choices=sorted(FACES))
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8920, help="0 takes a free one")
        parser.add_argument("--key", default="", help="what the operator enters as the gateway's key")
        parser.add_argument("--latency-ms", type=float, default=0, help="added to every API call")
        parser.add_argument("--workers", type=int, default=1, help="webhooks that go out side by side")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        gateway = FACES[options["gateway"]](
            api_key=options["key"], latency_s=options["latency_ms"] / 1000, workers=options["workers"]
        )
        try:
            with running_gateway(gateway, host=options["host"], port=options["port"]) as running:
                self.stdout.write(f"{gateway.name} {running.url} key={running.api_key}")
                self.stdout.flush()
                while not stop.wait(_TICK_S):
                    gateway.tick()
        except PortTakenError as error:
            raise CommandError(
                f"Port {error.port} on {error.host} is taken: stop what listens there or choose another."
            ) from error
