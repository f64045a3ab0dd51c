"""A sender's usernames as the panel knows them. One that is gone from it is unlinked and has to be proved anew.

Gone is what the panel says for certain; an error, a time-out or a doubtful list changes nothing.
"""

from collections.abc import Sequence

from botcore.commands.context import CommandContext
from panel.clients.types import PanelUser
from panel.errors import PanelError
from smmbot.lib.logs import get_logger
from tenants.domain import customers

logger = get_logger(__name__)


def on_panel(ctx: CommandContext, username: str) -> PanelUser | None:
    """Read a linked account. Raises PanelError."""
    user = ctx.panel.find_user(username)
    if user is None and username != username.lower():  # linked by hand, and the panel compares exactly
        user = ctx.panel.find_user(username.lower())
    return user


def set_aside_gone(ctx: CommandContext, usernames: Sequence[str]) -> tuple[str, ...]:
    """Unlink those the panel surely no longer has; the person's others stay. Returns the unlinked."""
    missing = [name for name in usernames if _is_gone(ctx, name)]
    if not missing:
        return ()
    gone = customers.set_aside(
        tenant_id=ctx.tenant_id, contact=ctx.person.contact, usernames=missing, now=ctx.now
    )
    ctx.person = ctx.person.without(gone)
    logger.info("usernames set aside", extra={"contact_id": ctx.person.contact.pk, "count": len(gone)})
    ctx.trace.add("set_aside", usernames=list(gone))
    return gone


def _is_gone(ctx: CommandContext, username: str) -> bool:
    try:
        return ctx.panel.is_user_gone(username)
    except PanelError as error:
        ctx.trace.add("panel_error", code=error.code)
        return False
