"""!config: the owner's settings from chat. Secrets are masked everywhere and taken only in a direct message."""

from collections.abc import Sequence

from django.db import transaction

from botcore.commands import settings
from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain import config
from botcore.enums import Action, ChatKind
from botcore.errors import InvalidConfigValue, SettingNotPossible, UnknownConfigKey
from botcore.models import InboxMessage
from tenants.enums import AuditSource
from tenants.permissions import Permission

# What is left of a secret in the message that brought it.
HIDDEN = "••••"


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
            _forget_text(ctx, name)
            return [say("config_secret_in_group", name=name)]
        _set(ctx, name, value)
    except UnknownConfigKey:
        return [say("config_unknown", name=name)]
    except InvalidConfigValue as error:
        return [say("config_invalid", name=name, allowed=error.allowed)]
    except SettingNotPossible as error:
        return [say("config_not_possible", name=name, why=error.message)]
    done = say(
        "config_set", name=name, value=config.shown(name, config.load(tenant_id=ctx.tenant_id).text(name))
    )
    return [Result(done.answer, facts={"name": name})]


@transaction.atomic
def _set(ctx: CommandContext, name: str, value: str) -> None:
    """Store and record it. A secret is stored encrypted, and nowhere else: not even as what was said."""
    if value == HIDDEN and config.key_of(name).is_secret:
        return  # run again after a crash: it is stored already
    settings.change(
        tenant_id=ctx.tenant_id,
        values={name: value},
        by=ctx.person.user_id,
        source=AuditSource.CHAT,
        now=ctx.now,
        is_meant=True,
    )
    if config.key_of(name).is_secret:
        _forget_text(ctx, name)


def _forget_text(ctx: CommandContext, name: str) -> None:
    InboxMessage.objects.filter(tenant_id=ctx.tenant_id, pk=ctx.message.pk).update(
        text=f"!config set {name} {HIDDEN}"
    )


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
