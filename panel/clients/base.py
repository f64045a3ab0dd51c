"""The whole contract with a panel, whatever software it runs.

A new panel type, step by step:

1. Write `panel/clients/<kind>.py` with a subclass of PanelClient; parsing goes to a file of its own. Only
   these two know the wire. Call through `PanelTransport` (`transport.py`): it owns timeouts, retries, the
   rate limit, the circuit breaker, the SSRF guard and the trace, so a client builds requests and reads
   answers, nothing else.
2. Answer with the dataclasses of `types.py` and fail with the tree of `panel/errors.py`, with nothing else.
   Statuses are the slugs of `panel/enums.py`; one that cannot be mapped stays as the panel wrote it. Money
   is Decimal, times are aware UTC or None, texts are plain.
3. Check every row against what was asked: panels ignore filters they do not know and send everything.
4. A call the panel does not offer raises Unsupported; it never passes silently.
5. Never repeat a write. After a write to orders read them again; WriteResult.orders is the only proof of it.
6. Name it in `registry.py` and in PanelConnection.Kind, add a fake of it to `panel/sandbox/`, and run
   `panel/tests/clients/` against it.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from panel.clients.types import PanelOrder, PanelPayment, PanelTicket, PanelUser, Probe, WriteResult

IDS_A_CALL = 100


class PanelClient(ABC):
    """All methods raise PanelError's kinds and nothing else, except ValueError for arguments no panel could
    take: more than 100 ids to a write, ids that are not positive."""

    @abstractmethod
    def get_orders(self, ids: Sequence[int]) -> dict[int, PanelOrder]:
        """Read orders, one call for each hundred ids. Orders the panel does not know are absent; so are rows
        nobody asked for. `actions` may be None here."""

    @abstractmethod
    def get_order(self, order_id: int) -> PanelOrder:
        """Read one order with its `actions`. Raises PanelNotFound."""

    @abstractmethod
    def find_user(self, username: str) -> PanelUser | None:
        """Find the customer of exactly this name; one in another case only when there is exactly one such."""

    @abstractmethod
    def is_user_gone(self, username: str) -> bool:
        """Say whether the panel surely has no customer of this name. In doubt it has one: a list of others, a panel
        that lists nobody at all."""

    @abstractmethod
    def list_tickets(
        self, status: str | None = None, user: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[PanelTicket]:
        """List tickets without their messages. A page shorter than `limit` is the last."""

    @abstractmethod
    def get_ticket(self, ticket_id: int) -> PanelTicket:
        """Read a ticket with its messages. Raises PanelNotFound."""

    @abstractmethod
    def reply_ticket(self, ticket_id: int, message: str, staff_name: str) -> None:
        """Answer as staff. staff_name: a staff login of the panel. Raises PanelNotFound."""

    @abstractmethod
    def add_ticket(self, username: str, subject: str, message: str, staff_name: str | None = None) -> int:
        """Open a ticket for a customer and return its id."""

    @abstractmethod
    def resend(self, ids: Sequence[int]) -> WriteResult:
        """Place failed orders at the provider again. On any other order this may buy twice: only on `fail`,
        once, under a lock."""

    @abstractmethod
    def request_cancel(self, ids: Sequence[int]) -> WriteResult:
        """Ask for a cancel, as the customer's own button does. Nothing is refunded yet."""

    @abstractmethod
    def cancel(self, ids: Sequence[int], reason: str | None = None) -> WriteResult:
        """Cancel and refund in full at once, even if the provider goes on delivering. A person's decision."""

    @abstractmethod
    def set_partial(self, order_id: int, remains: int) -> WriteResult:
        """Stop the order and refund what remains. A person's decision."""

    @abstractmethod
    def change_status(self, ids: Sequence[int], status: str) -> WriteResult:
        """Set the status of orders, a slug of OrderStatus. A person's decision."""

    @abstractmethod
    def list_payments(
        self, username: str | None = None, status: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[PanelPayment]:
        """List payments, newest first."""

    @abstractmethod
    def probe(self) -> Probe:
        """Look at the panel without changing anything: is it there, is it this API, what may the key read.
        Never raises PanelError."""


class Unsupported(Exception):
    """This type of panel has no such call. Do not offer it."""

    code = "panel_unsupported"
