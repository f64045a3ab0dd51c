from collections.abc import Sequence

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain import takeover
from botcore.enums import Action
from tenants.permissions import Permission


@command(
    "!resume",
    takes=Takes.NOTHING,
    audience=Audience.TEAM,
    permission=Permission.GROUP_FLAGS,
    logged_as=Action.GROUP_FLAG,
    reads_only=False,
)
def resume(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!resume - let the bot answer free text in this chat again after a person took over."""
    takeover.end(chat=ctx.chat, now=ctx.now)
    return [say("bot_resumed")]
