from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from botcore import webhooks
from botcore.domain import kept_webhooks
from botcore.models import KeptWebhook
from tenants.scoping import all_tenants, tenant_scope


class Command(BaseCommand):
    help = "Read the webhooks again that nobody could read when they came, after a driver was mended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--number", type=int, help="of this WhatsApp number alone, by its id")
        parser.add_argument("--dry-run", action="store_true", help="only list them")

    def handle(self, *args: Any, **options: Any) -> None:
        with all_tenants("what every tenant's gateways sent"):
            rows = KeptWebhook.objects.filter(replayed_at=None).order_by("pk")
            if options["number"]:
                rows = rows.filter(number_id=options["number"])
            waiting = list(rows)
        stored = 0
        for kept in waiting:
            if options["dry_run"]:
                self.stdout.write(f"{kept.pk}  {kept.received_at:%Y-%m-%d %H:%M}  {kept}")
                continue
            with tenant_scope(kept.tenant_id):
                problem = kept_webhooks.replay(kept=kept, store=webhooks.store, now=timezone.now())
            stored += not problem
            if problem:
                self.stdout.write(f"{kept.pk}  still not read: {problem}")
        self.stdout.write(f"{len(waiting)} kept, {stored} stored now")
