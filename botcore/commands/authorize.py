"""May this person use this command, here? Asked before it runs, and dry for help, which lists only what works."""

from botcore.commands.context import CommandContext
from botcore.commands.registry import Audience, Command, Where
from botcore.commands.results import Result, say
from botcore.enums import ChatKind
from tenants.enums import Role
from tenants.permissions import may


def refusal(ctx: CommandContext, command: Command) -> Result | None:
    """Say why not, or None."""
    if command.permission is not None:
        return _refusal_of_team(ctx, command)
    if ctx.person.is_blocked:
        return say("user_blocked")
    if command.needs_username and not ctx.person.usernames:
        is_denied = ctx.person.role is not None and not ctx.may_see_any_order
        return say("permission_denied", command=command.name) if is_denied else say("verification_required")
    if command.audience is Audience.EVERYONE or ctx.may_see_any_order or ctx.person.usernames:
        return None
    if command.staff_key and ctx.person.role is Role.STAFF and ctx.config[command.staff_key]:
        return None
    if ctx.person.role is not None:
        return say("permission_denied", command=command.name)
    if command.reads_only and not ctx.config["verification_enabled"]:
        return None
    return say("verification_required")


def _refusal_of_team(ctx: CommandContext, command: Command) -> Result | None:
    if command.permission is None or not may(ctx.person.role, command.permission):
        return say("permission_denied", command=command.name)
    if command.where is Where.GROUP and ctx.chat.kind != ChatKind.GROUP:
        return say("only_in_a_group", command=command.name)
    return None
