from collections.abc import Sequence

from botcore.commands.authorize import refusal
from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import COMMANDS, Audience, command
from botcore.commands.results import Result
from botcore.domain.replies import Answer
from botcore.enums import Action


@command("help", "menu", "commands", takes=Takes.NOTHING, audience=Audience.EVERYONE, logged_as=Action.HELP)
def help_menu(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """help - this list."""
    lines = ["*What I can do*"]
    lines += [
        f"*{entry.usage}*\n{entry.summary}" for entry in COMMANDS.values() if refusal(ctx, entry) is None
    ]
    lines.append("Several order numbers go in one message: 54321, 54322 54323")
    return [Result(Answer("help", literal="\n\n".join(lines)))]
