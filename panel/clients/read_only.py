"""A panel that is looked at and never changed: reads pass, every write is refused before it leaves."""

from collections.abc import Sequence

from panel.clients.base import PanelClient
from panel.clients.types import PanelOrder, PanelPayment, PanelTicket, PanelUser, Probe, WriteResult
from panel.errors import PanelReadOnly


class ReadOnlyClient(PanelClient):
    """Around any other client. Writes raise PanelReadOnly."""

    def __init__(self, client: PanelClient) -> None:
        self._client = client

    def get_orders(self, ids: Sequence[int]) -> dict[int, PanelOrder]:
        return self._client.get_orders(ids)

    def get_order(self, order_id: int) -> PanelOrder:
        return self._client.get_order(order_id)

    def find_user(self, username: str) -> PanelUser | None:
        return self._client.find_user(username)

    def is_user_gone(self, username: str) -> bool:
        return self._client.is_user_gone(username)

    def list_tickets(
        self, status: str | None = None, user: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[PanelTicket]:
        return self._client.list_tickets(status, user, limit, offset)

    def get_ticket(self, ticket_id: int) -> PanelTicket:
        return self._client.get_ticket(ticket_id)

    def list_payments(
        self, username: str | None = None, status: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[PanelPayment]:
        return self._client.list_payments(username, status, limit, offset)

    def probe(self) -> Probe:
        return self._client.probe()

    def reply_ticket(self, ticket_id: int, message: str, staff_name: str) -> None:
        raise PanelReadOnly

    def add_ticket(self, username: str, subject: str, message: str, staff_name: str | None = None) -> int:
        raise PanelReadOnly

    def resend(self, ids: Sequence[int]) -> WriteResult:
        raise PanelReadOnly

    def request_cancel(self, ids: Sequence[int]) -> WriteResult:
        raise PanelReadOnly

    def cancel(self, ids: Sequence[int], reason: str | None = None) -> WriteResult:
        raise PanelReadOnly

    def set_partial(self, order_id: int, remains: int) -> WriteResult:
        raise PanelReadOnly

    def change_status(self, ids: Sequence[int], status: str) -> WriteResult:
        raise PanelReadOnly
