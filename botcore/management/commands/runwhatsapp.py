"""`manage.py runwhatsapp`: the built-in gateway, until stopped."""

import signal
import threading
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from botcore import webhooks
from botcore.domain.inbox import NumberRef
from botcore.gateway.drivers.embedded import EmbeddedDriver
from botcore.gateway.embedded import installation, reach
from botcore.gateway.embedded.supervisor import Limits, Supervisor
from botcore.gateway.types import Event
from botcore.models import WhatsAppNumber
from smmbot.lib.logs import get_logger
from tenants.scoping import all_tenants, tenant_scope

logger = get_logger(__name__)


class Command(BaseCommand):
    help = "Run the built-in gateway: keeps its numbers connected to WhatsApp, each in a process of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        limits = Limits()
        parser.add_argument("--most", type=int, default=limits.most, help="numbers this machine takes")
        parser.add_argument(
            "--memory-mb",
            type=int,
            default=limits.memory_mb,
            help="a number's process above it is started anew",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if problem := installation.missing():
            raise CommandError(problem)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        supervisor = Supervisor(
            take_in,
            limits=Limits(most=options["most"], memory_mb=options["memory_mb"]),
            version=installation.version(),
        )
        reach.watch(stop)
        self.stdout.write("The built-in gateway runs. Ctrl-C stops it.")
        self.stdout.flush()
        try:
            supervisor.run(stop)
        except DatabaseError as error:
            raise CommandError(
                "The library's tables need a schema of their own: let the database's user create one "
                "(GRANT CREATE ON DATABASE)."
            ) from error
        self.stdout.write("Stopped: all numbers are disconnected, and stay linked.")


def take_in(session: str, events: Sequence[Event]) -> None:
    """What a webhook would do with them. Raises DatabaseError when they cannot be stored."""
    with all_tenants("a session's name finds its number"):
        found = (
            WhatsAppNumber.objects.filter(
                session_name=session, driver=EmbeddedDriver.name, tenant__is_active=True
            )
            .values_list("pk", "tenant_id")
            .first()
        )
    if found is None:
        logger.warning("a session without a number", extra={"session": session})
        return
    number = NumberRef(*found)
    with tenant_scope(number.tenant_id):
        webhooks.store(number, events)
