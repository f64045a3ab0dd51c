"""How its sender feels about a command that has been carried out: priority, and a kinder word (G29).

The lexicon says so at once and for nothing. Where it is not sure the model is asked, in every chat mode: after the
action and outside transactions, briefly, and never about the team or about somebody who may not ask for anything.
"""

from dataclasses import replace

from botcore.ai import mood
from botcore.ai.dirty import frustration
from botcore.commands.context import CommandContext
from botcore.commands.delivery import Decision
from botcore.commands.parsing import BadArguments, ParsedCommand
from botcore.commands.wording import caps_of
from botcore.enums import InboxState


def with_mood(ctx: CommandContext, decision: Decision, parsed: ParsedCommand | BadArguments) -> Decision:
    """Never raises for a model's sake."""
    if ctx.person.role is not None or isinstance(parsed, BadArguments):
        return decision
    found = frustration(parsed, ctx.message.text)
    is_upset = found.is_dirty or (found.is_unsure and _is_done(decision) and _is_upset_by_model(ctx))
    return replace(decision, is_upset=is_upset)


def _is_done(decision: Decision) -> bool:
    """Finished, and about orders: an acknowledgement must not wait, and refused strangers must not cost anything."""
    return decision.state == InboxState.HANDLED and any(
        result.answer.order_id is not None for result in decision.results
    )


def _is_upset_by_model(ctx: CommandContext) -> bool:
    llm = ctx.config.llm
    if not llm.is_configured:
        return False
    opinion = mood.second_opinion(
        tenant_id=ctx.tenant_id, llm=llm, customer_text=ctx.message.text, caps=caps_of(ctx.config)
    )
    ctx.trace.add(
        "model",
        feature=mood.FEATURE,
        is_upset=opinion.is_upset,
        reason=opinion.reason,
        tokens=opinion.tokens,
        cost_usd=str(opinion.cost),
        ms=opinion.ms,
    )
    return opinion.is_upset
