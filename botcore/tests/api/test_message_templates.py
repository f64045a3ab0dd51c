"""Templates over the API."""

import pytest

from botcore.domain import templates
from botcore.models import MessageTemplate
from tenants.models import AuditEntry


def test_lists_all_with_their_variables(site):
    rows = {row["key"]: row for row in site.api("GET", "/api/v1/templates").json()["results"]}

    assert list(rows) == templates.keys()
    assert rows["balance_reply"]["variables"] == ["balance", "username"]
    assert rows["balance_reply"]["text"] == rows["balance_reply"]["default"]
    assert rows["balance_reply"]["is_changed"] is False


def test_saved_text_is_the_next_reply_and_reset_takes_it_back(site, chat, configure):
    configure(chat_mode="custom")
    built_in = chat.say("check 54321").text

    answer = site.api("PATCH", "/api/v1/templates/order_status", {"value": "{order_id}!"})
    assert (answer.status_code, answer.json()["is_changed"]) == (200, True)
    assert chat.say("check 54321").text == "54321!"

    assert site.api("POST", "/api/v1/templates/order_status/reset").json()["value"] == ""
    assert chat.say("check 54321").text == built_in
    first, second = AuditEntry.objects.filter(subject="order_status").order_by("pk")
    assert (first.after, second.before, second.action) == (
        {"value": "{order_id}!"},
        {"value": "{order_id}!"},
        "template.reset",
    )
    assert first.source == "api"


def test_unknown_variables_are_refused_with_the_known_ones(site):
    answer = site.api("PATCH", "/api/v1/templates/balance_reply", {"value": "{money}"})

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "template_variables_unknown"
    assert error["fields"]["value"] == "{money} is not known here. You can use: {balance}, {username}."
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize("key", ["nonsense", "help", "usage"])
def test_unknown_key_is_404(site, key):
    assert site.api("PATCH", f"/api/v1/templates/{key}", {"value": "x"}).status_code == 404
    assert site.api("POST", f"/api/v1/templates/{key}/reset").status_code == 404


@pytest.mark.parametrize("body", [{}, {"value": 3}, {"value": "x" * 4097}, {"value": "x", "key": "y"}])
def test_bad_body_is_400(site, body):
    assert site.api("PATCH", "/api/v1/templates/welcome_message", body).status_code == 400


def test_roles(site):
    assert site.as_("staff_admin").api("GET", "/api/v1/templates").status_code == 200
    assert site.as_("staff").api("GET", "/api/v1/templates").status_code == 403
    assert site.as_(None).api("GET", "/api/v1/templates").status_code == 401
