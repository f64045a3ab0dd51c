"""PerfectPanel's Admin API v2. No specification is public: paths and bodies are those working clients use."""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from panel.clients import perfectpanel_parsing as parsing
from panel.clients.base import IDS_A_CALL, PanelClient
from panel.clients.perfectpanel_parsing import Envelope
from panel.clients.transport import PanelTransport
from panel.clients.types import (
    CallTrace,
    PanelOrder,
    PanelPayment,
    PanelTicket,
    PanelUser,
    Probe,
    WriteResult,
)
from panel.clients.url import normalise_url
from panel.errors import (
    PanelDown,
    PanelError,
    PanelNotFound,
    PanelProtocolError,
    PanelRefused,
    PanelUnauthorized,
    PanelUrlRefused,
)
from smmbot.lib.http import HttpAnswer
from smmbot.lib.ratelimit import Priority

logger = logging.getLogger(__name__)

SINGLES_AT_MOST = 10
BASE_PATH = "/adminapi/v2"
# Only GET lists: the API's `…/pull` calls change orders even when nothing but a look was meant.
PROBED = {"orders": "/orders", "users": "/users", "tickets": "/tickets", "payments": "/payments"}

_ONE_OBJECT = re.compile(r"/(order|ticket)s/\d+")
_USERS_LOOKED_AT = 100
_TAG_MARKS = str.maketrans({"<": "&lt;", ">": "&gt;"})


class PerfectPanelClient(PanelClient):
    """One tenant's panel. Cheap to make, so make one for each command or task."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        rate_limit: float | None = 5,
        priority: Priority = Priority.INTERACTIVE,
        on_call: Callable[[CallTrace], None] | None = None,
        transport: PanelTransport | None = None,
    ) -> None:
        """rate_limit: calls a second for this key, all our processes together. Raises PanelUrlRefused."""
        if transport is None:
            origin = normalise_url(base_url)
            transport = PanelTransport(
                base_url=origin + BASE_PATH,
                endpoint=origin,
                api_key=api_key,
                headers={"X-Api-Key": api_key.strip()},
                rate_limit=rate_limit,
                priority=priority,
                on_call=on_call,
            )
        self._transport = transport

    # --- orders ---------------------------------------------------------------------------------------------

    def get_orders(self, ids: Sequence[int]) -> dict[int, PanelOrder]:
        wanted = _unique(ids)
        found: dict[int, PanelOrder] = {}
        for start in range(0, len(wanted), IDS_A_CALL):
            found.update(self._get_page_of_orders(wanted[start : start + IDS_A_CALL]))
        return {order_id: found[order_id] for order_id in wanted if order_id in found}

    def _get_page_of_orders(self, wanted: Sequence[int]) -> dict[int, PanelOrder]:
        answer = self._get(
            "/orders", {"ids": _joined(wanted), "limit": len(wanted), "include": "last_update"}
        )
        rows = parsing.parse_list(answer.data, parsing.parse_order, what="orders")
        asked_for = frozenset(wanted)
        found = {order.order_id: order for order in rows if order.order_id in asked_for}
        strangers = len(rows) - sum(order.order_id in asked_for for order in rows)
        _count_strangers("orders", len(rows), len(rows) - strangers)
        if strangers:
            # The panel did not filter by these ids, so what is not among its rows may well exist.
            found |= self._one_by_one([order_id for order_id in wanted if order_id not in found])
        return found

    def _one_by_one(self, missing: Sequence[int]) -> dict[int, PanelOrder]:
        """The first few that a list without a filter left out; more would take the panel's whole rate."""
        found = {}
        for order_id in missing[:SINGLES_AT_MOST]:
            with suppress(PanelNotFound):
                found[order_id] = self.get_order(order_id)
        return found

    def get_order(self, order_id: int) -> PanelOrder:
        _unique([order_id])
        order = parsing.parse_one(self._get(f"/orders/{order_id}").data, parsing.parse_order)
        if order.order_id != order_id:
            raise PanelProtocolError(reason="bad_data")
        return order

    def resend(self, ids: Sequence[int]) -> WriteResult:
        return self._write_orders("/orders/resend", ids)

    def request_cancel(self, ids: Sequence[int]) -> WriteResult:
        return self._write_orders("/orders/request-cancel", ids)

    def cancel(self, ids: Sequence[int], reason: str | None = None) -> WriteResult:
        return self._write_orders("/orders/cancel", ids, {"cancel_reason": reason} if reason else {})

    def change_status(self, ids: Sequence[int], status: str) -> WriteResult:
        return self._write_orders("/orders/change-status", ids, {"status": str(status)})

    def set_partial(self, order_id: int, remains: int) -> WriteResult:
        if remains < 0:
            raise ValueError(remains)
        asked = _unique([order_id])
        answer = self._post(f"/orders/{order_id}/set-partial", {"remains": remains})
        return self._result(asked, answer)

    def _write_orders(
        self, path: str, ids: Sequence[int], more: Mapping[str, str] | None = None
    ) -> WriteResult:
        asked = _unique(ids)
        if len(asked) > IDS_A_CALL:
            raise ValueError(len(asked))
        if not asked:
            return WriteResult(done=(), skipped=(), orders={})
        # The ids go as one text, not as an array.
        return self._result(asked, self._post(path, {"ids": _joined(asked), **(more or {})}))

    def _result(self, asked: Sequence[int], answer: Envelope) -> WriteResult:
        """What the panel names neither done nor skipped counts as skipped: it did not say that it was
        done."""
        reply = parsing.parse_write(answer.data)
        done = [
            order_id
            for order_id in asked
            if order_id not in reply.skipped and (reply.done is None or order_id in reply.done)
        ]
        try:
            orders = self.get_orders(asked)
        except PanelError as error:
            logger.warning("panel_reread_failed", extra={"code": error.code, "order_ids": list(asked)})
            orders = {}
        return WriteResult(
            done=tuple(done),
            skipped=tuple(order_id for order_id in asked if order_id not in done),
            orders=orders,
            reread_failed=tuple(order_id for order_id in asked if order_id not in orders),
        )

    # --- people ---------------------------------------------------------------------------------------------

    def find_user(self, username: str) -> PanelUser | None:
        wanted = username.strip()
        if not wanted:
            return None
        # How the panel matches is not known, so we match ourselves.
        users = self._users(username=wanted, limit=_USERS_LOOKED_AT)
        for user in users:
            if user.username == wanted:
                return user
        alike = [user for user in users if user.username.casefold() == wanted.casefold()]
        return alike[0] if len(alike) == 1 else None

    def is_user_gone(self, username: str) -> bool:
        name = username.strip()
        # A panel may compare exactly, and a link made by hand may be spelt in another case.
        spellings = dict.fromkeys((name, name.lower()))
        # Strangers in the list: the panel goes by another rule than the name, and may leave the one out.
        if not name or any(self._users(username=one, limit=_USERS_LOOKED_AT) for one in spellings):
            return False
        # A list that is empty whatever is asked for is no proof: a key without this right, a panel half down.
        return bool(self._users(limit=1))

    def _users(self, **query: Any) -> list[PanelUser]:
        return parsing.parse_list(self._get("/users", query).data, parsing.parse_user, what="users")

    def list_payments(
        self, username: str | None = None, status: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[PanelPayment]:
        answer = self._get(
            "/payments",
            _given(username=username, payment_status=status)
            | {"limit": limit, "offset": offset, "sort": "created-at-desc"},
        )
        rows = parsing.parse_list(answer.data, parsing.parse_payment, what="payments")
        asked_for = [row for row in rows if _is(username, row.username) and _is(status, row.status)]
        _count_strangers("payments", len(rows), len(asked_for))
        return asked_for

    # --- tickets --------------------------------------------------------------------------------------------

    def list_tickets(
        self, status: str | None = None, user: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[PanelTicket]:
        answer = self._get("/tickets", _given(status=status, user=user) | {"limit": limit, "offset": offset})
        rows = parsing.parse_list(answer.data, parsing.parse_ticket, what="tickets")
        asked_for = [row for row in rows if _is(status, row.status) and _is(user, row.username)]
        _count_strangers("tickets", len(rows), len(asked_for))
        return asked_for

    def get_ticket(self, ticket_id: int) -> PanelTicket:
        _unique([ticket_id])
        ticket = parsing.parse_one(self._get(f"/tickets/{ticket_id}").data, parsing.parse_ticket)
        if ticket.ticket_id != ticket_id:
            raise PanelProtocolError(reason="bad_data")
        return ticket

    def reply_ticket(self, ticket_id: int, message: str, staff_name: str) -> None:
        _unique([ticket_id])
        body = {"message": _without_tags(message), "staff_name": staff_name}
        self._post(f"/tickets/{ticket_id}/reply", body)

    def add_ticket(self, username: str, subject: str, message: str, staff_name: str | None = None) -> int:
        body = {
            "username": username,
            "subject": _without_tags(subject),
            "message": _without_tags(message),
            **_given(staff_name=staff_name),
        }
        ticket_id = parsing.parse_new_ticket_id(self._post("/tickets/add", body).data)
        if ticket_id is None:
            raise PanelProtocolError(reason="bad_data", maybe_written=True)
        return ticket_id

    # --- the panel itself -----------------------------------------------------------------------------------

    def probe(self) -> Probe:
        capabilities: dict[str, bool] = {}
        failure: PanelError | None = None
        is_reachable = is_v2 = False
        latency_ms: int | None = None
        for name, path in PROBED.items():
            started = time.perf_counter()
            try:
                answer = self._transport.read(path, {"limit": 1}, read_envelope, is_probe=True)
                parsing.parse_list(answer.data, parsing.as_row, what=name)
                capabilities[name] = is_v2 = True
            except PanelError as error:
                failure = failure or error
                capabilities[name] = False
                # Only an answer in the envelope proves the API, be it a refusal.
                is_v2 = is_v2 or isinstance(error, PanelRefused)
                if isinstance(error, PanelDown | PanelUrlRefused) or not (
                    is_v2 or isinstance(error, PanelUnauthorized)
                ):
                    is_reachable = is_reachable or not isinstance(error, PanelDown | PanelUrlRefused)
                    break
            is_reachable = True
            if latency_ms is None:
                latency_ms = round((time.perf_counter() - started) * 1000)
        return Probe(
            reachable=is_reachable,
            authorised=any(capabilities.values()),
            is_v2=is_v2,
            code=failure.code if failure else "ok",
            latency_ms=latency_ms,
            capabilities={name: capabilities.get(name, False) for name in PROBED},
        )

    # --- the wire -------------------------------------------------------------------------------------------

    def _get(self, path: str, params: Mapping[str, str | int] | None = None) -> Envelope:
        envelope: Envelope = self._transport.read(path, params or {}, read_envelope)
        return envelope

    def _post(self, path: str, body: Mapping[str, Any]) -> Envelope:
        envelope: Envelope = self._transport.write(path, body, read_envelope)
        return envelope


def read_envelope(answer: HttpAnswer, *, path: str, is_write: bool) -> Envelope:
    """Tell success from failure. `error_code` decides, whatever the HTTP status; a missing object is told by
    HTTP 404, or by words where the path names one object. Raises PanelError's kinds."""
    status = answer.status
    if status >= 500:
        raise PanelDown(reason="http_5xx", maybe_written=is_write)
    if status in (401, 403):
        raise PanelUnauthorized
    try:
        envelope = parsing.parse_envelope(parsing.parse_json(answer.body))
    except PanelProtocolError as error:
        raise PanelProtocolError(reason=error.reason, maybe_written=is_write and status < 400) from error
    one = _ONE_OBJECT.match(path)
    if status == 404:
        if is_write or one:
            raise PanelNotFound
        raise PanelProtocolError(reason="no_such_path")
    if envelope.error_code == 0 and status < 400:
        return envelope
    if one and _says_missing(envelope.error_message, one[1], is_write=is_write):
        raise PanelNotFound
    raise PanelRefused(error_code=envelope.error_code or status, message=envelope.error_message)


def _says_missing(message: str, noun: str, *, is_write: bool) -> bool:
    """A write may also miss something else: "Staff not found"."""
    words = message.lower().replace("_", " ")
    return "not found" in words and (not is_write or noun in words)


def _unique(ids: Sequence[int]) -> list[int]:
    """Each once, in the order given. Raises ValueError for what is no id."""
    unique = list(dict.fromkeys(ids))
    if any(order_id <= 0 for order_id in unique):
        raise ValueError(ids)
    return unique


def _joined(ids: Sequence[int]) -> str:
    return ",".join(map(str, ids))


def _given(**values: str | None) -> dict[str, str | int]:
    return {name: value for name, value in values.items() if value}


def _is(wanted: str | None, value: str) -> bool:
    return not wanted or wanted.casefold() == value.casefold()


def _count_strangers(what: str, received: int, kept: int) -> None:
    if kept < received:
        logger.warning("panel_ignored_filter", extra={"what": what, "dropped": received - kept})


def _without_tags(text: str) -> str:
    """Whether the panel takes messages as HTML is not known; nobody's text shall become a tag there."""
    return text.translate(_TAG_MARKS)
