import pytest

from panel.enums import OrderStatus, is_final_status, read_status, status_label


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("in_progress", "in_progress"),
        ("In progress", "in_progress"),
        ("IN-PROGRESS", "in_progress"),
        ("inprogress", "in_progress"),
        (" Completed ", "completed"),
        ("cancelled", "canceled"),
        ("Failed", "fail"),
        ("On Hold", "On Hold"),
        ("", ""),
    ],
)
def test_read_status(raw, status):
    assert read_status(raw) == status


@pytest.mark.parametrize(
    ("status", "label"), [("in_progress", "In Progress"), ("canceled", "Canceled"), ("On Hold", "On Hold")]
)
def test_status_label(status, label):
    assert status_label(status) == label


def test_final_statuses():
    assert {status for status in OrderStatus if status.is_final} == {"completed", "partial", "canceled"}
    assert is_final_status("completed")
    assert not is_final_status("fail")
    assert not is_final_status("On Hold")
