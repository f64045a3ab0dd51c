"""The pace a service's name promises."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from panel.clients.types import PanelOrder
from panel.domain.pace import may_stand_still_for, units_a_day

ORDER = PanelOrder(
    order_id=1, external_id="9", username="anna", service_id=1, service_name="", link="x", quantity=1000,
    start_count=500, remains=0, charge=None, provider_charge=None, status="in_progress", mode="auto",
    provider="a.example", created=None, last_update=None, actions=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "speed"),
    [
        ("Instagram Followers | R30 ♻️ | Max 500K | 20K/D", 20_000),
        ("Likes 1.5K/day", 1_500),
        ("Likes 1,5k / day", 1_500),
        ("Views 1,000/D", 1_000),
        ("Views 1M per Day", 1_000_000),
        ("Views 500/Hour", 12_000),
        ("Views 10K+/hr", 240_000),
        ("Likes | 30 Days ♻️", None),
        ("Likes | Max 500K", None),
        ("Views 0/D", None),
        ("24/7 support", None),
        ("", None),
    ],
)
def test_units_a_day(name, speed):
    assert units_a_day(name) == (None if speed is None else Decimal(speed))


@pytest.mark.parametrize(
    ("name", "quantity", "hours"),
    [
        ("20K/D", 10_000, 12),
        ("20K/D", 100, 6),
        ("20K/D", 900_000, 24),
        ("no word of it", 100, 24),
        ("20K/D", None, 24),
    ],
)
def test_time_it_may_stand_still(name, quantity, hours):
    assert may_stand_still_for(replace(ORDER, service_name=name, quantity=quantity)) == timedelta(hours=hours)
