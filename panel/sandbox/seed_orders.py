"""The sixty orders of a fresh fake panel: half of them told one by one, the rest to give lists their
length."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from panel.sandbox import catalogue
from panel.sandbox.catalogue import SERVICES
from panel.sandbox.orders import DAY_S, PanelOrder
from panel.sandbox.state import external_id
from smmbot.lib.sandbox.timeline import STATUSES, Timeline

ANNA, RAHUL, JOKO = "anna_media", "rahul.smm", "joko88"
HOUR_S = 3600
FIRST_ID, LAST_ID = 54301, 54360
AUTOMATIC = [service.id for service in SERVICES.values() if service.provider is not None]
MANUAL = {54305: "", 54312: "n/a", 54319: "manual", 54348: None, 54356: "0"}
BARE_LINKS = (54309, 54329, 54343, 54351)


def seed_orders(now: float) -> Iterator[PanelOrder]:
    told = {order.id: order for order in _told_orders(now)}
    for order_id in range(FIRST_ID, LAST_ID + 1):
        yield told[order_id] if order_id in told else _filler(order_id, now)


def _told_orders(now: float) -> Iterator[PanelOrder]:
    """The orders that tests, demos and the docs name."""
    yield _running(
        54321, ANNA, catalogue.INSTAGRAM_FOLLOWERS, 5000, now - 3 * HOUR_S, units_per_s=0.2, start_count=1200
    )
    yield _done(54322, ANNA, catalogue.INSTAGRAM_FOLLOWERS, 1000, now - 5 * DAY_S, start_count=5230)
    yield _done(54323, ANNA, catalogue.INSTAGRAM_FOLLOWERS, 2000, now - 45 * DAY_S, start_count=3100)
    yield _done(54324, ANNA, catalogue.YOUTUBE_VIEWS, 10_000, now - 3 * DAY_S, start_count=412)
    yield _done(54325, ANNA, catalogue.TELEGRAM_MEMBERS, 500, now - 120 * DAY_S, start_count=0)
    yield _done(
        54326, ANNA, catalogue.TIKTOK_FOLLOWERS, 1000, now - 2 * DAY_S, "partial", remains=250, start_count=77
    )
    yield _queued(54327, ANNA, catalogue.TIKTOK_LIKES, 3000, now - HOUR_S / 3, starts_in_s=6 * HOUR_S)
    yield replace(
        _running(
            54328, ANNA, catalogue.FACEBOOK_LIKES, 800, now - 9 * HOUR_S, units_per_s=0.01, start_count=950
        ),
        offers_cancel=False,
    )
    yield _done(54329, ANNA, catalogue.INSTAGRAM_FOLLOWERS, 1500, now - 2 * HOUR_S, "fail")

    yield _running(
        54330, RAHUL, catalogue.TIKTOK_FOLLOWERS, 2000, now - 5 * HOUR_S, units_per_s=0.05, start_count=310
    )
    yield _done(54331, RAHUL, catalogue.YOUTUBE_SUBSCRIBERS, 300, now - 2 * DAY_S, start_count=1980)
    yield _done(54332, RAHUL, catalogue.INSTAGRAM_LIKES, 1000, now - DAY_S, "canceled")
    yield _done(54333, RAHUL, catalogue.TWITTER_RETWEETS, 200, now - 6 * HOUR_S, "error")
    yield _processing(54334, RAHUL, catalogue.YOUTUBE_VIEWS, 5000, now - HOUR_S)
    yield _done(54335, RAHUL, catalogue.TIKTOK_LIKES, 700, now - 4 * HOUR_S, "fail")
    yield _by_hand(
        _queued(54336, RAHUL, catalogue.STORY_VIEWS, 400, now - 2 * HOUR_S, starts_in_s=30 * DAY_S), None
    )
    yield _done(54337, RAHUL, catalogue.TIKTOK_LIKES, 5000, now - 10 * DAY_S, start_count=None)
    yield _done(54338, RAHUL, catalogue.INSTAGRAM_LIKES, 2500, now - HOUR_S, start_count=64)

    yield _running(
        54339, JOKO, catalogue.TELEGRAM_MEMBERS, 1200, now - 1740, units_per_s=0.5, start_count=8800
    )
    yield _running(
        54340, JOKO, catalogue.FACEBOOK_LIKES, 1000, now - 2 * HOUR_S, units_per_s=0.05, start_count=15,
        ends_as="partial", ends_after_units=600,
    )  # fmt: skip
    fails_soon = _queued(
        54341, JOKO, catalogue.YOUTUBE_VIEWS, 2000, now - HOUR_S / 3, starts_in_s=HOUR_S / 2, ends_as="fail"
    )
    yield replace(fails_soon, external_id=None)
    yield _done(54342, JOKO, catalogue.INSTAGRAM_FOLLOWERS, 600, now - 30 * DAY_S + HOUR_S, start_count=2040)
    yield _by_hand(
        _running(54343, JOKO, catalogue.CUSTOM_COMMENTS, 25, now - 8 * HOUR_S, units_per_s=0.0002), "n/a"
    )
    yield _done(54344, JOKO, catalogue.YOUTUBE_SUBSCRIBERS, 100, now - 4 * DAY_S, start_count=0)
    yield _by_hand(
        _done(54345, JOKO, catalogue.STORY_VIEWS, 900, now - 3 * DAY_S, "partial", remains=400), "manual"
    )


def _filler(order_id: int, now: float) -> PanelOrder:
    """The rest, so that lists have pages and every status has company."""
    turn = order_id - FIRST_ID
    user = (ANNA, RAHUL, JOKO)[turn % 3]
    service_id = AUTOMATIC[turn * 3 % len(AUTOMATIC)]
    quantity = (500, 1000, 2500, 100, 7500)[turn % 5]
    status = (*STATUSES, "completed", "completed")[(turn * 7) % 10]
    at = now - (turn % 9) * DAY_S - (turn % 5 + 1) * HOUR_S
    if status == "pending":
        order = _queued(order_id, user, service_id, quantity, now - HOUR_S, starts_in_s=12 * HOUR_S)
    elif status == "processing":
        order = _processing(order_id, user, service_id, quantity, now - HOUR_S)
    elif status == "in_progress":
        pace = quantity / (4 * DAY_S)
        order = _running(
            order_id, user, service_id, quantity, now - DAY_S, units_per_s=pace, start_count=turn * 31
        )
    else:
        remains = quantity // 4 if status == "partial" else 0
        start_count = (None, 0, 1500, 20_340)[turn % 4]
        order = _done(
            order_id, user, service_id, quantity, at, status, remains=remains, start_count=start_count
        )
    return _by_hand(order, MANUAL[order_id]) if order_id in MANUAL else order


def _order(
    order_id: int, user: str, service_id: int, quantity: int, timeline: Timeline, **fields: Any
) -> PanelOrder:
    service = SERVICES[service_id]
    network = service.name.split()[0].lower()
    handle = f"{user.replace('.', '_')}.{order_id % 10}"
    is_automatic = service.provider is not None
    return PanelOrder(
        id=order_id,
        user=user,
        service_id=service_id,
        service_name=service.name,
        service_type=service.service_type,
        quantity=quantity,
        charge=service.rate * quantity / 1000,
        provider_charge=None if service.cost is None else service.cost * quantity / 1000,
        link=f"@{handle}" if order_id in BARE_LINKS else f"https://{network}.example/{handle}",
        timeline=timeline,
        provider=service.provider,
        external_id=external_id(service.provider, order_id) if is_automatic else None,
        mode="auto" if is_automatic else "manual",
        creation_type="api" if order_id % 4 == 0 else "web",
        comments=["So good!", "Love it 😍"] if service.service_type == "custom_comments" else [],
        ip_address=f"203.0.113.{order_id % 200 + 1}",
        **fields,
    )


def _running(
    order_id: int,
    user: str,
    service_id: int,
    quantity: int,
    placed_at: float,
    *,
    units_per_s: float,
    start_count: int | None = None,
    ends_as: str = "completed",
    ends_after_units: int | None = None,
) -> PanelOrder:
    timeline = Timeline(
        placed_at,
        start_delay_s=600,
        units_per_s=units_per_s,
        ends_as=ends_as,
        ends_after_units=ends_after_units,
    )
    return _order(order_id, user, service_id, quantity, timeline, start_count=start_count)


def _queued(
    order_id: int,
    user: str,
    service_id: int,
    quantity: int,
    placed_at: float,
    *,
    starts_in_s: float,
    ends_as: str = "completed",
) -> PanelOrder:
    """starts_in_s: after it was placed."""
    timeline = Timeline(
        placed_at, start_delay_s=starts_in_s, units_per_s=quantity / (4 * HOUR_S), ends_as=ends_as
    )
    return _order(order_id, user, service_id, quantity, timeline, start_count=order_id % 700)


def _processing(order_id: int, user: str, service_id: int, quantity: int, placed_at: float) -> PanelOrder:
    timeline = Timeline(placed_at, start_delay_s=120, processing_s=10 * HOUR_S, units_per_s=quantity / DAY_S)
    return _order(order_id, user, service_id, quantity, timeline, start_count=order_id % 900)


def _done(
    order_id: int,
    user: str,
    service_id: int,
    quantity: int,
    at: float,
    status: str = "completed",
    *,
    remains: int = 0,
    start_count: int | None = None,
) -> PanelOrder:
    """An order that came to its end at that moment. Failed ones have no provider OID: they never got
    there."""
    delivered = quantity - remains if status in ("completed", "partial") else 0
    timeline = Timeline(at - 7 * HOUR_S, units_per_s=quantity / (6 * HOUR_S)).standing(
        status, delivered=delivered, at=at
    )
    order = _order(order_id, user, service_id, quantity, timeline, start_count=start_count)
    return replace(order, external_id=None) if status == "fail" else order


def _by_hand(order: PanelOrder, provider: str | None) -> PanelOrder:
    return replace(order, provider=provider, external_id=None, provider_charge=None, mode="manual")
