from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from smmbot.schedule import SCHEDULE

PREFIX = "smmbot: "


class Command(BaseCommand):
    help = "Write smmbot/schedule.py to the database: update by name, switch orphans of ours off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {PREFIX + entry.name: entry for entry in SCHEDULE}
        orphans = PeriodicTask.objects.filter(name__startswith=PREFIX, enabled=True).exclude(name__in=wanted)
        count = orphans.count()
        if not options["dry_run"]:
            orphans.update(enabled=False)
            for name, entry in wanted.items():
                interval, _ = IntervalSchedule.objects.get_or_create(
                    every=entry.every_s, period=IntervalSchedule.SECONDS
                )
                PeriodicTask.objects.update_or_create(
                    name=name,
                    defaults={
                        "task": entry.task,
                        "interval": interval,
                        "queue": entry.queue,
                        "expire_seconds": entry.expires_s,
                        "enabled": True,
                    },
                )
            PeriodicTasks.update_changed()
        self.stdout.write(f"{len(wanted)} periodic tasks scheduled, {count} switched off.")
