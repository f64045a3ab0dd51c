import pytest

from providers.clients.refusals import read_refusal_kind
from providers.enums import RefusalKind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Invalid API key", "invalid_key"),
        ("error.invalid_api_key", "invalid_key"),
        ("Unauthorized", "invalid_key"),
        ("Incorrect request", "not_supported"),
        ("Incorrect order ID", "incorrect_order"),
        ("INCORRECT ORDER ID!", "incorrect_order"),
        ("Order not found", "incorrect_order"),
        ("Refill not found", "refill_not_found"),
        ("Not enough funds on balance", "not_enough_funds"),
        ("neworder.error.not_enough_funds", "not_enough_funds"),
        ("error.incorrect_service_id", "incorrect_service"),
        ("is_not_available", "refill_not_available"),
        ("This order is not eligible for refill", "refill_not_available"),
        ("guarantee_expired", "guarantee_expired"),
        ("Refill is_not_available: another one is running", "already_requested"),
        ("Refill has already been requested", "already_requested"),
        ("Order cannot be canceled", "cancel_not_available"),
        ("Cancel is not available", "cancel_not_available"),
        ("Too many requests", "rate_limited"),
        ("neworder.error.link", "other"),
        ("Something went wrong", "other"),
        ("", "other"),
    ],
)
def test_kinds_are_recognised_by_a_part_of_the_message(message, kind):
    assert read_refusal_kind(message) == RefusalKind(kind)
