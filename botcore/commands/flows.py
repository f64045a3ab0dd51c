"""Conversations longer than one message, and messages that are no command: who takes them, in this order.

1. verification: a greeting, a username, a code, while it is running (botcore/commands/verification.py)
2. free text in AI mode (botcore/commands/free_text.py)
"""

from collections.abc import Sequence

from botcore.commands import free_text, verification
from botcore.commands.context import CommandContext
from botcore.commands.delivery import Decision, Run
from botcore.commands.parsing import Parsing
from botcore.commands.results import Result


def may_concern(this: Run, parsed: Parsing) -> bool:
    """Say whether a message could be for one of the flows, with a query only where it quotes another: a busy group
    must cost nothing."""
    return verification.may_concern(this, parsed) or free_text.may_concern(this, parsed)


def take(this: Run, ctx: CommandContext, parsed: Parsing) -> Decision | None:
    """Answer as a step of a flow, or leave the message: to its command if it is one, else unanswered."""
    return verification.take(ctx, parsed) or free_text.take(this, ctx, parsed)


def after_results(ctx: CommandContext, results: Sequence[Result]) -> list[Result]:
    """A command that found nothing of the sender's may be the beginning of a flow, too."""
    return verification.look_again(ctx, results)


def after_refusal(ctx: CommandContext, refused: Result) -> Result:
    """A refused command may be the beginning of a flow."""
    if refused.answer.key == "verification_required":
        return verification.invite(ctx, refused)
    return refused
