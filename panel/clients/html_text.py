"""Ticket messages are HTML of strangers; we keep the words."""

import html
import re

LONGEST_MESSAGE = 20_000

# What is never closed reaches to the end, as in browsers; it also keeps the search linear.
_UNSEEN = re.compile(
    r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
# `a < b` and `<3` are words, not tags.
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")


def to_text(markup: str) -> str:
    """Return plain text: a tag becomes a space, lest two order ids grow together, then entities become
    letters."""
    text = _UNSEEN.sub(" ", markup[:LONGEST_MESSAGE])
    text = html.unescape(_TAG.sub(" ", text))
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
