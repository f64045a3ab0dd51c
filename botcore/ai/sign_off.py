"""Signatures a model adds unasked ("Best regards,\\nSupport", "Thanks, the team", "— X"), found and taken off.

Only the end of a text is looked at, and never a line with a digit: content is not lost to it.
"""

import re
from functools import cache
from unicodedata import category

from botcore.ai.lexicon import by_length, closings
from botcore.commands.parsing import fold

_LINES_LOOKED_AT = 5
_NAME_WORDS = 5
_EDGES = " \t*_~,.!:;-–—―•|"
_EMOJI = frozenset({"So", "Sk", "Cn"})
_DASHED = re.compile(r"^\s*(?:[–—―~]|--|-(?=\s*\S))\s*(.+)$")
_HAS_DIGIT = re.compile(r"\d")
_BULLET = re.compile(r"^\s*[-•*–]\s")


def strip(text: str) -> str:
    """The text without the sign-off at its end; stripped of white space. Empty when there was nothing else."""
    text = text.strip()
    while signature := find(text):
        text = text[: len(text) - len(signature)].rstrip(" \t\n-–—―,")
    return text


def find(text: str) -> str:
    """The sign-off at the end of the text, as it stands there; empty when there is none."""
    text = text.rstrip()
    lines = text.split("\n")
    first = max(0, len(lines) - _LINES_LOOKED_AT)
    for at in range(first, len(lines)):
        tail = lines[at:]
        if all(not _HAS_DIGIT.search(line) for line in tail) and _is_sign_off(tail, above=lines[:at]):
            return "\n".join(tail)
    return _inline(lines[-1])


def _is_sign_off(tail: list[str], *, above: list[str]) -> bool:
    """A closing line with at most a few names below it, or a line that is a dashed or a team's name."""
    head, *below = [_bare(line) for line in tail if _bare(line)] or [""]
    if not head:
        return False
    if len(below) <= 2 and all(_is_name(line) for line in below):
        if head in closings.CLOSINGS or _opens_with(head, closings.CLOSINGS):
            return True
        if head in closings.THANKS and below and tail[0].rstrip(" *_").endswith((",", "-", "–", "—")):
            return True
        if _opens_with(head, closings.THANKS) and (_ends_with_team(head) or bool(below)) and "," in tail[0]:
            return True
    if below:
        return False
    dashed = _DASHED.match(tail[0])
    if dashed and _is_name(_bare(dashed[1])) and dashed[1].strip()[-1:] not in ".!?":
        is_list = tail[0].lstrip().startswith(("-", "–")) and any(_BULLET.match(line) for line in above)
        return not is_list and len(_bare(dashed[1]).split()) <= _NAME_WORDS
    return bool(above) and _is_team(head)


def _inline(line: str) -> str:
    """ "… on it. Best regards, Support Team": a closing behind the last sentence."""
    found = _inline_pattern().search(fold(line)) if len(fold(line)) == len(line) else None
    if found is None or _HAS_DIGIT.search(line[found.start("off") :]):
        return ""
    return line[found.start("off") :]


@cache
def _inline_pattern() -> re.Pattern[str]:
    closing = "|".join(re.escape(one) for one in by_length(closings.CLOSINGS) if " " in one or len(one) > 6)
    thanks = "|".join(map(re.escape, by_length(closings.THANKS)))
    team = "|".join(map(re.escape, by_length(closings.TEAM)))
    name = r"(?:[^\W\d_]+[ .]?){1,5}"
    return re.compile(
        rf"(?<=[.!?।。؟…])\s+(?P<off>(?:(?:{closing})\s*[,.!\-–—]*\s*(?:{name})?"
        rf"|(?:{thanks})\s*[,\-–—]+\s*(?:[^\W\d_]+ ){{0,3}}(?:{team})"
        rf"|[-—―–]\s*{name})[\s.!*_]*)$"
    )


def _bare(line: str) -> str:
    """Folded, without emoji and edges."""
    return fold("".join(" " if category(char) in _EMOJI else char for char in line)).strip(_EDGES)


def _is_name(line: str) -> bool:
    return 1 <= len(line.split()) <= _NAME_WORDS and not _HAS_DIGIT.search(line) and ":" not in line


def _opens_with(line: str, phrases: frozenset[str]) -> bool:
    """ "best regards, support team": the phrase, a comma or a dash, a name."""
    for mark in (",", " -", " –", " —", " from ", " by "):
        head, found, name = line.partition(mark)
        if found and head.strip(_EDGES) in phrases and _is_name(name.strip(_EDGES)):
            return True
    return False


def _ends_with_team(line: str) -> bool:
    return any(line == team or line.endswith(f" {team}") for team in closings.TEAM)


def _is_team(line: str) -> bool:
    """ "the support team", "team smm king", "your smm panel support"; not "please write to our team"."""
    words = line.split()
    if len(words) > 4:
        return False
    if line in closings.TEAM or words[0] in ("team", "tim", "equipe", "equipo", "команда", "فريق"):
        return len(words) > 1 or line in closings.TEAM
    return words[0] in ("the", "your", "smm", "el", "la", "a", "o", "your's") and _ends_with_team(line)
