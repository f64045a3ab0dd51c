"""Which orders a provider's message names, and which of its words are about which.

Suppliers write the verdict behind the ids ("3155 done, 3154 rejected") or before them ("Done: 3155, 3154"), glue it on
("3155-done"), and speak of orders we never asked about. Where the two readings differ nobody is told a guess.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from botcore.domain.answer_rules import classify
from botcore.enums import ProviderAnswer

SHORTEST_OID = 3
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]*")
_GLUED_WORDS = re.compile(r"(?:[-_]+[A-Za-z]+)+$")
_SEVERAL = re.compile(r"\d+(?:[-_]+\d+)+")
# Long enough to be an order of somebody's: what stands behind it is said of that one.
_LIKE_AN_ID = re.compile(r"\d{4,}")
_OTHERS = frozenset({"rest", "other", "others", "remaining"})
_EXCEPT = re.compile(r"\b(?:except|excluding|other than|apart from|but not|all but)\b", re.IGNORECASE)
# Politeness in front of the answer is not the answer.
_PREAMBLE = re.compile(
    r"^\W*(?:(?:ok|okay|okey|sure|noted|yes|hi|hello|hey|sir|bro|dear|roger)\b\W*)+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text names an order. oid: "" for one that we do not know."""

    oid: str
    start: int
    end: int


def ids_in(text: str) -> set[str]:
    """All that may be an order's id at the provider: the database tells which are."""
    return {text[start:end] for token in _TOKEN.finditer(text) for start, end in _readings(token)}


def answers_by_oid(
    text: str, oids: Collection[str], known: Collection[str] = ()
) -> dict[str, ProviderAnswer]:
    """Read what is said of each of these orders. known: more ids of ours, which the text may speak of as well.

    An id shares the words of the ids beside it when it has none of its own. A text that names at most one order is
    about that as a whole, or about all that were asked.
    """
    known = {*oids, *known}
    places = list(_places(text, known))
    if _EXCEPT.search(text) and places:
        return dict.fromkeys(oids, ProviderAnswer.UNCLEAR)
    if len({(place.oid or text[place.start : place.end]) for place in places}) < 2:
        return dict.fromkeys(oids, classify(text))
    if not {place.oid for place in places} & set(oids):
        return dict.fromkeys(oids, classify(text))
    answers: dict[str, ProviderAnswer] = {}
    for place, answer in zip(places, _verdicts(text, places), strict=True):
        is_at_odds = answers.get(place.oid, answer) != answer
        answers[place.oid] = ProviderAnswer.UNCLEAR if is_at_odds else answer
    return {oid: answers.get(oid, ProviderAnswer.UNCLEAR) for oid in oids}


def _readings(token: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The whole token; without the words glued to it; its numbers, when it is nothing else."""
    start, text = token.start(), token[0]
    bare = _GLUED_WORDS.sub("", text)
    for one in dict.fromkeys((text, bare)):
        if len(one) >= SHORTEST_OID:
            yield start, start + len(one)
    if _SEVERAL.fullmatch(bare):
        for number in re.finditer(r"\d{3,}", bare):
            yield start + number.start(), start + number.end()


def _places(text: str, known: Collection[str]) -> Iterator[_Place]:
    for token in _TOKEN.finditer(text):
        spans = [(start, end) for start, end in _readings(token) if text[start:end] in known]
        whole = [span for span in spans if span[0] == token.start()][:1]
        numbers = [span for span in spans if span not in whole]
        found = whole if whole and not _SEVERAL.match(token[0]) else sorted({*whole, *numbers})
        for start, end in found:
            yield _Place(text[start:end], start, end)
        if not found and (_LIKE_AN_ID.search(token[0]) or token[0].casefold() in _OTHERS):
            yield _Place("", token.start(), token.end())


def _verdicts(text: str, places: Sequence[_Place]) -> list[ProviderAnswer]:
    starts = [0, *(place.end for place in places)]
    ends = [*(place.start for place in places), len(text)]
    said = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    words = [classify(_PREAMBLE.sub("", said[0])), *map(classify, said[1:])]
    behind = _shared(words[:0:-1])[::-1]
    before = _shared(words[:-1])
    if words[0] == ProviderAnswer.UNCLEAR:
        return behind
    if words[-1] == ProviderAnswer.UNCLEAR:
        return before
    return [
        one if one == other else ProviderAnswer.UNCLEAR for one, other in zip(behind, before, strict=True)
    ]


def _shared(words: Sequence[ProviderAnswer]) -> list[ProviderAnswer]:
    """Each id's words; one without any takes over those met last."""
    answers: list[ProviderAnswer] = []
    last = ProviderAnswer.UNCLEAR
    for word in words:
        last = last if word == ProviderAnswer.UNCLEAR else word
        answers.append(last)
    return answers
