"""Reading the JSON of PerfectPanel's Admin API v2.

Types are forgiven where the meaning is clear (ids as text, money as a number, "" for nothing). A row that
cannot be read at all is BadRow: lists leave it out and count it, a single object makes PanelProtocolError of
it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from panel.clients.html_text import to_text
from panel.clients.types import (
    OrderActions,
    PanelOrder,
    PanelPayment,
    PanelTicket,
    PanelUser,
    TicketMessage,
)
from panel.clients.wire_values import to_money, to_provider
from panel.enums import read_status
from panel.errors import PanelProtocolError
from smmbot.lib.wire_values import decode_json, to_bool, to_int, to_line

logger = logging.getLogger(__name__)

Row = dict[str, Any]
T = TypeVar("T")


class BadRow(Exception):
    """One row lacks what it cannot be used without."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """data: an object, a list, or anything else a panel may put there. pagination: {} when absent."""

    data: Any
    error_code: int
    error_message: str
    pagination: Row


@dataclass(frozen=True, slots=True)
class WriteReply:
    """done: None when the panel did not say. skipped: also the rows of `data.orders` without success."""

    done: frozenset[int] | None
    skipped: frozenset[int]


# --- the envelope -------------------------------------------------------------------------------------------


def parse_json(body: bytes) -> Any:
    """Raises PanelProtocolError."""
    try:
        return decode_json(body)
    except ValueError as error:
        raise PanelProtocolError(reason="not_json") from error


def parse_envelope(answer: Any) -> Envelope:
    """Prove the v2 envelope: an object with `data` and a numeric `error_code`. Raises PanelProtocolError."""
    if not isinstance(answer, dict) or "data" not in answer:
        raise PanelProtocolError(reason="not_v2")
    error_code = to_int(answer.get("error_code"))
    if error_code is None:
        raise PanelProtocolError(reason="not_v2")
    data = answer["data"]
    pagination = answer.get("pagination")
    if not isinstance(pagination, dict):
        pagination = data.get("pagination") if isinstance(data, dict) else None
    return Envelope(
        data=data,
        error_code=error_code,
        error_message=to_line(answer.get("error_message")),
        pagination=pagination if isinstance(pagination, dict) else {},
    )


def parse_one(data: Any, parse: Callable[[Row], T]) -> T:
    """Raises PanelProtocolError."""
    try:
        return parse(as_row(data))
    except BadRow as error:
        raise PanelProtocolError(reason="bad_data") from error


def parse_list(data: Any, parse: Callable[[Row], T], *, what: str) -> list[T]:
    """Read `data.list`, or `data` itself where it is the list. Raises PanelProtocolError when there is none,
    and when not one of several rows can be read."""
    rows = data.get("list") if isinstance(data, dict) else data
    if isinstance(rows, dict):  # PHP writes a list with holes as an object
        rows = list(rows.values())
    if not isinstance(rows, list):
        raise PanelProtocolError(reason="bad_data")
    read: list[T] = []
    for row in rows:
        try:
            read.append(parse(as_row(row)))
        except BadRow:
            continue
    if len(read) < len(rows):
        logger.warning("panel_bad_rows", extra={"what": what, "skipped": len(rows) - len(read)})
        if not read:
            raise PanelProtocolError(reason="bad_data")
    return read


def as_row(value: Any) -> Row:
    """Raises BadRow."""
    if not isinstance(value, dict):
        raise BadRow
    return value


# --- objects ------------------------------------------------------------------------------------------------


def parse_order(row: Row) -> PanelOrder:
    """Read one order. Times come from `*_timestamp` (seconds); `ip_address` is personal data and is left
    behind. Raises BadRow without an id or a status. Source: PerfectPanel Admin API v2,
    tests/payloads/order.json."""
    return PanelOrder(
        order_id=_id_of(row, "id"),
        external_id=to_line(row.get("external_id")) or None,
        username=_username_of(row.get("user")),
        service_id=to_int(row.get("service_id")),
        service_name=to_line(row.get("service_name")),
        link=to_line(row.get("link")),
        quantity=to_int(row.get("quantity")),
        start_count=to_int(row.get("start_count")),
        remains=to_int(row.get("remains")),
        charge=to_money(row.get("charge")),
        provider_charge=to_money(row.get("provider_charge")),
        status=_status_of(row),
        mode=to_line(row.get("mode")),
        provider=to_provider(row.get("provider")),
        created=_time_of(row, "created"),
        last_update=_time_of(row, "last_update"),
        actions=_actions_of(row.get("actions")),
    )


def parse_user(row: Row) -> PanelUser:
    """Raises BadRow without a username."""
    username = _username_of(row)
    if not username:
        raise BadRow
    return PanelUser(
        user_id=to_int(row.get("id")),
        username=username,
        email=to_line(row.get("email")),
        balance=to_money(row.get("balance")),
        spent=to_money(row.get("spent")),
        status=to_line(row.get("status")).lower(),
        created=_time_of(row, "created"),
    )


def parse_ticket(row: Row) -> PanelTicket:
    """Raises BadRow without an id. Messages that are not objects are left out."""
    messages = row.get("messages")
    return PanelTicket(
        ticket_id=_id_of(row, "id"),
        subject=to_text(to_line(row.get("subject"))),
        status=to_line(row.get("status")).lower(),
        username=_username_of(row.get("user")),
        is_read=to_bool(row.get("is_read")),
        created=_time_of(row, "created"),
        last_update=_time_of(row, "last_update"),
        last_update_text=to_line(row.get("last_update")),
        messages=tuple(_message_of(message) for message in messages if isinstance(message, dict))
        if isinstance(messages, list)
        else (),
    )


def _message_of(row: Row) -> TicketMessage:
    return TicketMessage(
        text=to_text(to_line(row.get("message"))),
        is_staff=to_bool(row.get("is_staff")) or False,
        sender_name=to_line(row.get("sender_name")),
        created=_time_of(row, "created"),
    )


def parse_payment(row: Row) -> PanelPayment:
    """Raises BadRow without an id."""
    return PanelPayment(
        payment_id=_id_of(row, "payment_id") if "payment_id" in row else _id_of(row, "id"),
        username=_username_of(row.get("user")),
        amount=to_money(row.get("amount")),
        method=to_line(row.get("method")),
        status=to_line(row.get("status")).lower(),
        memo=to_line(row.get("memo")),
        created=_time_of(row, "created"),
    )


def parse_new_ticket_id(data: Any) -> int | None:
    if not isinstance(data, dict):
        return None
    return to_int(data.get("ticket_id")) or to_int(data.get("id"))


def parse_write(data: Any) -> WriteReply:
    """Read `ids` and `skipped_ids`, and the per-order rows of the bulk form."""
    row = data if isinstance(data, dict) else {}
    skipped = _ids_of(row.get("skipped_ids")) or frozenset()
    bulk = row.get("orders")
    if isinstance(bulk, list):
        outcomes = [entry for entry in bulk if isinstance(entry, dict)]
        skipped |= {
            to_int(entry.get("id")) or 0 for entry in outcomes if to_bool(entry.get("success")) is False
        }
    return WriteReply(done=_ids_of(row.get("ids")), skipped=skipped)


def _ids_of(value: Any) -> frozenset[int] | None:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return None
    return frozenset(number for number in map(to_int, value) if number is not None)


def _id_of(row: Row, name: str) -> int:
    number = to_int(row.get(name))
    if number is None or number <= 0:
        raise BadRow
    return number


def _status_of(row: Row) -> str:
    status = read_status(to_line(row.get("status")))
    if not status:
        raise BadRow
    return status


def _username_of(value: Any) -> str:
    """Text in orders, an object in tickets and payments."""
    return to_line(value.get("username") if isinstance(value, dict) else value)


def _time_of(row: Row, name: str) -> datetime | None:
    """The timestamp, else a text that names its zone. A text without one is in the panel's own zone, unknown
    to us."""
    seconds = to_int(row.get(f"{name}_timestamp"))
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
        moment = datetime.fromisoformat(to_line(row.get(name)))
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _actions_of(value: Any) -> OrderActions | None:
    if not isinstance(value, dict):
        return None
    return OrderActions(
        resend=to_bool(value.get("resend")),
        refill=to_bool(value.get("refill")),
        request_cancel=to_bool(value.get("request_cancel")),
        cancel_and_refund=to_bool(value.get("cancel_and_refund")),
    )
