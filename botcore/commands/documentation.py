"""The command table as a page: docs/commands.md, the help screen and the cheat sheet are made of it."""

from collections.abc import Iterator

from botcore.commands import families  # noqa: F401 -- fills the table
from botcore.commands.registry import COMMANDS, Audience, Command, Where
from tenants.enums import Role
from tenants.permissions import ROLE_PERMISSIONS

_INTRO = """# Commands

Made from the command table by `manage.py writecommanddocs`; a test keeps it true. Several order numbers go in one
message, in any separator and in both word orders: `54321, 54322 refill`. Up to 10 are done at once, up to 100 in the
background. The action words work in eleven languages.
"""
_AUDIENCES = {Audience.EVERYONE: "Everyone", Audience.CUSTOMER: "Verified customers, Owner, Staff Admin"}


def as_markdown() -> str:
    customers = [entry for entry in COMMANDS.values() if entry.audience is not Audience.TEAM]
    team = [entry for entry in COMMANDS.values() if entry.audience is Audience.TEAM]
    return "\n".join([_INTRO, "## Customers", *_table(customers), "", "## The team", *_table(team), ""])


def access(entry: Command) -> str:
    """Who may use a command, in words."""
    if entry.permission is None:
        return _AUDIENCES[entry.audience]
    return ", ".join(role.label for role in Role if entry.permission in ROLE_PERMISSIONS[role])


def _table(entries: list[Command]) -> Iterator[str]:
    yield ""
    yield "| Command | Also | Access | Where | What it does | Example |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for entry in entries:
        cells = (
            f"`{_cell(entry.usage)}`",
            ", ".join(f"`{phrase}`" for phrase in entry.phrases if phrase != entry.name),
            access(entry),
            "Group" if entry.where is Where.GROUP else "Group, direct message",
            _cell(entry.summary),
            "<br>".join(f"`{_cell(example)}`" for example in entry.examples),
        )
        yield "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
