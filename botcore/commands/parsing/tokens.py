"""From folded text to words and numbers, telling ids from every other number.

One regular expression cuts, without backtracking: every repeat is possessive or bounded, and what could be
tried again at each character is fenced by a look-behind. The work grows with the length of the text.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from botcore.commands.parsing import words as w

MAX_ID_DIGITS = 12
SMALLEST_FREE_ID = 1000  # four digits; ids never start with a zero

# After folding: everything that is no letter. Indic vowel signs must stay inside words, hence no \w.
_NO_LETTER = (
    r"\x00-@\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u02c2-\u02df\u060c\u061b\u061f\u06d4\u066a-\u066d"
    r"\u0964\u0965\u0970\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3004\u3008-\u3020\u3030\ud800-\uf8ff"
    r"\ufe10-\ufe6f\ufffc\ufffd\U0001f000-\U0001faff\U000e0000-\U0010ffff"
)
_DIGIT = re.compile("[0-9]")

_LINK = re.compile(
    r"""
      [a-z][a-z0-9+]{1,10}://\S*+                              # scheme
    | (?<![a-z0-9])www\.\S*+
    | (?<![\w.+-])[\w.+-]*+@[\w.-]*+                           # e-mail address, mention
    | (?<![\w.@-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}[:/]\S*+
    | (?<![\w.@-])(?:[\w-]++\.)++(?:                           # host name, then
          [a-z]{2,18}(?:/\S*+|\?\w++=\S*+|:[0-9]++/\S*+)       # a path, or
        | (?:com|net|org|io|in|co|me|info|shop|store|xyz|online|site|pro|biz|app|panel)\b  # a well-known end
      )
    """,
    re.VERBOSE,
)


def _cutter(letter: str, alnum: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
          {letter}{alnum}*+(?:'{alnum}++|_(?=[0-9]){alnum}++)*+
        | \#?[0-9]++(?:[.,:/-][0-9]++)*+(?:{letter}{alnum}*+|[\ \t]*+[%$](?![\ \t]*+[0-9]))?
        | (?<![0-9])\+\(?[0-9]++(?:[\ \t]*+[().-]{{0,2}}[\ \t]*+[0-9]++)*+  # phone, perhaps ids behind it
        | \([0-9]{{2,4}}\)[\ \t]*+[.-]?[\ \t]*+[0-9]++(?:[\ \t]*+[.-][0-9]++)*+
        | \$[\ \t]*+[0-9]++(?:[.,][0-9]++)*+{alnum}*+
        """,
        re.VERBOSE,
    )


_ASCII = _cutter("[a-z]", "[a-z0-9]")
_UNICODE = _cutter(f"[^{_NO_LETTER}]", f"[^{_NO_LETTER.replace('@', '/:-@', 1)}]")

_DATE = re.compile(
    r"[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:19|20)?[0-9]{2}|(?:19|20)[0-9]{2}([/.-])[0-9]{1,2}\2[0-9]{1,2}"
)
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_GLUED = re.compile(r"([^0-9_]+)_?([0-9]+)")
_BODY = re.compile(r"#?([0-9]++(?:[.,:/-][0-9]++)*+)")
_DIGITS = re.compile(r"[0-9]+")
_CLAUSE_END = re.compile(r"[!?;\n।॥۔]|[.,:](?![0-9])|(?<![0-9])[.,:]")

_NO_ID = -1
_YEARS = range(1990, 2050)
_PHONE_TAIL = 9  # digits by which a number with and without its country code are the same


@dataclass(slots=True)
class Tokens:
    """words[i] is "" where a number stands; values[i] is the id there, -1 for another number, 0 for a word.

    weak: places of numbers that are ids only right after a command word: short ones, years.
    """

    words: list[str] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    weak: set[int] = field(default_factory=set)

    def add_word(self, word: str) -> None:
        self.words.append(word)
        self.values.append(0)

    def add_number(self, value: int, *, weak: bool = False) -> None:
        if weak:
            self.weak.add(len(self.words))
        self.words.append("")
        self.values.append(value)

    def free_ids(self) -> list[int]:
        """Places of the ids that are ids anywhere."""
        weak = self.weak
        return [at for at, value in enumerate(self.values) if value > 0 and at not in weak]

    def ids_at(self, places: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys([self.values[at] for at in places]))


def has_digit(folded: str) -> bool:
    return _DIGIT.search(folded) is not None


def cutter_for(folded: str) -> re.Pattern[str]:
    return _ASCII if folded.isascii() else _UNICODE


def blank_links(folded: str) -> str:
    """Links, e-mail addresses and mentions as so many spaces, so that places in the text stay true."""
    if "/" in folded or "." in folded or "@" in folded:
        return _LINK.sub(lambda found: " " * len(found[0]), folded)
    return folded


def cut(folded: str, *, known: Container[str], ignored: frozenset[str]) -> Tokens:
    """known: words that may be glued to an id ("refill54321"). ignored: digit strings that are never ids."""
    return _Reading(folded, known, ignored).read()


def clause_starts(folded: str, count: int, *, known: Container[str]) -> list[int]:
    """At which words clauses begin; none when that cannot be told. count: words in the whole text."""
    starts, seen = [], 0
    for clause in _CLAUSE_END.split(folded):
        seen += len(cut(clause, known=known, ignored=frozenset()).words)
        starts.append(seen)
    return starts if seen == count else []


class _Reading:
    """One pass over one text."""

    __slots__ = ("_ignored", "_ignored_tails", "_known", "_raw", "_tokens")

    def __init__(self, folded: str, known: Container[str], ignored: frozenset[str]) -> None:
        self._raw: list[str] = cutter_for(folded).findall(folded)
        self._known = known
        self._ignored = ignored
        self._ignored_tails = {number[-_PHONE_TAIL:] for number in ignored if len(number) >= _PHONE_TAIL}
        self._tokens = Tokens()

    def read(self) -> Tokens:
        tokens = self._tokens
        words, values = tokens.words, tokens.values
        for at, token in enumerate(self._raw):
            first = token[0]
            if first > "@":
                if token[-1] > "9":
                    words.append(token)
                    values.append(0)
                else:
                    self._mixed_word(token)
            elif token.isdigit():
                self._number(token, before=self._word_at(at - 1), after=self._unit_after(at))
            elif first == "+":
                self._international_phone(token)
            elif first == "(":
                self._numbers_or_phone(_DIGITS.findall(token))
            elif first == "$":
                tokens.add_number(_NO_ID)
            else:
                self._compound(token, at)
        return tokens

    def _word_at(self, at: int) -> str:
        return self._raw[at] if 0 <= at < len(self._raw) else ""

    def _unit_after(self, at: int) -> str:
        """The next word; but in "54321 rs 500" the currency is the other number's."""
        after = self._word_at(at + 1)
        if after in w.CURRENCIES and self._word_at(at + 2)[:1].isdigit():
            return ""
        return after

    def _number(self, digits: str, *, before: str = "", after: str = "", hashed: bool = False) -> None:
        if digits[0] == "0" or len(digits) > MAX_ID_DIGITS or self._is_ignored(digits):
            self._tokens.add_number(_NO_ID)
            return
        value = int(digits)
        small = value < SMALLEST_FREE_ID
        if not hashed and (
            (after in w.COUNTED and (small or value % 100 == 0))
            or after in w.CURRENCIES
            or before in w.CURRENCIES
            or ((value <= 31 or value in _YEARS) and (before in w.MONTHS or after in w.MONTHS))
        ):
            self._tokens.add_number(_NO_ID)
            return
        year = value in _YEARS and not hashed and before not in w.SAYS_ID_FOLLOWS
        self._tokens.add_number(value, weak=small or year)

    def _is_ignored(self, digits: str) -> bool:
        return digits in self._ignored or (
            len(digits) >= _PHONE_TAIL and digits[-_PHONE_TAIL:] in self._ignored_tails
        )

    def _mixed_word(self, token: str) -> None:
        glued = _GLUED.fullmatch(token)
        if glued is None or not (glued[1] in self._known or glued[1] in w.CURRENCIES):
            self._tokens.add_word(token)
            return
        self._tokens.add_word(glued[1])
        self._number(glued[2], before=glued[1])

    def _compound(self, token: str, at: int) -> None:
        body_match = _BODY.match(token)
        if body_match is None:
            return
        body, tail = body_match[1], token[body_match.end() :]
        after = self._unit_after(at)
        if tail:
            if tail[-1] in "%$" or tail in w.COUNTED or tail in w.CURRENCIES:
                self._tokens.add_number(_NO_ID)
                return
            if tail not in self._known:
                self._tokens.add_word(token)
                return
            after = tail
        if _THOUSANDS.fullmatch(body) and ("." in body or after in w.CURRENCIES or after in w.COUNTED):
            self._tokens.add_number(_NO_ID)
        else:
            self._pieces(body, before=self._word_at(at - 1), after=after, hashed=token[0] == "#")
        if tail:
            self._tokens.add_word(tail)

    def _pieces(self, body: str, *, before: str, after: str, hashed: bool) -> None:
        """ "54321,54322/54323": commas and slashes part ids, unless they part a date."""
        pieces = body.split(",")
        last = len(pieces) - 1
        for at, piece in enumerate(pieces):
            if piece.isdigit():
                self._number(
                    piece, before=before if at == 0 else "", after=after if at == last else "", hashed=hashed
                )
            elif _DATE.fullmatch(piece):
                self._tokens.add_number(_NO_ID)
            else:
                for part in piece.split("/"):
                    self._part(part)

    def _part(self, part: str) -> None:
        if "." in part or _DATE.fullmatch(part) or _TIME.fullmatch(part):
            self._tokens.add_number(_NO_ID)
        elif ":" in part:
            for number in part.replace("-", ":").split(":"):
                self._number(number)
        else:
            self._numbers_or_phone(part.split("-"))

    def _numbers_or_phone(self, groups: list[str]) -> None:
        """ "987-654-3210" is a phone; "54321-54322" are neighbours, hence two ids."""
        neighbours = len({(len(group), group[:2]) for group in groups}) == 1 and len(groups[0]) > 4
        if len(groups) > 1 and not neighbours and 10 <= sum(map(len, groups)) <= 15:
            self._tokens.add_number(_NO_ID)
            return
        for group in groups:
            self._number(group)

    def _international_phone(self, token: str) -> None:
        """The phone ends with the group that completes ten digits; short groups behind still belong to it."""
        taken = 0
        for group in _DIGITS.findall(token):
            if taken < 10 or (len(group) < 4 and taken + len(group) <= 15):
                taken += len(group)
            else:
                taken = 99
                self._number(group)
        self._tokens.add_number(_NO_ID)
