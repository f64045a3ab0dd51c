"""What the parser is told of a command, and what it answers."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Takes(Enum):
    NOTHING = "nothing"
    ORDER_IDS = "order_ids"
    TICKET_ID = "ticket_id"
    TEXT = "text"
    ORDER_IDS_AND_TEXT = "order_ids_and_text"


@dataclass(frozen=True, slots=True)
class CommandForm:
    """Spellings of one command that behave alike; several forms may share a name.

    phrases: every spelling, the name included; case, accents and hyphens do not matter.
    suffix: the phrase stands after the ids and then wins over every other phrase.
    anywhere: acts wherever it stands in free text that holds an id.
    admin: needs the leading "!".
    yields: a noun as well ("speed up my order 54321"), so it loses to any other action in the message.
    """

    name: str
    phrases: tuple[str, ...]
    takes: Takes
    suffix: bool = False
    anywhere: bool = False
    admin: bool = False
    yields: bool = False


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """order_ids: unique, in the order written; a ticket's number stands here too.
    text: the rest after a TEXT form, as typed. leftover: folded words that are no command, id or courtesy."""

    name: str
    order_ids: tuple[int, ...] = ()
    text: str = ""
    leftover: tuple[str, ...] = ()
    phrase: str = ""


BadReason = Literal["missing_id", "too_many_ids", "missing_text", "no_ids_in_numbers"]


@dataclass(frozen=True, slots=True)
class BadArguments:
    """A command was meant, but cannot run. given and limit: counts, for too_many_ids only."""

    name: str
    reason: BadReason
    given: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class NotACommand:
    """order_ids: ids seen in the free text. greeting: the message is a greeting and nothing else."""

    order_ids: tuple[int, ...] = ()
    greeting: bool = False


Parsing = ParsedCommand | BadArguments | NotACommand
