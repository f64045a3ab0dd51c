"""What a message says to somebody who is being verified. Pure, and quick to say that it says nothing."""

import re
from dataclasses import dataclass
from enum import Enum

from botcore.commands.parsing import NotACommand, Parsing, fold
from botcore.commands.parsing import words as w

LONGEST = 120


class Step(Enum):
    GREETING = "greeting"
    START = "start"
    USERNAME = "username"
    CODE = "code"
    RESEND = "resend"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class SaidStep:
    """value: the username as typed, or the six digits. is_named: it was called a username, as in "username: anna"."""

    step: Step
    value: str = ""
    is_named: bool = False


_PHRASES = {
    **dict.fromkeys(
        ("verify", "verify me", "verification", "link my account", "link account", "link my number"),
        Step.START,
    ),
    **dict.fromkeys(
        (
            "resend",
            "resend code",
            "resend the code",
            "send again",
            "send code again",
            "new code",
            "send new code",
        ),
        Step.RESEND,
    ),
    **dict.fromkeys(
        ("stop", "cancel", "quit", "cancel verification", "stop verification", "verification cancel"),
        Step.STOP,
    ),
}
_CODE = re.compile(
    r"(?:(?:my |the )?(?:verification )?(?:code|otp|pin)(?: is)? ?[:=-]? ?)?([0-9](?:[ .-]?[0-9]){5})"
)
_NAMED = re.compile(
    r"(?:my\s+)?(?:panel\s+)?user[\s-]?name(?P<surely>\s+is\s*:?\s+|\s*[:=]\s*|\s+-\s+)?\s*(?P<name>\S+)",
    re.IGNORECASE,
)
_USERNAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]{0,62}[A-Za-z0-9_]")
_AROUND = "*~`\"'“”‘’.,;:!?()<>[]"
_SHORTEST_BARE = 3
# One word answers that are no names; courtesies and small words come from the parser.
_NO_NAMES = (
    w.AROUND_A_QUESTION
    | w.NOT_LEFT_OVER
    | w.ALL_NEGATORS
    | {
        "yes",
        "yea",
        "yeah",
        "yep",
        "yup",
        "nope",
        "done",
        "wait",
        "waiting",
        "why",
        "where",
        "when",
        "who",
        "which",
    }
    | {
        "lol",
        "haha",
        "hmm",
        "nice",
        "great",
        "cool",
        "super",
        "sure",
        "fine",
        "perfect",
        "bye",
        "code",
        "otp",
        "pin",
    }
    | {"username", "login", "sent", "start", "begin", "test", "none", "later", "today", "tomorrow"}
)


def understand(text: str, parsed: Parsing) -> SaidStep | None:
    """Read a message as a step. A command is none, except the few words that mean something else in a run."""
    if isinstance(parsed, NotACommand) and parsed.greeting:
        return SaidStep(Step.GREETING)
    text = text.strip()
    if not text or len(text) > LONGEST or "\n" in text:
        return None
    folded = " ".join(fold(text).split()).strip(_AROUND + " ")
    if step := _PHRASES.get(folded):
        return SaidStep(step)
    if code := _CODE.fullmatch(folded):
        return SaidStep(Step.CODE, re.sub(r"[^0-9]", "", code[1]))
    if named := _NAMED.fullmatch(text.strip(_AROUND + " ")):
        name = _name_in(named["name"])
        is_word = not named["surely"] and fold(name) in _NO_NAMES
        return SaidStep(Step.USERNAME, name, is_named=True) if name and not is_word else None
    if not isinstance(parsed, NotACommand) or " " in text:
        return None
    name = _name_in(text)
    if len(name) < _SHORTEST_BARE or w.is_one_of(fold(name), _NO_NAMES):
        return None
    return SaidStep(Step.USERNAME, name)


def _name_in(word: str) -> str:
    """The word as a username, without the marks people put around it; empty when it is none."""
    name = word.strip(_AROUND).removeprefix("@")
    return name if _USERNAME.fullmatch(name) else ""
