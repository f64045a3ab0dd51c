"""The command table: one declaration a command yields parser, permission check, help and documentation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from botcore.commands.context import CommandContext
from botcore.commands.parsing import CommandForm, ParsedCommand, Parser, Takes
from botcore.commands.results import Result
from botcore.enums import Action

ID_LIMIT = 100
# Up to here a command is done while its sender waits; above, it is acknowledged and done in the background.
AT_ONCE_LIMIT = 10

Run = Callable[[CommandContext, ParsedCommand], Sequence[Result]]


class Audience(Enum):
    """Who may use a command."""

    EVERYONE = "everyone"
    CUSTOMER = "customer"  # a person linked to a panel username, the owner and staff admins


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. usage and summary come from the docstring of its function.

    reads_only: nothing is changed by it. needs_username: it speaks of the sender's own panel account.
    """

    name: str
    phrases: tuple[str, ...]
    takes: Takes
    audience: Audience
    action: Action
    run: Run
    usage: str
    summary: str
    reads_only: bool = True
    needs_username: bool = False
    anywhere: bool = False
    yields: bool = False

    @property
    def form(self) -> CommandForm:
        return CommandForm(
            name=self.name, phrases=self.phrases, takes=self.takes, anywhere=self.anywhere, yields=self.yields
        )


COMMANDS: dict[str, Command] = {}


def command(
    name: str,
    *also: str,
    takes: Takes,
    audience: Audience,
    logged_as: Action,
    reads_only: bool = True,
    needs_username: bool = False,
    anywhere: bool = False,
    yields: bool = False,
) -> Callable[[Run], Run]:
    """Declare a command. The function's docstring is `usage - summary.`; the usage is shown in help as it stands."""

    def declare(run: Run) -> Run:
        usage, dash, summary = (run.__doc__ or "").strip().partition(" - ")
        if not dash or not usage.startswith(name):
            raise ValueError(f"The docstring of command {name!r} must read '{name} … - what it does.'")
        taken = {phrase for other in COMMANDS.values() for phrase in other.phrases}
        if name in COMMANDS or taken & {name, *also}:
            raise ValueError(f"Command {name!r} takes a phrase that is taken.")
        COMMANDS[name] = Command(
            name=name,
            phrases=(name, *also),
            takes=takes,
            audience=audience,
            action=logged_as,
            run=run,
            usage=usage,
            summary=" ".join(summary.split()),
            reads_only=reads_only,
            needs_username=needs_username,
            anywhere=anywhere,
            yields=yields,
        )
        return run

    return declare


def build_parser() -> Parser:
    return Parser((entry.form for entry in COMMANDS.values()), id_limit=ID_LIMIT)
