"""How the panel writes things: envelope, money, times. Source: reference/panel-api.md 1.2, 1.5."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from smmbot.lib.sandbox.http import SandboxResponse, json_response

BASE_PATH = "/adminapi/v2"

# Only PAGE_NOT_FOUND has been seen on a real panel; the others are this server's own.
PAGE_NOT_FOUND = 100
BAD_INPUT = 101
ORDER_NOT_FOUND = 102
TICKET_NOT_FOUND = 103
USER_NOT_FOUND = 104
TICKET_IS_LOCKED = 105
STAFF_NOT_FOUND = 106
BAD_KEY = 401
TOO_MANY_REQUESTS = 429
OUT_OF_ORDER = 500

SYMBOLS = {"USD": "$", "EUR": "€", "INR": "₹"}


class PanelRefusal(Exception):
    """An error inside the envelope. status: of HTTP, which is 200 for most."""

    def __init__(self, code: int, message: str, *, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def response(self) -> SandboxResponse:
        return json_response(
            {"data": [], "error_message": self.message, "error_code": self.code}, self.status
        )


def envelope(data: Any, pagination: dict[str, Any] | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"data": data}
    if pagination is not None:
        answer["pagination"] = pagination
    return {**answer, "error_message": "", "error_code": 0}


def pagination(path: str, query: dict[str, str], *, offset: int, limit: int, total: int) -> dict[str, Any]:
    def href(start: int) -> str:
        return f"{BASE_PATH}{path}?" + urlencode({**query, "offset": start, "limit": limit}, safe=",")

    return {
        "prev_page_href": href(max(0, offset - limit)) if offset > 0 else "",
        "next_page_href": href(offset + limit) if offset + limit < total else "",
        "offset": offset,
        "limit": limit,
    }


def money(value: Decimal, currency: str) -> dict[str, str]:
    return {
        "value": f"{value:.4f}",
        "currency_code": currency,
        "formatted": f"{SYMBOLS.get(currency, currency + ' ')}{value:.2f}",
    }


def written_time(moment: float) -> str:
    """`2026-02-01 10:00:00`: no zone; this panel's is UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")
