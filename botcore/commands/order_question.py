"""AI mode: questions that name their order ("why is my order 54321 so slow"), to the parser the command `order 54321`.

The command runs as ever. What it read is then given to the model with the question, and its answer is said in place of
the status, which stays what is said whenever the model cannot, must not or may not answer.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from botcore.ai import wording as ai
from botcore.ai.asking import NOT_ANSWERED
from botcore.ai.lexicon import questions
from botcore.commands.context import CommandContext
from botcore.commands.delivery import Decision, Run
from botcore.commands.facts import order_facts
from botcore.commands.free_text import LONGEST, QUESTION, is_paused, open_requests, rows_of
from botcore.commands.parsing import ParsedCommand, Parsing, fold
from botcore.commands.parsing import words as parser_words
from botcore.commands.results import Result
from botcore.commands.wording import caps_of
from botcore.domain.replies import formatting
from botcore.enums import Action, ChatMode, InboxState
from panel.enums import status_label

# Words beyond the command that make a question of it, or a sentence that asks without saying so.
QUESTION_WORDS, SENTENCE_WORDS = 2, 5
FEW_ORDERS = 5


def answer(this: Run, ctx: CommandContext, decision: Decision, parsed: Parsing) -> Decision:
    """Put an answer in the place of the status that a question about orders has brought. Without one the decision
    stays what it was."""
    if not _is_question(ctx, decision, parsed) or is_paused(ctx):
        return decision
    answered = ai.answer_about_orders(
        tenant_id=ctx.tenant_id,
        llm=ctx.config.llm,
        facts=_facts_of(ctx, decision.results),
        question=ctx.message.text,
        needs=_needs(decision.results),
        is_upset=decision.is_upset,
        forbidden=list(this.provider_names),
        caps=caps_of(ctx.config),
    )
    ctx.trace.add("free_text", reason=answered.reason, tokens=answered.tokens, ms=answered.ms)
    results = [
        replace(result, facts={**result.facts, QUESTION: answered.text is not None})
        for result in decision.results
    ]
    if answered.text is not None:
        return replace(decision, results=results, words=answered.text, is_worded=True)
    # A model that gave nothing is not asked at once to reword the status: the customer has waited long enough.
    return replace(decision, results=results, is_worded=not (answered.raw or answered.reason == NOT_ANSWERED))


def _is_question(ctx: CommandContext, decision: Decision, parsed: Parsing) -> bool:
    """Whether a customer asks more about orders of theirs than how they are. Without a query."""
    return (
        ctx.config["chat_mode"] == ChatMode.AI
        and isinstance(parsed, ParsedCommand)
        and decision.state == InboxState.HANDLED
        and decision.action == Action.ORDER
        and bool(ctx.person.usernames)
        and ctx.person.role is None
        and not (ctx.chat.group is not None and ctx.chat.group.silent_mode)
        and len(ctx.message.text) <= LONGEST
        # An answer would leave out what is said of an order that cannot be shown.
        and 0 < len(decision.results) <= FEW_ORDERS
        and all(result.order is not None for result in decision.results)
        and _asks(parsed, ctx.message.text, is_upset=decision.is_upset)
        and ctx.config.llm.is_configured
    )


def _asks(parsed: ParsedCommand, text: str, *, is_upset: bool) -> bool:
    """A statement of somebody upset asks nothing: the status with a kind word is the answer to it."""
    count = len(parsed.leftover)
    if count >= SENTENCE_WORDS and not is_upset:
        return True
    said = fold(text).split()
    first = next((word for word in said if word.strip(",.!") not in parser_words.COURTESY), "")
    return count >= QUESTION_WORDS and (
        not questions.MARKS.isdisjoint(text)
        or not questions.WORDS.isdisjoint(parsed.leftover)
        or first in questions.OPENINGS
    )


def _needs(results: Sequence[Result]) -> list[str]:
    """What the status says at least, and so must an answer."""
    shown = [(result.order.order_id, result.order.status) for result in results if result.order is not None]
    return [need for pk, status in shown for need in (str(pk), status_label(status))]


def _facts_of(ctx: CommandContext, results: Sequence[Result]) -> dict[str, Any]:
    """The orders as they were just read, and what was asked for them and is still open."""
    orders = [result.order for result in results if result.order is not None]
    asked = rows_of(ctx).filter(order_id__in=[order.order_id for order in orders])
    return {
        "orders": [
            {
                "order_id": order.order_id,
                **{name: value for name, value in order_facts(ctx, order).items() if value is not None},
                **({"ordered_on": formatting.date(order.created, ctx.config.zone)} if order.created else {}),
            }
            for order in orders
        ],
        "open_requests": open_requests(ctx, asked),
    }
