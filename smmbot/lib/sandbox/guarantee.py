"""The refill promise as service names of the trade spell it."""

import re
from functools import lru_cache

LIFETIME_DAYS = 36_500

_NONE = re.compile(r"no[\s-]*refill|non[\s-]*refill|without refill", re.IGNORECASE)
_LIFETIME = re.compile(r"life\s*time", re.IGNORECASE)
_DAYS = re.compile(r"\bR(\d{1,3})\b|\b(\d{1,3})\s*days?\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def refill_days(service_name: str) -> int:
    """The days in which a drop is refilled; 0 without a promise, LIFETIME_DAYS for good."""
    if _NONE.search(service_name):
        return 0
    if _LIFETIME.search(service_name):
        return LIFETIME_DAYS
    days = _DAYS.search(service_name)
    if days is None:
        return 30 if "♻" in service_name else 0
    return int(days[1] or days[2])
