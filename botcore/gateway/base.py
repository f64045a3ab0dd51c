"""The whole contract between the bot and a WhatsApp gateway.

A new driver is one file in `drivers/` (or a package of that name, when reading its webhooks takes a file of its own):
1. subclass `GatewayDriver`, give it a `name`, its `capabilities`, and add it to `registry.py`;
2. `verify` and `parse` turn the gateway's webhook into the events of `types.py`. They do no I/O: they run while
   WhatsApp waits. What the bot does not need becomes `Ignored`, never an error; messages in the shape of WhatsApp's
   own protocol are read by `content.py`, which all drivers share;
3. the other methods speak to the gateway through `wire.py`, with timeouts, and raise the errors of `errors.py` with
   `permanent` and `is_unclear` set truly: the outbox tries a passing fault again, gives up on a final one, and looks
   up a send that may have gone out before anybody repeats it. What a gateway's status codes and texts mean stands in
   its driver alone;
4. what the gateway cannot do is left as it stands here: it raises `Unsupported`;
5. it brings payloads, and a server that answers as the gateway does (botcore/sandbox/gateways/), for the conformance
   suite (botcore/tests/gateway/).

Session names are opaque; gateway addresses and tokens are the operator's settings, never a tenant's.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import ClassVar

from botcore.gateway.errors import Unsupported
from botcore.gateway.types import (
    Address,
    Endpoint,
    Event,
    GatewayInfo,
    GroupInfo,
    OutgoingText,
    Qr,
    SentMessage,
    SessionStatus,
    Webhook,
)


class Capability(Enum):
    """What only some gateways can do."""

    # Tells of a changed connection by itself; without it the number is asked after every `poll_every_s`.
    CONNECTION_EVENTS = "connection_events"
    # Sending one client_ref twice delivers once: a send cut short may simply be repeated.
    SENDS_ONCE = "sends_once"
    # Tells what was sent in a chat (`find_sent`): a send without an answer can be looked up.
    HISTORY = "history"
    TYPING = "typing"
    READ_MARK = "read_mark"
    MENTION_LIST = "mention_list"
    OWN_LID = "own_lid"
    LID_LOOKUP = "lid_lookup"
    PAIRING_CODE = "pairing_code"
    PASSKEY = "passkey"
    # Tells how far a sent message came.
    DELIVERY = "delivery"


class GatewayDriver(ABC):
    """One kind of gateway at one address. Keeps no state of its own: every call names its session."""

    name: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    # WhatsApp watches how fast a number writes. The sandbox has nobody who does.
    is_paced: ClassVar[bool] = True
    # Needs an address and a key of the operator's.
    needs_endpoint: ClassVar[bool] = True
    poll_every_s: ClassVar[int] = 60
    # What administrators must be told of this gateway, by its licence or for their safety.
    notice: ClassVar[str] = ""

    def __init__(self, endpoint: Endpoint = Endpoint()) -> None:  # noqa: B008 -- frozen
        self.endpoint = endpoint

    # --- webhook ---------------------------------------------------------------------------------------------

    @abstractmethod
    def verify(self, webhook: Webhook, *, secret: str) -> bool:
        """Say whether the gateway sent this. Constant time."""

    @abstractmethod
    def parse(self, webhook: Webhook) -> Sequence[Event]:
        """Read what happened. Raises BadWebhook when the body is not this gateway's."""

    def session_of(self, webhook: Webhook) -> str:
        """The session the body speaks of, empty where it does not say: it must be the one of the address."""
        return ""

    def delivery_id(self, webhook: Webhook) -> str:
        """The gateway's own id of this delivery, the same when it is repeated; empty where there is none."""
        return ""

    # --- gateway ---------------------------------------------------------------------------------------------

    @abstractmethod
    def probe(self) -> GatewayInfo:
        """Ask whether the gateway is there and takes our key. Never raises."""

    @abstractmethod
    def list_sessions(self) -> Sequence[SessionStatus]:
        """All sessions of the gateway, also those that are not ours."""

    # --- session ---------------------------------------------------------------------------------------------

    @abstractmethod
    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        """Make the session exist with this webhook, and set the webhook again where it differs; safe to repeat."""

    @abstractmethod
    def connect(self, session: str) -> None:
        """Start linking: a QR will follow, unless the number is linked already; or reach WhatsApp again."""

    @abstractmethod
    def qr(self, session: str) -> Qr | None:
        """Return the QR to scan now, None when there is none."""

    def pairing_code(self, session: str, *, phone: str) -> str:
        """A code to type on the phone instead of scanning, `ABCD-EFGH`. phone: digits alone, with country."""
        raise Unsupported(self.name)

    def passkey_challenge(self, session: str) -> str:
        """What the browser must sign on WhatsApp's own page: JSON of WebAuthn request options."""
        raise Unsupported(self.name)

    def answer_passkey(self, session: str, *, credential: str) -> None:
        """Hand over what the browser signed, as JSON. Raises BadRequest when WhatsApp does not take it."""
        raise Unsupported(self.name)

    def passkey_confirmation(self, session: str) -> str:
        """The code to compare with the one on the phone."""
        raise Unsupported(self.name)

    def confirm_passkey(self, session: str) -> None:
        """Say that both codes are the same."""
        raise Unsupported(self.name)

    @abstractmethod
    def status(self, session: str) -> SessionStatus:
        """Return the connection's state and the linked number's own addresses. Raises SessionMissing."""

    @abstractmethod
    def logout(self, session: str) -> None:
        """Unlink the number; already out, or no such session, counts as success."""

    @abstractmethod
    def delete(self, session: str) -> None:
        """Forget the session; not there counts as success."""

    # --- chats -----------------------------------------------------------------------------------------------

    @abstractmethod
    def send_text(self, session: str, message: OutgoingText) -> SentMessage:
        """Send one text, quoting and mentioning as it says. No waiting or typing mark: the outbox paces."""

    def find_sent(self, session: str, message: OutgoingText, *, since: datetime) -> SentMessage | None:
        """Look whether this text went out to its chat since then; None: it did not. Where nobody can tell, that is a
        permanent GatewayError."""
        raise Unsupported(self.name)

    def typing(self, session: str, to: Address, *, on: bool) -> None:
        """Show or end the typing mark."""
        raise Unsupported(self.name)

    def mark_read(self, session: str, *, chat: Address, sender: Address, message_id: str) -> None:
        """Mark a received message as read."""
        raise Unsupported(self.name)

    @abstractmethod
    def groups(self, session: str) -> Sequence[GroupInfo]:
        """List the groups the number is in; participants may be left out."""

    @abstractmethod
    def group(self, session: str, wa_id: str) -> GroupInfo:
        """Return one group with its participants."""

    def resolve(self, session: str, address: Address) -> Address:
        """Fill in the phone of a LID, or the LID of a phone, as far as the gateway knows it."""
        raise Unsupported(self.name)
