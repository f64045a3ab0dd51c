"""The whole contract between the bot and a WhatsApp gateway.

A new driver is one file in `drivers/`:
1. subclass `GatewayDriver`, give it a `name`, its `capabilities`, and add it to `registry.py`;
2. `verify` and `parse` turn the gateway's webhook into the events of `types.py`. They do no I/O: they run while
   WhatsApp waits. What the bot does not need becomes `Ignored`, never an error;
3. the other methods speak to the gateway, with timeouts, and raise `GatewayError` with `permanent` set truly: the
   outbox tries a passing fault again and gives up on a final one;
4. what the gateway cannot do is left as it stands here: it raises `Unsupported`;
5. the conformance suite (botcore/tests/gateway/) runs against it with captured payloads.

Session names are opaque; gateway addresses and tokens are the operator's settings, never a tenant's.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from botcore.gateway.errors import Unsupported
from botcore.gateway.types import (
    Address,
    Event,
    GroupInfo,
    OutgoingText,
    Qr,
    SentMessage,
    SessionStatus,
    Webhook,
)


class Capability(Enum):
    """What only some gateways can do."""

    CONNECTION_EVENTS = "connection_events"
    # Sending one client_ref twice delivers once: a send cut short may simply be repeated.
    SENDS_ONCE = "sends_once"
    TYPING = "typing"
    MENTION_LIST = "mention_list"
    OWN_LID = "own_lid"


class GatewayDriver(ABC):
    """One kind of gateway. Stateless: every call names its session."""

    name: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    # Seconds between two sends: in one chat, and over the whole number.
    chat_gap_s: ClassVar[float] = 4.0
    number_gap_s: ClassVar[float] = 1.0

    # --- webhook ---------------------------------------------------------------------------------------------

    @abstractmethod
    def verify(self, webhook: Webhook, *, secret: str) -> bool:
        """Say whether the gateway sent this. Constant time."""

    @abstractmethod
    def parse(self, webhook: Webhook) -> Sequence[Event]:
        """Read what happened. Raises BadWebhook when the body is not this gateway's."""

    # --- session ---------------------------------------------------------------------------------------------

    @abstractmethod
    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        """Make the session exist with this webhook; safe to repeat."""

    @abstractmethod
    def connect(self, session: str) -> None:
        """Start linking: a QR will follow, unless the number is linked already."""

    @abstractmethod
    def qr(self, session: str) -> Qr | None:
        """Return the QR to scan now, None when there is none."""

    @abstractmethod
    def status(self, session: str) -> SessionStatus:
        """Return the connection's state and the linked number's own addresses."""

    @abstractmethod
    def logout(self, session: str) -> None:
        """Unlink the number; already out counts as success."""

    @abstractmethod
    def delete(self, session: str) -> None:
        """Forget the session; not there counts as success."""

    # --- chats -----------------------------------------------------------------------------------------------

    @abstractmethod
    def send_text(self, session: str, message: OutgoingText) -> SentMessage:
        """Send one text, quoting and mentioning as it says."""

    def typing(self, session: str, to: Address, *, on: bool) -> None:
        """Show or end the typing mark."""
        raise Unsupported(self.name)

    @abstractmethod
    def groups(self, session: str) -> Sequence[GroupInfo]:
        """List the groups the number is in; participants may be left out."""

    @abstractmethod
    def group(self, session: str, wa_id: str) -> GroupInfo:
        """Return one group with its participants."""
