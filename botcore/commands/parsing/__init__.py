"""From the text of a message to the command in it. Pure: no database, no Django; no text makes it raise."""

from botcore.commands.parsing.fold import fold
from botcore.commands.parsing.forms import (
    BadArguments,
    CommandForm,
    NotACommand,
    ParsedCommand,
    Parsing,
    Takes,
)
from botcore.commands.parsing.parse import Parser

__all__ = [
    "BadArguments",
    "CommandForm",
    "NotACommand",
    "ParsedCommand",
    "Parser",
    "Parsing",
    "Takes",
    "fold",
]
