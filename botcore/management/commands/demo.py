import os
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from botcore.gateway.embedded import reach
from botcore.sandbox import stack
from botcore.sandbox.demo_tenant import ACTORS, ADMIN_PHONE, PASSWORD
from botcore.sandbox.processes import Children, ProcessDied
from smmbot.lib import embedded

WATCH_S = 0.5

HINTS = """
Open it in a browser:

  {url}/login             the demo's owner: {owner}, password {password}
  {url}/signup            an account of your own: any number; its code arrives at
  {url}/sandbox-phone     the phone of anybody in the demo
  {url}/admin/            the platform's admin: {admin}, same password

Talk to the bot from a second terminal (in this folder):

  .venv/bin/python manage.py chat                              as customer anna_media
  .venv/bin/python manage.py chat --say "check 54321"          in progress
  .venv/bin/python manage.py chat --say "refill 54322"         completed, inside its 30 days
  .venv/bin/python manage.py chat --say "refill 54323"         its 30 days are over
  .venv/bin/python manage.py chat --say "cancel 54321"
  .venv/bin/python manage.py chat --say "speed up 54321"
  .venv/bin/python manage.py chat --say "54321, 54322 & 54323 check" --trace
  .venv/bin/python manage.py chat --say "check 54330"          somebody else's order
  .venv/bin/python manage.py chat --as owner --group --say "check 54330"
  .venv/bin/python manage.py chat --say help

Orders {orders}.
Sandbox panel {panel_url}, logs in {logs}. Ctrl-C stops everything."""


EMBEDDED_HINT = """
Numbers → Connect shows a real QR code. Scan it with a number you can spare: WhatsApp may limit or ban a number that
is linked by an unofficial program, and no program can rule that out."""
NOT_REACHED = """
WhatsApp cannot be reached from this machine: check its internet connection. Until then Numbers → Connect shows no QR
code; all else works."""


class Command(BaseCommand):
    help = "Bring the whole product up with a ready tenant, until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="forget the demo's data first")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stopped.set())
        try:
            if options["reset"]:
                if up := stack.running():
                    raise CommandError(f"The demo runs (process {up.pid}): stop it before you reset it.")
                stack.reset()
            with stack.stack(port=options["port"], on_step=self._step) as (up, children):
                self._say_ready(up)
                self._watch(children, stopped)
        except (stack.StackError, ProcessDied) as error:
            raise CommandError(str(error)) from error
        finally:
            embedded.wait_stopped(timeout_s=3)

    def _step(self, what: str) -> None:
        self.stderr.write(f"starting {what} …")

    def _say_ready(self, up: stack.Running) -> None:
        self.stdout.write(f"ready: {up.url}")
        self.stdout.write(
            HINTS.format(
                url=up.url,
                owner=f"+{ACTORS['owner'].phone}",
                admin=ADMIN_PHONE,
                password=PASSWORD,
                orders="54301-54360 belong to anna_media, rahul.smm and joko88",
                panel_url=up.panel_url,
                logs=embedded.data_dir() / "log",
            )
        )
        if settings.WHATSAPP_EMBEDDED:
            self.stdout.write(EMBEDDED_HINT if reach.can_connect() else NOT_REACHED)
        self.stdout.flush()

    def _watch(self, children: Children, stopped: threading.Event) -> None:
        while not stopped.wait(WATCH_S):
            children.check()
            if settings.EMBEDDED_POSTGRES or settings.EMBEDDED_REDIS:
                embedded.ensure_running()  # back after a kill -9, too
        self.stderr.write("stopping …")
