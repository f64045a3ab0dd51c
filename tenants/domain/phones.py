"""Phone numbers as people type them, made E.164."""

import re
import unicodedata

import phonenumbers

from tenants.errors import InvalidPhone

MAX_TYPED = 40
_HOW = "Write it with + and the country code, such as +44 7911 123456."
_FILLING = re.compile(r"[\s\-./()\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def normalise(typed: str) -> str:
    """`00 44 7911-123456` → `+447911123456`. Raises InvalidPhone, which says how to write it."""
    # Full-width and other digits, and what copying from a contact card brings along.
    text = _FILLING.sub("", unicodedata.normalize("NFKC", typed[: MAX_TYPED + 1]))
    if not text:
        raise InvalidPhone("Enter your phone number.")
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if not text.startswith("+"):
        meant = _parse(f"+{text}") if text.isascii() and text.isdigit() and not text.startswith("0") else ""
        hint = f"Did you mean {meant}? " if meant else ""
        raise InvalidPhone(f"The country code is missing. {hint}{_HOW}")
    found = _parse(text)
    if not found:
        raise InvalidPhone(f"This is not a phone number we can reach. {_HOW}")
    return found


def _parse(text: str) -> str:
    """E.164, or empty. Possible is enough: new ranges open faster than lists of valid ones are printed."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def spoken(phone: str) -> str:
    """`+447911123456`, with its plus or without, as people read it; what is no country's number stays as it is."""
    digits = phone.removeprefix("+")
    if not digits:
        return ""
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return f"+{digits}"
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
