"""docs/commands.md is what the table says, and the owner's first day goes as written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from botcore.commands import documentation
from botcore.commands.registry import COMMANDS, Audience
from tenants.enums import Role
from tenants.permissions import ROLE_PERMISSIONS

ROOT = Path(django_settings.BASE_DIR)
FIRST_DAY = "botcore/tests/conversations/first_day.txt"


def test_page_in_the_repository_is_up_to_date():
    call_command("writecommanddocs", "--check")


def test_check_notices_another_page(tmp_path, settings, capsys):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError):
        call_command("writecommanddocs", "--check")

    call_command("writecommanddocs")
    call_command("writecommanddocs", "--check")
    page = tmp_path / "docs" / "commands.md"
    page.write_text(page.read_text() + "\nby hand\n")

    with pytest.raises(CommandError):
        call_command("writecommanddocs", "--check")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_listed_with_access_and_what_it_does(name):
    entry = COMMANDS[name]
    usage = entry.usage.replace("|", "\\|")
    rows = [line for line in documentation.as_markdown().splitlines() if line.startswith(f"| `{usage}` |")]

    assert len(rows) == 1
    assert documentation.access(entry) in rows[0]
    assert entry.summary.replace("|", "\\|") in rows[0]
    for example in entry.examples:
        assert example.replace("|", "\\|") in rows[0]


@pytest.mark.parametrize(
    "name", [name for name, entry in COMMANDS.items() if entry.audience is Audience.TEAM]
)
def test_access_of_the_teams_commands_is_the_role_table(name):
    entry = COMMANDS[name]
    said = documentation.access(entry).split(", ")

    assert said == [role.label for role in Role if entry.permission in ROLE_PERMISSIONS[role]]
    assert Role.OWNER.label in said


def test_every_row_has_as_many_cells_as_the_head():
    rows = [line for line in documentation.as_markdown().splitlines() if line.startswith("|")]

    assert {row.replace("\\|", "").count("|") for row in rows} == {7}


@pytest.mark.processes
def test_first_day_of_an_owner(tmp_path):
    """On servers of its own, in a folder of its own: what runs in this checkout is not touched."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "REDIS_KEY_PREFIX", "DJANGO_SETTINGS_MODULE")
        and not name.startswith(("PYTEST", "LLM_", "COV"))
    }
    played = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "manage.py", "chat", "--script", FIRST_DAY, "--timeout", "60"],
        cwd=ROOT,
        env={**env, "SMMBOT_DATA_DIR": str(tmp_path / "data"), "DEMO": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    assert played.stdout.splitlines()[-1].endswith("steps as expected.")
