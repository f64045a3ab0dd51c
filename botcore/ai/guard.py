"""The fact guard: what a model wrote is sent only when it says what the plain text says, no more and no less.

Everything is compared after folding: digits of any script, accents, invisible marks. Wrong alarms cost a livelier
wording; what slips through costs a customer. In doubt it objects.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from botcore.ai import sign_off
from botcore.ai.facts import Fact, Facts, read
from botcore.ai.lexicon import by_length, claims, quantities
from botcore.commands.parsing import fold

LONGEST_FACTOR, LONGEST_EXTRA = 3, 400
_SHINGLE_WORDS = 8
_SHORTEST_ECHO = 15
# Shorter names are looked for as words only: as part of others they would be found everywhere.
_SQUASHABLE = 6
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")
_WORDS = re.compile(r"[^\W_]+")
_MARKUP = re.compile(r"</?[a-z_]{3,}>|```|\{\s*\"|\[\[|\ue000")


@dataclass(frozen=True, slots=True)
class Violation:
    """code: stable, for logs and counts; detail: what was found, for eyes only (it may quote the text)."""

    code: str
    detail: str = ""


def violations(
    source: str,
    candidate: str,
    *,
    forbidden: Collection[str] = (),
    prompt: str = "",
    customer_text: str = "",
    may_omit: bool = False,
    max_chars: int | None = None,
) -> list[Violation]:
    """What is wrong with a candidate for the source; empty when it may be sent. forbidden: names that must not
    appear. prompt: the instructions, of which nothing may be quoted. customer_text: not to be said back. may_omit:
    facts may be left out (an answer to a question), else all must be there. max_chars: 3 x the source + 400 unless
    given."""
    if not candidate.strip():
        return [Violation("empty")]
    limit = max_chars or LONGEST_FACTOR * len(source) + LONGEST_EXTRA
    if len(candidate) > limit:
        return [Violation("too_long", str(len(candidate)))]
    ours = read(source)
    theirs = read(_joined(candidate, ours))
    return [
        *_numbers(ours, theirs, may_omit=may_omit),
        *_sets(ours, theirs, may_omit=may_omit),
        *_statuses(ours, theirs, may_omit=may_omit),
        *_labels(ours, theirs),
        *_bindings(ours, theirs, may_omit=may_omit),
        *_wording(fold(source), fold(candidate), ours),
        *_names(source, candidate, forbidden),
        *_inside(source, candidate, prompt),
        *_echo(source, candidate, customer_text),
        *([Violation("sign_off")] if sign_off.find(candidate) and not sign_off.find(source) else []),
    ]


# Numbers


def _joined(candidate: str, ours: Facts) -> str:
    """ "1 204" as "1204" where our text has that count: many languages part groups by a space."""
    counts = {fact.value for fact in ours.all("number")} - ours.ids

    def join(found: re.Match[str]) -> str:
        joined = fold(found[0]).replace(" ", "")
        return joined if joined in counts else found[0]

    return _SPACED.sub(join, candidate)


def _numbers(ours: Facts, theirs: Facts, *, may_omit: bool) -> Iterable[Violation]:
    if new := theirs.odd - ours.odd:
        yield Violation("number_new", "".join(new))
    known = {fact.value: fact for fact in ours.all("number")}
    beside: dict[str, list[Fact]] = defaultdict(list)
    for fact in ours.all("number"):
        beside[fact.value].append(fact)
    counts, plain = Counter(fact.value for fact in ours.all("number")), Counter[str]()
    said: Counter[str] = Counter()
    for fact in theirs.all("number"):
        value = _same(fact, known)
        if value is None:
            yield Violation("number_new", fact.value)
            continue
        said[value] += 1
        plain[value] += fact.plain
        yield from _beside(fact, beside[value])
    if may_omit:
        return
    ids = ours.ids
    for value, count in counts.items():
        if not said[value]:
            yield Violation("id_missing" if value in ids else "number_missing", value)
        # More often than ours says it, another number may have been changed into it. The only id may be repeated.
        elif said[value] > count and not (ids == {value} and said[value] - plain[value] <= 0):
            yield Violation("number_repeated", value)


def _same(fact: Fact, known: Mapping[str, Fact]) -> str | None:
    """The number of ours that this one is, as it is written or as its language would write it."""
    for value in (fact.value, *sorted(fact.others)):
        if value in known:
            # An id is copied and pasted: it must not be parted.
            parted = known[value].plain and len(value) > 4 and not fact.plain
            return None if parted else value
    return None


def _beside(fact: Fact, ours: list[Fact]) -> Iterable[Violation]:
    """What stands beside the number: its unit of time and its currency."""
    units = frozenset().union(*(one.units for one in ours))
    if fact.units and not fact.units & units:
        yield Violation("unit_changed", fact.value)
    priced = [one for one in ours if one.currencies]
    if fact.currencies and not any(fact.currencies & one.currencies for one in priced):
        yield Violation("currency_changed", fact.value)
    if not fact.currencies and len(priced) == len(ours):
        yield Violation("currency_missing", fact.value)


# Links, dates, contacts, statuses


def _sets(ours: Facts, theirs: Facts, *, may_omit: bool) -> Iterable[Violation]:
    for kind in ("link", "date", "contact"):
        mine = {fact.value for fact in ours.all(kind)}
        said = {fact.value for fact in theirs.all(kind)}
        yield from (Violation(f"{kind}_new", value) for value in sorted(said - mine))
        if not may_omit:
            yield from (Violation(f"{kind}_missing", value) for value in sorted(mine - said))


def _statuses(ours: Facts, theirs: Facts, *, may_omit: bool) -> Iterable[Violation]:
    mine = {fact.value for fact in ours.all("status")}
    said = {fact.value for fact in theirs.all("status")}
    yield from (Violation("status_new", status) for status in sorted(said - mine))
    if not may_omit:
        yield from (Violation("status_missing", status) for status in sorted((mine & ours.strong) - said))


def _labels(ours: Facts, theirs: Facts) -> Iterable[Violation]:
    """Where a line keeps its label it keeps its numbers: "Remains: 300" must not become "Remains: 1,000"."""
    for label, values in theirs.labels.items():
        if label in ours.labels and not values & ours.labels[label]:
            yield Violation("label_changed", label)


# Which fact belongs to which order


@dataclass(slots=True)
class _Bound:
    """facts: of each id; loose: of no id in particular."""

    facts: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    loose: set[tuple[str, str]] = field(default_factory=set)


def _bindings(ours: Facts, theirs: Facts, *, may_omit: bool) -> Iterable[Violation]:
    """With several orders in the text, each must keep its own status and numbers."""
    ids = ours.ids
    if len(ids) < 2:
        return
    known = {fact.value: fact for fact in ours.all("number")}
    mine, said = _bind(ours, ids, known), _bind(theirs, ids, known)
    stray = said.loose - mine.loose
    yield from (Violation("unbound", f"{kind} {value}") for kind, value in sorted(stray))
    for pk, facts in said.facts.items():
        for kind, value in sorted(facts - mine.facts[pk] - mine.loose):
            yield Violation("mixed_up", f"{pk}: {kind} {value}")
        if not may_omit:
            gone = {one for one in mine.facts[pk] - facts - said.loose if one[0] == "status"}
            yield from (Violation("mixed_up", f"{pk}: no {value}") for _, value in sorted(gone))


def _bind(facts: Facts, ids: set[str], known: Mapping[str, Fact]) -> _Bound:
    """A line that begins with an id says the rest of it of the id before; one that begins with a fact says it of the
    id behind. A line without an id goes on about the last one."""
    bound = _Bound()
    run: list[str] = []
    for line in facts.lines:
        tokens = [_token(fact, ids, known) for fact in line]
        said_first = bool(tokens) and tokens[0][0] != "id" and any(kind == "id" for kind, _ in tokens)
        waiting: set[tuple[str, str]] = set()
        before = "fact"
        for kind, value in tokens:
            if kind == "id":
                run = [*run, value] if before == "id" else [value]
                bound.facts[value] |= waiting
                before = "id"
                continue
            if said_first:
                waiting = {(kind, value)} if before == "id" else waiting | {(kind, value)}
            elif run:
                for pk in run:
                    bound.facts[pk].add((kind, value))
            else:
                bound.loose.add((kind, value))
            before = "fact"
        if said_first and before == "fact":  # "Completed: 54322 (0 left)"
            for pk in run:
                bound.facts[pk] |= waiting
    return bound


def _token(fact: Fact, ids: set[str], known: Mapping[str, Fact]) -> tuple[str, str]:
    if fact.kind != "number":
        return fact.kind, fact.value
    value = _same(fact, known) or fact.value
    return ("id", value) if value in ids else ("number", value)


# Words


def _wording(ours: str, theirs: str, facts: Facts) -> Iterable[Violation]:
    statuses = {fact.value for fact in facts.all("status")}
    stated = {claim for claim, pattern in _claims().items() if pattern.search(ours)}
    for claim, pattern in _claims().items():
        licensed = (
            claim in stated
            or claims.LICENSED_BY_CLAIM.get(claim) in stated
            or claims.LICENSED_BY_STATUS.get(claim) in statuses
        )
        if not licensed and (found := pattern.search(theirs)):
            yield Violation(f"claims_{claim}", found[0])
    for topic, pattern in _topics().items():
        if (found := pattern.search(theirs)) and not pattern.search(ours):
            yield Violation(f"promises_{topic}", found[0])
    for found in _times().finditer(theirs):
        if found[0] not in ours:
            yield Violation("time_new", found[0])


def _names(source: str, candidate: str, forbidden: Collection[str]) -> Iterable[Violation]:
    ours, theirs = _words_of(source), _words_of(candidate)
    for name in forbidden:
        words = _words_of(name)
        if len(words) > 1 and words[-1] in ("com", "net", "org", "io", "in", "co", "shop", "panel", "pro"):
            words = words[:-1]
        squashed = "".join(words)
        if words and _names_it(words, squashed, theirs) and not _names_it(words, squashed, ours):
            yield Violation("forbidden_name", name)


def _names_it(words: list[str], squashed: str, text: list[str]) -> bool:
    if len(squashed) >= _SQUASHABLE and squashed in "".join(text):
        return True
    return any(text[at : at + len(words)] == words or text[at] == squashed for at in range(len(text)))


def _inside(source: str, candidate: str, prompt: str) -> Iterable[Violation]:
    """The prompt or the machinery showing through."""
    folded = fold(candidate)
    if (found := _leaks().search(folded)) and not _leaks().search(fold(source)):
        yield Violation("leak", found[0])
    elif (mark := _MARKUP.search(folded)) and mark[0] not in fold(source):
        yield Violation("leak", mark[0])
    elif prompt and _shingles(candidate) & (_shingles(prompt) - _shingles(source)):
        yield Violation("leak", "prompt")


def _echo(source: str, candidate: str, customer_text: str) -> Iterable[Violation]:
    """The customer's own words as our reply: whatever they are, we did not say them."""
    said = " ".join(_words_of(customer_text))
    ours, theirs = " ".join(_words_of(source)), " ".join(_words_of(candidate))
    if len(said) >= _SHORTEST_ECHO and said in theirs and said not in ours:
        yield Violation("echo")


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _words_of(text)
    return {tuple(words[at : at + _SHINGLE_WORDS]) for at in range(len(words) - _SHINGLE_WORDS + 1)}


def _words_of(text: str) -> list[str]:
    return _WORDS.findall(fold(text))


@cache
def _claims() -> dict[str, re.Pattern[str]]:
    return {claim: _any_of(found) for claim, found in claims.DONE.items()}


@cache
def _topics() -> dict[str, re.Pattern[str]]:
    return {topic: _any_of(found) for topic, found in claims.TOPICS.items()}


@cache
def _leaks() -> re.Pattern[str]:
    return _any_of(claims.LEAKS)


@cache
def _times() -> re.Pattern[str]:
    numbers = "|".join(map(re.escape, by_length(quantities.NUMBER_WORDS)))
    units = "|".join(re.escape(unit) for unit in by_length(quantities.UNITS) if len(unit) > 1)
    return re.compile(rf"(?<!\w)(?:{numbers})\s+(?:{units})(?!\w)|{_any_of(quantities.DAY_WORDS).pattern}")


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """ASCII phrases as whole words. Other scripts hang particles on their words, so anywhere in them."""
    phrases = by_length(phrases)
    latin = "|".join(re.escape(phrase) for phrase in phrases if phrase.isascii())
    others = [re.escape(phrase) for phrase in phrases if not phrase.isascii()]
    return re.compile("|".join([rf"(?<!\w)(?:{latin})(?!\w)", *others]))
