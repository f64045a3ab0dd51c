"""Customers, their tickets and payments on the fake panel."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from panel.sandbox.wire import money, written_time


@dataclass(slots=True)
class PanelUser:
    id: int
    username: str
    email: str
    balance: Decimal
    spent: Decimal
    created_at: float
    last_auth_at: float
    status: str = "active"

    def row(self, *, currency: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "username": self.username,
            "email": self.email,
            "balance": money(self.balance, currency),
            "spent": money(self.spent, currency),
            "status": self.status,
            "created": written_time(self.created_at),
            "created_timestamp": int(self.created_at),
            "last_auth": written_time(self.last_auth_at),
            "last_auth_timestamp": int(self.last_auth_at),
            "custom_rates": [],
        }


@dataclass(slots=True)
class TicketMessage:
    """message: HTML."""

    message: str
    is_staff: bool
    sender_name: str
    created_at: float

    def row(self) -> dict[str, Any]:
        return {
            "message": self.message,
            "is_staff": self.is_staff,
            "sender_name": self.sender_name,
            "created": written_time(self.created_at),
        }


@dataclass(slots=True)
class PanelTicket:
    """status: pending (waits for staff), answered, closed, locked."""

    id: int
    user: str
    subject: str
    status: str
    messages: list[TicketMessage] = field(default_factory=list)
    is_read: bool = False

    def list_row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "subject": self.subject,
            "status": self.status,
            "user": {"username": self.user},
            "is_read": self.is_read,
            "created": written_time(self.messages[0].created_at),
            "last_update": written_time(self.messages[-1].created_at),
        }

    def row(self) -> dict[str, Any]:
        return {
            **self.list_row(),
            "assignee": None,
            "messages": [message.row() for message in self.messages],
        }


@dataclass(slots=True)
class PanelPayment:
    payment_id: int
    user: str
    amount: Decimal
    method: str
    created_at: float
    status: str = "completed"
    memo: str = ""

    def row(self, *, currency: str) -> dict[str, Any]:
        return {
            "payment_id": self.payment_id,
            "user": {"username": self.user},
            "amount": money(self.amount, currency),
            "method": self.method,
            "status": self.status,
            "memo": self.memo,
            "created": written_time(self.created_at),
            "created_timestamp": int(self.created_at),
        }
