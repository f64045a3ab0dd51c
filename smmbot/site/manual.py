"""What help and docs tell of the bot: commands, roles, statuses. Made of the tables the bot itself goes by."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from botcore.commands import documentation
from botcore.commands.registry import COMMANDS, Audience, Command, Where
from botcore.enums import SupportStatus
from tenants.enums import Role
from tenants.permissions import ROLE_PERMISSIONS, Permission

_OPTIONAL = re.compile(r"\s*\[[^\]]*\]")
_STANDS_FOR: Final = {
    "<ids>": "54321 54322",
    "<id>": "54321",
    "<username>": "johndoe123",
    "<status>": "resolved",
    "<message>": "Hello everybody",
    "enable|disable": "enable",
    "<key>": "chat_mode",
    "<value>": "ai",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A command as people read it. say: as it is written in the chat."""

    usage: str
    say: str
    summary: str
    also: Sequence[str]
    access: str
    is_for_groups: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A cheat sheet: the commands of one kind of people, and the same as a message to paste into WhatsApp."""

    key: str
    title: str
    lead: str
    lines: Sequence[Line]
    text: str


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A row of the permission table. allowed: by role, in Role's order."""

    label: str
    permission: Permission
    allowed: Sequence[bool]


# In the words of the role table; billing gets its row with its page.
_ROLE_ROWS: Final = (
    ("Every bot command, without exception", Permission.ALL_COMMANDS),
    ("!config set, get and list", Permission.CONFIG_COMMANDS),
    ("!broadcast to groups", Permission.BROADCAST),
    ("!support, !marketing and !silent in a group", Permission.GROUP_FLAGS),
    ("!verify-users and !remove-users", Permission.BULK_USERS),
    ("!status, !users and !groups", Permission.BOT_OVERVIEW),
    ("!approve and !refuse refunds", Permission.APPROVE_MONEY),
    ("Customers’ commands on any order", Permission.CUSTOMER_COMMANDS),
    ("Force an order to Completed", Permission.FAKE_COMPLETE),
    ("!resolve <ids> <status>", Permission.RESOLVE_LOGS),
    ("refill verify <ids>", Permission.REFILL_VERIFY),
    ("<ids> provider status", Permission.PROVIDER_STATUS),
    ("Dashboard: Message Logs", Permission.VIEW_LOGS),
    ("Dashboard: Bot Settings, Templates, Groups, Sandbox", Permission.MANAGE_BOT),
    ("Dashboard: Customers, Providers", Permission.MANAGE_CUSTOMERS),
    ("Dashboard: WhatsApp Numbers", Permission.MANAGE_NUMBERS),
    ("Dashboard: Admin & Staff, Settings", Permission.MANAGE_STAFF),
)

STATUSES: Final = (
    (SupportStatus.OPEN, "Where every request begins. Somebody should look at it."),
    (SupportStatus.ESCALATED, "Passed on: the provider’s WhatsApp group got the order’s id there."),
    (SupportStatus.TICKET_CREATED, "A ticket was opened in your panel; it goes on there."),
    (SupportStatus.RESOLVED, "Solved. Nothing is left to do."),
    (SupportStatus.IGNORED, "Closed without doing anything."),
)

VERIFICATION: Final = (
    (
        "The customer says hello",
        "Any greeting will do, in a group or in a direct message. The bot asks for the panel username.",
    ),
    (
        "The bot looks the username up",
        "It must exist on your panel. Then a 6-digit code goes into a panel ticket, which only its owner can read.",
    ),
    (
        "The customer sends the code",
        "It is good for 10 minutes. After three wrong ones there is a pause of five minutes; both numbers are yours "
        "to set.",
    ),
    (
        "Linked for good",
        "From now on the bot knows whose orders this number may ask for. You can unlink it at any time.",
    ),
)


def customers() -> list[Line]:
    return [_line(one) for one in COMMANDS.values() if one.audience is not Audience.TEAM]


def team() -> list[Line]:
    return [_line(one) for one in COMMANDS.values() if one.audience is Audience.TEAM]


def sheets() -> list[Sheet]:
    """Every command is on the first role's sheet that has it; owners also have what admins have, and so on."""
    staff = [one for one in COMMANDS.values() if _may(Role.STAFF, one)]
    admin = [one for one in COMMANDS.values() if _may(Role.STAFF_ADMIN, one) and one not in staff]
    owner = [one for one in COMMANDS.values() if _may(Role.OWNER, one) and one not in [*staff, *admin]]
    return [
        _sheet("customers", "Customers", "What your customers write.", customers()),
        _sheet("staff", "Staff", "What everybody in the team may write.", map(_line, staff)),
        _sheet("admins", "Admins", "The owner and staff admins, beside what staff may.", map(_line, admin)),
        _sheet("owner", "Owner only", "Only the owner, beside everything above.", map(_line, owner)),
    ]


def role_rows() -> list[RoleRow]:
    return [
        RoleRow(label, permission, tuple(permission in ROLE_PERMISSIONS[role] for role in Role))
        for label, permission in _ROLE_ROWS
    ]


def _may(role: Role, one: Command) -> bool:
    return one.permission is not None and one.permission in ROLE_PERMISSIONS[role]


def _line(one: Command) -> Line:
    return Line(
        usage=one.usage,
        say=one.examples[0] if one.examples else _spoken(one.usage),
        summary=one.summary[:1].upper() + one.summary[1:],
        also=[phrase for phrase in one.phrases if phrase != one.name],
        access=documentation.access(one),
        is_for_groups=one.where is Where.GROUP,
    )


def _spoken(usage: str) -> str:
    """The usage as somebody would write it: `cancel <id> [<id> ...]` is `cancel 54321`."""
    said = _OPTIONAL.sub("", usage)
    for sign, example in _STANDS_FOR.items():
        said = said.replace(sign, example)
    return said


def _sheet(key: str, title: str, lead: str, lines: Iterable[Line]) -> Sheet:
    found = list(lines)
    text = [f"*{title}*"]
    for line in found:
        note = " (in the group)" if line.is_for_groups else ""
        text += ["", f"*{line.say}*{note}", line.summary]
    return Sheet(key, title, lead, found, "\n".join(text))
