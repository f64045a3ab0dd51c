"""Limits on what a stranger may try: by phone and by address. Counted in Redis, by each process without it."""

from dataclasses import dataclass

from smmbot.lib.ratelimit import MARGIN, RateLimited, SlidingWindowLimiter
from tenants.errors import TooManyTries

_limiter = SlidingWindowLimiter()


@dataclass(frozen=True, slots=True)
class Limit:
    """tries in per_s seconds for one value of one kind."""

    name: str
    tries: int
    per_s: float


# One code a minute, five an hour to a phone: WhatsApp messages cost trust, and each could be a nuisance.
CODE_AGAIN = Limit("otp-again", 1, 60)
CODES_A_PHONE = Limit("otp-phone", 5, 3600)
CODES_AN_ADDRESS = Limit(
    "otp-address", 20, 3600
)  # its network (smmbot/lib/client_address.py), here and below
CHECKS_AN_ADDRESS = Limit("otp-check-address", 40, 900)
LOGINS_A_PHONE = Limit("login-phone", 10, 900)
LOGINS_AN_ADDRESS = Limit("login-address", 50, 900)
# Three codes of a million are good at any time: at this pace a guess takes years.
SECOND_FACTORS = Limit("totp", 10, 3600)
CONFIRMATIONS = Limit("confirm", 10, 900)


def spend(limit: Limit, value: str) -> None:
    """Count one try. Raises TooManyTries, with the wait, when the tries of the time are used up."""
    try:
        # The limiter's margin is for calls to others; here the time said is the time meant.
        _limiter.acquire(
            f"{limit.name}:{value}", rate=limit.tries, per_s=limit.per_s / (1 + MARGIN), max_wait_s=0
        )
    except RateLimited as error:
        raise TooManyTries(error.retry_after_s) from error
