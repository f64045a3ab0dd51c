"""Facts as people read them: money, counts, dates, spans."""

from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Protocol


class Amount(Protocol):
    """An amount of money. value: in whole units of the currency; currency: its code."""

    @property
    def value(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


def money(amount: Amount | None) -> str | None:
    """`0.4200` becomes `0.42 USD`: two digits at least, all that carry a value at most."""
    if amount is None:
        return None
    value = amount.value
    exponent = value.normalize().as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{value:,.{min(places, 8)}f} {amount.currency}".strip()


def count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"


def date(moment: datetime, zone: tzinfo) -> str:
    """`3 May 2026`"""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y}"


def moment(moment: datetime, zone: tzinfo) -> str:
    """`3 May 2026, 14:05`"""
    return f"{date(moment, zone)}, {moment.astimezone(zone):%H:%M}"


def span(seconds: float) -> str:
    """`11 h 59 min`, `45 s`: the two largest units, rounded up so that waiting this long is enough."""
    left = timedelta(seconds=max(1, int(seconds + 0.999)))
    if left < timedelta(minutes=1):
        return f"{left.seconds} s"
    minutes = -(-int(left.total_seconds()) // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join([f"{number} {unit}" for number, unit in units if number][:2])
