"""News nobody asks for in this moment, in the chat where the request was made: a decision, the end of a watch."""

from collections.abc import Sequence
from datetime import datetime

from botcore.domain import outbox, replies, templates
from botcore.domain.config import Config
from botcore.domain.replies import Answer
from botcore.enums import ChatMode
from botcore.models import Chat


def tell(
    *, chat: Chat, answers: Sequence[Answer], config: Config, now: datetime, quoted_id: str = ""
) -> None:
    """Queue the news; call it in the transaction that makes it true. chat: with its group loaded.

    A group in silent mode, or one in which the bot was switched off since, gets none.
    """
    own = templates.own_texts(tenant_id=chat.tenant_id) if config["chat_mode"] == ChatMode.CUSTOM else {}
    group = chat.group
    outbox.queue_to_chat(
        chat=chat,
        text=replies.render(answers, own),
        now=now,
        quoted_id=quoted_id,
        is_silent=group is not None and (group.silent_mode or not group.support_enabled),
    )
