"""What a number's state means, in words for its owner: what happened, and what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from botcore.enums import NumberState
from botcore.models import WhatsAppNumber

# Reasons we give ourselves; all others are a gateway's codes, most of them WhatsApp's own numbers.
TAKEN, TAKEN_HERE = "taken", "taken_here"
BY_TEAM, REMOVING = "by_team", "removing"
SESSION_GONE, SCAN_AGAIN = "session_gone", "401"
# The gateway itself, not the number: the codes of gateway/errors.py.
UNREACHABLE, REFUSED, NOT_ACTIVATED = "gateway_unreachable", "gateway_refused", "gateway_not_activated"
GATEWAY_REASONS = frozenset({UNREACHABLE, REFUSED, NOT_ACTIVATED})
NOT_SCANNED, RESTARTS, NO_INTERNET = "qr_limit", "515", "no_internet"
# Said by us, before the gateway tells of the same log-out with a bare code.
OWN_REASONS = frozenset({TAKEN, TAKEN_HERE, BY_TEAM, REMOVING})
# A code comes within a few seconds, or the gateway does not reach WhatsApp.
SLOW_AFTER = timedelta(seconds=30)


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
        "Open it and follow the steps: a browser on a computer passes the passkey on.",
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
    REFUSED: (
        "Our WhatsApp gateway does not take our key at the moment. Nothing is lost.",
        "This is ours to mend. If it stays so, tell our support.",
    ),
    NOT_ACTIVATED: (
        "Our WhatsApp gateway waits for its licence to be activated. Nothing is lost.",
        "This is ours to mend. If it stays so, tell our support.",
    ),
    NO_INTERNET: (
        "Our WhatsApp gateway has no connection to the internet at the moment. Nothing is lost.",
        "It reconnects by itself. If it stays so, tell our support.",
    ),
    SESSION_GONE: ("Its gateway does not know this link any more.", "Scan the QR code again to go live."),
    NOT_SCANNED: (
        "Nobody scanned a code while there was one.",
        "Show the QR code again when the phone is at hand.",
    ),
    "408": ("WhatsApp did not answer in time.", "It reconnects by itself. Check that the phone is online."),
    "428": ("The connection was closed.", "It reconnects by itself. If it does not, restart it."),
    "440": (
        "Another program took this link over.",
        "Close other bots that use this number, then restart it.",
    ),
    "500": ("WhatsApp no longer accepts this link.", "Log it out, then scan the QR code again."),
    RESTARTS: ("WhatsApp begins the connection anew. This takes a few seconds.", ""),
    "402": (
        "WhatsApp keeps this number out for a while.",
        "Open the app on the phone: it says until when. Write less from it afterwards.",
    ),
    "FAILED": (
        "Its gateway could not start this link.",
        "Restart it. If it stays so, log it out and scan the QR code again.",
    ),
    "pairing_failed": ("The scan did not come through to WhatsApp.", "Show the QR code again."),
    "passkey_unsupported": (
        "WhatsApp asks this account for a passkey, which its gateway cannot pass on.",
        "Link it through another gateway, or use another number.",
    ),
    **dict.fromkeys(
        ("405", "client_outdated"),
        (
            "WhatsApp wants a newer version of our gateway.",
            "This is ours to mend. If it stays so, tell our support.",
        ),
    ),
}
# What these say of a link that is lost or begun says nothing of one that has ended.
_BEFORE_THE_END = frozenset({"FAILED", "408", "428", "440", "500", "pairing_failed", RESTARTS, NOT_SCANNED})
_ENDED = (NumberState.LOGGED_OUT, NumberState.BANNED)
# Why a pairing code or a passkey did not come about: codes of gateway/errors.py.
STEP_PROBLEMS: dict[str, str] = {
    "bad_request": "WhatsApp did not take it. Begin again with a fresh code.",
    "unsupported": "This gateway cannot do this. Scan the QR code instead.",
    "rate_limited": "WhatsApp wants a pause after so many tries. Wait some minutes, then begin again.",
    "session_missing": "The link has to begin anew. Show the QR code again.",
    "session_not_connected": "The link has to begin anew. Show the QR code again.",
    UNREACHABLE: "Our WhatsApp gateway does not answer at the moment. Try again in a minute.",
    REFUSED: "Our WhatsApp gateway does not take our key. This is ours to mend.",
    NOT_ACTIVATED: "Our WhatsApp gateway waits for its licence to be activated. This is ours to mend.",
}
_NO_CODE = (
    "No code came within 30 seconds: our gateway does not reach WhatsApp at the moment.",
    "Try again in a few minutes. If it stays so, tell our support.",
)
_NOT_BACK = (
    "WhatsApp is not back yet.",
    "It goes on trying by itself. See that the phone is online; if that does not help, log it out and scan anew.",
)


def explain(number: WhatsAppNumber, *, now: datetime) -> StateWords:
    """Put state and reason into words. What is said of a live number is never an old reason."""
    if is_leaving(number):
        return StateWords("Being removed", "secondary", "It is signed out and its chats are deleted.")
    words = _BY_STATE[NumberState(number.state)]
    if number.state == NumberState.OPEN:
        is_unsure = number.state_reason in GATEWAY_REASONS
        return StateWords("No answer", "orange", *_BY_REASON[number.state_reason]) if is_unsure else words
    if number.state in _ENDED and number.state_reason in _BEFORE_THE_END:
        return words
    if number.state_reason in _BY_REASON:
        return StateWords(words.label, words.tone, *_BY_REASON[number.state_reason])
    if number.state == NumberState.CONNECTING and _since(number, now) > SLOW_AFTER:
        return StateWords(words.label, "orange", *(_NOT_BACK if was_live(number) else _NO_CODE))
    return words


def of_gateway(problem: str) -> StateWords:
    """What a gateway's problem, of GatewayProblem, means for the numbers on it."""
    return StateWords("No answer", "orange", *_BY_REASON[f"gateway_{problem}"])


def step_problem(code: str) -> str:
    """Why a step of linking did not work, in words; code: of a PairingCode or a PasskeyStep."""
    return STEP_PROBLEMS.get(code, "That did not work. Begin again with a fresh code.")


def was_live(number: WhatsAppNumber) -> bool:
    """Its phone is still linked, as far as anybody knows: it comes back without a scan."""
    return number.told_state in (NumberState.OPEN, NumberState.CLOSED)


def is_leaving(number: WhatsAppNumber) -> bool:
    return number.state_reason == REMOVING


def _since(number: WhatsAppNumber, now: datetime) -> timedelta:
    return now - number.state_at if number.state_at else timedelta(0)
