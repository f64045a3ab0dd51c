"""What the fake providers sell. Invented, in the manner of the trade."""

from dataclasses import dataclass
from decimal import Decimal

from smmbot.lib.sandbox.guarantee import refill_days


@dataclass(slots=True)
class ProviderService:
    """rate: a thousand units, in the provider's currency; minimum, maximum: units of one order."""

    id: int
    name: str
    category: str
    rate: Decimal
    minimum: int = 10
    maximum: int = 100_000
    type: str = "Default"
    can_refill: bool = False
    can_cancel: bool = True


_CATALOGUES: dict[str, tuple[tuple[int, str, str, str, bool], ...]] = {
    "smmcost": (
        (17, "Instagram Followers | R30 ♻️ | Max 500K | 20K/D", "Instagram", "0.8100", True),
        (18, "Telegram Members | Lifetime ♻️", "Telegram", "1.4000", True),
        (23, "YouTube Views | No Refill", "YouTube", "1.1500", True),
        (31, "Facebook Page Likes 👍 | R90 ♻️ | Slow Start", "Facebook", "1.9000", False),
        (44, "YouTube Subscribers 🔥 | 30 Days ♻️ | 1K/D", "YouTube", "7.2000", False),
        (45, "Instagram Reels Views | No Refill | Super Fast", "Instagram", "0.0150", False),
        (17_208, "Instagram Followers | No Refill | Cheapest", "Instagram", "0.3900", True),
    ),
    "boostlab": (
        (2001, "Instagram Likes ❤️ | No Refill | Instant", "Instagram", "0.2500", True),
        (2002, "TikTok Likes | 60 Days Refill", "TikTok", "0.6000", True),
        (2003, "TikTok Followers ⚡ | R30 | 5K/D", "TikTok", "2.2000", True),
        (2004, "Twitter Retweets 🔁 | Non Refill", "Twitter", "2.7500", False),
        (2005, "Spotify Plays 🎧 | Lifetime Refill", "Spotify", "0.4800", True),
        (2006, "Discord Members | R30 | Offline", "Discord", "3.1000", True),
    ),
}
SLUGS = tuple(_CATALOGUES)


def services(slug: str) -> list[ProviderService]:
    return [
        ProviderService(
            service_id, name, category, Decimal(rate), can_refill=refill_days(name) > 0, can_cancel=can_cancel
        )
        for service_id, name, category, rate, can_cancel in _CATALOGUES[slug]
    ]
