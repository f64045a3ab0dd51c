import json
import os
import shutil
import signal
import textwrap
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from botcore.bench.errors import BenchError
from botcore.bench.figures import FIGURES
from botcore.bench.ground import TENANTS, Ground
from botcore.bench.measure import Result
from botcore.bench.processes import INTERACTIVE_THREADS, OUTBOUND_THREADS, WEB_THREADS
from botcore.sandbox.processes import ProcessDied
from smmbot.lib import embedded

NOTES = (
    "All processes ran on this machine ({cpus} CPUs), load and servers together: the ratios travel, the figures a "
    "second do not.",
    f"Conversations: the chats are spread over {TENANTS} tenants with a number each; one web process "
    f"({WEB_THREADS} threads), one worker each for chats ({INTERACTIVE_THREADS} threads) and for sending "
    f"({OUTBOUND_THREADS} threads). The limit of 5 calls a second to a panel is lifted for the bench, on our side and "
    "on the sandbox panel's; with it, one tenant's answers end at 5 a second.",
)


class Command(BaseCommand):
    help = "Measure the product on this machine, in ratios of one run, with throw-away tenants."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help='print {name: {"value", "aim", "ok"}} alone')
        parser.add_argument(
            "--only", metavar="NAME", choices=list(FIGURES), help="one of: " + ", ".join(FIGURES)
        )

    def handle(self, *args: Any, **options: Any) -> None:
        figures = [FIGURES[options["only"]]] if options["only"] else FIGURES.values()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            with Ground(on_step=self._step) as ground:
                results = [figure.result(figure.take(ground)) for figure in figures]
        except (BenchError, ProcessDied) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted; everything is put away.", returncode=130) from None
        finally:
            embedded.wait_stopped(timeout_s=3)
        if options["json"]:
            self.stdout.write(
                json.dumps({result.measure.name: result.as_json() for result in results}, indent=2)
            )
        else:
            self._show(results)

    def _step(self, what: str) -> None:
        self.stderr.write(f"{what} …")

    def _show(self, results: list[Result]) -> None:
        width = max(60, min(120, shutil.get_terminal_size().columns))
        for result in results:
            measure = result.measure
            aim = "" if measure.aim is None else f"{'≤' if measure.at_most else '≥'} {measure.aim:g}"
            verdict = "" if measure.aim is None else "ok" if result.ok else "MISSED"
            self.stdout.write(f"{measure.name:<28}{result.value:>10g}  {aim:<9} {verdict}")
            self._wrap(measure.meaning, width)
        for note in NOTES:
            self.stdout.write("")
            self._wrap(note.format(cpus=os.cpu_count()), width, indent="")

    def _wrap(self, text: str, width: int, *, indent: str = "    ") -> None:
        self.stdout.write(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent))


def _interrupt(*_: object) -> NoReturn:
    """Once: while things are put away, a second word changes nothing."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
