"""Reading the JSON of the standard user API v2. Source of the quirks: reference/panel-api.md 3.

Types are forgiven where the meaning is clear. An id the answer does not mention, or mentions unreadably, gets a
Refused of its own; only an answer without any sense raises.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from providers.clients.refusals import read_refusal_kind
from providers.clients.types import (
    Accepted,
    Balance,
    ProviderOrder,
    ProviderService,
    RefillProgress,
    Refused,
)
from providers.enums import RefusalKind, read_refill_state
from providers.errors import (
    ProviderDown,
    ProviderProtocolError,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnauthorized,
)
from smmbot.lib import api_transport
from smmbot.lib.http import HttpAnswer
from smmbot.lib.order_status import read_status
from smmbot.lib.wire_values import decode_json, to_bool, to_int, to_line, to_number

logger = logging.getLogger(__name__)

Row = dict[str, Any]
T = TypeVar("T")

LONGEST_MESSAGE = 500
_AN_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_ENVELOPES = ("data", "result", "response")
_NOT_AN_ERROR: tuple[Any, ...] = (None, False, "", 0, "0", "false")
_FAILED = frozenset({"error", "fail", "failed"})
UNCLEAR = Refused("", RefusalKind.UNCLEAR)
_UNKNOWN_ORDER = Refused("", RefusalKind.INCORRECT_ORDER)
_UNKNOWN_REFILL = Refused("", RefusalKind.REFILL_NOT_FOUND)


# --- the answer as a whole ----------------------------------------------------------------------------------


def read_body(answer: HttpAnswer, *, path: str, is_write: bool) -> Any:
    """Return the JSON of an answer that is no error, whatever its HTTP status claims. Raises ProviderError's
    kinds."""
    status = answer.status
    try:
        data = decode_json(answer.body)
    except ValueError as error:
        if status >= 500:
            raise ProviderDown(reason="http_5xx", maybe_written=is_write) from error
        if status == 401:
            raise ProviderUnauthorized from error
        reason = "no_such_path" if status == 404 else "not_json"
        raise ProviderProtocolError(reason=reason, maybe_written=is_write and status < 400) from error
    message = error_in(data)
    if message is None and status < 400:
        return data
    kind = read_refusal_kind(message or "")
    if kind is RefusalKind.RATE_LIMITED:
        raise ProviderRateLimited(retry_after_s=api_transport.PAUSE_AFTER_429_S)
    if kind is RefusalKind.INVALID_KEY or (kind is RefusalKind.OTHER and status in (401, 403)):
        raise ProviderUnauthorized
    if kind is RefusalKind.OTHER and status >= 500:
        raise ProviderDown(reason="http_5xx", maybe_written=is_write)
    if message is None and status == 404:
        raise ProviderProtocolError(reason="no_such_path")
    raise ProviderRefused(message=message or "", kind=kind)


def error_in(value: Any) -> str | None:
    """The error an object carries, in words; "" for one without words; None for none. Read from `error`, and
    from `message` beside a false `success` or an `error` status."""
    if not isinstance(value, dict):
        return None
    error, message = value.get("error"), value.get("message")
    if any(error is one or error == one for one in _NOT_AN_ERROR):
        failed = to_bool(value.get("success")) is False
        return _words_of(message) if failed or _is_failed_with_words(value) else None
    return _words_of(message if to_bool(error) is True else error)


def _is_failed_with_words(value: Row) -> bool:
    return to_line(value.get("status")).lower() in _FAILED and bool(to_line(value.get("message")))


def _words_of(error: Any) -> str:
    if isinstance(error, dict):
        error = next((error[name] for name in ("message", "error", "text", "code") if error.get(name)), "")
    if isinstance(error, list):
        error = error[0] if error else ""
    return to_line(error)[:LONGEST_MESSAGE]


def _rows_of(data: Any, *names: str) -> list[Any] | Row:
    """The list or object inside the envelopes some providers add. Raises ProviderProtocolError."""
    for name in (*_ENVELOPES, *names):
        if isinstance(data, dict) and isinstance(data.get(name), list | dict):
            data = data[name]
    if not isinstance(data, list | dict):
        raise ProviderProtocolError(reason="bad_data")
    return data


# --- answers for several ids --------------------------------------------------------------------------------


class _Asked:
    """Finds the id that was asked in what the provider wrote: 123 for "0123", other case for hexadecimals."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = frozenset(ids)
        self._alike: dict[str, str | None] = {}
        for one in ids:
            alike = _alike(one)
            self._alike[alike] = None if alike in self._alike else one

    def find(self, written: Any) -> str | None:
        text = _id_text(written)
        return text if text in self._ids else self._alike.get(_alike(text))


def _id_text(value: Any) -> str:
    """An id as text; a number with a point but nothing behind it is meant as a whole one."""
    return to_line(int(value) if isinstance(value, Decimal) and to_int(value) is not None else value)


def _alike(text: str) -> str:
    return text.lstrip("0") if text.isdecimal() else text.casefold()


def _by_id(data: Any, asked: _Asked, subject: str) -> Iterator[tuple[str, Any]]:
    """Pairs of an id that was asked and its row, from a list of rows or an object keyed by id. subject: what
    a row is about, `order` or `refill`. Raises ProviderProtocolError for an answer about something else."""
    rows = _rows_of(data, f"{subject}s")
    pairs: list[tuple[Any, Any]] = (
        list(rows.items())
        if isinstance(rows, dict)
        else [(row.get(subject, row.get("id")), row) for row in rows if isinstance(row, dict)]
    )
    # PHP numbers the rows of a list with holes.
    found = [(_subject_of(row, asked, subject) or asked.find(key), row) for key, row in pairs]
    if rows and not any(oid for oid, _ in found):
        raise ProviderProtocolError(reason="bad_data")
    for oid, row in found:
        if oid is not None:
            yield oid, row


def _subject_of(row: Any, asked: _Asked, subject: str) -> str | None:
    return asked.find(row[subject]) if isinstance(row, dict) and subject in row else None


def _each(
    data: Any,
    ids: Sequence[str],
    subject: str,
    read: Callable[[str, Any], T | Refused],
    *,
    unmentioned: Refused,
) -> dict[str, T | Refused]:
    results: dict[str, T | Refused] = {}
    for oid, row in _by_id(data, _Asked(ids), subject):
        results.setdefault(oid, _refusal_in(row) or read(oid, row))
    return {oid: results.get(oid, unmentioned) for oid in ids}


def _refusal_in(row: Any) -> Refused | None:
    message = error_in(row)
    return None if message is None else refusal(message)


def refusal(message: str) -> Refused:
    return Refused(message, read_refusal_kind(message))


# --- orders -------------------------------------------------------------------------------------------------


def parse_statuses(data: Any, oids: Sequence[str]) -> dict[str, ProviderOrder | Refused]:
    """Read `status` with `orders`: an object keyed by id, `[]` for an empty one. An order left out is one the
    provider does not know."""
    return _each(data, oids, "order", parse_order, unmentioned=_UNKNOWN_ORDER)


def parse_one_status(data: Any, oid: str) -> ProviderOrder | Refused:
    """Read `status` with `order`: the row itself, or one row keyed by id."""
    if isinstance(data, dict) and "status" in data:
        return parse_order(oid, data)
    return parse_statuses(data, [oid])[oid]


def parse_order(oid: str, row: Any) -> ProviderOrder | Refused:
    status = read_status(to_line(row.get("status"))) if isinstance(row, dict) else ""
    if not status:
        return UNCLEAR
    return ProviderOrder(
        oid=oid,
        status=status,
        charge=to_number(row.get("charge")),
        currency=to_line(row.get("currency")).upper(),
        start_count=to_int(row.get("start_count")),
        remains=to_int(row.get("remains")),
    )


# --- refills and cancels ------------------------------------------------------------------------------------


def parse_refills(data: Any, oids: Sequence[str]) -> dict[str, Accepted | Refused]:
    """Read `refill` with `orders`."""
    return _each_write(data, oids, lambda oid, row: _accepted(row, "refill", is_id_wanted=True))


def parse_one_refill(data: Any, oid: str) -> Accepted | Refused:
    """Read `refill` with `order`: `{"refill": "77"}`, or the form for several."""
    if isinstance(data, dict) and ("refill" in data or "success" in data):
        return _accepted(data, "refill", is_id_wanted=True)
    return parse_refills(data, [oid])[oid]


def parse_cancels(data: Any, oids: Sequence[str]) -> dict[str, Accepted | Refused]:
    """Read `cancel` with `orders`."""
    return _each_write(data, oids, lambda oid, row: _accepted(row, "cancel", is_id_wanted=False))


def parse_one_cancel(data: Any, oid: str) -> Accepted | Refused:
    """Read `cancel` with `order`: `{"cancel": 1}`, `{"cancel": "<id>"}`, or the form for several."""
    if isinstance(data, dict) and ("cancel" in data or "success" in data):
        return _accepted(data, "cancel", is_id_wanted=False)
    return parse_cancels(data, [oid])[oid]


def _each_write(
    data: Any, oids: Sequence[str], read: Callable[[str, Any], Accepted | Refused]
) -> dict[str, Accepted | Refused]:
    try:
        return _each(data, oids, "order", read, unmentioned=UNCLEAR)
    except ProviderProtocolError as error:
        raise ProviderProtocolError(reason=error.reason, maybe_written=True) from error


def _accepted(row: Any, name: str, *, is_id_wanted: bool) -> Accepted | Refused:
    """What stands under `refill` or `cancel`. An object there is no valid id; words are a refusal where they are
    known as one, and else may be a yes; a success text beside it is a yes all the same."""
    if not isinstance(row, dict):
        row = {name: row}
    value = row.get(name)
    inner = error_in(value)
    if inner is not None:
        return refusal(inner)
    text = _id_text(value)
    if value is False or text == "0":
        return refusal(to_line(row.get("message"))[:LONGEST_MESSAGE])
    if value is True or _AN_ID.fullmatch(text):
        # 1 is a yes, not the id of the first refill the provider ever had.
        return Accepted(text if is_id_wanted and text not in ("", "1") else None)
    if to_line(row.get("success")) or row.get("success") is True:
        return Accepted()
    worded = refusal(text[:LONGEST_MESSAGE])
    return UNCLEAR if worded.kind is RefusalKind.OTHER else worded


def parse_refill_states(data: Any, refill_ids: Sequence[str]) -> dict[str, RefillProgress | Refused]:
    """Read `refill_status` with `refills`."""
    return _each(data, refill_ids, "refill", _parse_refill_state, unmentioned=_UNKNOWN_REFILL)


def parse_one_refill_state(data: Any, refill_id: str) -> RefillProgress | Refused:
    """Read `refill_status` with `refill`."""
    if isinstance(data, dict) and "status" in data:
        return _parse_refill_state(refill_id, data)
    return parse_refill_states(data, [refill_id])[refill_id]


def _parse_refill_state(refill_id: str, row: Any) -> RefillProgress | Refused:
    value = row.get("status") if isinstance(row, dict) else row
    inner = error_in(value)
    if inner is not None:
        return refusal(inner)
    text = to_line(value)[:LONGEST_MESSAGE]
    return RefillProgress(refill_id, read_refill_state(text), text) if text else UNCLEAR


# --- the account --------------------------------------------------------------------------------------------


def parse_balance(data: Any) -> Balance:
    """Raises ProviderProtocolError."""
    row = data if isinstance(data, dict) and "balance" in data else _rows_of(data)
    amount = to_number(row.get("balance")) if isinstance(row, dict) else None
    if not isinstance(row, dict) or amount is None:
        raise ProviderProtocolError(reason="bad_data")
    return Balance(amount, to_line(row.get("currency")).upper())


def parse_services(data: Any) -> list[ProviderService]:
    """Read the catalogue, bare or wrapped, each service once. Rows without an id or a name are left out and
    counted. Raises ProviderProtocolError when there is no list, and when not one of several rows can be
    read."""
    rows = _rows_of(data, "services")
    if isinstance(rows, dict):
        rows = list(rows.values())
    services: dict[str, ProviderService] = {}
    skipped = 0
    for row in rows:
        service = _parse_service(row)
        if service is None:
            skipped += 1
        else:
            services.setdefault(service.service_id, service)
    if skipped:
        logger.warning("provider_bad_services", extra={"skipped": skipped})
        if not services:
            raise ProviderProtocolError(reason="bad_data")
    return list(services.values())


def _parse_service(row: Any) -> ProviderService | None:
    if not isinstance(row, dict):
        return None
    service_id = _id_text(row.get("service")) or _id_text(row.get("id"))
    name = to_line(row.get("name"))
    if not name or not _AN_ID.fullmatch(service_id):
        return None
    return ProviderService(
        service_id=service_id,
        name=name,
        category=to_line(row.get("category")),
        type=to_line(row.get("type")),
        description=to_line(row.get("description")) or to_line(row.get("desc")),
        rate=to_number(row.get("rate")),
        minimum=to_int(row.get("min")),
        maximum=to_int(row.get("max")),
        can_refill=to_bool(row.get("refill")),
        can_cancel=to_bool(row.get("cancel")),
        can_dripfeed=to_bool(row.get("dripfeed")),
    )


def is_sendable_id(text: str) -> bool:
    """One that stays one id in a comma list."""
    return _AN_ID.fullmatch(text) is not None
