import itertools
from collections.abc import Sequence

from botcore.commands import linked_usernames, verification
from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain import logs
from botcore.domain.replies import formatting
from botcore.enums import Action
from panel.clients.types import PanelTicket
from panel.errors import PanelNotFound


@command(
    "balance",
    takes=Takes.NOTHING,
    audience=Audience.CUSTOMER,
    logged_as=Action.BALANCE,
    examples=("balance",),
    needs_username=True,
)
def balance(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """balance - see the balance of your panel account."""
    last = logs.last_answered_at(
        tenant_id=ctx.tenant_id, contact=ctx.person.contact, action=Action.BALANCE, outcome="balance_reply"
    )
    if last is not None:
        left = ctx.config.cooldown_s(Action.BALANCE) - (ctx.now - last).total_seconds()
        if left > 0:
            return [say("balance_cooldown", time_left=formatting.span(left))]
    found = {name: linked_usernames.on_panel(ctx, name) for name in ctx.person.usernames}
    missing = [name for name, user in found.items() if user is None]
    gone = linked_usernames.set_aside_gone(ctx, missing)
    told = [
        say("balance_reply", username=user.username, balance=formatting.money(user.balance))
        for user in found.values()
        if user is not None
    ]
    unread = [say("account_not_read", username=name) for name in missing if name not in gone]
    return [*told, *unread, *verification.ask_again(ctx, gone)]


@command(
    "services",
    "service list",
    "price list",
    takes=Takes.NOTHING,
    audience=Audience.EVERYONE,
    logged_as=Action.SERVICES,
    examples=("services",),
)
def services(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """services - get the link to our services and prices."""
    url = ctx.config["services_url"] or f"{ctx.connection.base_url.rstrip('/')}/services"
    return [say("services_reply", panel_url=url)]


@command(
    "ticket",
    "ticket status",
    takes=Takes.TICKET_ID,
    audience=Audience.CUSTOMER,
    logged_as=Action.TICKET,
    examples=("ticket 5501",),
)
def ticket(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """ticket <id> - see how a panel ticket is doing."""
    return [_ticket(ctx, ticket_id) for ticket_id in parsed.order_ids]


def _ticket(ctx: CommandContext, ticket_id: int) -> Result:
    try:
        found = ctx.panel.get_ticket(ticket_id)
    except PanelNotFound:
        found = None
    # A foreign ticket is not told apart from none at all.
    if found is None or not (ctx.may_see_any_order or ctx.person.owns(found.username)):
        return say("ticket_not_found", ticket_id=ticket_id, order_ids=ticket_id)
    return say(
        "ticket_status",
        ticket_id=ticket_id,
        order_ids=ticket_id,
        status=found.status.capitalize(),
        subject=found.subject,
        updated_on=_updated_on(ctx, found),
        last_author=_last_author(found),
    )


def _updated_on(ctx: CommandContext, found: PanelTicket) -> str | None:
    if found.last_update is not None:
        return formatting.moment(found.last_update, ctx.config.zone)
    return f"{found.last_update_text} (panel time)" if found.last_update_text else None


def _last_author(found: PanelTicket) -> str | None:
    if not found.messages:
        return None
    return "our team" if found.messages[-1].is_staff else "you"


@command(
    "my username",
    "username",
    takes=Takes.NOTHING,
    audience=Audience.CUSTOMER,
    logged_as=Action.MY_USERNAME,
    examples=("my username",),
    needs_username=True,
)
def my_username(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """my username - see which panel username this number is linked to."""
    gone = linked_usernames.set_aside_gone(ctx, ctx.person.usernames)
    keys = itertools.chain(["my_username_reply"], itertools.repeat("my_username_also"))
    told = [say(key, username=username) for key, username in zip(keys, ctx.person.usernames, strict=False)]
    return [*told, *verification.ask_again(ctx, gone)]
