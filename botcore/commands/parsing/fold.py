"""One spelling for what looks the same: the form in which texts, phrases and word lists are compared."""

import re
import unicodedata

_ZEROS = (  # first digit of the scripts whose digits people type
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810,
)  # fmt: skip

# Superscripts, fractions and circled numbers: decoration, and glued to an id they would make another id.
_ORNAMENTAL_DIGITS = re.compile("[²³¹¼-¾⁰-₉⅐-⅟①-⒛⓪-⓿❶-➓]")

_DROPPED = (
    *range(0x0300, 0x0370),  # accents, after decomposition
    *range(0x064B, 0x0660),  # Arabic vowel marks
    *range(0x200B, 0x2010),  # zero-width and direction marks
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),  # variation selectors
    0x00AD, 0x034F, 0x061C, 0x0640, 0x0670, 0x180E, 0x20E3, 0xFEFF,
)  # fmt: skip

_SAME = {
    "'": "’‘ʼ‛′",
    "-": "‐‑‒–—―−",
    "$": "€£₤¥₹৳৲₨₺₽₦₱₫₩₴₪₲₡₵₸﷼",  # which currency does not matter here
    ".": "٫",
    ",": "،٬",
    "%": "٪",
    "?": "؟",
    ";": "؛",
    "ا": "ٱ",
    "ي": "یى",
    "ك": "ک",
    "ه": "ہھۂ",
    "و": "ۆ",
    "i": "ı",
}

_TABLE: dict[int, str | None] = {
    **{zero + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys(_DROPPED),
    **{ord(char): one for one, chars in _SAME.items() for char in chars},
}

_TICK_IN_WORD = re.compile(r"(?<=\w)[`´](?=\w)")


def fold(text: str) -> str:
    """Lower case, ASCII digits, no accents, no invisible marks. As long as the text when that is ASCII."""
    if "`" in text or "´" in text:
        text = _TICK_IN_WORD.sub("'", text)
    if text.isascii():
        return text.lower()
    text = _ORNAMENTAL_DIGITS.sub(" ", text)
    # The soft and the hard i of Turkish must meet before case folding takes them apart.
    text = unicodedata.normalize("NFKD", text).translate(_TABLE).casefold()
    return unicodedata.normalize("NFC", text)


def original_tail(text: str, end: int) -> str:
    """What follows in the text as typed, when `end` counts characters of the folded text."""
    if text.isascii():
        return text[end:].strip()
    text = unicodedata.normalize("NFC", text)
    seen = 0
    for at, char in enumerate(text):
        if seen >= end:
            return text[at:].strip()
        seen += len(char) if char.isascii() else len(fold(char))
    return ""
