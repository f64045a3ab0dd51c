from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from botcore.enums import NumberState, PhoneAct
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema
from smmbot.api.pagination import PageQuery

_MAX_ID = 2**63 - 1


class NumberIn(Schema):
    """A new number. It is linked by scanning its QR code."""

    name: str = Field(min_length=1, max_length=100, description="Only your team sees it.")
    accepts_risk: Literal[True] = Field(
        description="true: you know that WhatsApp has no official way to link such a bot and may limit or ban the "
        "number. Use a separate one, with a name and a picture, and keep its phone online."
    )
    gateway_id: int | None = Field(
        None, ge=1, le=_MAX_ID, description="Of GET /gateways; left out, the default one."
    )


class NumberPatch(Schema):
    """What is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=100)
    is_default: bool | None = Field(
        None, description="true makes it the default; the other one stops being it."
    )


class MoveIn(Schema):
    """Where the number goes."""

    gateway_id: int = Field(ge=1, le=_MAX_ID, description="Of GET /gateways.")


class PairingIn(Schema):
    """The phone on which the code is typed."""

    phone: str = Field(
        pattern=r"^\+?[0-9]{8,15}$", description="With its country code.", examples=["+15550200001"]
    )


class PasskeyIn(Schema):
    """What the browser signed on WhatsApp's own page."""

    credential: dict[str, Any] = Field(description="The WebAuthn credential, as the extension gives it.")


class ScanIn(Schema):
    """The phone that scans the code, played by the sandbox."""

    phone: str = Field(
        pattern=r"^\+?[0-9]{8,15}$",
        description="Any number with its country code; nothing leaves the sandbox.",
        examples=["+15550200001"],
    )
    needs_passkey: bool = Field(False, description="Its account has a passkey, and WhatsApp wants it first.")


class PlayIn(Schema):
    """What happens to the phone of a sandbox number."""

    act: PhoneAct


class LettersIn(Schema):
    """Which messages."""

    ids: list[Annotated[int, Field(ge=1, le=_MAX_ID)]] = Field(
        min_length=1, max_length=1000, description="Of GET /numbers/{number_id}/dead-letters."
    )


class LettersQuery(PageQuery):
    """Which page."""


class NumberOut(TypedDict):
    """gateway: what it is linked through; unsent: messages that wait for it; linked_at: when this phone was first
    linked."""

    id: int
    name: str
    phone: str
    driver: str
    gateway: str
    state: Annotated[str, one_of(NumberState)]
    state_reason: str
    state_text: str
    state_at: datetime | None
    linked_at: datetime | None
    last_seen_at: datetime | None
    is_default: bool
    unsent: int
    created_at: datetime


class GatewayOut(TypedDict):
    id: int
    name: str
    is_default: bool


class QrOut(TypedDict):
    """age_s, seconds_left: of the code; text is null where the gateway gives only a picture."""

    state: Annotated[str, one_of(NumberState)]
    text: str | None
    png_base64: str | None
    expires_at: datetime | None
    age_s: int | None
    seconds_left: int | None


class PairingOut(TypedDict):
    """code: null while it is fetched; problem: why there is none, in words."""

    state: Annotated[str, one_of(NumberState)]
    phone: str | None
    code: str | None
    problem: str | None
    expires_at: datetime | None


class PasskeyOut(TypedDict):
    """request: what the browser is to sign, JSON as text; code: to compare with the phone's."""

    state: Annotated[str, one_of(NumberState)]
    request: str | None
    code: str | None
    problem: str | None


class PlayOut(TypedDict):
    """shows: what the phone shows; acts: what may happen to it now; passkey_answer: what the extension would give."""

    shows: str
    acts: list[Annotated[str, one_of(PhoneAct)]]
    passkey_answer: dict[str, Any] | None


class HealthPartOut(TypedDict):
    """lost: points; advice: empty when nothing is to be done."""

    key: str
    label: str
    lost: int
    text: str
    advice: str


class HealthScoreOut(TypedDict):
    """score: 0 to 100."""

    score: int
    label: str
    parts: list[HealthPartOut]


class UsedOut(TypedDict):
    key: str
    label: str
    used: int
    limit: int


class PaceOut(TypedDict):
    """day: of its link, from 1."""

    day: int
    is_young: bool
    warms_up: bool
    used: list[UsedOut]


class QueueOut(TypedDict):
    """Messages by state; sent_last_hour; why: why the next one waits, empty when it does not; pace: null in the
    sandbox, where nobody watches it."""

    queued: int
    sending: int
    unclear: int
    dead: int
    sent_last_hour: int
    oldest_at: datetime | None
    next_at: datetime | None
    why: str
    pace: PaceOut | None


class LetterOut(TypedDict):
    """text: empty for codes and passwords."""

    id: int
    chat: str
    to: str
    text: str
    error_code: str
    reason: str
    advice: str
    may_be_sent_again: bool
    created_at: datetime


class LettersDoneOut(TypedDict):
    """done: how many."""

    done: int
