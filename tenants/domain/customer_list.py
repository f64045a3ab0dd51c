"""A list of customers as people keep it: a spreadsheet's export, or lines pasted from a chat. Read, nothing stored."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tenants.domain import phones
from tenants.errors import InvalidPhone, UnreadableList

MAX_ROWS = 5_000
MAX_BYTES = 512 * 1024
LONGEST_NAME = 100

_PHONE_HEADS = frozenset(
    ("phone", "phonenumber", "number", "whatsapp", "whatsappnumber", "mobile", "tel", "telephone", "jid")
)
_NAME_HEADS = frozenset(("username", "user", "panelusername", "paneluser", "login", "account", "customer"))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
_JID = re.compile(r"\+?(\d{5,20})(?::\d+)?@(?:s\.whatsapp\.net|c\.us)")
_EXCEL_TEXT = re.compile(r'^=?"(.*)"$')
_BARE = re.compile(r"[1-9]\d{6,14}")
_FILLING = re.compile(r"[\s\-./()]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """line: as a text editor counts; phone: digits alone."""

    line: int
    phone: str
    username: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be used. given: its beginning; why: what to mend."""

    line: int
    given: str
    why: str


@dataclass(frozen=True, slots=True)
class Parsed:
    rows: tuple[Wanted, ...]
    problems: tuple[Problem, ...]


def read(given: bytes | str, *, bare_is_international: bool = False) -> Parsed:
    """Columns phone and username, in any order under a header. bare_is_international: a number without + begins with
    its country code. Raises UnreadableList."""
    text = given if isinstance(given, str) else _decoded(given)
    columns: tuple[int, int] | None = None
    rows: list[Wanted] = []
    problems: list[Problem] = []
    for line, cells in _lines(text.lstrip("\ufeff").replace("\x00", "")):
        if columns is None:
            columns, is_header = _columns(cells)
            if is_header:
                continue
        if len(rows) + len(problems) >= MAX_ROWS:
            raise UnreadableList(f"These are more than {MAX_ROWS:,} lines. Import them in parts.")
        try:
            rows.append(_row(line, cells, columns, bare_is_international))
        except ValueError as error:
            problems.append(Problem(line, ", ".join(cells)[:80], str(error)))
    if not rows and not problems:
        raise UnreadableList("There is no line in it. One customer a line: phone, username.")
    return Parsed(tuple(rows), tuple(problems))


def one(phone: str, username: str, *, line: int, bare_is_international: bool = False) -> Wanted:
    """The same for one pair. Raises ValueError, which says what to mend."""
    return _row(line, [phone, username], (0, 1), bare_is_international)


def _decoded(given: bytes) -> str:
    if len(given) > MAX_BYTES:
        raise UnreadableList(f"This file is larger than {MAX_BYTES // 1024} KB. Import it in parts.")
    if given.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableList("This is a spreadsheet. Save it as CSV first, then choose that file.")
    if given.startswith(_UTF16):
        return given.decode("utf-16", errors="replace")
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError:
        return given.decode("cp1252", errors="replace")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every line that says something."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if len(cells) == 1:  # a phone and a name with a gap between them
                cells = cells[0].rsplit(None, 1)
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UnreadableList("This is not a list of text. Save it as CSV, one customer a line.") from error


def _delimiter(text: str) -> str:
    beginning = text[:4096]
    return max((",", ";", "\t", "|"), key=beginning.count)


def _columns(cells: Sequence[str]) -> tuple[tuple[int, int], bool]:
    """Where phone and username stand, and whether this line is a header that says so."""
    heads = [re.sub(r"[^a-z]", "", cell.lower()) for cell in cells]
    is_header = not any(re.search(r"\d{5}", cell) for cell in cells)
    phone = next((at for at, head in enumerate(heads) if head in _PHONE_HEADS), None)
    name = next((at for at, head in enumerate(heads) if head in _NAME_HEADS and at != phone), None)
    if is_header and (phone is not None or name is not None):
        if phone is None:
            phone = 1 if name == 0 else 0
        return (phone, name if name is not None else int(phone == 0)), True
    looks = [_looks_like_phone(cell) for cell in cells[:2]]
    return ((1, 0) if looks == [False, True] else (0, 1)), False


def _looks_like_phone(cell: str) -> bool:
    return bool(_JID.fullmatch(cell)) or (
        len(re.sub(r"\D", "", cell)) >= 7 and not re.search("[a-z]", cell, re.I)
    )


def _row(line: int, cells: Sequence[str], columns: tuple[int, int], is_international: bool) -> Wanted:
    phone, name = (cells[at].strip() if at < len(cells) else "" for at in columns)
    return Wanted(line, _phone(phone, is_international), _username(name))


def _phone(cell: str, is_international: bool) -> str:
    text = _EXCEL_TEXT.sub(r"\1", cell).strip().removeprefix("'").strip()
    if not text:
        raise ValueError("The phone is missing.")
    if _SHORTENED.fullmatch(text):
        raise ValueError(
            "The spreadsheet has shortened this number. Format the column as text and save again."
        )
    if text.endswith("@lid"):
        raise ValueError("This is a WhatsApp LID, not a phone number.")
    jid = _JID.fullmatch(text)
    bare = _FILLING.sub("", text)
    if jid:
        text = f"+{jid[1]}"
    elif is_international and _BARE.fullmatch(bare):
        text = f"+{bare}"
    try:
        return phones.normalise(text).removeprefix("+")
    except InvalidPhone as error:
        raise ValueError(error.message) from error


def _username(cell: str) -> str:
    text = cell.removeprefix("'").strip()
    if not text:
        raise ValueError("The username is missing.")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"A username has {LONGEST_NAME} characters at most.")
    if not text.isprintable() or " " in text:
        raise ValueError("A username has no spaces.")
    return text
