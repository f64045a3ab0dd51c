"""WAHA's spelling of addresses and message ids.

A phone is `…@c.us`. A message id says whose it is and where: `false_<chat>_<ID>`, and `…_<participant>` in a group
(waha-docs how-to/send-messages "reply_to", how-to/events). Inside, only WhatsApp's own ID is kept.
"""

from dataclasses import dataclass

from botcore.gateway.types import Address


@dataclass(frozen=True, slots=True)
class MessageKey:
    """chat and participant as WAHA wrote them; empty where the id was a plain one."""

    message_id: str
    from_me: bool = False
    chat: str = ""
    participant: str = ""


def read_key(text: str) -> MessageKey:
    """Take an id apart; a plain one is given in the history and in quotes."""
    parts = text.split("_", 3)
    if len(parts) < 3:
        return MessageKey(message_id=text)
    whose, chat, message_id, *participant = parts
    return MessageKey(message_id, whose == "true", chat, participant[0] if participant else "")


def key_of(chat: Address, message_id: str, *, sender: Address | None = None) -> str:
    """The id of a message that somebody else wrote in this chat."""
    participant = f"_{member_id(sender)}" if sender and chat.group else ""
    return f"false_{chat_id(chat)}_{message_id}{participant}"


def chat_id(address: Address) -> str:
    """Where to send to. A person's phone goes before the LID: WAHA finds the other one itself."""
    if address.group:
        return address.group
    return f"{address.phone}@c.us" if address.phone else f"{address.lid}@lid"


def member_id(address: Address) -> str:
    """Who wrote in a group: groups know people by their LIDs now."""
    return f"{address.lid}@lid" if address.lid else f"{address.phone}@c.us"
