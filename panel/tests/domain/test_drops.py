"""The measure of a drop: live against start + quantity, its share of the quantity."""

from dataclasses import replace
from decimal import Decimal

import pytest

from panel.clients.types import PanelOrder
from panel.domain.drops import Drop, DropVerdict, expected_end, measure

ORDER = PanelOrder(
    order_id=1, external_id="9", username="anna", service_id=1, service_name="Followers | R30", link="x",
    quantity=1000, start_count=500, remains=0, charge=None, provider_charge=None, status="completed", mode="auto",
    provider="a.example", created=None, last_update=None, actions=None,
)  # fmt: skip


def measured(order=ORDER, *, live, threshold="3"):
    return measure(order, live=live, threshold_percent=Decimal(threshold))


@pytest.mark.parametrize(
    ("live", "verdict", "drop", "share"),
    [
        (1500, DropVerdict.NO_DROP, 0, "0.0"),
        (4000, DropVerdict.NO_DROP, 0, "0.0"),
        (1471, DropVerdict.SMALL_DROP, 29, "2.9"),
        (1470, DropVerdict.JUSTIFIED, 30, "3.0"),
        (500, DropVerdict.JUSTIFIED, 1000, "100.0"),
        (499, DropVerdict.BELOW_START, 1001, "100.1"),
        (0, DropVerdict.BELOW_START, 1500, "150.0"),
    ],
)
def test_verdict_at_its_edges(live, verdict, drop, share):
    assert measured(live=live) == Drop(verdict, 1500, live, drop, Decimal(share))


def test_share_is_not_rounded_up_to_the_threshold():
    order = replace(ORDER, quantity=100_000)

    drop = measured(order, live=100_500 - 2_960)

    assert (drop.verdict, drop.share) == (DropVerdict.SMALL_DROP, Decimal("3.0"))


def test_threshold_of_zero_refills_every_drop():
    assert measured(live=1499, threshold="0").verdict is DropVerdict.JUSTIFIED


@pytest.mark.parametrize(
    ("changes", "live", "verdict"),
    [
        ({"start_count": None}, 100, DropVerdict.START_UNKNOWN),
        ({"quantity": None}, 100, DropVerdict.START_UNKNOWN),
        ({"quantity": 0}, 100, DropVerdict.START_UNKNOWN),
        ({"status": "partial", "remains": None}, 100, DropVerdict.START_UNKNOWN),
        ({"status": "in_progress"}, 100, DropVerdict.NOT_ENDED),
        ({"status": "canceled"}, 100, DropVerdict.NOT_ENDED),
        ({}, None, DropVerdict.LIVE_UNKNOWN),
    ],
)
def test_what_is_not_known_is_not_measured(changes, live, verdict):
    drop = measured(replace(ORDER, **changes), live=live)

    assert (drop.verdict, drop.drop, drop.share) == (verdict, None, None)
    assert not drop.is_below_threshold


def test_partial_orders_end_lower_by_what_remains():
    assert expected_end(replace(ORDER, status="partial", remains=400)) == 1100
    assert expected_end(replace(ORDER, remains=400)) == 1500
    assert expected_end(replace(ORDER, start_count=0)) == 1000
