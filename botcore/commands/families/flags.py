"""!support, !marketing and !silent: a group's switches, said inside the group."""

from collections.abc import Sequence

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, Where, command
from botcore.commands.results import Result, say
from botcore.domain import groups
from botcore.domain.groups import GroupFlag
from botcore.enums import Action
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.permissions import Permission

_ON_OR_OFF = {"enable": True, "on": True, "enabled": True, "disable": False, "off": False, "disabled": False}


@command(
    "!support",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.GROUP_FLAGS,
    where=Where.GROUP,
    logged_as=Action.GROUP_FLAG,
    reads_only=False,
    examples=("!support enable",),
)
def support(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!support enable|disable - switch the bot's answers on or off in this group."""
    return _switch(ctx, parsed, GroupFlag.SUPPORT, "Support")


@command(
    "!marketing",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.GROUP_FLAGS,
    where=Where.GROUP,
    logged_as=Action.GROUP_FLAG,
    reads_only=False,
    examples=("!marketing disable",),
)
def marketing(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!marketing enable|disable - switch scheduled broadcasts on or off in this group."""
    return _switch(ctx, parsed, GroupFlag.MARKETING, "Marketing")


@command(
    "!silent",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.GROUP_FLAGS,
    where=Where.GROUP,
    logged_as=Action.GROUP_FLAG,
    reads_only=False,
    examples=("!silent enable",),
)
def silent(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!silent enable|disable - work and log in this group without sending replies."""
    return _switch(ctx, parsed, GroupFlag.SILENT, "Silent mode")


def _switch(ctx: CommandContext, parsed: ParsedCommand, flag: GroupFlag, spoken: str) -> Sequence[Result]:
    is_on = _ON_OR_OFF.get(parsed.text.strip().casefold())
    if is_on is None or ctx.chat.group is None:
        return [say("enable_or_disable", command=f"!{parsed.phrase}")]
    before = bool(getattr(ctx.chat.group, flag.value))
    groups.set_flag(group=ctx.chat.group, flag=flag, is_on=is_on)
    audit.record_on(
        ctx.chat.group,
        "group.switch",
        user_id=ctx.person.user_id,
        before={flag.value: before},
        after={flag.value: is_on},
        source=AuditSource.CHAT,
        now=ctx.now,
    )
    return [say("group_flag_set", flag=spoken, state="on" if is_on else "off")]
