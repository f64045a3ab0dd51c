"""The "dirty command": a command with an id, and around it somebody who has had enough (G29).

By lexicon, in the parser's own spelling (`fold`), without a model and without Django: the same words score the same
everywhere. Courtesy, urgency and plain reasons ("it dropped") do not count as anger. Words that neither feelings nor
plain reasons explain are counted: they are what a model may be asked about (mood.py).
"""

import re
from dataclasses import dataclass
from functools import cache

from botcore.ai.lexicon import feelings, plain
from botcore.commands.parsing import ParsedCommand, fold
from botcore.commands.parsing import words as parser_words

THRESHOLD = 1.0
# Below the threshold, yet worth a second opinion.
UNSURE = 0.5
# So many words without an explanation are worth it, too.
STRANGE = 2
_STRONG, _COMPLAINT, _MEDIUM, _MILD = 2.0, 1.0, 0.5, 0.25
_MARKS, _SIGN, _SPAN, _SHOUTING = 0.5, 1.0, 0.5, 0.5
_LOOKED_AT = 2000
_LONGEST_PHRASE = 4
_WORD = re.compile(
    r"\d+|(?:[^\W\d_]|[\u0900-\u0903\u093a-\u094f\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7]|'(?=\w))+"
)
_LOUD_MARKS = re.compile(r"[!?؟]{2,}|(?:[!?؟]\s){2,}[!?؟]")
_NTH = re.compile(r"(?<!\d)\d{1,2}(?:st|nd|rd|th)(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Frustration:
    """score: 1 and more is dirty. words: what it rests on, folded; of the lexicon, never of the customer's own text.
    strange: how many words beyond the command nothing explains."""

    is_dirty: bool
    score: float
    words: tuple[str, ...] = ()
    strange: int = 0

    @property
    def is_unsure(self) -> bool:
        """Not dirty by these words, though not surely calm either: where a second opinion may be asked."""
        return not self.is_dirty and (self.score >= UNSURE or self.strange >= STRANGE)


_NONE = Frustration(is_dirty=False, score=0.0)


def frustration(parsed: ParsedCommand, text: str) -> Frustration:
    """How upset the sender of this command is. Commands without an id and the team's own are never dirty."""
    if not parsed.order_ids or parsed.name.startswith("!"):
        return _NONE
    signs = tuple(sorted(set(text) & feelings.ANGRY_SIGNS))
    if not parsed.leftover and not signs:
        return _NONE
    text = text[:_LOOKED_AT]
    stream = _Stream(text, parsed)
    score = stream.score() + _SIGN * bool(signs)
    if score > 0:  # emphasis makes feelings louder; it is none by itself
        score += _MARKS * bool(_LOUD_MARKS.search(text)) + _SHOUTING * _is_shouted(text, parsed)
    return Frustration(score >= THRESHOLD, score, (*stream.found, *signs), stream.strange())


class _Stream:
    """The words of a message in order, those of the command itself taken out of the count."""

    def __init__(self, text: str, parsed: ParsedCommand) -> None:
        self.found: list[str] = []
        folded = _NTH.sub("third", fold(text))
        self._words = [_known(word) for word in _WORD.findall(folded)]
        self._counts = self._mark(parsed)

    def score(self) -> float:
        self._take(feelings.CALM, 0.0)
        total = self._take(feelings.STRONG, _STRONG)
        total += self._take(feelings.COMPLAINT, _COMPLAINT)
        total += self._spans()
        total += self._take(feelings.MEDIUM, _MEDIUM)
        return total + min(self._take(feelings.MILD, _MILD), 3 * _MILD)

    def strange(self) -> int:
        """How many different words beyond the command are left when what the lexicons know is taken out."""
        left = {word for word, counts in zip(self._words, self._counts, strict=True) if counts}
        return len({word for word in left if word and not word.isdigit()} - plain.PLAIN)

    def _mark(self, parsed: ParsedCommand) -> list[bool]:
        """A word counts when it is left over; courtesy counts inside a phrase ("kab tak", "my money")."""
        left = {_known(word) for word in parsed.leftover}
        return [word in left for word in self._words]

    def _take(self, phrases: frozenset[str], weight: float) -> float:
        """Score every phrase found and use up its words, the longest first."""
        total = 0.0
        words = self._words
        for length in range(_LONGEST_PHRASE, 0, -1):
            for at in range(len(words) - length + 1):
                place = slice(at, at + length)
                phrase = " ".join(words[place])
                if phrase in phrases and "" not in words[place] and any(self._counts[place]):
                    self.found.append(phrase) if weight else None
                    words[place] = [""] * length
                    total += weight
        return total

    def _spans(self) -> float:
        """ "since 3 days", "3 din se", "10 times": more than half a complaint with a word of lasting beside it."""
        words = self._words
        total = 0.0
        for at in range(len(words) - 1):
            is_count = words[at].isdigit() and len(words[at]) <= 3
            if is_count and words[at + 1] in feelings.SPANS:
                near = {*words[max(0, at - 3) : at], *words[at + 2 : at + 4]}
                lasts = words[at + 1] in feelings.OFTEN or not feelings.SINCE.isdisjoint(near)
                total += _SPAN + _SPAN * lasts
                self.found.append(words[at + 1])
                words[at : at + 2] = ["", ""]
        return total


def _is_shouted(text: str, parsed: ParsedCommand) -> bool:
    letters = [char for char in text if char.isalpha() and char.lower() != char.upper()]
    return (
        len(letters) >= 16
        and len(parsed.leftover) >= 2
        and sum(map(str.isupper, letters)) > 0.7 * len(letters)
    )


def _known(word: str) -> str:
    """ "whyyyy" as "why", "scammmm" as "scam"."""
    return parser_words.unstretched(word, _vocabulary())


@cache
def _vocabulary() -> frozenset[str]:
    lists = (
        feelings.STRONG,
        feelings.COMPLAINT,
        feelings.MEDIUM,
        feelings.MILD,
        feelings.CALM,
        feelings.SPANS,
    )
    return frozenset(word for phrases in lists for phrase in phrases for word in phrase.split())
