"""The facts in a text, however its numbers, dates and links are written: what the guard compares.

A text of ours writes numbers the English way (1,204 and 0.90); a model may write them as its language does (1.204).
Hence two readings: `read` takes ours strictly, and a candidate's number comes with every value it may mean.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from botcore.ai.lexicon import by_length, quantities
from botcore.commands.parsing import fold

Kind = Literal["number", "status", "link", "date", "contact"]
_Hold = Callable[[Kind, str], str]

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_LINK = re.compile(
    r"""(?ix)
      [a-z][a-z0-9+.-]{1,10}://[^\s*~`<>"]+
    | (?<![\w@.-])www\.[^\s*~`<>"]+
    | (?<![\w@.-])(?:[\w-]{1,63}\.)+(?:
          [a-z]{2,18}/[^\s*~`<>"]+
        | (?:com|net|org|info|shop|store|xyz|online|site|biz|app|panel|io|gg|ru)(?![\w-])
      )
    """
)
_CONTACT = re.compile(r"(?i)(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]+|(?<![\w/])@[a-z0-9_.]{3,}")
_LINK_END = ".,;:!?)]}'\"_"
_THIN = re.compile("(?<=\\d)[\u00a0\u202f\u2009\u2007'’](?=\\d{3}(?!\\d))")
_SIGNS = {"R$": " brl ", "US$": " usd ", "$": " usd ", "€": " eur ", "£": " gbp ", "₹": " inr ", "₨": " rs "}
_SIGNS |= {
    "৳": " bdt ",
    "₺": " tl ",
    "₽": " rub ",
    "₦": " ngn ",
    "₱": " php ",
    "₫": " vnd ",
    "₸": " kzt ",
    "₴": " uah ",
}
_SIGN = re.compile("|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)))
_LIRA = re.compile(r"(?<=\d)\s?TRY\b")

_HELD = "\ue000"  # stands where a link, a contact or a date was
_MONTH = "|".join(re.escape(word) for word in by_length(quantities.MONTHS))
_DATES = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<![\d./])(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>(?:19|20)\d\d)(?![\d/])"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|º)?(?:\s+(?:de|of))?\s*-?(?P<name>{_MONTH})\.?"
        rf"(?:\s*(?:,|de|del)?\s*(?P<y>(?:19|20)\d\d))?(?!\w)"
    ),
    re.compile(
        rf"(?<!\w)(?P<name>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>(?:19|20)\d\d))?(?![\w:]|[.,]\d)"
    ),
)
_NUMBER = re.compile(
    r"(?P<time>(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d))"
    r"|(?P<sign>(?:(?<=\s)|(?<=^)|(?<=[(:]))-\s?)?(?P<body>\d+(?:[.,]\d+)*)(?P<tail>[a-z]{1,3}(?![a-z])|\s?%)?"
)
_WORD_AFTER = re.compile(r"[ \t*_~]*([^\W\d_]+)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[ \t*_~]*$")
_IDS = re.compile(r"\d{4,12}(?:,\d{4,12})+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d+)?")
_GROUPED_ABROAD = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_MAGNITUDES = frozenset({"k", "kk", "m", "b", "mn", "bn"})

_STATUS = {
    "in progress": "in progress", "in-progress": "in progress",
    "inprogress": "in progress", "in_progress": "in progress",
    "pending": "pending", "processing": "processing", "completed": "completed", "partial": "partial",
    "canceled": "canceled", "cancelled": "canceled", "awaiting": "awaiting", "rejected": "rejected",
    "fail": "fail", "failed": "fail", "error": "error", "answered": "answered", "closed": "closed",
}  # fmt: skip
# Common words as well: a status only where they are written as one.
_ONLY_CAPITALISED = frozenset({"fail", "error", "answered", "closed", "awaiting"})
_STATUSES = re.compile(rf"(?<![^\W_])(?:{'|'.join(by_length(_STATUS))})(?![^\W_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """value: as `read` sees it; others: further values a model's spelling may mean. plain: digits without groups.
    units, currencies: what stands beside a number."""

    kind: Kind
    value: str
    others: frozenset[str] = frozenset()
    plain: bool = False
    units: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()

    @property
    def values(self) -> frozenset[str]:
        return self.others | {self.value}


@dataclass(slots=True)
class Facts:
    """lines: the facts of each line, in order. strong: statuses written as such. odd: characters that count like
    digits (Ⅻ, ⑤, ½) and are no digits."""

    lines: list[list[Fact]] = field(default_factory=list)
    labels: dict[str, frozenset[str]] = field(default_factory=dict)
    strong: set[str] = field(default_factory=set)
    odd: Counter[str] = field(default_factory=Counter)

    def all(self, kind: Kind) -> list[Fact]:
        return [fact for line in self.lines for fact in line if fact.kind == kind]

    @property
    def ids(self) -> set[str]:
        """Numbers that can only be an order's or a ticket's: plain, four to twelve digits, counting nothing."""
        return {
            fact.value
            for fact in self.all("number")
            if fact.plain and 4 <= len(fact.value) <= 12 and not fact.units and not fact.currencies
        }


def read(text: str) -> Facts:
    """Pure and quick: the work grows with the length of the text."""
    facts = Facts()
    text = _THIN.sub("", _INVISIBLE.sub("", text))
    facts.odd = Counter(char for char in text if char.isnumeric() and not char.isdecimal())
    facts.strong = {_STATUS[found[0].lower()] for found in _STATUSES.finditer(text) if found[0][0].isupper()}
    for line in text.split("\n"):
        found = _read_line(line, facts.strong)
        facts.lines.append(found)
        label, colon, _ = line.partition(":")
        numbers = frozenset(
            value for fact in found if fact.kind in ("number", "date") for value in fact.values
        )
        if colon and numbers and len(label) <= 40:
            facts.labels[fold(label).strip(" *_-•")] = numbers
    return facts


def _read_line(line: str, strong: set[str]) -> list[Fact]:
    held: list[Fact] = []

    def hold(kind: Kind, value: str) -> str:
        held.append(Fact(kind, value))
        return f" {_HELD}{chr(0xE100 + len(held) - 1)} "

    line = _LINK.sub(lambda found: _held_link(found[0], hold), line.replace(_HELD, " "))
    line = _CONTACT.sub(lambda found: hold("contact", found[0].lower().rstrip(".")), line)
    line = _SIGN.sub(lambda found: _SIGNS[found[0]], _LIRA.sub(" lira", line))
    folded = fold(line)
    for pattern in _DATES:
        folded = pattern.sub(lambda found: _held_date(found, hold), folded)
    found: list[tuple[int, Fact]] = []
    for mark in re.finditer(f"{_HELD}(.)", folded):
        found.append((mark.start(), held[ord(mark[1]) - 0xE100]))
    for match in _STATUSES.finditer(folded):
        status = _STATUS[match[0]]
        if status not in _ONLY_CAPITALISED or status in strong:
            found.append((match.start(), Fact("status", status)))
    found += _numbers(folded)
    return [fact for _, fact in sorted(found, key=lambda one: one[0])]


def _held_link(link: str, hold: _Hold) -> str:
    kept = link.rstrip(_LINK_END)
    _, mark, rest = kept.partition("://")
    host, slash, path = (rest if mark else kept).partition("/")
    # Paths are told apart by case; a lone slash at the end and the scheme of a bare name are not.
    value = f"{host.lower().removeprefix('www.')}{slash if path else ''}{path}"
    return hold("link", value) + link[len(kept) :]


def _held_date(found: re.Match[str], hold: _Hold) -> str:
    parts = found.groupdict()
    month = quantities.MONTHS[parts["name"]] if parts.get("name") else int(parts["m"])
    day, year = int(parts["d"]), parts["y"] or "any"
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return hold("date", f"{year}-{month:02}-{day:02}")


def _numbers(folded: str) -> Iterator[tuple[int, Fact]]:
    for found in _NUMBER.finditer(folded):
        if found["time"]:
            yield found.start(), Fact("number", found["time"])
            continue
        body, tail = found["body"], (found["tail"] or "").strip()
        if _IDS.fullmatch(body):
            yield from ((found.start(), Fact("number", one, plain=True)) for one in body.split(","))
            continue
        sign = "-" if found["sign"] else ""
        suffix = tail if tail in _MAGNITUDES or tail == "%" else ""
        value, *others = (f"{sign}{one}{suffix}" for one in _values(body))
        beside = {tail} if tail else set()
        if after := _WORD_AFTER.match(folded, found.end()):
            beside.add(after[1])
            if after[1] in quantities.MULTIPLIERS:
                value, others = f"{value} {after[1]}", []
        before = _WORD_BEFORE.search(folded, max(0, found.start() - 24), found.start())
        money = beside | ({before[1]} if before else set())
        yield (
            found.start(),
            Fact(
                "number",
                value,
                frozenset(others),
                plain=body.isdigit() and not suffix and not sign,
                units=frozenset(quantities.UNITS[word] for word in beside if word in quantities.UNITS),
                currencies=frozenset().union(
                    *(quantities.CURRENCIES[word] for word in money if word in quantities.CURRENCIES)
                ),
            ),
        )


def _values(body: str) -> list[str]:
    """What the digits mean: our way first, then the other way a reader of another language might write it."""
    if body.isdigit():
        return [body]
    if _GROUPED.fullmatch(body):
        return [_plain(body.replace(",", ""))]
    values = []
    if body.count(".") == 1 and "," not in body:
        values.append(_plain(body))
    if _GROUPED_ABROAD.fullmatch(body):
        values.append(_plain(body.replace(".", "").replace(",", ".")))
    elif body.count(",") == 1 and "." not in body:
        values.append(_plain(body.replace(",", ".")))
    return values or [body]


def _plain(number: str) -> str:
    """One spelling of a decimal: no zeros behind. A zero in front makes it another one: it is kept."""
    return number.rstrip("0").rstrip(".") if "." in number else number
