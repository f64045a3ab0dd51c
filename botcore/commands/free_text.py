"""AI mode's answers to what is no command: from the customer's own facts, or silence.

In direct messages; in groups only when the bot is mentioned or quoted, or a verified customer asks about support.
Not while a person of the team is talking in the chat, and not more often than the tenant allows. Questions
that name their order are commands to the parser: order_question.py.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from botcore.ai import wording as ai
from botcore.commands.context import CommandContext
from botcore.commands.delivery import Decision, Run
from botcore.commands.eligibility import open_orders
from botcore.commands.facts import order_facts
from botcore.commands.parsing import NotACommand, Parsing
from botcore.commands.results import Result, say
from botcore.commands.wording import caps_of
from botcore.domain import takeover
from botcore.domain.replies import Answer, formatting
from botcore.domain.support_status import CLOSED
from botcore.enums import REQUESTS, Action, ChatKind, ChatMode, InboxState
from botcore.models import MessageLog, OutboxMessage
from panel.errors import PanelError

LONGEST = 2000
# In a log row's facts: a model was asked to answer; whether it did.
QUESTION = "question_answered"
RECENT_ORDERS = 10
WINDOW = timedelta(minutes=10)
_SUPPORT_WORDS = frozenset(
    (
        "order orders refill cancel refund slow speed drop dropped start started pending stuck balance deposit "
        "payment paid ticket support help when why problem issue delivered delivery service kab kyu kyun nahi "
        "pedido orden заказ siparis طلب pesanan"
    ).split()
)


def may_concern(this: Run, parsed: Parsing) -> bool:
    """AI mode with a model, some words, and a chat in which free text is for the bot. Costs one query where a group's
    message quotes another and nothing else tells: quotes among people are many, and each would look its sender up."""
    text = this.message.text
    if this.config["chat_mode"] != ChatMode.AI or not isinstance(parsed, NotACommand):
        return False
    if not text.strip() or len(text) > LONGEST:
        return False
    is_for_us = this.chat.kind == ChatKind.USER or _is_about_support(text) or _is_addressed(this)
    return is_for_us and this.config.llm.is_configured


def take(this: Run, ctx: CommandContext, parsed: Parsing) -> Decision | None:
    """Answer, or None: stay silent."""
    if ctx.person.role is not None or ctx.person.is_blocked or not ctx.person.usernames:
        return None
    if not may_concern(this, parsed) or is_paused(ctx):
        return None
    order_ids = parsed.order_ids if isinstance(parsed, NotACommand) else ()
    answered = ai.answer_free_text(
        tenant_id=ctx.tenant_id,
        llm=ctx.config.llm,
        facts=_facts(ctx, order_ids),
        question=ctx.message.text,
        forbidden=list(this.provider_names),
        caps=caps_of(ctx.config),
    )
    ctx.trace.add("free_text", reason=answered.reason, tokens=answered.tokens, ms=answered.ms)
    if answered.text is None:
        return _no_answer(ctx)
    result = Result(Answer("free_text", literal=answered.text), facts={"orders": list(order_ids)})
    return Decision(InboxState.HANDLED, Action.FREE_TEXT, [result], is_worded=True)


def _no_answer(ctx: CommandContext) -> Decision | None:
    """In a direct message a word is better than silence; in a group it is noise."""
    if ctx.chat.kind == ChatKind.GROUP:
        return None
    return Decision(InboxState.HANDLED, Action.FREE_TEXT, [say("unknown_message")], is_worded=True)


def is_paused(ctx: CommandContext) -> bool:
    """While a person of the team is talking here, and when enough was answered."""
    if takeover.is_on(chat=ctx.chat, minutes=ctx.config["takeover_minutes"], now=ctx.now):
        ctx.trace.add("free_text", silent="a person is talking")
        return True
    if _answered_lately(ctx) >= ctx.config["free_text_limit"]:
        ctx.trace.add("free_text", silent="limit")
        return True
    return False


def _is_addressed(this: Run) -> bool:
    """It mentions the bot, or quotes one of its messages."""
    if this.chat.number.own_digits & set(this.message.mentions):
        return True
    if not this.message.quoted_id:
        return False
    return OutboxMessage.objects.filter(chat=this.chat, wa_message_id=this.message.quoted_id).exists()


def _is_about_support(text: str) -> bool:
    return bool(_SUPPORT_WORDS & set(text.casefold().replace("?", " ").replace(",", " ").split()))


def _answered_lately(ctx: CommandContext) -> int:
    """Messages in this chat that a model was asked to answer, of either kind."""
    rows = MessageLog.objects.filter(
        Q(action=Action.FREE_TEXT) | Q(facts__has_key=QUESTION),
        tenant_id=ctx.tenant_id,
        chat=ctx.chat,
        created_at__gt=ctx.now - WINDOW,
    )
    return rows.values("message").distinct().count()


def _facts(ctx: CommandContext, order_ids: tuple[int, ...]) -> dict[str, Any]:
    """The customer's own orders (named, or lately asked about), balance and open requests; nobody else's."""
    recent = rows_of(ctx)
    lately = [pk for pk in recent.values_list("order_id", flat=True)[:RECENT_ORDERS] if pk is not None]
    wanted = dict.fromkeys([*order_ids, *lately])
    facts: dict[str, Any] = {
        "username": ctx.person.usernames[0],
        "open_requests": open_requests(ctx, recent),
    }
    try:
        opened = open_orders(ctx, list(wanted)[:RECENT_ORDERS], reads_only=True) if wanted else None
        user = ctx.panel.find_user(ctx.person.usernames[0])
    except PanelError:
        facts["note"] = "The panel does not answer right now."
        return facts
    facts["orders"] = [
        {"order_id": pk, **order_facts(ctx, order)} for pk, order in (opened.orders if opened else {}).items()
    ]
    if user is not None and ctx.chat.kind == ChatKind.USER:
        facts["balance"] = formatting.money(user.balance)
    return facts


def rows_of(ctx: CommandContext) -> QuerySet[MessageLog]:
    """The customer's log rows about orders, newest first."""
    return MessageLog.objects.filter(
        tenant_id=ctx.tenant_id, contact=ctx.person.contact, order_id__isnull=False
    ).order_by("-pk")


def open_requests(ctx: CommandContext, rows: QuerySet[MessageLog]) -> list[dict[str, Any]]:
    pending = rows.filter(action__in=REQUESTS).exclude(support_status__in=CLOSED)[:RECENT_ORDERS]
    return [
        {
            "order_id": row.order_id,
            "request": row.get_action_display(),
            "since": formatting.date(row.created_at, ctx.config.zone),
        }
        for row in pending
    ]
