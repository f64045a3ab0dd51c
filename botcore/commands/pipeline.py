"""One message from text to queued answer: parse, authorize, run, word, log. The only place that catches.

    run ──▶ _decide ──▶ not for the bot: ignored
                   ├──▶ many orders: acknowledged, waits for the background
                   ├──▶ the panel is down: acknowledged once, tried again later
                   └──▶ answered: results

What was decided is committed in one transaction: the message's new state, its log rows, its answer.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import DatabaseError, transaction
from django.utils import timezone

from botcore import wake
from botcore.commands import families  # noqa: F401 -- fills the table
from botcore.commands.authorize import refusal
from botcore.commands.context import CommandContext, Trace
from botcore.commands.parsing import BadArguments, NotACommand, ParsedCommand, Parser, Takes
from botcore.commands.registry import AT_ONCE_LIMIT, COMMANDS, ID_LIMIT, Command, build_parser
from botcore.commands.results import Result, say
from botcore.domain import logs, outbox, replies
from botcore.domain.config import Config
from botcore.enums import Action, ChatKind, InboxState
from botcore.errors import LeaseLost
from botcore.models import Chat, InboxMessage
from botcore.wake import Wake
from panel.errors import PanelError, PanelNotConfigured
from smmbot.lib.logs import get_logger
from tenants.domain import customers
from tenants.domain.identities import Person, resolve_person

logger = get_logger(__name__)

# Runs begun and never ended: the message itself brings the worker down, so it is not run again.
MAX_ATTEMPTS = 3
# Seconds before each further try while the panel is down; the last one repeats.
RETRY_S = (20, 40, 60, 120, 300, 600, 1800, 3600)
KEEP_READS_FOR = timedelta(minutes=30)
KEEP_WRITES_FOR = timedelta(hours=24)
SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a message. part: which answer this is; results: what it says and logs."""

    state: InboxState
    action: Action | None = None
    results: Sequence[Result] = ()
    part: str = "reply"
    run_at: datetime | None = None
    is_deferral: bool = False


@cache
def parser() -> Parser:
    return build_parser()


def run(
    *, message: InboxMessage, chat: Chat, settings: Config, run_token: uuid.UUID, in_background: bool = False
) -> None:
    """Handle one claimed message to its end. chat: with number and group loaded. Raises LeaseLost."""
    trace = Trace()
    now = timezone.now()
    parsed = parser().parse(message.text, ignore_numbers=_numbers_that_are_no_ids(message, chat))
    trace.add("parse", result=type(parsed).__name__, command=getattr(parsed, "name", ""))
    if isinstance(parsed, NotACommand) or not _is_listening(chat):
        _commit(message, chat, run_token, None, Decision(InboxState.IGNORED), trace)
        return
    person = resolve_person(
        tenant_id=message.tenant_id,
        phone=message.sender_phone,
        lid=message.sender_lid,
        name=message.sender_name,
    )
    ctx = CommandContext(
        message=message,
        chat=chat,
        person=person,
        config=settings,
        run_token=run_token,
        now=now,
        trace=trace,
        in_background=in_background,
    )
    trace.add("person", usernames=list(person.usernames), role=person.role.value if person.role else None)
    command = COMMANDS[parsed.name]
    try:
        decision = _decide(ctx, command, parsed)
    except (DatabaseError, LeaseLost):
        raise  # nothing can be committed now; the message is found again
    except Exception:
        logger.exception("command failed", extra={"command": command.name, "message_id": message.pk})
        decision = _broken(command.action)
    _commit(message, chat, run_token, person, decision, trace)


def give_up(*, message: InboxMessage, chat: Chat, run_token: uuid.UUID) -> None:
    """End a message whose runs died again and again: staff see it, the sender gets a neutral word."""
    logger.error("message given up", extra={"message_id": message.pk, "attempts": message.attempts})
    _commit(message, chat, run_token, None, _broken(Action.UNHANDLED), Trace())


def _decide(ctx: CommandContext, command: Command, parsed: ParsedCommand | BadArguments) -> Decision:
    if denied := refusal(ctx, command):
        return Decision(InboxState.HANDLED, command.action, [denied])
    if isinstance(parsed, BadArguments):
        return Decision(InboxState.HANDLED, command.action, [_bad_arguments(command, parsed)])
    if len(parsed.order_ids) > AT_ONCE_LIMIT and not ctx.in_background:
        ack = say("bulk_ack", count=len(parsed.order_ids))
        return Decision(InboxState.WAITING, None, [ack], part="ack", run_at=ctx.now)
    try:
        return Decision(InboxState.HANDLED, command.action, command.run(ctx, parsed))
    except PanelNotConfigured:
        return Decision(InboxState.HANDLED, command.action, [say("panel_not_configured")])
    except PanelError as error:
        logger.warning("panel did not serve", extra={"code": error.code, "message_id": ctx.message.pk})
        ctx.trace.add("panel_error", code=error.code)
        return _put_off(ctx, command, parsed)


def _put_off(ctx: CommandContext, command: Command, parsed: ParsedCommand) -> Decision:
    """The panel cannot be asked now. The request is kept and tried again; the sender hears of it once."""
    waited = ctx.now - ctx.message.received_at
    if waited > (KEEP_READS_FOR if command.reads_only else KEEP_WRITES_FOR):
        return Decision(InboxState.HANDLED, command.action, _at_the_end(command, parsed))
    pause = RETRY_S[min(ctx.message.deferrals, len(RETRY_S) - 1)]
    return Decision(
        InboxState.WAITING,
        command.action,
        [_kept(order_id) for order_id in parsed.order_ids] or [say("panel_unavailable")],
        part="kept",
        run_at=ctx.now + timedelta(seconds=pause),
        is_deferral=True,
    )


def _kept(order_id: int) -> Result:
    return say("panel_unavailable", order_id=order_id)


def _at_the_end(command: Command, parsed: ParsedCommand) -> list[Result]:
    if command.reads_only:
        return [say("panel_still_down")]
    spoken = command.action.label.lower()
    return [
        Result(say("passed_to_team", order_id=order_id, action=spoken).answer, is_priority=True)
        for order_id in parsed.order_ids
    ]


def _bad_arguments(command: Command, bad: BadArguments) -> Result:
    if bad.reason == "too_many_ids":
        return say("too_many_ids", count=bad.given, limit=bad.limit or ID_LIMIT)
    key = "missing_ticket_id" if command.takes is Takes.TICKET_ID else "missing_order_id"
    return say(key, example=f"{command.name} 54321")


def _broken(action: Action) -> Decision:
    result = Result(say("something_went_wrong").answer, is_priority=True)
    return Decision(InboxState.FAILED, action, [result])


def _is_listening(chat: Chat) -> bool:
    """Groups are off until the tenant turns them on; a direct message is always for the bot."""
    return chat.kind != ChatKind.GROUP or (chat.group is not None and chat.group.support_enabled)


def _numbers_that_are_no_ids(message: InboxMessage, chat: Chat) -> frozenset[str]:
    return chat.number.own_digits | {message.sender_phone, message.sender_lid, *message.mentions} - {""}


@transaction.atomic
def _commit(
    message: InboxMessage,
    chat: Chat,
    run_token: uuid.UUID,
    person: Person | None,
    decision: Decision,
    trace: Trace,
) -> None:
    now = timezone.now()
    contact = person.contact if person else None
    text = replies.render([result.answer for result in decision.results]) if decision.results else ""
    # Told once that the request is kept, the sender is spared every further failed try.
    speaks = bool(text) and not (decision.is_deferral and message.deferrals)
    trace.add(
        "decided", state=decision.state.value, answers=[result.answer.key for result in decision.results][:10]
    )
    waits = decision.state == InboxState.WAITING
    kept = InboxMessage.objects.filter(
        tenant_id=message.tenant_id, pk=message.pk, run_token=run_token
    ).update(
        state=decision.state,
        contact=contact,
        attempts=0,
        deferrals=message.deferrals + decision.is_deferral,
        run_at=decision.run_at,
        run_token=None,
        run_until=None,
        handled_at=None if waits else now,
        trace=[*(message.trace or []), *trace.steps] if chat.number.driver == SANDBOX else None,
    )
    if not kept:
        raise LeaseLost
    if person is not None:
        customers.touch(tenant_id=message.tenant_id, person=person, now=now)
    if decision.action is not None:
        usernames = person.usernames if person else ()
        logs.record(
            message=message,
            contact=contact,
            action=decision.action,
            entries=_entries(decision.results, usernames[0] if usernames else ""),
            took_ms=int(trace.elapsed_ms),
            now=now,
        )
    if speaks:
        outbox.queue_reply(
            message=message,
            part=decision.part,
            text=text,
            now=now,
            is_silent=chat.group is not None and chat.group.silent_mode,
            quotes=chat.kind == ChatKind.GROUP,
        )
        wake.after_commit(Wake.SEND_DUE, tenant_id=message.tenant_id, row_id=message.number_id)
    if waits and decision.run_at is not None and decision.run_at <= now:
        wake.after_commit(Wake.RUN_WAITING, tenant_id=message.tenant_id, row_id=message.pk)


def _entries(results: Sequence[Result], username: str) -> list[logs.Entry]:
    """One row an order; a command without orders has one row, named after its first answer."""
    about_orders = [result for result in results if result.answer.order_id is not None]
    chosen = about_orders or results[:1]
    return [result.log_entry(default_username=username) for result in chosen]
