"""The command table: one declaration a command yields parser, permission check, help and documentation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from botcore.commands.context import CommandContext
from botcore.commands.parsing import CommandForm, ParsedCommand, Parser, Takes, languages
from botcore.commands.results import Result
from botcore.enums import Action
from tenants.permissions import Permission

ID_LIMIT = 100
# Up to here a command is done while its sender waits; above, it is acknowledged and done in the background.
AT_ONCE_LIMIT = 10
ADMIN_MARK = "!"

Run = Callable[[CommandContext, ParsedCommand], Sequence[Result]]
Aliases = tuple[tuple[str, tuple[str, ...]], ...]


class Audience(Enum):
    """Who may use a command."""

    EVERYONE = "everyone"
    CUSTOMER = "customer"  # a person linked to a panel username, the owner and staff admins
    TEAM = "team"  # whose role has the command's permission


class Where(Enum):
    ANYWHERE = "anywhere"
    GROUP = "group"  # acts on the group it is said in


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. usage and summary come from the docstring of its function.

    phrases: every spelling. anywhere: those that act wherever they stand beside an id in free text.
    reads_only: nothing is changed by it. needs_username: it speaks of the sender's own panel account.
    permission: of the table in tenants/permissions.py, for the team's commands. staff_key: the setting by which an
    owner opens it to staff, who else have the team's commands alone.
    """

    name: str
    phrases: tuple[str, ...]
    takes: Takes
    audience: Audience
    action: Action
    run: Run
    usage: str
    summary: str
    examples: tuple[str, ...] = ()
    permission: Permission | None = None
    where: Where = Where.ANYWHERE
    reads_only: bool = True
    needs_username: bool = False
    anywhere: frozenset[str] = field(default_factory=frozenset)
    yields: bool = False
    suffix: bool = False
    text_is_optional: bool = False
    staff_key: str = ""

    @property
    def is_admin_style(self) -> bool:
        return self.name.startswith(ADMIN_MARK)

    @property
    def forms(self) -> list[CommandForm]:
        """What the parser needs to know: the spellings, apart by how they act."""
        rest = tuple(phrase for phrase in self.phrases if phrase not in self.anywhere)
        return [
            CommandForm(
                name=self.name,
                phrases=tuple(phrase.removeprefix(ADMIN_MARK) for phrase in phrases),
                takes=self.takes,
                suffix=self.suffix,
                anywhere=is_anywhere,
                admin=self.is_admin_style,
                yields=self.yields,
            )
            for is_anywhere, phrases in (
                (True, tuple(p for p in self.phrases if p in self.anywhere)),
                (False, rest),
            )
            if phrases
        ]


COMMANDS: dict[str, Command] = {}


def command(
    name: str,
    *also: str,
    takes: Takes,
    audience: Audience,
    logged_as: Action,
    examples: Sequence[str] = (),
    permission: Permission | None = None,
    where: Where = Where.ANYWHERE,
    reads_only: bool = True,
    needs_username: bool = False,
    anywhere: bool | Sequence[str] = False,
    yields: bool = False,
    suffix: bool = False,
    text_is_optional: bool = False,
    staff_key: str = "",
) -> Callable[[Run], Run]:
    """Declare a command. The function's docstring is `usage - summary.`; the usage is shown in help as it stands.

    anywhere: True for all spellings, or those that may stand anywhere in free text.
    """

    def declare(run: Run) -> Run:
        usage, dash, summary = (run.__doc__ or "").strip().partition(" - ")
        if not dash or name not in usage:
            raise ValueError(f"The docstring of command {name!r} must read '{name} … - what it does.'")
        if (audience is Audience.TEAM) != (permission is not None):
            raise ValueError(f"Command {name!r}: a team's command has a permission, no other has.")
        phrases = (name, *also)
        taken = {phrase for other in COMMANDS.values() for phrase in other.phrases}
        if name in COMMANDS or taken & set(phrases):
            raise ValueError(f"Command {name!r} takes a phrase that is taken.")
        COMMANDS[name] = Command(
            name=name,
            phrases=phrases,
            takes=takes,
            audience=audience,
            action=logged_as,
            run=run,
            usage=usage,
            summary=" ".join(summary.split()),
            examples=tuple(examples),
            permission=permission,
            where=where,
            reads_only=reads_only,
            needs_username=needs_username,
            anywhere=frozenset(phrases if anywhere is True else anywhere or ()),
            yields=yields,
            suffix=suffix,
            text_is_optional=text_is_optional,
            staff_key=staff_key,
        )
        return run

    return declare


def build_parser(aliases: Mapping[str, Sequence[str]] | None = None) -> Parser:
    """Build the parser of the whole table in all languages, with a tenant's own spellings.

    Raises ValueError when a spelling of the tenant's belongs to another command or its command does not exist.
    """
    return _build(tuple((name, tuple(spellings)) for name, spellings in sorted((aliases or {}).items())))


@lru_cache(maxsize=256)
def _build(aliases: Aliases) -> Parser:
    forms = [form for entry in COMMANDS.values() for form in entry.forms]
    known = {name: words for name, words in languages.spellings().items() if name in COMMANDS}
    own = dict(aliases)
    everything = {name: (*known.get(name, ()), *own.get(name, ())) for name in {*known, *own}}
    return Parser(forms, extra_aliases=everything, id_limit=ID_LIMIT)
