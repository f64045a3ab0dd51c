from collections.abc import Sequence

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain import overview
from botcore.enums import Action
from tenants.permissions import Permission


@command(
    "!status",
    takes=Takes.NOTHING,
    audience=Audience.TEAM,
    permission=Permission.BOT_OVERVIEW,
    logged_as=Action.BOT_STATUS,
)
def bot_status(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!status - see whether the bot is online, for how long, its users, groups, AI and chat mode."""
    now = overview.of_tenant(tenant_id=ctx.tenant_id, number=ctx.chat.number, now=ctx.now)
    return [
        say(
            "bot_status",
            state="Online" if now.is_online else "Offline",
            uptime=_hours(now.uptime_s),
            users=now.verified_users,
            groups=now.active_groups,
            ai=ctx.config.ai_provider or "none",
            mode=ctx.config["chat_mode"],
        )
    ]


def _hours(seconds: float) -> str:
    """`14h 32m`, the specification's form."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours}h {minutes}m"
