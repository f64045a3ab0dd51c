"""Time zones as customers write them: `UTC`, `UTC+6`, `UTC+5:30`. Names such as Asia/Dhaka are refused."""

import re
from datetime import UTC, timedelta, timezone

_FORM = re.compile(r"UTC(?:([+-])(\d{1,2})(?::([0-5]\d))?)?", re.IGNORECASE | re.ASCII)
_EARLIEST = timedelta(hours=-12)
_LATEST = timedelta(hours=14)

# What is on the clocks of the world beyond whole hours, summer time included.
_FRACTIONS = (
    "UTC-9:30",
    "UTC-3:30",
    "UTC-2:30",
    "UTC+3:30",
    "UTC+4:30",
    "UTC+5:30",
    "UTC+5:45",
    "UTC+6:30",
    "UTC+8:45",
    "UTC+9:30",
    "UTC+10:30",
    "UTC+12:45",
    "UTC+13:45",
)


class BadUtcOffset(ValueError):
    """Not an offset between UTC-12 and UTC+14. Its text may be shown to the person who typed it."""

    code = "bad_utc_offset"

    def __str__(self) -> str:
        return (
            "Write the time zone as an offset between UTC-12 and UTC+14, such as UTC, UTC+6, UTC-5 "
            "or UTC+5:30; names such as Asia/Dhaka are not accepted."
        )


def parse_offset(text: str) -> timezone:
    """Raises BadUtcOffset."""
    match = _FORM.fullmatch(text.strip().replace("\N{MINUS SIGN}", "-"))
    if match is None:
        raise BadUtcOffset(text)
    sign, hours, minutes = match.groups(default="0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if sign == "-":
        offset = -offset
    if not _EARLIEST <= offset <= _LATEST:
        raise BadUtcOffset(text)
    return timezone(offset) if offset else UTC


def format_offset(zone: timezone) -> str:
    """The one spelling of a zone: `UTC`, `UTC+6`, `UTC-9:30`."""
    minutes = zone.utcoffset(None) // timedelta(minutes=1)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _all_offsets() -> tuple[str, ...]:
    whole = [timezone(timedelta(hours=hours)) for hours in range(-12, 15)]
    zones = whole + [parse_offset(text) for text in _FRACTIONS]
    return tuple(format_offset(zone) for zone in sorted(zones, key=lambda zone: zone.utcoffset(None)))


# For drop-downs, west to east.
OFFSETS = _all_offsets()
