"""!config: the owner's settings from chat. Secrets are masked everywhere and taken only in a direct message."""

from collections.abc import Sequence

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, build_parser, command
from botcore.commands.results import Result, say
from botcore.domain import config
from botcore.enums import Action, ChatKind
from botcore.errors import InvalidConfigValue, UnknownConfigKey
from tenants.permissions import Permission


@command(
    "!config set",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.CONFIG_COMMANDS,
    logged_as=Action.CONFIG,
    reads_only=False,
    examples=("!config set chat_mode ai", "!config set cooldown_seconds 60"),
)
def config_set(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!config set <key> <value> - change a setting; it counts from the next message on."""
    name, _, value = parsed.text.strip().partition(" ")
    name, value = name.lower(), value.strip()
    if not name or not value:
        return [say("usage", example="!config set chat_mode ai")]
    try:
        if config.key_of(name).is_secret and ctx.chat.kind == ChatKind.GROUP:
            return [say("config_secret_in_group", name=name)]
        if name == "command_aliases":
            _check_aliases(value)
        config.set_value(tenant_id=ctx.tenant_id, name=name, value=value)
    except UnknownConfigKey:
        return [say("config_unknown", name=name)]
    except InvalidConfigValue as error:
        return [say("config_invalid", name=name, allowed=error.allowed)]
    return [say("config_set", name=name, value=config.shown(name, value))]


def _check_aliases(value: str) -> None:
    """Raises InvalidConfigValue when a word belongs to another command, or its command does not exist."""
    try:
        build_parser(config.key_of("command_aliases").kind.parse(value))
    except ValueError as error:
        raise InvalidConfigValue(
            "command_aliases", "words no other command uses, for commands that exist"
        ) from error


@command(
    "!config get",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.CONFIG_COMMANDS,
    logged_as=Action.CONFIG,
    examples=("!config get chat_mode",),
)
def config_get(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!config get <key> - read a setting."""
    name = parsed.text.strip().lower()
    if not name:
        return [say("usage", example="!config get chat_mode")]
    try:
        return [say("config_value", name=name, value=config.shown(name, ctx.config.text(name)))]
    except UnknownConfigKey:
        return [say("config_unknown", name=name)]


@command(
    "!config list",
    "!config",
    takes=Takes.NOTHING,
    audience=Audience.TEAM,
    permission=Permission.CONFIG_COMMANDS,
    logged_as=Action.CONFIG,
)
def config_list(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!config list - read all settings."""
    lines = [f"{name} = {config.shown(name, ctx.config.text(name))}" for name in sorted(config.KEYS)]
    return [say("config_list", lines="\n".join(lines))]
