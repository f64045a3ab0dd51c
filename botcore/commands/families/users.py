"""!users, !groups, !verify-users, !remove-users: a customer base seen and moved from chat."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from django.db.models import QuerySet

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, Where, command
from botcore.commands.results import Result, say
from botcore.domain import group_members, groups
from botcore.domain.replies import formatting
from botcore.enums import Action
from botcore.gateway.errors import GatewayError
from botcore.models import Group
from tenants.domain import audit, customers
from tenants.enums import AuditSource
from tenants.models import TenantUser
from tenants.permissions import Permission

PAGE = 30
Row = TypeVar("Row", TenantUser, Group)


@command(
    "!users",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.BOT_OVERVIEW,
    logged_as=Action.USERS,
    text_is_optional=True,
    examples=("!users", "!users 2"),
)
def users(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!users [page] - see who is verified."""
    rows = customers.verified(tenant_id=ctx.tenant_id)
    return [_page(rows, parsed.text, "users", lambda row: _user_line(ctx, row))]


@command(
    "!groups",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.BOT_OVERVIEW,
    logged_as=Action.GROUPS,
    text_is_optional=True,
    examples=("!groups",),
)
def groups_list(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!groups [page] - see the groups in which support or marketing is on."""
    return [_page(groups.whitelisted(tenant_id=ctx.tenant_id), parsed.text, "groups", _group_line)]


@command(
    "!verify-users",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.BULK_USERS,
    where=Where.GROUP,
    logged_as=Action.USERS,
    reads_only=False,
    examples=("!verify-users johndoe123",),
)
def verify_users(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!verify-users <username> - verify all members of this group under one panel username."""
    username = parsed.text.strip()
    if not username or " " in username:
        return [say("usage", example="!verify-users johndoe123")]
    user = ctx.panel.find_user(username)
    if user is None:
        return [say("username_unknown", username=username)]
    if ctx.chat.group is None:
        return [say("members_unknown")]
    try:
        people = group_members.of_group(number=ctx.chat.number, group=ctx.chat.group, now=ctx.now)
    except GatewayError:
        return [say("members_unknown")]
    done = customers.verify_members(
        tenant_id=ctx.tenant_id,
        people=people,
        panel_username=user.username,
        batch=f"message-{ctx.message.pk}",
    )
    _record(ctx, "customers.verify", user.username, {"added": done.added, "group": ctx.chat.wa_id})
    return [
        say(
            "users_verified",
            username=user.username,
            members=len(people),
            added=done.added,
            skipped=", ".join(f"{count} {why}" for why, count in done.skipped.items()) or "none",
            conflicts=", ".join(done.conflicts) or "none",
        )
    ]


@command(
    "!remove-users",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.BULK_USERS,
    logged_as=Action.USERS,
    reads_only=False,
    examples=("!remove-users johndoe123", "!remove-users johndoe123 undo"),
)
def remove_users(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!remove-users <username> [undo] - unverify everybody under a username, or take the last bulk verify back."""
    username, _, rest = parsed.text.strip().partition(" ")
    if not username or rest.strip().casefold() not in ("", "undo"):
        return [say("usage", example="!remove-users johndoe123")]
    removed = customers.remove(
        tenant_id=ctx.tenant_id, panel_username=username, only_last_batch=bool(rest.strip())
    )
    _record(ctx, "customers.remove", username, {"removed": removed, "only_last_batch": bool(rest.strip())})
    return [say("users_removed", username=username, removed=removed)]


def _record(ctx: CommandContext, action: str, username: str, after: Mapping[str, object]) -> None:
    audit.record(
        tenant_id=ctx.tenant_id,
        user_id=ctx.person.user_id,
        action=action,
        subject=audit.subject_of("customer", username),
        after=after,
        source=AuditSource.CHAT,
        now=ctx.now,
    )


def _page(rows: QuerySet[Row], wish: str, what: str, line: Callable[[Row], str]) -> Result:
    count = rows.count()
    if not count:
        return say(f"{what}_none")
    pages = -(-count // PAGE)
    page = min(max(1, int(wish) if wish.strip().isdecimal() and len(wish) < 6 else 1), pages)
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return say(
        f"{what}_list",
        page=page,
        pages=pages,
        count=count,
        lines="\n".join(line(row) for row in shown),
        more=f"Next: *!{what} {page + 1}*" if page < pages else None,
    )


def _user_line(ctx: CommandContext, row: TenantUser) -> str:
    seen = formatting.date(row.last_active_at, ctx.config.zone) if row.last_active_at else "not yet"
    blocked = " · blocked" if row.is_blocked else ""
    return f"{row.panel_username} · {row.contact} · active {seen}{blocked}"


def _group_line(row: Group) -> str:
    flags = [
        ("support", row.support_enabled),
        ("marketing", row.marketing_enabled),
        ("silent", row.silent_mode),
    ]
    return f"{row} · " + ", ".join(name for name, is_on in flags if is_on)
