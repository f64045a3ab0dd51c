"""AI mode's answers to what is no command: from the customer's own facts, or silence.

In direct messages; in groups only when the bot is mentioned or quoted, or a verified customer asks about support.
Not while a person of the team is talking in the chat, and not more often than the tenant allows.
"""

from datetime import timedelta
from typing import Any

from botcore.ai import wording as ai
from botcore.commands.context import CommandContext
from botcore.commands.delivery import Decision, Run
from botcore.commands.eligibility import open_orders
from botcore.commands.facts import order_facts
from botcore.commands.parsing import NotACommand, Parsing
from botcore.commands.results import Result, say
from botcore.commands.wording import caps_of, llm_of
from botcore.domain import takeover
from botcore.domain.replies import Answer, formatting
from botcore.domain.support_status import CLOSED
from botcore.enums import REQUESTS, Action, ChatKind, ChatMode, InboxState
from botcore.models import MessageLog, OutboxMessage
from panel.errors import PanelError

LONGEST = 2000
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
    """Without a query: AI mode with a model, some words, and a chat in which free text is for the bot."""
    text = this.message.text
    if this.config["chat_mode"] != ChatMode.AI or not isinstance(parsed, NotACommand):
        return False
    if not text.strip() or len(text) > LONGEST or not llm_of(this.config).is_configured:
        return False
    return this.chat.kind == ChatKind.USER or _is_addressed(this) or _is_about_support(text)


def take(this: Run, ctx: CommandContext, parsed: Parsing) -> Decision | None:
    """Answer, or None: stay silent."""
    if not may_concern(this, parsed) or ctx.person.role is not None or ctx.person.is_blocked:
        return None
    if not ctx.person.usernames or _is_for_somebody_else(ctx):
        return None
    if takeover.is_on(chat=ctx.chat, minutes=ctx.config["takeover_minutes"], now=ctx.now):
        ctx.trace.add("free_text", silent="a person is talking")
        return None
    if _answered_lately(ctx) >= ctx.config["free_text_limit"]:
        ctx.trace.add("free_text", silent="limit")
        return None
    order_ids = parsed.order_ids if isinstance(parsed, NotACommand) else ()
    answered = ai.answer_free_text(
        tenant_id=ctx.tenant_id,
        llm=llm_of(ctx.config),
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


def _is_addressed(this: Run) -> bool:
    own = this.chat.number.own_digits
    return bool(own & set(this.message.mentions)) or bool(this.message.quoted_id)


def _is_for_somebody_else(ctx: CommandContext) -> bool:
    """In a group: it quotes a message that is not the bot's, and mentions or asks nothing of it."""
    message = ctx.message
    if ctx.chat.kind != ChatKind.GROUP or not message.quoted_id:
        return False
    if ctx.chat.number.own_digits & set(message.mentions) or _is_about_support(message.text):
        return False
    quoted = OutboxMessage.objects.filter(chat=ctx.chat, wa_message_id=message.quoted_id)
    return not quoted.exists()


def _is_about_support(text: str) -> bool:
    return bool(_SUPPORT_WORDS & set(text.casefold().replace("?", " ").replace(",", " ").split()))


def _answered_lately(ctx: CommandContext) -> int:
    return MessageLog.objects.filter(
        tenant_id=ctx.tenant_id, chat=ctx.chat, action=Action.FREE_TEXT, created_at__gt=ctx.now - WINDOW
    ).count()


def _facts(ctx: CommandContext, order_ids: tuple[int, ...]) -> dict[str, Any]:
    """The customer's own orders (named, or lately asked about), balance and open requests; nobody else's."""
    recent = MessageLog.objects.filter(
        tenant_id=ctx.tenant_id, contact=ctx.person.contact, order_id__isnull=False
    ).order_by("-pk")
    lately = [pk for pk in recent.values_list("order_id", flat=True)[:RECENT_ORDERS] if pk is not None]
    wanted = dict.fromkeys([*order_ids, *lately])
    pending = recent.filter(action__in=REQUESTS).exclude(support_status__in=CLOSED)[:RECENT_ORDERS]
    facts: dict[str, Any] = {
        "username": ctx.person.usernames[0],
        "open_requests": [
            {
                "order_id": row.order_id,
                "request": row.get_action_display(),
                "since": formatting.date(row.created_at, ctx.config.zone),
            }
            for row in pending
        ],
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
