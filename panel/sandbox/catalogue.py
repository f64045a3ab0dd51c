"""What the fake panel sells. Names as the trade writes them; all of it invented."""

from decimal import Decimal
from typing import NamedTuple

SMMCOST = "smmcost.example"
BOOSTLAB = "boostlab.example"


class PanelService(NamedTuple):
    """rate: what a thousand cost the customer; cost: what they cost the panel, None for work done by hand."""

    id: int
    name: str
    provider: str | None
    rate: Decimal
    cost: Decimal | None
    service_type: str = "default"


def _service(
    id: int, name: str, provider: str | None, rate: str, cost: str | None, service_type: str = "default"
) -> PanelService:
    return PanelService(
        id, name, provider, Decimal(rate), None if cost is None else Decimal(cost), service_type
    )


INSTAGRAM_FOLLOWERS, INSTAGRAM_LIKES, TELEGRAM_MEMBERS, TIKTOK_LIKES = 4301, 4302, 4303, 4304
YOUTUBE_VIEWS, TIKTOK_FOLLOWERS, FACEBOOK_LIKES, TWITTER_RETWEETS = 4305, 4306, 4307, 4308
YOUTUBE_SUBSCRIBERS, STORY_VIEWS, SPOTIFY_PLAYS, CUSTOM_COMMENTS = 4309, 4310, 4311, 4312

SERVICES = {
    service.id: service
    for service in (
        _service(4301, "Instagram Followers | R30 ♻️ | Max 500K | 20K/D", SMMCOST, "1.2000", "0.8100"),
        _service(4302, "Instagram Likes ❤️ | No Refill | Instant", BOOSTLAB, "0.4200", "0.2500"),
        _service(4303, "Telegram Members | Lifetime ♻️", SMMCOST, "2.1000", "1.4000"),
        _service(4304, "TikTok Likes | 60 Days Refill", BOOSTLAB, "0.9500", "0.6000"),
        _service(4305, "YouTube Views | No Refill", SMMCOST, "1.8000", "1.1500"),
        _service(4306, "TikTok Followers ⚡ | R30 | 5K/D", BOOSTLAB, "3.4000", "2.2000"),
        _service(4307, "Facebook Page Likes 👍 | R90 ♻️ | Slow Start", SMMCOST, "2.6000", "1.9000"),
        _service(4308, "Twitter Retweets 🔁 | Non Refill", BOOSTLAB, "4.0000", "2.7500"),
        _service(4309, "YouTube Subscribers 🔥 | 30 Days ♻️ | 1K/D", SMMCOST, "9.5000", "7.2000"),
        _service(4310, "Instagram Story Views 👀 | By Hand", None, "0.3000", None),
        _service(4311, "Spotify Plays 🎧 | Lifetime Refill", BOOSTLAB, "0.7500", "0.4800"),
        _service(4312, "Custom Comments 💬 | No Refill | By Hand", None, "12.0000", None, "custom_comments"),
    )
}
