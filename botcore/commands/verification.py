"""The verification flow, step by step: greeting, panel username, code from a panel ticket.

`understand` reads the message, `botcore/domain/verification.py` keeps the state; here they meet the panel and the
chat. A step is heard in the group where it was asked for or in a direct message; a code is heard anywhere.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from botcore.commands import delivery, linked_usernames
from botcore.commands.context import CommandContext
from botcore.commands.delivery import Decision, Run
from botcore.commands.parsing import Parsing
from botcore.commands.results import Result, say
from botcore.commands.verification_said import SaidStep, Step, understand
from botcore.domain import templates, verification
from botcore.domain.replies import TEXTS, Answer, formatting
from botcore.domain.verification import Rules, Wait
from botcore.enums import Action, ChatKind, InboxState
from panel.errors import PanelDown, PanelError, PanelNotConfigured, PanelRateLimited, PanelReadOnly
from smmbot.lib.logs import get_logger
from tenants.enums import VerificationState
from tenants.models import Verification

logger = get_logger(__name__)

ACTIVE = "active"
TICKET_TEXT = "verification_ticket"
# After nothing but such answers it is worth a look whether the sender's account is still there.
_DOUBTFUL = frozenset({"order_not_found", "order_not_owned", "ticket_not_found"})
# A greeting in a group is not answered again within this, while its run goes on.
QUIET_IN_GROUPS_S = 60


def may_concern(this: Run, parsed: Parsing) -> bool:
    """Say, without a query, whether this could be a step."""
    said = understand(this.message.text, parsed)
    return said is not None and (said.step is Step.GREETING or this.config["verification_enabled"])


def take(ctx: CommandContext, parsed: Parsing) -> Decision | None:
    """Answer as a step, or leave the message."""
    said = understand(ctx.message.text, parsed)
    if said is None or (said.step is not Step.GREETING and not ctx.config["verification_enabled"]):
        return None
    flow = verification.of(tenant_id=ctx.tenant_id, contact=ctx.person.contact)
    if flow is not None and flow.last_message_id == ctx.message.pk:
        return _decision(ctx, _answer(ctx, flow, flow.last_outcome))  # run again after a crash
    if said.step is Step.GREETING:
        return _greeted(ctx, flow)
    if said.step is Step.START:
        return _asked_to_start(ctx)
    if flow is None or not _is_heard(ctx, flow, said):
        return None
    return _stepped(ctx, flow, said)


def invite(ctx: CommandContext, refused: Result) -> Result:
    """A command needs a verified sender: ask for the username and wait for it."""
    if not ctx.config["verification_enabled"]:
        return say("verification_by_team")
    flow = _begin(ctx)
    return refused if flow.state == VerificationState.USERNAME else _where_it_stands(ctx, flow)


def ask_again(ctx: CommandContext, gone: Sequence[str]) -> list[Result]:
    """Say which usernames are gone; somebody left without any is asked for one, as a stranger is."""
    said = [Result(say("username_gone", username=name).answer, facts={"username": name}) for name in gone]
    if not gone or ctx.person.usernames:
        return list(said)
    return [*said, invite(ctx, say("verification_username_prompt"))]


def look_again(ctx: CommandContext, results: Sequence[Result]) -> list[Result]:
    """Where none of the orders or tickets was the sender's: perhaps because their account is no more."""
    if not all(one.answer.key in _DOUBTFUL for one in results):
        return list(results)
    return [*results, *ask_again(ctx, linked_usernames.set_aside_gone(ctx, ctx.person.usernames))]


# --- steps -------------------------------------------------------------------------------------------------------


def _greeted(ctx: CommandContext, flow: Verification | None) -> Decision | None:
    in_group, person = _in_group(ctx), ctx.person
    if person.is_blocked:
        return None if in_group else _decision(ctx, say("user_blocked"))
    if person.role is not None or person.usernames or not ctx.config["verification_enabled"]:
        return None if in_group else _hello(ctx)
    if in_group and (_is_mute(ctx) or _was_just_asked(ctx, flow)):
        return None
    if flow is not None and verification.paused_for_s(flow, now=ctx.now):
        return None if in_group else _decision(ctx, _answer(ctx, flow, "verification_cooldown"))
    was_running = verification.is_running(flow, now=ctx.now)
    flow = _begin(ctx)
    question = _where_it_stands(ctx, flow)
    if was_running:
        return _decision(ctx, question)
    notice = [say("verification_in_direct_message")] if _writes_apart(ctx) else []
    return _decision(ctx, say("welcome_message"), *notice, question)


def _hello(ctx: CommandContext) -> Decision:
    """Known people are greeted; that is no request, so it is not logged."""
    names = ", ".join(ctx.person.usernames) or None
    return Decision(InboxState.HANDLED, None, [say("welcome_back", username=names)])


def _asked_to_start(ctx: CommandContext) -> Decision | None:
    if ctx.person.is_blocked:
        return None if _in_group(ctx) else _decision(ctx, say("user_blocked"))
    gone = linked_usernames.set_aside_gone(ctx, ctx.person.usernames) if _has_enough(ctx) else ()
    if _has_enough(ctx):
        return _decision(ctx, _already_linked(ctx))
    if gone:
        return _decision(ctx, *ask_again(ctx, gone))
    if _is_mute(ctx):
        return None
    flow = _begin(ctx)
    if verification.paused_for_s(flow, now=ctx.now):
        return _decision(ctx, _answer(ctx, flow, "verification_cooldown"))
    return _decision(ctx, _where_it_stands(ctx, flow))


def _stepped(ctx: CommandContext, flow: Verification, said: SaidStep) -> Decision | None:
    if said.step is Step.STOP:
        return _stop(ctx, "verification_stopped")
    if ctx.person.is_blocked:
        return _stop(ctx, "user_blocked")
    if _has_enough(ctx):  # linked by the team meanwhile
        return _stop(ctx, "verification_already_linked")
    waits_for_code = flow.state == VerificationState.CODE
    if said.step is Step.CODE and waits_for_code:
        return _code(ctx, said.value)
    if verification.paused_for_s(flow, now=ctx.now):
        return _decision(ctx, _answer(ctx, flow, "verification_cooldown"))
    if said.step is Step.RESEND:
        if waits_for_code:
            return _username(ctx, flow.panel_username)
        return _decision(ctx, _where_it_stands(ctx, _begin(ctx)))
    return _username(ctx, said.value)


def _stop(ctx: CommandContext, outcome: str) -> Decision:
    flow = verification.stop(
        tenant_id=ctx.tenant_id,
        contact=ctx.person.contact,
        message_id=ctx.message.pk,
        outcome=outcome,
        now=ctx.now,
    )
    return _decision(ctx, _answer(ctx, flow, outcome))


def _code(ctx: CommandContext, digits: str) -> Decision:
    flow = verification.try_code(
        tenant_id=ctx.tenant_id,
        contact=ctx.person.contact,
        digits=digits,
        rules=Rules.of(ctx.config),
        message_id=ctx.message.pk,
        now=ctx.now,
    )
    ctx.trace.add("verification", step="code", outcome=flow.last_outcome)
    notice = [say("verification_prefer_direct_message")] if _in_group(ctx) else []
    return _decision(ctx, _answer(ctx, flow, flow.last_outcome), *notice)


def _username(ctx: CommandContext, name: str) -> Decision:
    try:
        outcome = _look_up(ctx, name)
    except PanelNotConfigured:
        outcome = say("panel_not_configured")
    except PanelError as error:
        outcome = _panel_failed(ctx, error)
    ctx.trace.add("verification", step="username", outcome=outcome.answer.key)
    return _decision(ctx, outcome)


def _look_up(ctx: CommandContext, name: str) -> Result:
    """Raises PanelError."""
    user = linked_usernames.on_panel(ctx, name)
    if user is None or user.username.casefold() != name.casefold():
        flow = verification.miss_name(
            tenant_id=ctx.tenant_id, contact=ctx.person.contact, rules=Rules.of(ctx.config), now=ctx.now
        )
        if verification.paused_for_s(flow, now=ctx.now):
            return _answer(ctx, flow, "verification_cooldown")
        return say("verification_username_not_found", username=name)
    if ctx.person.owns(user.username):
        return say("verification_already_linked", username=user.username)
    if user.status.casefold() != ACTIVE:
        return say("verification_username_inactive", username=user.username)
    if verification.is_username_blocked(tenant_id=ctx.tenant_id, username=user.username):
        return say("verification_username_blocked", username=user.username)
    return _send_code(ctx, user.username)


def _send_code(ctx: CommandContext, username: str) -> Result:
    """Claim, then write the ticket, once. Raises PanelError when the ticket was surely not written."""
    contact = ctx.person.contact
    claim = verification.claim_code(
        tenant_id=ctx.tenant_id,
        contact=contact,
        panel_username=username,
        message_id=ctx.message.pk,
        now=ctx.now,
    )
    if isinstance(claim, Wait):
        return say(claim.key, time_left=formatting.span(claim.seconds))
    if claim.digits:
        ticket_id = None
        try:
            ticket_id = ctx.panel.add_ticket(
                username,
                ctx.config["verification_ticket_subject"],
                _ticket_text(ctx, claim.digits),
                ctx.config["ticket_reply_staff_name"],
            )
        except PanelError as error:
            if not error.maybe_written:
                verification.settle_code(code=claim.code, was_sent=False, ticket_id=None, now=ctx.now)
                raise
            logger.warning("code ticket unclear", extra={"code": error.code, "message_id": ctx.message.pk})
        verification.settle_code(code=claim.code, was_sent=True, ticket_id=ticket_id, now=ctx.now)
    return say(
        "verification_code_sent", username=username, minutes=_minutes(verification.CODE_FOR.total_seconds())
    )


def _ticket_text(ctx: CommandContext, digits: str) -> str:
    own = templates.own_texts(tenant_id=ctx.tenant_id) if ctx.config["chat_mode"] == "custom" else {}
    if "{code}" not in own.get(TICKET_TEXT, ""):
        own = {TICKET_TEXT: TEXTS[TICKET_TEXT].full}
    params = {
        "code": digits,
        "minutes": _minutes(verification.CODE_FOR.total_seconds()),
        "number_end": ctx.message.sender_phone[-4:] or None,
    }
    return delivery.plain([Result(Answer(TICKET_TEXT, params))], dict(own))


def _panel_failed(ctx: CommandContext, error: PanelError) -> Result:
    """It passes by itself: come back soon. It does not (a wrong key, no such staff name): the team has to see it."""
    logger.warning("verification not served", extra={"code": error.code, "message_id": ctx.message.pk})
    ctx.trace.add("panel_error", code=error.code)
    if isinstance(error, PanelReadOnly):
        return say("panel_read_only_here")
    if isinstance(error, PanelDown | PanelRateLimited):
        return say("verification_panel_down")
    return Result(Answer("verification_not_possible"), is_priority=True, facts={"panel_error": error.code})


# --- what is said, and where -------------------------------------------------------------------------------------


def _where_it_stands(ctx: CommandContext, flow: Verification) -> Result:
    """The question that is open."""
    if flow.state == VerificationState.USERNAME:
        return say("verification_username_prompt")
    left_s = verification.code_left_s(tenant_id=ctx.tenant_id, contact=ctx.person.contact, now=ctx.now)
    if not left_s:
        return say("verification_code_expired")
    return say("verification_code_waiting", username=flow.panel_username, minutes=_minutes(left_s))


def _answer(ctx: CommandContext, flow: Verification, key: str) -> Result:
    """Say this of the flow as it stands; a text takes the variables it has."""
    known = {
        "username": flow.panel_username or ", ".join(ctx.person.usernames),
        "attempts_left": max(0, Rules.of(ctx.config).max_attempts - flow.wrong_codes),
        "time_left": formatting.span(verification.paused_for_s(flow, now=ctx.now)),
    }
    wanted = set(re.findall(r"\{(\w+)\}", TEXTS[key].full))
    return Result(Answer(key, {name: value for name, value in known.items() if name in wanted}))


def _already_linked(ctx: CommandContext) -> Result:
    return say("verification_already_linked", username=", ".join(ctx.person.usernames))


def _decision(ctx: CommandContext, *results: Result) -> Decision:
    """The log keeps which username it was about, and never a code. A group in silent mode sees nothing of it."""
    logged = [
        replace(one, facts={**one.facts, "username": one.answer.params["username"]})
        if "username" in one.answer.params
        else one
        for one in results
    ]
    return Decision(InboxState.HANDLED, Action.VERIFICATION, logged, speaks_privately=_is_mute(ctx))


def _begin(ctx: CommandContext) -> Verification:
    return verification.begin(
        tenant_id=ctx.tenant_id,
        contact=ctx.person.contact,
        group_chat_id=ctx.chat.pk if _in_group(ctx) else None,
        now=ctx.now,
    )


def _is_heard(ctx: CommandContext, flow: Verification, said: SaidStep) -> bool:
    """Is a run going on, and is this part of it? Group talk must not be taken for usernames."""
    in_group, waits_for_code = _in_group(ctx), flow.state == VerificationState.CODE
    if said.step is Step.CODE and waits_for_code and not in_group:
        return ctx.now - flow.moved_at < verification.LATE_CODE_FOR
    if not verification.is_running(flow, now=ctx.now):
        return False
    if not in_group or (said.step is Step.CODE and waits_for_code):
        return True
    if ctx.chat.pk != flow.group_chat_id:
        return False
    is_bare_word = said.step in (Step.USERNAME, Step.CODE) and not said.is_named
    return not is_bare_word or not (waits_for_code or verification.paused_for_s(flow, now=ctx.now))


def _has_enough(ctx: CommandContext) -> bool:
    return bool(ctx.person.usernames) and not ctx.config["several_usernames_per_number"]


def _in_group(ctx: CommandContext) -> bool:
    return ctx.chat.kind == ChatKind.GROUP


def _is_mute(ctx: CommandContext) -> bool:
    return ctx.chat.group is not None and ctx.chat.group.silent_mode


def _writes_apart(ctx: CommandContext) -> bool:
    return _in_group(ctx) and bool(ctx.config["private_replies_in_dm"])


def _was_just_asked(ctx: CommandContext, flow: Verification | None) -> bool:
    return (
        flow is not None
        and verification.is_running(flow, now=ctx.now)
        and (ctx.now - flow.moved_at).total_seconds() < QUIET_IN_GROUPS_S
    )


def _minutes(seconds: float) -> int:
    return -(-int(seconds) // 60)
