import pytest

from providers.enums import RefillState, read_refill_state


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("Pending", RefillState.PENDING),
        ("AWAITING", RefillState.PENDING),
        ("In progress", RefillState.IN_PROGRESS),
        ("in_progress", RefillState.IN_PROGRESS),
        ("In-Progress", RefillState.IN_PROGRESS),
        ("Completed", RefillState.COMPLETED),
        (" success ", RefillState.COMPLETED),
        ("Rejected", RefillState.REJECTED),
        ("Cancelled", RefillState.CANCELED),
        ("FAIL", RefillState.ERROR),
        ("Lost", RefillState.UNKNOWN),
        ("", RefillState.UNKNOWN),
    ],
)
def test_read_refill_state(raw, state):
    assert read_refill_state(raw) == state


def test_what_is_final():
    assert {state for state in RefillState if not state.is_final} == {
        *(RefillState.PENDING, RefillState.IN_PROGRESS, RefillState.UNKNOWN),
    }
