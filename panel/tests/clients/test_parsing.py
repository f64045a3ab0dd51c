import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from panel.clients import perfectpanel_parsing as parsing
from panel.clients import wire_values
from panel.clients.perfectpanel import read_envelope
from panel.clients.types import Money
from panel.errors import PanelError
from panel.tests.clients.conftest import PAYLOADS, payload
from smmbot.lib.http import HttpAnswer
from smmbot.tests.lib.mutated import mutated, odd


def test_money_written_as_a_number_keeps_its_digits():
    row = parsing.parse_json(b'{"value": 0.1000000000000000055, "currency_code": "USD"}')

    assert wire_values.to_money(row) == Money(Decimal("0.1000000000000000055"), "USD")


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"created_timestamp": 1769940000}, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ({"created_timestamp": "1769940000"}, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ({"created": "2026-02-01 10:00:00"}, None),
        ({"created": "2026-02-01T15:30:00+05:30"}, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ({"created": "2026-02-01T10:00:00Z"}, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ({"created_timestamp": 0}, None),
        ({"created_timestamp": -5}, None),
        ({"created_timestamp": 10**17}, None),
        ({"created_timestamp": ""}, None),
        ({"created": "yesterday"}, None),
        ({}, None),
    ],
)
def test_times_come_from_timestamps(fields, moment):
    order = parsing.parse_order({"id": 1, "status": "pending", **fields})

    assert order.created == moment


def test_an_order_needs_little():
    order = parsing.parse_order({"id": "5", "status": "Completed", "user": None, "start_count": ""})

    assert (order.order_id, order.status, order.username, order.start_count) == (5, "completed", "", None)


@pytest.mark.parametrize("row", [{}, {"id": 0}, {"id": 5}, {"id": 5, "status": ""}, {"status": "pending"}])
def test_an_order_without_id_or_status_is_no_order(row):
    with pytest.raises(parsing.BadRow):
        parsing.parse_order(row)


def test_texts_hold_nothing_the_database_refuses():
    row = json.loads(r'{"id": 1, "status": "pending", "link": "a\u0000b\ud83dc", "user": "\ud83d"}')
    order = parsing.parse_order(row)

    for text in (order.link, order.username):
        assert "\x00" not in text
        assert text.encode()


def test_pagination_is_read_at_the_top_or_inside_data():
    top = {"data": {"pagination": {"limit": 1}}, "pagination": {"limit": 2}, "error_code": 0}
    inside = {"data": {"pagination": {"limit": 1}}, "error_code": 0}

    assert parsing.parse_envelope(top).pagination == {"limit": 2}
    assert parsing.parse_envelope(inside).pagination == {"limit": 1}
    assert parsing.parse_envelope({"data": [], "error_code": 0}).pagination == {}


def read(status, body, path):
    answer = read_envelope(HttpAnswer(status, {}, body), path=path, is_write=False)
    readers = (parsing.parse_order, parsing.parse_ticket, parsing.parse_user, parsing.parse_payment)
    for parse in readers:
        for take in (
            lambda parse=parse: parsing.parse_one(answer.data, parse),
            lambda parse=parse: parsing.parse_list(answer.data, parse, what="things"),
        ):
            try:
                repr(take())
            except PanelError:
                continue
    parsing.parse_write(answer.data)
    parsing.parse_new_ticket_id(answer.data)


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.glob("*.json")))
def test_mutated_answers_raise_nothing_but_panel_errors(name):
    @hypothesis_settings(max_examples=250, deadline=None)
    @given(answer=mutated(payload(name)), status=st.sampled_from([200, 200, 200, 400, 404, 401]))
    def run(answer, status):
        try:
            read(status, json.dumps(answer).encode(), "/orders/1")
        except PanelError:
            return

    run()


@hypothesis_settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_raise_nothing_but_panel_errors(body):
    with pytest.raises(PanelError):
        read(200, body, "/orders")


@hypothesis_settings(max_examples=200, deadline=None)
@given(raw=odd())
def test_single_values_never_raise(raw):
    for convert in (
        wire_values.to_int,
        wire_values.to_bool,
        wire_values.to_line,
        wire_values.to_money,
        wire_values.to_provider,
        parsing.parse_write,
        parsing.parse_new_ticket_id,
    ):
        convert(raw)
