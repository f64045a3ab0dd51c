"""Whatever a provider answers, callers meet values or ProviderError."""

import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from providers.clients import user_api_parsing as parsing
from providers.errors import ProviderError
from smmbot.lib.http import HttpAnswer
from smmbot.tests.lib.mutated import mutated

IDS = ["990011", "ord_a1", "77"]
ROW = {"charge": "0.31", "start_count": "1500", "status": "Completed", "remains": "0", "currency": "USD"}
ANSWERS = {
    "services": [
        {"service": 17, "name": "Likes", "rate": "0.45", "min": "10", "max": "5000", "refill": True}
    ],
    "status": ROW,
    "statuses": {"990011": ROW, "ord_a1": {"error": "Incorrect order ID"}},
    "refill": {"refill": "77"},
    "refills": [{"order": 990011, "refill": 77}, {"order": "ord_a1", "refill": {"error": "No"}}],
    "refill_status": [{"refill": 77, "status": "Completed"}, {"refill": 78, "status": {"error": "No"}}],
    "cancel": [{"order": 990011, "cancel": 1}, {"order": "ord_a1", "cancel": {"error": "No"}}],
    "balance": {"balance": "100.84", "currency": "USD"},
    "error": {"error": "Invalid API key"},
}
NAMES = ("error", "data", "success", "message", "status", *IDS)


def read_every_way(status, body):
    data = parsing.read_body(HttpAnswer(status, {}, body), path="/status", is_write=False)
    for read in (
        lambda: parsing.parse_services(data),
        lambda: parsing.parse_balance(data),
        lambda: parsing.parse_statuses(data, IDS),
        lambda: parsing.parse_one_status(data, IDS[0]),
        lambda: parsing.parse_refills(data, IDS),
        lambda: parsing.parse_one_refill(data, IDS[0]),
        lambda: parsing.parse_cancels(data, IDS),
        lambda: parsing.parse_one_cancel(data, IDS[0]),
        lambda: parsing.parse_refill_states(data, IDS),
        lambda: parsing.parse_one_refill_state(data, IDS[2]),
    ):
        try:
            found = read()
        except ProviderError:
            continue
        assert "\x00" not in repr(found)
        repr(found).encode()
        if isinstance(found, dict):
            assert list(found) == IDS


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_mutated_answers_raise_nothing_but_provider_errors(name):
    @hypothesis_settings(max_examples=150, deadline=None)
    @given(
        answer=mutated(ANSWERS[name], NAMES), status=st.sampled_from([200, 200, 200, 400, 401, 403, 404, 500])
    )
    def run(answer, status):
        try:
            read_every_way(status, json.dumps(answer).encode())
        except ProviderError:
            return

    run()


@hypothesis_settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_raise_nothing_but_provider_errors(body):
    try:
        read_every_way(200, body)
    except ProviderError:
        return
