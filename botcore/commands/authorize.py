"""May this person use this command? Asked before it runs, and dry for help, which lists only what works."""

from botcore.commands.context import CommandContext
from botcore.commands.registry import Audience, Command
from botcore.commands.results import Result, say


def refusal(ctx: CommandContext, command: Command) -> Result | None:
    """Say why not, or None."""
    if ctx.person.is_blocked:
        return say("user_blocked")
    if command.needs_username and not ctx.person.usernames:
        return say("verification_required")
    if command.audience is Audience.EVERYONE or ctx.may_see_any_order or ctx.person.usernames:
        return None
    if ctx.person.role is not None:
        return say("permission_denied", command=command.name)
    if command.reads_only and not ctx.config["verification_enabled"]:
        return None
    return say("verification_required")
