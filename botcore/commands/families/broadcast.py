from collections.abc import Sequence
from datetime import timedelta

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Later, Result, say
from botcore.domain import broadcasts
from botcore.enums import Action
from tenants.permissions import Permission

LOOK_AGAIN_S = 5
# A number that sends slowly or is offline: report what is known by then.
REPORT_AFTER = timedelta(hours=1)


@command(
    "!broadcast",
    takes=Takes.TEXT,
    audience=Audience.TEAM,
    permission=Permission.BROADCAST,
    logged_as=Action.BROADCAST,
    reads_only=False,
    examples=("!broadcast Maintenance scheduled tonight 11 PM - 1 AM UTC. Orders will process normally.",),
)
def broadcast(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """!broadcast <message> - send a message to every group in which support is on, now."""
    text = parsed.text.strip()
    if not text:
        return [say("usage", example="!broadcast Maintenance tonight, 11 PM to 1 AM UTC.")]
    progress = broadcasts.progress(message=ctx.message)
    if not progress.total:
        to = broadcasts.audience(tenant_id=ctx.tenant_id, config=ctx.config)
        if not to.groups:
            return [say("broadcast_nobody")]
        broadcasts.start(message=ctx.message, to=to, text=text, by=ctx.person.user_id, now=ctx.now)
        raise Later([say("broadcast_started", count=len(to.groups), silent=to.silent)], after_s=LOOK_AGAIN_S)
    if progress.on_the_way and ctx.now - ctx.message.received_at < REPORT_AFTER:
        raise Later([], after_s=LOOK_AGAIN_S)
    return [
        say(
            "broadcast_done",
            sent=progress.sent,
            count=progress.total,
            undelivered=", ".join(progress.undelivered) or None,
            waiting=progress.on_the_way or None,
        )
    ]
