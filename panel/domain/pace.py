"""How fast a service usually delivers, as its name says: `20K/D`, `500/hour`, `1.5K per day`."""

import re
from datetime import timedelta
from decimal import Decimal

from panel.clients.types import PanelOrder

_SPEED = re.compile(
    r"(?<![\w.])(?P<number>\d{1,6}(?:[.,]\d{1,3})?)\s?(?P<unit>[km])?\+?\s?(?:/|\bper\b)\s?(?P<span>days?|d|hours?|hrs?|h)\b",
    re.IGNORECASE,
)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}
# An order that stands still for less is no news, for longer it is, whatever the service promises.
SHORTEST, LONGEST = timedelta(hours=6), timedelta(hours=24)


def units_a_day(service_name: str) -> Decimal | None:
    """Units a day; None where the name does not tell."""
    match = _SPEED.search(service_name)
    if match is None:
        return None
    number = match["number"]
    # "1,000/D" is a thousand, "1,5K/D" one and a half.
    number = number.replace(",", "") if re.fullmatch(r"\d{1,3},\d{3}", number) else number.replace(",", ".")
    speed = Decimal(number) * _UNITS[(match["unit"] or "").lower()]
    return speed * (24 if match["span"][0] in "hH" else 1) or None


def may_stand_still_for(order: PanelOrder) -> timedelta:
    """The time in which this service usually delivers a whole order of that size, within limits."""
    speed = units_a_day(order.service_name or "")
    if speed is None or order.quantity is None:
        return LONGEST
    hours = min(Decimal(order.quantity) * 24 / speed, Decimal(24))
    return max(SHORTEST, timedelta(hours=float(hours)))
