"""What a number's state means, in words for its owner: what happened, and what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from botcore.enums import NumberState
from botcore.models import WhatsAppNumber

# Reasons we give ourselves; all others are a gateway's codes.
TAKEN, TAKEN_HERE = "taken", "taken_here"
BY_TEAM, REMOVING = "by_team", "removing"
UNREACHABLE, SESSION_GONE = "gateway_unreachable", "session_gone"
# Said by us, before the gateway tells of the same log-out with a bare code.
OWN_REASONS = frozenset({TAKEN, TAKEN_HERE, BY_TEAM, REMOVING})
SLOW_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class StateWords:
    """tone: one of Tabler's colours; text: what is so; advice: what to do, empty when nothing is."""

    label: str
    tone: str
    text: str
    advice: str = ""


_BY_STATE = {
    NumberState.NEW: StateWords(
        NumberState.NEW.label, "secondary", "No phone is linked to it.", "Show the QR code and scan it."
    ),
    NumberState.CONNECTING: StateWords(
        NumberState.CONNECTING.label, "azure", "WhatsApp is being reached. This takes a few seconds."
    ),
    NumberState.QR: StateWords(
        NumberState.QR.label,
        "yellow",
        "The code is ready to be scanned.",
        "Open it and scan it with the phone of this number.",
    ),
    NumberState.PASSKEY: StateWords(
        NumberState.PASSKEY.label,
        "yellow",
        "WhatsApp asks this account for a passkey before it links a device.",
        "Confirm on the phone, with its fingerprint, face or screen lock.",
    ),
    NumberState.PASSKEY_CONFIRM: StateWords(
        NumberState.PASSKEY_CONFIRM.label,
        "yellow",
        "WhatsApp shows a code on the phone.",
        "Compare it with the one shown here, and confirm.",
    ),
    NumberState.OPEN: StateWords(NumberState.OPEN.label, "green", "The bot reads and answers messages."),
    NumberState.CLOSED: StateWords(
        NumberState.CLOSED.label,
        "orange",
        "WhatsApp does not answer at the moment. Replies wait and go out when it is back.",
        "It reconnects by itself. If it does not within five minutes, restart it.",
    ),
    NumberState.LOGGED_OUT: StateWords(
        NumberState.LOGGED_OUT.label,
        "red",
        "The link was ended on the phone under Linked devices, or by WhatsApp.",
        "Scan the QR code again to go live.",
    ),
    NumberState.BANNED: StateWords(
        NumberState.BANNED.label,
        "red",
        "WhatsApp does not let this number in any more.",
        "Ask for a review in the WhatsApp app on the phone, and link another number meanwhile.",
    ),
}

_BY_REASON: dict[str, tuple[str, str]] = {
    TAKEN: (
        "This phone number is linked to another account already, so it was signed out here.",
        "Link another number, or remove it there first.",
    ),
    TAKEN_HERE: (
        "Another entry of this list is linked with this phone number, so it was signed out here.",
        "Remove this entry, or scan the code with another phone.",
    ),
    BY_TEAM: ("Your team logged it out. Nothing is read or answered.", "Scan the QR code to go live again."),
    UNREACHABLE: (
        "Our WhatsApp gateway does not answer at the moment. Nothing is lost.",
        "Try again in a minute. If it stays so, tell our support.",
    ),
    SESSION_GONE: ("Its gateway does not know this link any more.", "Scan the QR code again to go live."),
    "408": ("WhatsApp did not answer in time.", "It reconnects by itself. Check that the phone is online."),
    "428": ("The connection was closed.", "It reconnects by itself. If it does not, restart it."),
    "440": (
        "Another program took this link over.",
        "Close other bots that use this number, then restart it.",
    ),
    "500": ("WhatsApp no longer accepts this link.", "Log it out, then scan the QR code again."),
}


def explain(number: WhatsAppNumber, *, now: datetime) -> StateWords:
    """Put state and reason into words. What is said of a live number is never an old reason."""
    if is_leaving(number):
        return StateWords("Being removed", "secondary", "It is signed out and its chats are deleted.")
    words = _BY_STATE[NumberState(number.state)]
    if number.state == NumberState.OPEN:
        is_unsure = number.state_reason == UNREACHABLE
        return StateWords("No answer", "orange", *_BY_REASON[UNREACHABLE]) if is_unsure else words
    if number.state_reason in _BY_REASON:
        text, advice = _BY_REASON[number.state_reason]
        return StateWords(words.label, words.tone, text, advice)
    if number.state == NumberState.CONNECTING and _since(number, now) > SLOW_AFTER:
        return StateWords(
            words.label, "orange", "This takes longer than it should.", "Restart it, or try again later."
        )
    return words


def is_leaving(number: WhatsAppNumber) -> bool:
    return number.state_reason == REMOVING


def _since(number: WhatsAppNumber, now: datetime) -> timedelta:
    return now - number.state_at if number.state_at else timedelta(0)
