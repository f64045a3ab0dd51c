from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from botcore.commands import documentation


class Command(BaseCommand):
    help = "Write docs/commands.md from the command table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "commands.md"
        text = documentation.as_markdown()
        if options["check"]:
            if not path.exists() or path.read_text() != text:
                raise CommandError("docs/commands.md is out of date: run manage.py writecommanddocs.")
            return
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.stdout.write(f"Written: {path.name}.")
