"""What passes between the bot and a gateway driver: frozen, free of any gateway's spelling."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from botcore.enums import ChatKind, DeliveryState, GatewayProblem, NumberState

_DIGITS = re.compile(r"[0-9]{1,20}")
_GROUP_ID = re.compile(r"[0-9]{1,30}(-[0-9]{1,20})?")
# What stands behind the @ of a person; anything else is a channel, a status, a list.
_PHONES = ("", "s.whatsapp.net", "c.us", "hosted")
_LIDS = ("lid", "hosted.lid")


@dataclass(frozen=True, slots=True)
class Address:
    """A person or a group. phone and lid: digits alone, no device suffix. group: the full id, …@g.us."""

    phone: str = ""
    lid: str = ""
    group: str = ""

    @property
    def kind(self) -> ChatKind:
        return ChatKind.GROUP if self.group else ChatKind.USER

    @property
    def wa_id(self) -> str:
        """One text for the whole address; the phone wins where both are known."""
        if self.group:
            return self.group
        return f"{self.phone}@s.whatsapp.net" if self.phone else f"{self.lid}@lid"

    @classmethod
    def parse(cls, wa_id: str) -> "Address":
        """Read any spelling a gateway uses: a device suffix (`:7`) is dropped, `@c.us` is a phone."""
        local, _, domain = wa_id.strip().partition("@")
        if domain == "g.us":
            return cls(group=f"{local}@g.us") if _GROUP_ID.fullmatch(local) else cls()
        digits = local.partition(":")[0].lstrip("+")
        if not _DIGITS.fullmatch(digits):
            return cls()
        if domain in _LIDS:
            return cls(lid=digits)
        return cls(phone=digits) if domain in _PHONES else cls()

    def __bool__(self) -> bool:
        return bool(self.phone or self.lid or self.group)


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message in a chat. sent_at: aware, by the sender's WhatsApp. mentions: digits of phones or LIDs.

    edits_id: the message whose new text this is. from_me: the linked number itself wrote it; is_echo: and it was sent
    through the gateway's API, not typed on a phone, as far as the gateway tells them apart.
    """

    chat: Address
    sender: Address
    message_id: str
    sent_at: datetime
    text: str = ""
    sender_name: str = ""
    media_kind: str = ""
    quoted_id: str = ""
    quoted_text: str = ""
    mentions: tuple[str, ...] = ()
    edits_id: str = ""
    from_me: bool = False
    is_echo: bool = False


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """How far a message of ours came. error: the gateway's code, where it failed."""

    message_id: str
    state: DeliveryState
    at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """The session's connection changed. reason: the gateway's code as text; number_states.py puts it into words."""

    state: NumberState
    reason: str = ""
    own: Address = Address()


@dataclass(frozen=True, slots=True)
class QrUpdated:
    """There is a new code to scan."""

    qr: "Qr"


@dataclass(frozen=True, slots=True)
class SessionDeleted:
    """The session is gone from the gateway: somebody deleted it there."""


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A group's name or members, all of them, as they are now. A rename tells no members."""

    group: "GroupInfo"


class MemberChange(Enum):
    JOINED = "joined"
    LEFT = "left"
    PROMOTED = "promoted"
    DEMOTED = "demoted"


@dataclass(frozen=True, slots=True)
class GroupMembersChanged:
    """Some members of a group came, went, or became or ceased to be its admins."""

    wa_id: str
    change: MemberChange
    members: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event nobody here needs; its name is for the log."""

    event: str


Event = (
    MessageReceived
    | MessageStatus
    | SessionChanged
    | QrUpdated
    | SessionDeleted
    | GroupSeen
    | GroupMembersChanged
    | Ignored
)


@dataclass(frozen=True, slots=True)
class Participant:
    address: Address
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class GroupInfo:
    wa_id: str
    name: str
    participants: tuple[Participant, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text to send. client_ref: our own id of it, the same on every try."""

    to: Address
    text: str
    client_ref: str
    quoted_id: str = ""
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentMessage:
    message_id: str


@dataclass(frozen=True, slots=True)
class Qr:
    """What to draw as a QR code, and until when it may be scanned. png: the code drawn already, where a gateway gives
    no text."""

    text: str
    expires_at: datetime
    png: bytes = b""


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """session: its name, in a list of them. webhook_url: where the gateway sends to, None where it does not say."""

    state: NumberState
    own: Address = Address()
    reason: str = ""
    session: str = ""
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a gateway is and how it knows us. api_key: for GOWA `user:password`."""

    base_url: str = ""
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class GatewayInfo:
    """What a gateway says of itself. problem: why it serves nobody, empty when it does."""

    version: str = ""
    problem: GatewayProblem | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request as it came: header names lower-cased."""

    headers: Mapping[str, str]
    body: bytes
