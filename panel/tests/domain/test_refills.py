"""What a service's name promises, and whether an order may be refilled."""

from datetime import UTC, datetime, timedelta

import pytest

from panel.clients.types import OrderActions, PanelOrder
from panel.domain.refills import Guarantee, GuaranteeKind, RefillDecision, RefillVerdict, decide, guarantee_of

NOW = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)
NONE, LIFETIME, UNSAID = (
    Guarantee(kind) for kind in (GuaranteeKind.NONE, GuaranteeKind.LIFETIME, GuaranteeKind.UNSAID)
)


def days(number):
    return Guarantee(GuaranteeKind.DAYS, number)


@pytest.mark.parametrize(
    ("name", "guarantee"),
    [
        ("Instagram Followers | R30 ♻️ | Max 500K | 20K/D", days(30)),
        ("TikTok Followers ⚡ | R30 | 5K/D", days(30)),
        ("TikTok Likes | 60 Days Refill", days(60)),
        ("YouTube Subscribers 🔥 | 30 Days ♻️ | 1K/D", days(30)),
        ("Facebook Page Likes [Refill: 90D]", days(90)),
        ("Twitter Followers - 30-Day Refill", days(30)),
        ("Instagram Followers [♻️ 365] fast", days(365)),
        ("Spotify Plays | 1 Year Guarantee", days(365)),
        ("Likes | 3 months warranty", days(90)),
        ("Instagram Views R 7", days(7)),
        ("Telegram Members | Lifetime ♻️", LIFETIME),
        ("Spotify Plays 🎧 | Lifetime Refill", LIFETIME),
        ("YouTube Views | life-time guaranteed", LIFETIME),
        ("Instagram Likes ❤️ | No Refill | Instant", NONE),
        ("Twitter Retweets 🔁 | Non Refill", NONE),
        ("Followers | NR | fast", NONE),
        ("Followers R0", NONE),
        ("Likes Refill: ❌", NONE),
        ("Views (without refill) R30", NONE),
        ("Followers no-refill 30 days ♻️", NONE),
        ("Instagram Likes", UNSAID),
        ("Instagram Followers | 0-1 days start | 20K/day", UNSAID),
        ("YouTube Watch Hours 4000", UNSAID),
        ("BR30 comments", UNSAID),
        ("", UNSAID),
    ],
)
def test_guarantee_is_read_from_the_name(name, guarantee):
    assert guarantee_of(name) == guarantee


def order(name="Followers | R30", status="completed", ago=5, refill=None):
    return PanelOrder(
        order_id=1,
        external_id="2",
        username="anna_media",
        service_id=4301,
        service_name=name,
        link="",
        quantity=1000,
        start_count=0,
        remains=0,
        charge=None,
        provider_charge=None,
        status=status,
        mode="auto",
        provider="smmcost.example",
        created=None,
        last_update=None if ago is None else NOW - timedelta(days=ago),
        actions=None if refill is None else OrderActions(refill=refill),
    )


def verdict(one, *, seen=None):
    return decide(one, first_seen_completed=seen, now=NOW).verdict


@pytest.mark.parametrize(
    ("status", "may"),
    [
        ("completed", True),
        ("partial", True),
        ("pending", False),
        ("processing", False),
        ("in_progress", False),
        ("canceled", False),
        ("fail", False),
        ("error", False),
        ("Awaiting moon", False),
    ],
)
def test_only_completed_and_partial_orders(status, may):
    assert verdict(order(status=status)) is (RefillVerdict.ELIGIBLE if may else RefillVerdict.WRONG_STATUS)


def test_no_refill_in_the_name_wins_over_the_panel():
    assert verdict(order("Likes | No Refill", refill=True)) is RefillVerdict.NO_GUARANTEE


@pytest.mark.parametrize(
    ("offered", "expected"), [(True, "eligible"), (False, "no_guarantee"), (None, "no_guarantee")]
)
def test_a_name_that_says_nothing_leaves_it_to_the_panel(offered, expected):
    assert verdict(order("Likes", refill=offered)) is RefillVerdict(expected)


def test_window_is_over_the_moment_after():
    assert verdict(order(ago=30)) is RefillVerdict.ELIGIBLE
    assert decide(order(ago=30), first_seen_completed=None, now=NOW + timedelta(seconds=1)) == RefillDecision(
        RefillVerdict.WINDOW_OVER, 30, NOW
    )


def test_earlier_of_the_two_times_counts():
    assert verdict(order(ago=1), seen=NOW - timedelta(days=31)) is RefillVerdict.WINDOW_OVER
    assert verdict(order(ago=31), seen=NOW - timedelta(days=1)) is RefillVerdict.WINDOW_OVER


def test_with_no_time_known_the_window_cannot_be_over():
    assert verdict(order(ago=None)) is RefillVerdict.ELIGIBLE


def test_lifetime_has_no_end():
    assert verdict(order("Members | Lifetime", ago=3000)) is RefillVerdict.ELIGIBLE
