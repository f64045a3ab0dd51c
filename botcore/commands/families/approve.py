"""!approve and !refuse: the team's word on refunds that wait for it."""

from collections.abc import Callable, Sequence

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain import approvals
from botcore.domain.approvals import Decided, Verdict
from botcore.enums import Action, ApprovalState
from panel.enums import status_label
from tenants.permissions import Permission


@command(
    "!approve",
    takes=Takes.ORDER_IDS,
    audience=Audience.TEAM,
    permission=Permission.APPROVE_MONEY,
    logged_as=Action.APPROVAL,
    reads_only=False,
    examples=("!approve 54321", "!approve 54321 54322"),
)
def approve(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!approve <ids> - pay back what customers asked for: the panel cancels the order, or sets it to partial."""
    return _decide(
        ctx,
        parsed.order_ids,
        lambda log_id: approvals.approve(
            tenant_id=ctx.tenant_id, log_id=log_id, by_user_id=ctx.person.user_id, now=ctx.now
        ),
    )


@command(
    "!refuse",
    takes=Takes.ORDER_IDS,
    audience=Audience.TEAM,
    permission=Permission.APPROVE_MONEY,
    logged_as=Action.APPROVAL,
    reads_only=False,
    examples=("!refuse 54321",),
)
def refuse(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!refuse <ids> - turn down a refund customers asked for; they are told."""
    return _decide(
        ctx,
        parsed.order_ids,
        lambda log_id: approvals.refuse(
            tenant_id=ctx.tenant_id, log_id=log_id, by_user_id=ctx.person.user_id, now=ctx.now
        ),
    )


def _decide(ctx: CommandContext, order_ids: Sequence[int], decide: Callable[[int], Decided]) -> list[Result]:
    waiting = approvals.waiting(tenant_id=ctx.tenant_id, order_ids=order_ids)
    return [
        _said(decide(waiting[pk][0].pk), pk) if pk in waiting else _nothing_waits(ctx, pk) for pk in order_ids
    ]


def _said(decided: Decided, order_id: int) -> Result:
    order = decided.order
    result = say(
        f"approval_{decided.verdict.value}",
        order_id=order_id,
        status=status_label(order.status) if order else None,
        service=order.service_name if order else None,
    )
    is_open = decided.verdict in (Verdict.UNCLEAR, Verdict.BUSY)
    return Result(result.answer, order, is_priority=is_open, facts={"verdict": decided.verdict.value})


def _nothing_waits(ctx: CommandContext, order_id: int) -> Result:
    last = approvals.last_decision(tenant_id=ctx.tenant_id, order_id=order_id)
    if last is None:
        return say("approval_not_waiting", order_id=order_id)
    decision = "refused" if last.state == ApprovalState.REFUSED else "approved"
    return say(
        "approval_decided_before", order_id=order_id, decision=decision, by=str(last.by_user or "the bot")
    )
