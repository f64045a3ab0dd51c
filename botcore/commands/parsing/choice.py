"""Of the phrases in a message, the one that acts, and the ids it acts on.

1. A suffix right behind an id; else, of the phrases that may act here, one that does not yield to others;
   of those the nearest before the first id, else the first in the text. May act: phrases allowed anywhere,
   the phrase the message begins with when ids follow it, the phrase right behind ids that begin the message.
2. Ids that another action claims are left to it ("refill 54321, cancel 54322" refills the first only).
3. Negation is not understood: a forbidden action never acts, and when it claims ids nothing acts at all.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from botcore.commands.parsing import tokens as t
from botcore.commands.parsing import words as w
from botcore.commands.parsing.forms import CommandForm, Takes
from botcore.commands.parsing.negation import Negation

TAKES_IDS = frozenset({Takes.ORDER_IDS, Takes.TICKET_ID, Takes.ORDER_IDS_AND_TEXT})


@dataclass(frozen=True, slots=True)
class Spelling:
    form: CommandForm
    phrase: str
    words: list[str]


@dataclass(slots=True)
class Match:
    """A phrase at words[start:end]."""

    start: int
    end: int
    spelling: Spelling
    form: CommandForm


def skip(words: list[str], at: int, skipped: frozenset[str]) -> int:
    while at < len(words) and w.is_one_of(words[at], skipped):
        at += 1
    return at


def leading_phrase(matches: list[Match], words: list[str]) -> Match | None:
    """The phrase the message begins with; "check ticket 5501" begins with "ticket"."""
    at = 0
    leading: Match | None = None
    for match in matches:
        at = skip(words, at, w.BEFORE_A_COMMAND)
        if match.start != at:
            break
        leading = match
        if not match.form.yields:
            break
        at = match.end
    return leading


def listed_ids(leading: Match, matches: list[Match], tokens: t.Tokens) -> list[int]:
    """Places of the ids right behind the leading phrase, however short."""
    words, values = tokens.words, tokens.values
    yielding = {at for match in matches if match.form.yields for at in range(match.start, match.end)}
    places: list[int] = []
    for at in range(leading.end, len(words)):
        if not words[at]:
            if values[at] > 0 and (places or at not in tokens.weak or _stands_for_itself(words, at)):
                places.append(at)
        elif not (at in yielding or w.is_one_of(words[at], w.BETWEEN_IDS if places else w.BESIDE_AN_ID)):
            break
    return places


def _stands_for_itself(words: list[str], at: int) -> bool:
    """Not so in "cancel my 2025 subscription": a short number behind courtesy belongs to what follows it."""
    before, after = words[at - 1], words[at + 1] if at + 1 < len(words) else ""
    return not (before and after) or before not in w.COURTESY or w.is_one_of(after, w.BESIDE_AN_ID)


def suffix_phrase(matches: list[Match], tokens: t.Tokens) -> tuple[Match, list[int]] | None:
    """A suffix phrase right behind an id. Short ids count too when only ids and courtesy stand before it."""
    words, values = tokens.words, tokens.values
    suffixes = [match for match in matches if match.form.suffix]
    if not suffixes:
        return None
    opening = skip(words, 0, w.BESIDE_AN_ID | {""})
    for match in suffixes:
        at = match.start - 1
        while at >= 0 and words[at] and w.is_one_of(words[at], w.BESIDE_AN_ID):
            at -= 1
        if at >= 0 and values[at] > 0:
            if match.start == opening:
                return match, [place for place, value in enumerate(values) if value > 0]
            if at not in tokens.weak:
                return match, tokens.free_ids()
    return None


def candidate_phrases(
    matches: list[Match], leading: Match | None, tokens: t.Tokens, free: list[int]
) -> list[Match]:
    """The phrases that may act in this message. leading: only when ids follow it directly."""
    behind_ids: Match | None = None
    if free:
        opening = skip(tokens.words, 0, w.BESIDE_AN_ID | {""})
        behind_ids = next((match for match in matches if match.start == opening > free[0]), None)
    return [
        match
        for match in matches
        if match.form.takes in TAKES_IDS and (match.form.anywhere or match is leading or match is behind_ids)
    ]


def choose(
    candidates: list[Match], places: list[int], words: list[str], clauses: Callable[[], list[int]]
) -> tuple[Match | None, list[int]]:
    """The phrase that acts, and the places of its ids. clauses: where clauses begin, as places in words."""
    acting = [match for match in candidates if not match.form.yields] or candidates
    if acting and not w.ALL_NEGATORS.isdisjoint(words):
        negation = Negation(words, clauses(), actions={match.start for match in acting})
        forbidden = {match.start for match in acting if negation.forbids(match.start, match.end)}
        ends = [*(match.start for match in acting[1:]), len(words)]
        for match, end in zip(acting, ends, strict=True):
            if match.start in forbidden and bisect_left(places, match.start) < bisect_left(places, end):
                return None, []  # it claims the ids between it and the next phrase
        if any(map(negation.excepts, places)):
            return None, []
        acting = [match for match in acting if match.start not in forbidden]
        candidates = [match for match in candidates if match.start not in forbidden]
    if not acting:
        return None, []
    before = [match for match in acting if match.start < places[0]]
    chosen = before[-1] if before else acting[0]
    return chosen, places if len(candidates) == 1 else _ids_of(chosen, candidates, places)


def _is_noun(match: Match) -> bool:
    return match.form.yields and match.spelling.words[0] in w.ORDER_NOUNS


def _ids_of(chosen: Match, candidates: list[Match], places: list[int]) -> list[int]:
    """Leaves out the ids that another action claims.

    When the phrase stands before the ids, a later phrase claims what follows it; a yielding one does so only
    as a verb ("refill 54321 and check 54322"). When ids stand first, each phrase claims the ids before it.
    """
    back = 1 if chosen.start < places[0] else 0
    if back:
        claims = [match for match in candidates if match.start > places[0] and not _is_noun(match)]
    else:
        claims = [match for match in candidates if not match.form.yields]
    starts = [match.start for match in claims]

    def is_ours(place: int) -> bool:
        index = bisect_left(starts, place) - back
        owner = claims[index] if 0 <= index < len(claims) else chosen
        return owner.form.name == chosen.form.name

    return [place for place in places if is_ours(place)]
