"""What is worth trying: ready to send, by who says it and where."""

from botcore.sandbox.playground.places import Part, Place
from tenants.enums import Role

_CUSTOMER = (
    "check 54321",
    "refill 54322",
    "cancel 54321",
    "hi, why is 54321 so slow?",
    "speed up 54321",
    "help",
)
_STRANGER = ("check 54321", "hi", "balance", "help")
_OWNER = ("!status", "check 54330", "!config list", "!resolve 1", "!silent enable", "help")
_STAFF = ("check 54330", "refill verify 54322", "provider status 54326", "!resolve 1", "!status", "help")
_SUPPLIER = ("done", "we are checking", "no drop, refill rejected")


def examples_of(place: Place, part: Part) -> tuple[str, ...]:
    if part.actor.role is not None:
        return _OWNER if part.actor.role == Role.OWNER else _STAFF
    if place.key == "provider":
        return _SUPPLIER
    return _CUSTOMER if part.is_customer else _STRANGER
