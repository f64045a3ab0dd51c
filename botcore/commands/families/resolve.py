from collections.abc import Sequence

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain import escalation, support_status
from botcore.domain.support_status import Resolved
from botcore.enums import Action, SupportStatus
from tenants.permissions import Permission


@command(
    "!resolve",
    takes=Takes.ORDER_IDS_AND_TEXT,
    audience=Audience.TEAM,
    permission=Permission.RESOLVE_LOGS,
    logged_as=Action.RESOLVE,
    reads_only=False,
    examples=("!resolve 54321 escalated", "!resolve 54321 54322 resolved"),
)
def resolve(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!resolve <ids> <status> - move requests to open, escalated, ticket created, resolved or ignored."""
    status = support_status.read_status(parsed.text)
    if status is None or not parsed.order_ids:
        return [say("resolve_usage")]
    done = support_status.set_for_orders(
        tenant_id=ctx.tenant_id,
        order_ids=parsed.order_ids,
        status=status,
        by_user_id=ctx.person.user_id,
        now=ctx.now,
    )
    if status == SupportStatus.ESCALATED:
        return _escalated(ctx, done, parsed.order_ids)
    return [
        say("resolve_done", order_id=pk, orders=pk, status=status.value)
        if pk in done.changed
        else say("resolve_unknown", order_id=pk)
        for pk in parsed.order_ids
    ]


def _escalated(ctx: CommandContext, done: Resolved, order_ids: Sequence[int]) -> list[Result]:
    """Say of each order whether its provider's group has it now."""
    escalated = escalation.escalate(
        tenant_id=ctx.tenant_id,
        logs=[row for rows in done.changed.values() for row in rows],
        message=ctx.message,
        now=ctx.now,
    )
    keys = dict.fromkeys(escalated.sent, "resolve_escalated") | dict.fromkeys(
        escalated.unsent, "resolve_escalated_no_group"
    )
    return [say(keys.get(pk, "resolve_unknown"), order_id=pk) for pk in order_ids]
