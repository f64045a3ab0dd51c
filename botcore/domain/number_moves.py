"""What a gateway's word changes about a number. Gateways repeat themselves in floods, and in no order.

Two kinds of word: an event, which may be late or noise, and an answer to our own question, which is how it is now.
"""

from dataclasses import dataclass
from typing import Final

from botcore.domain.number_states import GATEWAY_REASONS, NOT_SCANNED, OWN_REASONS, RESTARTS, SCAN_AGAIN
from botcore.enums import NumberState
from botcore.gateway.types import SessionChanged

FINAL: Final = (NumberState.LOGGED_OUT, NumberState.BANNED)
# A phone stands behind it.
LINKED: Final = (NumberState.OPEN, NumberState.CLOSED)
PAIRING: Final = (
    NumberState.NEW,
    NumberState.CONNECTING,
    NumberState.QR,
    NumberState.PASSKEY,
    NumberState.PASSKEY_CONFIRM,
)
# The line went for a moment: timed out, closed, unavailable, or the restart that ends every pairing.
_PASSING: Final = frozenset({"", "200", "408", "428", "503", "restarting", RESTARTS})
# Codes that mean another state than "closed", whatever the gateway calls it.
_MEANS: Final = {"401": NumberState.LOGGED_OUT, "403": NumberState.BANNED}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a number stands. is_young: it began to connect a moment ago, so what comes may be of the link before."""

    state: NumberState
    reason: str = ""
    is_young: bool = False


Move = tuple[NumberState, str]


def next_of(at: Standing, change: SessionChanged, *, is_asked: bool) -> Move | None:
    """State and reason from now on; None: nothing changes."""
    told, why = _meant(change)
    if told == NumberState.OPEN:
        move = _opened(at, why, is_asked=is_asked)
    elif told in FINAL:
        move = _ended(at, told, why, is_asked=is_asked)
    elif at.state in FINAL:
        move = None  # it ended: what comes now is late, until somebody connects it again
    elif told == NumberState.CLOSED:
        move = _closed(at, why, is_asked=is_asked)
    elif at.state in LINKED:
        move = _reconnects(at, told, is_asked=is_asked)
    else:
        move = _pairs(at, told, why)
    return None if move == (at.state, at.reason) else move


def _meant(change: SessionChanged) -> Move:
    state, reason = NumberState(change.state), change.reason[:200]
    return (_MEANS.get(reason, state) if state == NumberState.CLOSED else state), reason


def _opened(at: Standing, why: str, *, is_asked: bool) -> Move | None:
    """After the end it is news only as an answer, and never where we ended it ourselves."""
    if at.state in FINAL and (not is_asked or at.reason in OWN_REASONS):
        return None
    return NumberState.OPEN, why


def _ended(at: Standing, told: NumberState, why: str, *, is_asked: bool) -> Move | None:
    """The first end stays, with its reason; only a ban says more than a log-out."""
    if at.reason in OWN_REASONS or at.state == NumberState.BANNED or at.state == told:
        return None
    if told == NumberState.LOGGED_OUT and _is_of_the_link_before(at, is_asked=is_asked):
        return None
    return told, why


def _is_of_the_link_before(at: Standing, *, is_asked: bool) -> bool:
    """Before a phone is linked nothing can be logged out, and a gateway may not have begun to connect yet."""
    if at.state not in PAIRING:
        return False
    return at.is_young or (not is_asked and at.state != NumberState.CONNECTING)


def _closed(at: Standing, why: str, *, is_asked: bool) -> Move | None:
    if at.state in PAIRING:
        if why == NOT_SCANNED:
            return NumberState.NEW, why
        return None if why in _PASSING else (NumberState.CLOSED, why)
    if why == NOT_SCANNED:
        return _reconnects(at, NumberState.QR, is_asked=is_asked)
    if why not in _PASSING:
        return NumberState.CLOSED, why
    if at.state == NumberState.OPEN:
        return None if why == RESTARTS and not is_asked else (NumberState.CLOSED, why)
    return _still_closed(at, is_asked=is_asked)


def _reconnects(at: Standing, told: NumberState, *, is_asked: bool) -> Move | None:
    """A linked number that says it connects has lost its line; one that wants a scan has lost its link."""
    if not is_asked:
        return None
    if told != NumberState.CONNECTING:
        return NumberState.LOGGED_OUT, SCAN_AGAIN
    return (NumberState.CLOSED, "") if at.state == NumberState.OPEN else _still_closed(at, is_asked=is_asked)


def _still_closed(at: Standing, *, is_asked: bool) -> Move | None:
    """Nothing to write, unless the gateway itself was what we blamed, and it answers again."""
    return (NumberState.CLOSED, "") if is_asked and at.reason in GATEWAY_REASONS else None


def _pairs(at: Standing, told: NumberState, why: str) -> Move | None:
    if why not in _PASSING:
        return told, why
    if told in (
        NumberState.NEW,
        at.state,
    ):  # that the session is there says nothing while its code is awaited
        return (at.state, "") if at.reason in GATEWAY_REASONS else None
    return told, ""
