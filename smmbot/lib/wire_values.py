"""Single values as PHP scripts write them: forgiven where the meaning is clear, None where it is not."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

LARGEST_INT = 2**63 - 1
_LONGEST_NUMBER = 40
_SMALLEST_EXPONENT = -30
_HOST_OF = re.compile(r"(?:[a-z][a-z0-9+.-]*://|//)?(?:www\.)?([^/?#:\s]*)", re.ASCII)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)


# Numbers with a point become Decimal from their very digits; NaN and Infinity are not JSON.
_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)


def decode_json(body: bytes) -> Any:
    """Raises ValueError for whatever is not JSON."""
    try:
        return _decoder.decode(body.decode("utf-8-sig"))
    except (RecursionError, InvalidOperation) as error:
        raise ValueError("not JSON") from error


def to_line(value: Any) -> str:
    """Text without what PostgreSQL cannot store (NUL, halves of surrogate pairs); "" for nothing."""
    if isinstance(value, str):
        text = value if value.isascii() else value.encode("utf-8", "replace").decode()
        return text.replace("\x00", "").strip()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _number_text(value)
    return ""


def _number_text(value: int | Decimal) -> str:
    return str(value) if -LARGEST_INT <= value <= LARGEST_INT else ""


def to_int(value: Any) -> int | None:
    """A whole number from a number or its text; None for nothing and for what is no whole number."""
    number = to_number(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def to_number(value: Any) -> Decimal | None:
    """A number or its text, never through float; None for nothing, and for sizes no panel has and that would take
    the memory once they are written out."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > _LONGEST_NUMBER or not text.isascii() or "_" in text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() < _SMALLEST_EXPONENT:
        return None
    return number if -LARGEST_INT <= number <= LARGEST_INT else None


def to_bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    match to_line(value).lower():
        case "1" | "true" | "yes":
            return True
        case "0" | "false" | "no":
            return False
    return None


def to_host(text: str) -> str:
    """The host in an address, lower case, without scheme, www, port, path and last dot; "" for none."""
    match = _HOST_OF.match(text.strip().lower())
    return match.group(1).rstrip(".") if match else ""
