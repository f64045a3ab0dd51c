"""Find the command in a message.

1. "!" and an administrator's phrase at the start.
2. No digit: the message is a command only when it is nothing but a phrase and courtesy.
3. Else every phrase is marked, the longest winning where several begin, and choice.py picks one that acts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from botcore.commands.parsing import tokens as t
from botcore.commands.parsing import words as w
from botcore.commands.parsing.choice import (
    TAKES_IDS,
    Match,
    Spelling,
    candidate_phrases,
    choose,
    leading_phrase,
    listed_ids,
    skip,
    suffix_phrase,
)
from botcore.commands.parsing.fold import fold, original_tail
from botcore.commands.parsing.forms import (
    BadArguments,
    CommandForm,
    NotACommand,
    ParsedCommand,
    Parsing,
    Takes,
)

_NOT_A_COMMAND = NotACommand()
_GREETING = NotACommand(greeting=True)

_BANG = re.compile(r"[\s*_~`]*+!++")
_ADMIN_WORD = re.compile(r"[\s_-]*+([^\W_]++)")
_LISTED_ID = re.compile(r"(?:[\s,;|/&#*_~`]|and(?=[\s#]))*+([0-9]++)(?![^\W_]|[.:-][0-9])")
_TAKES_TEXT = frozenset({Takes.TEXT, Takes.ORDER_IDS_AND_TEXT})


class Parser:
    """Built once for a command table, then asked for every message.

    extra_aliases: more spellings by command name. known_numbers: digit strings that are never ids.
    Raises ValueError when two commands share a spelling or an alias names no command.
    """

    def __init__(
        self,
        forms: Iterable[CommandForm],
        *,
        extra_aliases: Mapping[str, Sequence[str]] | None = None,
        id_limit: int = 100,
        known_numbers: Iterable[str] = (),
    ) -> None:
        self._id_limit = id_limit
        self._known_numbers = frozenset(known_numbers)
        self._admin: dict[tuple[str, ...], Spelling] = {}
        customer: dict[tuple[str, ...], Spelling] = {}
        forms = tuple(forms)
        for form in forms:
            for phrase in form.phrases:
                _claim(self._admin if form.admin else customer, form, phrase)
        by_name = {form.name: form for form in reversed(forms)}
        for name, phrases in (extra_aliases or {}).items():
            if name not in by_name:
                raise ValueError(name)
            for phrase in phrases:
                _claim(self._admin if by_name[name].admin else customer, by_name[name], phrase)
        self._longest_admin = max(map(len, self._admin), default=0)
        self._starts = _by_first_word(customer)
        self._vocabulary = frozenset(chain.from_iterable(customer)) | w.BESIDE_AN_ID

    def parse(self, text: str, *, ignore_numbers: frozenset[str] = frozenset()) -> Parsing:
        folded = fold(text)
        ignored = self._known_numbers | ignore_numbers
        if "!" in folded:
            answer = self._parse_admin(text, folded, ignored)
            if answer is not None:
                return answer
        if t.has_digit(folded):
            return self._parse_numbered(text, folded, ignored)
        return self._parse_plain(text, folded)

    # Administrators' commands

    def _parse_admin(self, text: str, folded: str, ignored: frozenset[str]) -> Parsing | None:
        bang = _BANG.match(folded)
        if bang is None:
            return None
        read: list[str] = []
        ends: list[int] = []
        at = bang.end()
        while len(read) < self._longest_admin and (found := _ADMIN_WORD.match(folded, at)):
            read.append(found[1])
            at = found.end()
            ends.append(at)
        for length in range(len(read), 0, -1):
            spelling = self._admin.get(tuple(read[:length]))
            if spelling is not None:
                return self._admin_answer(spelling, text, folded, ends[length - 1], ignored)
        return None

    def _admin_answer(
        self, spelling: Spelling, text: str, folded: str, end: int, ignored: frozenset[str]
    ) -> Parsing | None:
        form = spelling.form
        if form.takes is Takes.TEXT:
            return _with_text(spelling, original_tail(text, end))
        if form.takes is Takes.NOTHING:
            rest = t.cut(folded[end:], known=self._vocabulary, ignored=ignored).words
            if all(w.is_one_of(word, w.COURTESY) for word in rest):
                return ParsedCommand(form.name, phrase=spelling.phrase)
            return None
        return self._ids_then_rest(spelling, text, folded, end, ignored)

    def _ids_then_rest(
        self, spelling: Spelling, text: str, folded: str, end: int, ignored: frozenset[str]
    ) -> Parsing:
        """The list of ids right behind the phrase; all that follows is text or left over."""
        form = spelling.form
        start, ids = end, []
        while found := _LISTED_ID.match(folded, end):
            digits = found[1]
            if digits in ignored or digits[0] == "0" or len(digits) > t.MAX_ID_DIGITS:
                break
            ids.append(int(digits))
            end = found.end()
        unique = tuple(dict.fromkeys(ids))
        if not unique:
            numbered = t.has_digit(folded[start:])
            return BadArguments(form.name, "no_ids_in_numbers" if numbered else "missing_id")
        if len(unique) > self._id_limit:
            return BadArguments(form.name, "too_many_ids", given=len(unique), limit=self._id_limit)
        if form.takes is Takes.ORDER_IDS_AND_TEXT:
            rest = original_tail(text, end).lstrip(".,;:|/&#- \t\n")
            return _with_text(spelling, rest, unique)
        words = t.cut(t.blank_links(folded[end:]), known=self._vocabulary, ignored=ignored).words
        return ParsedCommand(form.name, unique, leftover=_left_over(words), phrase=spelling.phrase)

    # Messages without a digit

    def _parse_plain(self, text: str, folded: str) -> Parsing:
        """Stops at the first word that is neither courtesy nor a phrase: most chatter ends right there."""
        if "@" in folded or "://" in folded:
            folded = t.blank_links(folded)
        words: list[str] = []
        starts = self._starts
        for found in t.cutter_for(folded).finditer(folded):
            word = found[0]
            if word not in starts and word not in w.AROUND_A_QUESTION:
                word = w.unstretched(word, self._vocabulary)
                if word not in starts and word not in w.AROUND_A_QUESTION:
                    return _NOT_A_COMMAND
            if word in starts:
                return self._parse_phrase(text, folded)
            words.append(word)
        greeted = not w.GREETINGS.isdisjoint(words)
        addressed = all(word in w.BEFORE_A_COMMAND for word in words)
        return _GREETING if greeted and addressed else _NOT_A_COMMAND

    def _parse_phrase(self, text: str, folded: str) -> Parsing:
        words = [w.unstretched(word, self._vocabulary) for word in t.cutter_for(folded).findall(folded)]
        matches = self._find(words)
        if not matches:
            return _NOT_A_COMMAND
        opening = skip(words, 0, w.BEFORE_A_COMMAND)
        if matches[0].start == opening and matches[0].form.takes is Takes.TEXT:
            return self._text_answer(matches[0], text, folded)
        asked = False
        at = 0
        for match in (*matches, None):
            for word in words[at : match.start if match else len(words)]:
                if word not in w.AROUND_A_QUESTION and word not in w.BESIDE_AN_ID:
                    return _NOT_A_COMMAND
                asked = asked or word not in w.BESIDE_AN_ID
            at = match.end if match else at
        return self._bare_answer(matches, asked=asked)

    def _bare_answer(self, matches: list[Match], *, asked: bool) -> Parsing:
        """The message is phrases and courtesy only. asked: it is worded as a question."""
        plain = [match for match in matches if match.form.takes is Takes.NOTHING]
        others = [match for match in matches if match.form.takes is not Takes.NOTHING]
        acting = [match for match in others if not match.form.yields]
        if plain:
            if acting or len({match.form.name for match in plain}) > 1:
                return _NOT_A_COMMAND
            return ParsedCommand(plain[0].form.name, phrase=plain[0].spelling.phrase)
        form = (acting or matches)[0].form
        if asked or form.takes not in TAKES_IDS:
            return _NOT_A_COMMAND
        return BadArguments(form.name, "missing_id")

    # Messages with numbers

    def _parse_numbered(self, text: str, folded: str, ignored: frozenset[str]) -> Parsing:
        linked = "/" in folded or "." in folded
        folded = t.blank_links(folded)
        tokens = t.cut(folded, known=self._vocabulary, ignored=ignored)
        words = tokens.words
        if self._starts.keys().isdisjoint(words):
            words[:] = [w.unstretched(word, self._vocabulary) for word in words]
        free = tokens.free_ids()
        matches = self._find(words)
        if not matches:
            if "" not in words:  # the only digits were in a link or a mention
                return self._parse_plain(text, folded)
            return NotACommand(tokens.ids_at(free)) if free else _NOT_A_COMMAND

        leading = leading_phrase(matches, words)
        if leading is not None and leading.form.takes in _TAKES_TEXT:
            if leading.form.takes is Takes.TEXT:
                return self._text_answer(leading, text, folded)
            end = _ends_of_words(folded)[leading.end - 1]
            return self._ids_then_rest(leading.spelling, text, folded, end, ignored)
        listed = listed_ids(leading, matches, tokens) if leading is not None else []
        places = sorted({*free, *listed}) if listed else free
        chosen: Match | None = None
        suffix = suffix_phrase(matches, tokens)
        if suffix is not None:
            chosen, places = suffix
        elif places:
            candidates = candidate_phrases(matches, leading if listed else None, tokens, free)
            chosen, places = choose(
                candidates, places, words, lambda: t.clause_starts(folded, len(words), known=self._vocabulary)
            )
        elif leading is not None and leading.form.takes in TAKES_IDS:
            return _no_id(leading, matches, words, self._vocabulary, link=linked)
        if chosen is None:
            return NotACommand(tokens.ids_at(free)) if free else _NOT_A_COMMAND
        return self._answer(chosen, tokens.ids_at(places), matches, words)

    def _answer(
        self, chosen: Match, order_ids: tuple[int, ...], matches: list[Match], words: list[str]
    ) -> Parsing:
        if len(order_ids) > self._id_limit:
            return BadArguments(chosen.form.name, "too_many_ids", given=len(order_ids), limit=self._id_limit)
        rest = words.copy()
        for match in matches:
            if match.form.name == chosen.form.name or match.form.yields:
                rest[match.start : match.end] = [""] * (match.end - match.start)
        return ParsedCommand(
            chosen.form.name, order_ids, leftover=_left_over(rest), phrase=chosen.spelling.phrase
        )

    # Phrases

    def _find(self, words: list[str]) -> list[Match]:
        """Every phrase in the message, left to right, the longest where several begin."""
        starts = self._starts
        matches: list[Match] = []
        free_from = 0
        for at, word in enumerate(words):
            if word in starts and at >= free_from:
                for spelling in starts[word]:
                    length = len(spelling.words)
                    if length == 1 or words[at : at + length] == spelling.words:
                        free_from = at + length
                        matches.append(Match(at, free_from, spelling, spelling.form))
                        break
        return matches

    def _text_answer(self, match: Match, text: str, folded: str) -> Parsing:
        return _with_text(match.spelling, original_tail(text, _ends_of_words(folded)[match.end - 1]))


def _claim(table: dict[tuple[str, ...], Spelling], form: CommandForm, phrase: str) -> None:
    folded = fold(phrase)
    words = t.cutter_for(folded).findall(folded)
    other = table.setdefault(tuple(words), Spelling(form, phrase, words))
    if not words or other.form.name != form.name:
        raise ValueError(phrase)


def _by_first_word(table: Mapping[tuple[str, ...], Spelling]) -> dict[str, list[Spelling]]:
    starts: dict[str, list[Spelling]] = {}
    for words in sorted(table, key=len, reverse=True):
        starts.setdefault(words[0], []).append(table[words])
    return starts


def _with_text(spelling: Spelling, text: str, order_ids: tuple[int, ...] = ()) -> Parsing:
    if not text:
        return BadArguments(spelling.form.name, "missing_text")
    return ParsedCommand(spelling.form.name, order_ids, text=text, phrase=spelling.phrase)


def _ends_of_words(folded: str) -> list[int]:
    return [found.end() for found in t.cutter_for(folded).finditer(folded)]


def _left_over(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        [
            word
            for at, word in enumerate(words)
            if word
            and not w.is_one_of(word, w.NOT_LEFT_OVER)
            and not (word == "no" and words[at + 1 : at + 2] == [""])
        ]
    )


def _no_id(
    leading: Match, matches: list[Match], words: list[str], vocabulary: frozenset[str], *, link: bool
) -> Parsing:
    """Numbers, but no id: worth an answer when nothing else was said. link: it may have held the numbers."""
    said = [word for word in words if word and word not in w.CURRENCIES and not w.is_one_of(word, vocabulary)]
    if said or any(match.form.takes is Takes.NOTHING for match in matches):
        return _NOT_A_COMMAND
    return BadArguments(leading.form.name, "no_ids_in_numbers" if link or "" in words else "missing_id")
