"""One message from text to queued answer: parse, authorize, run, word, log. The only place that catches.

run ──▶ _decide ──▶ not for the bot: ignored
               ├──▶ many orders: acknowledged, waits for the background
               ├──▶ the panel is down: acknowledged once, tried again later
               └──▶ answered: results
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from botcore.commands import delivery, families, flows, order_question, standing_back  # noqa: F401 -- families fill the table
from botcore.commands.authorize import refusal
from botcore.commands.context import CommandContext
from botcore.commands.delivery import Decision, Run
from botcore.commands.mood import with_mood
from botcore.commands.parsing import BadArguments, NotACommand, ParsedCommand, Parser, Takes
from botcore.commands.registry import (
    AT_ONCE_LIMIT,
    COMMANDS,
    ID_LIMIT,
    Audience,
    Command,
    build_parser,
)
from botcore.commands.results import Later, Result, say
from botcore.commands.wording import word
from botcore.domain import senders, team_notices
from botcore.domain.config import Config
from botcore.enums import Action, ChatKind, InboxState
from botcore.errors import LeaseLost
from botcore.models import Chat, InboxMessage
from panel.errors import PanelError, PanelNotConfigured, PanelReadOnly, PanelUnauthorized
from smmbot.lib.logs import get_logger
from tenants.domain.identities import Person, resolve_person

logger = get_logger(__name__)

# Runs begun and never ended: the message itself brings the worker down, so it is not run again.
MAX_ATTEMPTS = 3
# Seconds before each further try while the panel is down; the last one repeats.
RETRY_S = (20, 40, 60, 120, 300, 600, 1800, 3600)
KEEP_READS_FOR = timedelta(minutes=30)
KEEP_WRITES_FOR = timedelta(hours=24)


def run(this: Run, *, in_background: bool = False) -> None:
    """Handle one claimed message to its end. Raises LeaseLost."""
    message, chat, settings = this.message, this.chat, this.config
    parsed = _parser(settings).parse(message.text, ignore_numbers=_numbers_that_are_no_ids(message, chat))
    this.trace.add("parse", result=type(parsed).__name__, command=getattr(parsed, "name", ""))
    command = None if isinstance(parsed, NotACommand) else COMMANDS[parsed.name]
    if not message.text.strip() and message.media_kind and chat.kind == ChatKind.USER and not message.is_late:
        return _finish(
            this, None, Decision(InboxState.HANDLED, Action.UNHANDLED, [say("media_without_text")])
        )
    is_small_talk_welcome = not (message.is_late or standing_back.is_from_another_bot(this))
    is_for_a_flow = _is_on(chat) and is_small_talk_welcome and flows.may_concern(this, parsed)
    if not is_for_a_flow and (command is None or not _may_listen(chat, command)):
        return _finish(this, None, Decision(InboxState.IGNORED))
    senders.complete(message=message, number=chat.number)
    person = resolve_person(
        tenant_id=message.tenant_id,
        phone=message.sender_phone,
        lid=message.sender_lid,
        name=message.sender_name,
    )
    this.trace.add(
        "person", usernames=list(person.usernames), role=person.role.value if person.role else None
    )
    if not _is_on(chat) and person.role is None:
        return _finish(this, person, Decision(InboxState.IGNORED))
    if message.is_late and not message.reruns and command is not None:
        return _finish(this, person, _came_too_late(command, parsed))
    ctx = CommandContext(
        message=message,
        chat=chat,
        person=person,
        config=settings,
        run_token=this.token,
        now=timezone.now(),
        trace=this.trace,
        in_background=in_background,
        providers=this.providers,
    )
    try:
        decision = flows.take(this, ctx, parsed) if is_for_a_flow else None
        if decision is None and command is not None and not isinstance(parsed, NotACommand):
            decision = _in_its_place(ctx, command, lambda: _decide(ctx, command, parsed))
            decision = with_mood(ctx, decision, parsed)
            decision = order_question.answer(this, ctx, decision, parsed)
    except (DatabaseError, LeaseLost):
        raise  # nothing can be committed now; the message is found again
    except Exception:
        logger.exception(
            "command failed", extra={"command": command and command.name, "message_id": message.pk}
        )
        decision = _broken(command.action if command else Action.UNHANDLED)
    return _finish(this, person, decision or Decision(InboxState.IGNORED))


def _parser(settings: Config) -> Parser:
    """With the tenant's own words for commands; words that fit no command must not silence the bot."""
    try:
        return build_parser(settings["command_aliases"])
    except ValueError:
        logger.warning("command aliases cannot be used")
        return build_parser()


def give_up(this: Run) -> None:
    """End a message whose runs died again and again: staff see it, the sender gets a neutral word."""
    logger.error("message given up", extra={"message_id": this.message.pk, "attempts": this.message.attempts})
    _finish(this, None, _broken(Action.UNHANDLED))


def _finish(this: Run, person: Person | None, decision: Decision) -> None:
    this.trace.add(
        "decided", state=decision.state.value, answers=[one.answer.key for one in decision.results][:10]
    )
    delivery.commit(this, person, decision, word(this, person, decision))


def _in_its_place(ctx: CommandContext, command: Command, decide: Callable[[], Decision]) -> Decision:
    """What the team is told stays in the team where the group is to see no replies, or is switched so just now."""
    was_silent = _is_silent(ctx.chat)
    decision = decide()
    is_for_team = command.audience is Audience.TEAM and ctx.person.role is not None
    return replace(decision, speaks_privately=is_for_team and (was_silent or _is_silent(ctx.chat)))


def _decide(ctx: CommandContext, command: Command, parsed: ParsedCommand | BadArguments) -> Decision:
    if denied := refusal(ctx, command):
        return Decision(InboxState.HANDLED, command.action, [flows.after_refusal(ctx, denied)])
    if isinstance(parsed, BadArguments) and parsed.reason == "missing_text" and command.text_is_optional:
        parsed = ParsedCommand(command.name)
    if isinstance(parsed, BadArguments):
        return Decision(InboxState.HANDLED, command.action, [_bad_arguments(command, parsed)])
    if len(parsed.order_ids) > AT_ONCE_LIMIT and not ctx.in_background:
        ack = say("bulk_ack", count=len(parsed.order_ids))
        return Decision(InboxState.WAITING, None, [ack], part="ack", run_at=ctx.now)
    try:
        results = flows.after_results(ctx, command.run(ctx, parsed))
    except Later as later:
        again_at = ctx.now + timedelta(seconds=later.after_s)
        return Decision(InboxState.WAITING, None, later.results, part="ack", run_at=again_at)
    except PanelNotConfigured:
        results = [say("panel_not_configured")]
    except PanelReadOnly:
        results = [say("panel_read_only_here")]
    except PanelError as error:
        logger.warning("panel did not serve", extra={"code": error.code, "message_id": ctx.message.pk})
        ctx.trace.add("panel_error", code=error.code)
        if isinstance(error, PanelUnauthorized):
            _tell_of_refused_key(ctx)
        return _put_off(ctx, command, parsed)
    return Decision(InboxState.HANDLED, command.action, results)


def _tell_of_refused_key(ctx: CommandContext) -> None:
    """Only the owner can mend this; told once a day."""
    team_notices.tell_once(
        tenant_id=ctx.tenant_id,
        number=ctx.chat.number,
        about=f"panel-key-refused-{ctx.now:%Y-%m-%d}",
        text=(
            "The panel refuses the Admin API key, so I cannot look orders up. Requests are kept.\n"
            "Please enter a valid key under Bot Settings, Panel."
        ),
        now=ctx.now,
    )


def _came_too_late(command: Command, parsed: ParsedCommand | BadArguments | NotACommand) -> Decision:
    """Said while the number was away: the team finds it in the log and may have it run; nothing happens by itself."""
    order_ids = parsed.order_ids if isinstance(parsed, ParsedCommand) else ()
    results = [say("came_too_late", order_id=order_id) for order_id in order_ids] or [say("came_too_late")]
    return Decision(InboxState.HANDLED, command.action, results, is_unspoken=True)


def _put_off(ctx: CommandContext, command: Command, parsed: ParsedCommand) -> Decision:
    """The panel cannot be asked now. The request is kept and tried again; the sender hears of it once."""
    waited = ctx.now - ctx.message.received_at
    if waited > (KEEP_READS_FOR if command.reads_only else KEEP_WRITES_FOR):
        return Decision(InboxState.HANDLED, command.action, _at_the_end(command, parsed))
    pause = RETRY_S[min(ctx.message.deferrals, len(RETRY_S) - 1)]
    return Decision(
        InboxState.WAITING,
        command.action,
        [say("panel_unavailable", order_id=order_id) for order_id in parsed.order_ids]
        or [say("panel_unavailable")],
        part="kept",
        run_at=ctx.now + timedelta(seconds=pause),
        is_deferral=True,
    )


def _at_the_end(command: Command, parsed: ParsedCommand) -> list[Result]:
    if command.reads_only or not parsed.order_ids:
        return [say("panel_still_down")]
    spoken = command.action.label.lower()
    return [
        Result(say("passed_to_team", order_id=order_id, action=spoken).answer, is_priority=True)
        for order_id in parsed.order_ids
    ]


def _bad_arguments(command: Command, bad: BadArguments) -> Result:
    if bad.reason == "too_many_ids":
        return say("too_many_ids", count=bad.given, limit=bad.limit or ID_LIMIT)
    if command.audience is Audience.TEAM:
        return say("usage", example=(*command.examples, command.usage)[0])
    key = "missing_ticket_id" if command.takes is Takes.TICKET_ID else "missing_order_id"
    return say(key, example=f"{command.name} 54321")


def _broken(action: Action) -> Decision:
    result = Result(say("something_went_wrong").answer, is_priority=True)
    return Decision(InboxState.FAILED, action, [result])


def _is_on(chat: Chat) -> bool:
    """Groups are off until the tenant turns them on, and once deleted; a direct message is always for the bot."""
    if chat.kind != ChatKind.GROUP:
        return True
    return chat.group is not None and chat.group.support_enabled and not chat.group.is_hidden


def _is_silent(chat: Chat) -> bool:
    return chat.group is not None and chat.group.silent_mode


def _may_listen(chat: Chat, command: Command) -> bool:
    """The team must be able to switch a group on from inside it."""
    return _is_on(chat) or command.audience is Audience.TEAM


def _numbers_that_are_no_ids(message: InboxMessage, chat: Chat) -> frozenset[str]:
    return chat.number.own_digits | {message.sender_phone, message.sender_lid, *message.mentions} - {""}
