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


class TestPreview:
    URL = "/api/v1/templates/balance_reply/preview"

    def test_shows_each_mode_with_sample_values_and_stores_nothing(self, site):
        told = site.api("POST", self.URL, {"value": "You have {balance}, {username}."}).json()

        assert told["custom"] == "You have 12.50 USD, anna_media."
        assert told["manual"] == told["ai"] == templates.preview("balance_reply", "")
        assert (told["chat_mode"], told["unknown"], told["length"], told["limit"]) == (
            "manual",
            [],
            31,
            4096,
        )
        assert not MessageTemplate.objects.exists()

    def test_is_what_the_screen_shows(self, site):
        text = "You have {balance}, {username}."

        page = site.post("/templates/balance_reply/preview", {"value": text}, htmx=True).content.decode()

        assert site.api("POST", self.URL, {"value": text}).json()["custom"] in page

    def test_what_could_not_be_saved_is_named_and_stays_visible(self, site):
        told = site.api("POST", self.URL, {"value": "{money}"}).json()

        assert (told["custom"], told["unknown"]) == ("{money}", ["money"])

    def test_without_a_text_the_saved_one_is_shown(self, site):
        site.api("PATCH", "/api/v1/templates/balance_reply", {"value": "Mine: {balance}"})

        assert site.api("POST", self.URL, {}).json()["value"] == "Mine: {balance}"

    def test_empty_is_the_built_in_text(self, site):
        told = site.api("POST", self.URL, {"value": ""}).json()

        assert told["custom"] == told["manual"]

    def test_the_signature_is_shorter(self, site):
        assert site.api("POST", "/api/v1/templates/ticket_signature/preview", {}).json()["limit"] == 500

    @pytest.mark.parametrize("key", ["nonsense", "usage"])
    def test_unknown_key_is_404(self, site, key):
        assert site.api("POST", f"/api/v1/templates/{key}/preview", {"value": "x"}).status_code == 404

    def test_roles(self, site):
        assert site.as_("staff").api("POST", self.URL, {"value": "x"}).status_code == 403


def test_one_template(site):
    told = site.api("GET", "/api/v1/templates/balance_reply").json()

    assert (told["key"], told["variables"]) == ("balance_reply", ["balance", "username"])
    assert site.api("GET", "/api/v1/templates/nonsense").status_code == 404


def test_found_by_words_and_by_being_changed(site):
    def keys(query):
        return [row["key"] for row in site.api("GET", f"/api/v1/templates?{query}").json()["results"]]

    site.api("PATCH", "/api/v1/templates/balance_reply", {"value": "Mine: {balance}"})

    assert keys("q=MINE") == ["balance_reply"]
    assert keys("changed=true") == ["balance_reply"]
    assert keys("changed=true&q=refill") == []
