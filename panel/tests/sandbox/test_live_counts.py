"""Made-up live counts: the same each time, and settable."""

import pytest

from panel.sandbox.live_counts import live_count, set_live_count
from panel.sandbox.seed import seed_world
from panel.sandbox.state import PanelWorld
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.control import BadControlCallError


@pytest.fixture
def world():
    world = PanelWorld(Clock(frozen_at=1_777_802_400.0))
    seed_world(world)
    return world


@pytest.mark.parametrize(("order_id", "count"), [(54322, 6080), (54325, 495), (54326, 812)])
def test_drop_follows_from_the_order_id(world, order_id, count):
    assert live_count(world, order_id) == count


@pytest.mark.parametrize("order_id", [54337, 54336, 54345])
def test_nobody_counts_work_by_hand_or_without_a_start(world, order_id):
    assert live_count(world, order_id) is None


def test_set_and_taken_back(world):
    set_live_count(world, 54322, live=7, drop=None)
    assert live_count(world, 54322) == 7
    set_live_count(world, 54322, live=None, drop=30)
    assert live_count(world, 54322) == 6200
    set_live_count(world, 54322, live=None, drop=None)
    assert live_count(world, 54322) == 6080


def test_no_drop_without_a_start(world):
    with pytest.raises(BadControlCallError):
        set_live_count(world, 54337, live=None, drop=30)


def test_kept_with_the_rest(world):
    set_live_count(world, 54322, live=7, drop=None)
    other = PanelWorld(world.clock)
    other.load(world.dump())

    assert live_count(other, 54322) == 7
