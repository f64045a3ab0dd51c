"""Mentions as they stand in a text, for gateways that list nobody beside it."""

import re
from typing import Final

# WhatsApp writes the digits of a phone or a LID there; what the reader sees as a name is made of them.
_MENTION: Final = re.compile(r"(?<![\w@])@([0-9]{5,20})(?!\w)")


def mentions_in(text: str) -> tuple[str, ...]:
    """The digits of all who are mentioned, each once."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))
