"""The dashboard's menu: one table. What the role may not open is not shown."""

from dataclasses import dataclass

from django.urls import reverse

from tenants.enums import Role
from tenants.permissions import Permission, may


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. url_name: without arguments."""

    label: str
    url_name: str
    icon: str
    needs: Permission

    @property
    def url(self) -> str:
        return reverse(self.url_name)


MENU: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place("Overview", "overview", "home", Permission.BOT_OVERVIEW),
            Place("Message Logs", "logs", "list-details", Permission.VIEW_LOGS),
        ),
    ),
    (
        "WhatsApp",
        (
            Place("Numbers", "numbers", "brand-whatsapp", Permission.MANAGE_NUMBERS),
            Place("Groups", "groups", "users-group", Permission.MANAGE_BOT),
            Place("Customers", "customers", "users", Permission.MANAGE_CUSTOMERS),
        ),
    ),
    (
        "Bot",
        (
            Place("Bot Settings", "bot_settings", "robot", Permission.MANAGE_BOT),
            Place("Templates", "message_templates", "template", Permission.MANAGE_BOT),
            Place("Providers", "providers", "truck-delivery", Permission.MANAGE_CUSTOMERS),
            Place("Sandbox", "sandbox", "player-play", Permission.MANAGE_BOT),
        ),
    ),
    (
        "Account",
        (
            Place("Admin & Staff", "staff", "user-shield", Permission.MANAGE_STAFF),
            Place("Settings", "settings", "adjustments", Permission.MANAGE_STAFF),
            Place("Help", "help", "help", Permission.VIEW_LOGS),
        ),
    ),
)


def menu_of(role: Role, path: str) -> list[tuple[str, list[tuple[Place, bool]]]]:
    """Sections with their places and whether the path is there; empty sections left out."""
    shown = [
        (title, [(place, _is_here(place, path)) for place in places if may(role, place.needs)])
        for title, places in MENU
    ]
    return [(title, places) for title, places in shown if places]


def _is_here(place: Place, path: str) -> bool:
    return path == place.url or path.startswith(place.url.rstrip("/") + "/")
