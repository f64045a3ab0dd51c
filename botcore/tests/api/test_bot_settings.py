"""Settings, panel and ticket webhook over the API."""

import json

import pytest

from botcore.ai import budget
from botcore.ai.errors import Spent
from botcore.domain import config, ticket_webhook
from botcore.models import BotConfig
from panel.models import PanelConnection
from tenants.models import AuditEntry


def patch(site, key, value):
    return site.api("PATCH", "/api/v1/config", {"key": key, "value": value})


def test_lists_every_setting_with_what_it_takes(site):
    found = {row["key"]: row for row in site.api("GET", "/api/v1/config").json()["results"]}

    assert set(found) == set(config.KEYS)
    assert found["chat_mode"] == {
        "key": "chat_mode",
        "value": "manual",
        "default": "manual",
        "is_changed": False,
        "is_secret": False,
        "type": "choice",
        "allowed": "one of manual, ai, custom",
        "choices": ["manual", "ai", "custom"],
        "unit": None,
        "section": "general",
        "label": "Chat mode",
        "help": "How replies are worded.",
    }


def test_change_is_typed_and_acts_on_the_next_message(site, chat):
    answer = patch(site, "show_charge_to_customers", "No")

    assert (answer.status_code, answer.json()["value"]) == (200, "false")
    assert "Charge" not in chat.say("check 54321").text
    assert AuditEntry.objects.get(action="config.set").source == "api"


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("cooldown_seconds", "abc", "a whole number from 0 to 1000000"),
        ("cooldown_seconds", "99999999999999", "a whole number from 0 to 1000000"),
        ("chat_mode", "loud", "one of manual, ai, custom"),
        ("scheduler_timezone", "Asia/Dhaka", "a UTC offset such as UTC, UTC+6, UTC-5 or UTC+5:30"),
        ("verification_enabled", "", "true or false"),
        ("command_aliases", '{"nonsense": ["word"]}', "words no other command uses, for commands that exist"),
        ("command_aliases", "[" * 4000, 'a list of words by command, such as {"refill": ["dobara"]}'),
    ],
)
def test_wrong_value_is_400_with_the_allowed_form(site, key, value, allowed):
    answer = patch(site, key, value)

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid_config_value"
    assert error["message"] == f"{key} takes {allowed}."
    assert not BotConfig.objects.filter(key=key).exists()


def test_every_key_of_the_product_is_known_with_its_default(site):
    found = {row["key"]: row["default"] for row in site.api("GET", "/api/v1/config").json()["results"]}

    named = {
        "chat_mode": "manual",
        "cooldown_seconds": "60",
        "marketing_interval_hours": "4",
        "scheduler_timezone": "UTC",
        "ticket_ai_enabled": "false",
        "ticket_poll_subject": "Orders Support- AI",
        "ticket_poll_interval": "60",
        "ticket_signature": "Support Team",
        "ticket_reply_staff_name": "aisupport",
        "verification_enabled": "true",
        "verification_max_attempts": "3",
        "verification_cooldown_seconds": "300",
    }
    assert {key: found.get(key) for key in named} == named


def test_choosing_the_default_is_a_choice(site):
    patch(site, "chat_mode", "manual")

    assert BotConfig.objects.get(key="chat_mode").value == "manual"
    assert AuditEntry.objects.get(action="config.set").after == {"value": "manual"}


class TestTicketAi:
    @pytest.fixture
    def validated(self, site, tenant):
        site.api("POST", "/api/v1/config/validate-panel", {})

    @pytest.fixture
    def refused(self, site, tenant):
        def why():
            answer = patch(site, "ticket_ai_enabled", "true")
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "setting_not_possible")
            assert config.load(tenant_id=tenant.pk)["ticket_ai_enabled"] is False
            assert not AuditEntry.objects.filter(action="config.set").exists()
            return answer.json()["error"]["message"]

        return why

    def test_needs_a_panel(self, refused, model):
        PanelConnection.objects.all().delete()

        assert refused().startswith("Ticket AI answers your panel's tickets. Connect a panel first")

    def test_needs_a_validated_panel(self, refused, model):
        assert "Validate yours first" in refused()

    def test_needs_a_key_that_reads_tickets(self, refused, validated, model):
        panel = PanelConnection.objects.get()
        panel.probe["capabilities"]["tickets"] = False
        panel.save()

        assert refused().startswith("Ticket AI cannot read tickets with your key. Allow “Tickets”")

    def test_needs_a_model(self, refused, validated, settings):
        settings.LLM_API_KEY = ""

        assert "needs a language model" in refused()

    def test_is_switched_on_where_all_is_there(self, site, validated, model):
        assert patch(site, "ticket_ai_enabled", "on").json()["value"] == "true"
        assert patch(site, "ticket_ai_enabled", "off").json()["value"] == "false"

    def test_is_refused_in_chat_with_the_same_sentence(self, chat, model):
        said = chat.as_("owner").say("!config set ticket_ai_enabled true")

        assert said.key == "config_not_possible"
        assert said.text.startswith("*ticket_ai_enabled* stays as it is. Ticket AI needs a panel")

    @pytest.mark.parametrize(("value", "status"), [("14", 400), ("15", 200), ("1.5", 400)])
    def test_looks_no_oftener_than_every_fifteen_seconds(self, site, value, status):
        assert patch(site, "ticket_poll_interval", value).status_code == status


@pytest.mark.parametrize("value", ["UTC+6", "UTC-5", "UTC", "utc+05:30"])
def test_offsets_are_accepted(site, value):
    assert patch(site, "scheduler_timezone", value).status_code == 200


def test_unknown_key_names_the_known_ones(site):
    answer = patch(site, "panel_color", "red")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "config_key_unknown"
    assert "chat_mode" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body", [{}, {"key": "chat_mode"}, {"key": "chat_mode", "value": 3}, {"key": "a", "value": "b", "c": 1}]
)
def test_bad_body_is_400(site, body):
    assert site.api("PATCH", "/api/v1/config", body).status_code == 400


def test_secret_is_masked_and_needs_a_fresh_login(site, clock):
    secret = "sk-very-long-secret-7890"
    assert patch(site, "llm_api_key", secret).json()["value"] == "••••7890"
    assert secret not in site.api("GET", "/api/v1/config").content.decode()
    entry = AuditEntry.objects.get(subject="llm_api_key")
    assert secret[:8] not in json.dumps([entry.before, entry.after])

    clock.advance(minutes=20)
    again = patch(site, "llm_api_key", "sk-another-secret-0000")
    assert (again.status_code, again.json()["error"]["code"]) == (403, "fresh_login_needed")
    assert patch(site, "chat_mode", "ai").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "config", None),
        ("PATCH", "config", {"key": "chat_mode", "value": "ai"}),
        ("GET", "config/ticket-webhook-info", None),
        ("POST", "config/regenerate-webhook-key", None),
        ("POST", "config/validate-panel", {}),
        ("GET", "panel", None),
        ("PUT", "panel", {"panel_url": "https://a.example", "api_key": "k"}),
        ("POST", "config/chat_mode/reset", None),
        ("GET", "panels", None),
        ("PATCH", "panels/1", {"in_use": False}),
        ("DELETE", "panels/1", None),
        ("GET", "model", None),
        ("POST", "model/check", None),
    ],
)
def test_is_closed_to_staff_and_strangers(site, method, path, body):
    assert site.as_("staff").api(method, f"/api/v1/{path}", body).status_code == 403
    assert site.as_(None).api(method, f"/api/v1/{path}", body).status_code == 401


class TestValidatePanel:
    URL = "/api/v1/config/validate-panel"

    def test_saved_panel(self, site):
        found = site.api("POST", self.URL, {}).json()

        assert (found["reachable"], found["authorised"], found["code"]) == (True, True, "ok")
        assert found["capabilities"] == {"orders": True, "users": True, "tickets": True, "payments": True}
        assert found["missing"] == []
        assert PanelConnection.objects.get().probe["authorised"] is True

    def test_asks_by_get_alone(self, site, sandbox):
        site.api("POST", self.URL, {})

        assert {one["method"] for one in sandbox.requests()} == {"GET"}

    def test_wrong_key_is_told_and_never_echoed(self, site, sandbox):
        answer = site.api("POST", self.URL, {"panel_url": sandbox.panel_url, "api_key": "wrong-key-1234"})

        found = answer.json()
        assert (answer.status_code, found["reachable"], found["authorised"]) == (200, True, False)
        assert "wrong-key" not in answer.content.decode()
        assert PanelConnection.objects.get().probe == {}

    def test_saved_key_goes_to_its_own_panel_alone(self, site):
        answer = site.api("POST", self.URL, {"panel_url": "http://127.0.0.1:9"})

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "panel_key_missing")

    @pytest.mark.parametrize(
        "url", ["http://169.254.169.254", "https://localhost", "https://10.1.2.3", "gopher://x"]
    )
    def test_private_addresses_are_refused(self, site, settings, url):
        settings.ALLOW_PRIVATE_URLS = False

        answer = site.api("POST", self.URL, {"panel_url": url, "api_key": "some-key"})

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "panel_url_refused")

    def test_without_a_panel_says_so(self, site):
        PanelConnection.objects.all().delete()

        assert site.api("POST", self.URL, {}).status_code == 409

    def test_is_limited(self, site):
        statuses = [site.api("POST", self.URL, {}).status_code for _ in range(11)]

        assert statuses == [200] * 10 + [429]


class TestPanel:
    def test_is_shown_with_a_masked_key(self, site, sandbox):
        shown = site.api("GET", "/api/v1/panel").json()

        assert (shown["connected"], shown["panel_url"]) == (True, sandbox.panel_url)
        assert PanelConnection.objects.get().api_key not in json.dumps(shown)

    def test_new_key_is_stored(self, site, sandbox):
        answer = site.api(
            "PUT", "/api/v1/panel", {"panel_url": sandbox.panel_url, "api_key": "new-key-123456"}
        )

        assert answer.json()["api_key"] == "••••3456"
        assert PanelConnection.objects.get().api_key == "new-key-123456"

    def test_another_panel_needs_its_key(self, site):
        answer = site.api("PUT", "/api/v1/panel", {"panel_url": "http://127.0.0.1:9"})

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "panel_key_missing")

    def test_needs_a_fresh_login(self, site, sandbox, clock):
        site.api("GET", "/api/v1/panel")
        clock.advance(minutes=20)

        answer = site.api("PUT", "/api/v1/panel", {"panel_url": sandbox.panel_url, "api_key": "x" * 12})

        assert answer.json()["error"]["code"] == "fresh_login_needed"


class TestSavedPanels:
    @pytest.fixture
    def second(self, site):
        body = {"panel_url": "http://127.0.0.1:9", "api_key": "key-of-the-second"}
        assert site.api("PUT", "/api/v1/panel", body).status_code == 200
        return PanelConnection.objects.get(is_active=True)

    def test_the_one_in_use_comes_first_and_keys_are_masked(self, site, sandbox, second):
        answer = site.api("GET", "/api/v1/panels")

        assert [(row["panel_url"], row["in_use"]) for row in answer.json()["results"]] == [
            ("http://127.0.0.1:9", True),
            (sandbox.panel_url, False),
        ]
        assert answer.json()["results"][0]["api_key"] == "••••cond"
        assert "key-of-the-second" not in answer.content.decode()

    def test_switched_to_and_the_bot_asks_it_on_the_next_message(self, site, second, chat):
        first = PanelConnection.objects.get(is_active=False)

        answer = site.api("PATCH", f"/api/v1/panels/{first.pk}", {"in_use": True})

        assert answer.json()["in_use"] is True
        assert chat.say("check 54321").key == "order_status"
        assert AuditEntry.objects.get(action="panel.switch").source == "api"

    def test_switched_off_no_panel_is_in_use(self, site, second, chat):
        assert site.api("PATCH", f"/api/v1/panels/{second.pk}", {"in_use": False}).json()["in_use"] is False
        assert site.api("GET", "/api/v1/panel").json()["connected"] is False
        assert chat.say("check 54321").key == "panel_not_configured"

    def test_removed(self, site, second):
        assert site.api("DELETE", f"/api/v1/panels/{second.pk}").json() == {}
        assert site.api("DELETE", f"/api/v1/panels/{second.pk}").status_code == 404
        assert not PanelConnection.objects.filter(pk=second.pk).exists()

    @pytest.mark.parametrize(("method", "body"), [("PATCH", {"in_use": True}), ("DELETE", None)])
    def test_needs_a_fresh_login(self, site, second, method, body):
        answer = site.stale().api(method, f"/api/v1/panels/{second.pk}", body)

        assert answer.json()["error"]["code"] == "fresh_login_needed"
        assert PanelConnection.objects.get(pk=second.pk).is_active

    @pytest.mark.parametrize("body", [{}, {"in_use": "perhaps"}, {"in_use": True, "api_key": "x"}])
    def test_bad_body_is_400(self, site, second, body):
        assert site.api("PATCH", f"/api/v1/panels/{second.pk}", body).status_code == 400


class TestModel:
    def test_what_it_cost_is_told_without_its_key(self, site, tenant, model, settings):
        budget.record(tenant_id=tenant.pk, feature="reword", model="gpt-4o", spent=Spent(2, 1_000_000, 0))

        answer = site.api("GET", "/api/v1/model")

        told = answer.json()
        assert (told["is_configured"], told["is_own"], told["is_over_limit"]) == (True, False, False)
        assert (told["month"]["calls"], float(told["month"]["cost_usd_today"])) == (2, 2.5)
        assert [(one["feature"], one["name"]) for one in told["by_feature"]] == [
            ("reword", "Replies reworded")
        ]
        assert told["last_check"] is None
        assert settings.LLM_API_KEY not in answer.content.decode()

    def test_above_the_hard_limit_it_says_so(self, site, tenant, model, configure):
        configure(llm_daily_hard_usd="1")
        budget.record(tenant_id=tenant.pk, feature="reword", model="gpt-4o", spent=Spent(2, 1_000_000, 0))

        assert site.api("GET", "/api/v1/model").json()["is_over_limit"] is True

    def test_without_one_there_is_no_name(self, site, settings):
        settings.LLM_API_KEY = ""

        told = site.api("GET", "/api/v1/model").json()

        assert (told["is_configured"], told["name"]) == (False, None)

    def test_check_is_a_job_that_says_what_came_of_it(self, site, model, worker):
        job = site.api("POST", "/api/v1/model/check")
        assert (job.status_code, job.json()["state"]) == (202, "queued")
        again = site.api("POST", "/api/v1/model/check")
        assert (again.status_code, again.json()["error"]["code"]) == (409, "job_running")

        worker.run()

        done = site.api("GET", f"/api/v1/jobs/{job.json()['id']}").json()
        assert (done["state"], done["result"]["text"].endswith("It is ready.")) == ("done", True)
        assert site.api("GET", "/api/v1/model").json()["last_check"] == done

    def test_check_that_fails_says_the_way_out(self, site, model, worker):
        model.behave("error_429")

        job = site.api("POST", "/api/v1/model/check").json()
        worker.run()

        done = site.api("GET", f"/api/v1/jobs/{job['id']}").json()
        assert (done["state"], "too many calls" in done["error"]) == ("failed", True)

    def test_check_is_limited(self, site, model, worker):
        statuses = []
        for _ in range(11):
            statuses.append(site.api("POST", "/api/v1/model/check").status_code)
            worker.run()

        assert statuses == [202] * 10 + [429]


class TestReset:
    def test_takes_the_default_back(self, site, tenant):
        patch(site, "watch_limit", "3")

        answer = site.api("POST", "/api/v1/config/watch_limit/reset")

        assert (answer.json()["value"], answer.json()["is_changed"]) == ("10", False)
        assert not BotConfig.objects.filter(key="watch_limit").exists()

    def test_secret_needs_a_fresh_login(self, site, tenant):
        patch(site, "llm_api_key", "sk-very-long-secret-7890")

        answer = site.stale().api("POST", "/api/v1/config/llm_api_key/reset")
        assert answer.json()["error"]["code"] == "fresh_login_needed"
        assert site.api("POST", "/api/v1/config/llm_api_key/reset").json()["value"] == ""
        assert config.load(tenant_id=tenant.pk).text("llm_api_key") == ""

    def test_unknown_key_is_404(self, site):
        assert site.api("POST", "/api/v1/config/panel_color/reset").status_code == 404


class TestTicketWebhook:
    def test_key_is_shown_once_and_the_old_one_is_void(self, site, tenant, other_tenant):
        info = site.api("GET", "/api/v1/config/ticket-webhook-info").json()
        assert (info["is_set"], info["key"]) == (False, "")
        assert info["url"].endswith("/webhooks/tickets/demo")

        first = site.api("POST", "/api/v1/config/regenerate-webhook-key").json()["key"]
        assert ticket_webhook.is_right(tenant_id=tenant.pk, key=first)
        assert first not in site.api("GET", "/api/v1/config/ticket-webhook-info").content.decode()
        assert first not in BotConfig.objects.get(key="ticket_webhook_key").value

        second = site.api("POST", "/api/v1/config/regenerate-webhook-key").json()["key"]
        assert second != first
        assert not ticket_webhook.is_right(tenant_id=tenant.pk, key=first)
        assert ticket_webhook.is_right(tenant_id=tenant.pk, key=second)
        assert AuditEntry.objects.filter(action="ticket_webhook.regenerate_key").count() == 2

    def test_no_key_lets_nobody_in(self, tenant):
        assert not ticket_webhook.is_right(tenant_id=tenant.pk, key="")

    def test_it_is_no_setting(self, site, chat):
        site.api("POST", "/api/v1/config/regenerate-webhook-key")

        assert "ticket_webhook_key" not in site.api("GET", "/api/v1/config").content.decode()
        assert patch(site, "ticket_webhook_key", "mine").status_code == 404
        assert "webhook" not in chat.as_("owner").say("!config list").text
