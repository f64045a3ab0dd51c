"""Who can be played, and where."""

from collections.abc import Mapping
from dataclasses import dataclass

from botcore.enums import ChatKind
from botcore.errors import NobodyThere
from botcore.gateway.types import Address
from botcore.sandbox.demo_tenant import ACTORS, PROVIDER_GROUP, SUPPORT_GROUP, Actor


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody to be played. what: who that is to the bot."""

    actor: Actor
    what: str

    @property
    def key(self) -> str:
        return self.actor.key

    @property
    def is_customer(self) -> bool:
        return bool(self.actor.username)


@dataclass(frozen=True, slots=True)
class Place:
    """A chat. group: WhatsApp's id, empty for the person's own; parts: who is in it, the first by default."""

    key: str
    name: str
    what: str
    icon: str
    group: str
    parts: tuple[Part, ...]

    @property
    def kind(self) -> ChatKind:
        return ChatKind.GROUP if self.group else ChatKind.USER

    def part(self, key: str) -> Part:
        """Raises NobodyThere."""
        for part in self.parts:
            if part.key == key:
                return part
        raise NobodyThere

    def wa_id(self, part: Part) -> str:
        return self.group or Address(phone=part.actor.phone).wa_id


_CUSTOMER = Part(ACTORS["customer"], "customer")
_SECOND = Part(ACTORS["rahul"], "2nd customer")
_STRANGER = Part(ACTORS["stranger"], "stranger")
_STAFF = Part(ACTORS["staff"], "staff")
_OWNER = Part(ACTORS["owner"], "owner")
_SUPPLIER = Part(ACTORS["supplier"], "provider")
_PEOPLE = (_CUSTOMER, _SECOND, _STRANGER, _STAFF, _OWNER)

PLACES: Mapping[str, Place] = {
    place.key: place
    for place in (
        Place("direct", "Direct message", "one person and the bot", "user", "", _PEOPLE),
        Place("support", "Support group", "everybody reads along", "users-group", SUPPORT_GROUP, _PEOPLE),
        Place(
            "provider",
            "Provider group",
            "where Boostlab gets its orders",
            "truck-delivery",
            PROVIDER_GROUP,
            (_SUPPLIER, _OWNER),
        ),
    )
}
PARTS: Mapping[str, Part] = {part.key: part for place in PLACES.values() for part in place.parts}


def place_of(key: str) -> Place:
    """Raises NobodyThere."""
    if key not in PLACES:
        raise NobodyThere
    return PLACES[key]
