"""May this order be refilled? Guarantee words in the service's name, the window, the panel's own flag.

Order of precedence: "No Refill" in the name always blocks; other guarantee words in the name decide next; a name
that says nothing leaves it to the panel's `actions.refill` (reference: Admin API v2 notes, section 4).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from panel.clients.types import PanelOrder
from panel.enums import OrderStatus


class GuaranteeKind(Enum):
    NONE = "none"  # the name rules it out
    DAYS = "days"
    LIFETIME = "lifetime"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What a service's name promises. days: length of the window, 0 unless kind is DAYS."""

    kind: GuaranteeKind
    days: int = 0


_NONE = re.compile(
    r"\b(?:no|non|not|without|zero)[\s\-_]*(?:refill|guarantee|warranty)|\brefill\s*[:=]?\s*(?:no\b|❌|✖|🚫|off\b)|"
    r"(?:❌|✖|🚫)\s*refill|\bnr\b|\br0\b|\bnot?\s+refillable",
    re.IGNORECASE,
)
_LIFETIME = re.compile(r"\blife[\s\-]?time\b|♾|\bforever\b|\bunlimited\s+refill", re.IGNORECASE)
_MARK = re.compile(r"refill|♻|guarant|warrant|\bdrop\s+protect", re.IGNORECASE)
_R_DAYS = re.compile(r"(?<![\w/])R\s?-?(\d{1,3})(?![\w/])")
# Not "0-1 days" (a start time) and not "20K/day" (a speed).
_SPELT_DAYS = re.compile(r"(?<![\w\-–/.])(\d{1,3})\s?[\-–]?(days?|d|months?|years?)\b", re.IGNORECASE)
_MARK_THEN_DAYS = re.compile(r"(?:refill|♻\ufe0f?)\s*[:\-]?\s*(\d{1,3})(?![\w/])", re.IGNORECASE)
_UNIT_DAYS = {"d": 1, "m": 30, "y": 365}


def guarantee_of(service_name: str) -> Guarantee:
    """Read the guarantee out of a service's name ("R30", "30 Days ♻️", "Lifetime", "No Refill")."""
    if _NONE.search(service_name):
        return Guarantee(GuaranteeKind.NONE)
    if match := _R_DAYS.search(service_name):
        return Guarantee(GuaranteeKind.DAYS, int(match[1]))
    if _MARK.search(service_name):
        if _LIFETIME.search(service_name):
            return Guarantee(GuaranteeKind.LIFETIME)
        if match := _SPELT_DAYS.search(service_name):
            return Guarantee(GuaranteeKind.DAYS, int(match[1]) * _UNIT_DAYS[match[2][0].lower()])
        if match := _MARK_THEN_DAYS.search(service_name):
            return Guarantee(GuaranteeKind.DAYS, int(match[1]))
    if _LIFETIME.search(service_name):
        return Guarantee(GuaranteeKind.LIFETIME)
    return Guarantee(GuaranteeKind.UNSAID)


class RefillVerdict(Enum):
    ELIGIBLE = "eligible"
    WRONG_STATUS = "wrong_status"
    NO_GUARANTEE = "no_guarantee"
    WINDOW_OVER = "window_over"


@dataclass(frozen=True, slots=True)
class RefillDecision:
    """The verdict with its facts. window_days and ended_at only when the window is what decided."""

    verdict: RefillVerdict
    window_days: int = 0
    ended_at: datetime | None = None


def decide(order: PanelOrder, *, first_seen_completed: datetime | None, now: datetime) -> RefillDecision:
    """Decide by rule. first_seen_completed: when the bot itself first saw it completed, aware, if it ever did.

    The API names no time of completion. The order's last update stands in for it, but any later edit moves that,
    so the earlier of the two is taken; with neither known the window cannot be over.
    """
    if order.status not in (OrderStatus.COMPLETED, OrderStatus.PARTIAL):
        return RefillDecision(RefillVerdict.WRONG_STATUS)
    guarantee = guarantee_of(order.service_name)
    if guarantee.kind is GuaranteeKind.NONE:
        return RefillDecision(RefillVerdict.NO_GUARANTEE)
    if guarantee.kind is GuaranteeKind.UNSAID and not (order.actions and order.actions.refill):
        return RefillDecision(RefillVerdict.NO_GUARANTEE)
    if guarantee.kind is GuaranteeKind.DAYS:
        known = [moment for moment in (order.last_update, first_seen_completed) if moment is not None]
        ended_at = min(known) + timedelta(days=guarantee.days) if known else None
        if ended_at is not None and ended_at < now:
            return RefillDecision(RefillVerdict.WINDOW_OVER, guarantee.days, ended_at)
    return RefillDecision(RefillVerdict.ELIGIBLE)
