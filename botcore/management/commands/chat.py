import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser

from botcore.models import WhatsAppNumber
from botcore.sandbox import script, stack
from botcore.sandbox.demo_tenant import ACTORS, SLUG, SUPPORT_GROUP
from botcore.sandbox.phone import Phone, WebhookRefused
from botcore.sandbox.processes import ProcessDied
from panel.clients.registry import client_for
from panel.models import PanelConnection
from smmbot.lib import embedded
from tenants.models import Tenant
from tenants.scoping import tenant_scope


class Command(BaseCommand):
    help = "Talk to the demo's bot over its real path: webhook, inbox, worker, panel, outbox."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as", dest="actor", choices=list(ACTORS), default="customer", help="who you are"
        )
        parser.add_argument(
            "--group", action="store_true", help="in the support group instead of a direct message"
        )
        parser.add_argument("--say", metavar="TEXT", help="say this once; exit 0 when answered, 1 when not")
        parser.add_argument("--script", type=Path, metavar="FILE", help="play a conversation and check it")
        parser.add_argument("--trace", action="store_true", help="on stderr: how each message was handled")
        parser.add_argument("--timeout", type=float, default=20, metavar="SECONDS", help="how long to wait")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with self._stack() as up:
                tenant = Tenant.objects.get(slug=SLUG)
                with tenant_scope(tenant.pk):
                    if options["script"]:
                        self._play(tenant, up, options)
                        return
                    phone = Phone(
                        ACTORS[options["actor"]],
                        number=WhatsAppNumber.objects.get(tenant=tenant, is_default=True),
                        base_url=up.url,
                        group=SUPPORT_GROUP if options["group"] else "",
                    )
                    answered = self._talk(phone, options)
        except (stack.StackError, ProcessDied) as error:
            raise CommandError(str(error)) from error
        if not answered:
            sys.exit(1)

    def _play(self, tenant: Tenant, up: stack.Running, options: dict[str, Any]) -> None:
        panel = PanelConnection.objects.get(tenant=tenant, is_active=True)
        player = script.Player(
            number=WhatsAppNumber.objects.get(tenant=tenant, is_default=True),
            base_url=up.url,
            panel=client_for(panel),
            timeout_s=options["timeout"],
        )
        count = 0
        try:
            for step, replies in player.play(script.read(options["script"])):
                count += 1
                self.stdout.write(f"[{step.actor}{step.group and f' @ {step.group}'}] {step.text}")
                for reply in replies:
                    self.stdout.write("    " + reply.replace("\n", "\n    "))
        except (script.BadScript, script.NotAsExpected) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} steps as expected.")

    @contextmanager
    def _stack(self) -> Iterator[stack.Running]:
        """The demo that runs already, or one of our own for as long as we talk."""
        if up := stack.running():
            yield up
            return
        try:
            with stack.stack(port=0, on_step=lambda what: self.stderr.write(f"starting {what} …")) as (up, _):
                yield up
        finally:
            embedded.wait_stopped(timeout_s=3)

    def _talk(self, phone: Phone, options: dict[str, Any]) -> bool:
        if options["say"] is not None:
            return self._say(phone, options["say"], options)
        who = options["actor"]
        self.stderr.write(f"You are {who}. Ctrl-D ends.")
        while True:
            try:
                text = input(f"{who}> ").strip()
            except (EOFError, KeyboardInterrupt):
                return True
            if text and not self._say(phone, text, options):
                self.stderr.write("(no answer)")

    def _say(self, phone: Phone, text: str, options: dict[str, Any]) -> bool:
        try:
            message_id = phone.send(text)
        except (WebhookRefused, requests.RequestException) as error:
            raise CommandError(f"The bot could not be reached: {error}") from error
        answered = False
        for reply in phone.replies(message_id, timeout_s=options["timeout"]):
            answered = True
            self.stdout.write(reply)
            self.stdout.flush()
        if options["trace"]:
            self._show(phone.trace(message_id))
        return answered

    def _show(self, steps: list[dict[str, Any]]) -> None:
        for step in steps:
            step = dict(step)
            at_ms, stage = step.pop("at_ms"), step.pop("stage")
            self.stderr.write(f"{at_ms:>8.1f} ms  {stage:<10} {json.dumps(step, ensure_ascii=False)}")
