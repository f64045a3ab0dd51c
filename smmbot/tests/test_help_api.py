"""Help as JSON: the page's own tables."""

from django.utils.html import escape

from smmbot.site import manual
from tenants.permissions import ROLE_PERMISSIONS


def test_tells_what_the_page_tells(site):
    told = site.api("GET", "/api/v1/help").json()
    page = site.get("/help").content.decode()

    assert [one["key"] for one in told["sheets"]] == [one.key for one in manual.sheets()]
    commands = [command for sheet in told["sheets"] for command in sheet["commands"]]
    assert "!config set chat_mode ai" in [one["say"] for one in commands]
    assert all(escape(one["usage"]) in page for one in commands)
    assert all(one["title"] in page for one in told["verification"])
    assert {one["status"] for one in told["statuses"]} == {
        "open",
        "escalated",
        "ticket created",
        "resolved",
        "ignored",
    }


def test_rights_are_those_of_the_one_table(site):
    for row in site.api("GET", "/api/v1/help").json()["rights"]:
        held = [role.value for role in ROLE_PERMISSIONS if row["permission"] in ROLE_PERMISSIONS[role]]
        assert sorted(row["roles"]) == sorted(held)


def test_is_for_every_member_of_the_team(site):
    assert site.as_("staff").api("GET", "/api/v1/help").status_code == 200
    assert site.as_(None).api("GET", "/api/v1/help").status_code == 401
