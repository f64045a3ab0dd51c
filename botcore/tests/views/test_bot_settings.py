"""Bot Settings in the browser: every key on one tab, words for what is wrong, secrets that stay secret."""

import json
import re

import pytest

from botcore.ai import budget
from botcore.ai.errors import Spent
from botcore.commands import settings as changing
from botcore.domain import config
from botcore.domain.config import Section
from botcore.forms.bot_settings import form_class
from botcore.models import BotConfig
from botcore.views.bot_settings import TABS
from panel.models import PanelConnection
from tenants.models import AuditEntry

SECTIONS = [section.value for section in Section]


def values_of(site, section):
    """What the tab's form sends when nothing is touched."""
    form = form_class(Section(section))(saved=config.load(tenant_id=site.tenant.pk), is_fresh=True)
    sent = {}
    for name in form.fields:
        value = form.initial[name]
        if value is True:
            sent[name] = "on"
        elif isinstance(value, dict):
            sent |= {f"{name}-{command}": ", ".join(words) for command, words in value.items()}
        elif value is not False:
            sent[name] = value
    return sent


def save(site, section, **changes):
    sent = values_of(site, section) | changes
    return site.post(f"/bot/{section}", {name: value for name, value in sent.items() if value is not None})


def stored(tenant, name):
    return config.load(tenant_id=tenant.pk).text(name)


def test_every_key_stands_on_exactly_one_tab_with_its_words(site):
    seen = []
    for tab in TABS:
        page = site.get(tab.url).content.decode()
        seen += re.findall(r'id="setting-(\w+)"', page)

    assert sorted(seen) == sorted(key.name for key in config.KEYS.values() if key.is_on_form)
    assert all(key.label and key.group and key.help for key in config.KEYS.values())


def test_what_is_not_there_yet_is_switched_by_no_form(site, tenant):
    save(site, "panel", ticket_ai_enabled="on", ticket_poll_subject="Mine")

    assert "ticket_ai_enabled" not in site.get("/bot/panel").content.decode()
    assert (stored(tenant, "ticket_ai_enabled"), stored(tenant, "ticket_poll_subject")) == (
        "false",
        "Orders Support- AI",
    )


@pytest.mark.parametrize("section", SECTIONS)
def test_saving_a_tab_untouched_changes_nothing(site, section, tenant):
    before = list(BotConfig.objects.values_list("key", "value"))

    assert save(site, section).status_code == 303
    assert list(BotConfig.objects.values_list("key", "value")) == before
    assert not AuditEntry.objects.filter(action="config.set").exists()


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("staff_admin", 200), ("staff", 403)])
def test_is_for_owner_and_staff_admin(site, role, status):
    assert site.as_(role).get("/bot/general").status_code == status


def test_unknown_tab_is_not_there(site):
    assert site.get("/bot/nonsense").status_code == 404
    assert site.get("/bot/").status_code == 302


def test_saved_setting_acts_on_the_next_message(site, chat):
    assert "Charge" in chat.say("check 54321").text

    save(site, "privacy", show_charge_to_customers=None)

    assert "Charge" not in chat.say("check 54321").text


def test_neighbour_keeps_theirs(site, other_tenant):
    save(site, "general", cooldown_seconds="7")

    assert BotConfig._base_manager.filter(tenant=other_tenant, key="cooldown_seconds").count() == 0


@pytest.mark.parametrize(
    ("section", "name", "value", "words"),
    [
        ("general", "cooldown_seconds", "soon", "a whole number from 0"),
        ("general", "cooldown_seconds", "-1", "a whole number from 0"),
        ("general", "cooldown_seconds", "", "This field is required"),
        ("general", "scheduler_timezone", "Asia/Dhaka", "Select a valid choice"),
        ("general", "chat_mode", "loud", "Select a valid choice"),
        ("general", "command_aliases-refill", "cancel", "words no other command uses"),
        ("general", "command_aliases-refill", "x", "a list of words"),
        ("routing", "refund_mode", "sometimes", "Select a valid choice"),
        ("routing", "refill_drop_threshold_percent", "101", "a number from 0 to 100"),
        ("panel", "services_url", "javascript:alert(1)", "a web address"),
        ("ai", "llm_daily_hard_usd", "NaN", "an amount in USD"),
    ],
)
def test_wrong_value_is_said_beside_its_field(site, section, name, value, words, tenant):
    before = stored(tenant, "cooldown_seconds")

    page = save(site, section, **{name: value})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert stored(tenant, "cooldown_seconds") == before
    assert not AuditEntry.objects.filter(action="config.set").exists()


def test_changed_is_shown_and_reset_takes_it_back(site, tenant):
    save(site, "general", watch_limit="3")
    assert "Default: 10 orders" in site.get("/bot/general").content.decode()
    assert "Reset Watched orders per customer" in site.get("/bot/general").content.decode()

    assert site.post("/bot/reset/watch_limit").status_code == 303

    assert stored(tenant, "watch_limit") == "10"
    assert not BotConfig.objects.filter(key="watch_limit").exists()
    assert site.post("/bot/reset/nonsense").status_code == 404


def test_change_is_recorded_with_before_and_after(site):
    save(site, "general", cooldown_seconds="90")

    entry = AuditEntry.objects.get(action="config.set")
    assert (entry.subject, entry.before, entry.after) == (
        "cooldown_seconds",
        {"value": "60"},
        {"value": "90"},
    )
    assert (entry.source, entry.user) == ("dashboard", site.user)


def test_own_words_for_commands_are_edited_command_by_command(site, chat, tenant):
    save(site, "general", **{"command_aliases-refill": "dobara, phir se"})

    assert json.loads(stored(tenant, "command_aliases")) == {"refill": ["dobara", "phir se"]}
    assert chat.say("dobara 54322").key == "refill_submitted"
    assert "dobara, phir se" in site.get("/bot/general").content.decode()


def test_all_choices_of_time_are_offered(site):
    page = site.get("/bot/general").content.decode()

    assert all(f'value="{offset}"' in page for offset in ("UTC-12", "UTC+5:30", "UTC+5:45", "UTC+14"))


def test_ai_mode_without_a_model_warns(site, settings):
    settings.LLM_API_KEY = ""
    assert "No model is set up" in site.get("/bot/general").content.decode()
    save(site, "ai", llm_api_key="sk-long-secret-key-1234")
    settings.LLM_BASE_URL, settings.LLM_MODEL = "https://api.openai.com/v1", "gpt-4o-mini"
    assert "No model is set up" not in site.get("/bot/general").content.decode()


def test_verification_off_warns(site):
    assert "Verification is off" not in site.get("/bot/verification").content.decode()
    save(site, "verification", verification_enabled=None)
    assert "Verification is off" in site.get("/bot/verification").content.decode()


class TestSecrets:
    KEY = "sk-very-long-secret-7890"

    def test_is_stored_encrypted_and_shown_masked_alone(self, site, tenant):
        save(site, "ai", llm_api_key=self.KEY)

        assert stored(tenant, "llm_api_key") == self.KEY
        assert self.KEY not in BotConfig.objects.get(key="llm_api_key").value
        page = site.get("/bot/ai").content.decode()
        assert self.KEY not in page
        assert "••••7890" in page
        entry = AuditEntry.objects.get(subject="llm_api_key")
        assert (entry.before, entry.after) == ({"value": "not set"}, {"value": "changed"})

    def test_empty_keeps_what_is_saved(self, site, tenant):
        save(site, "ai", llm_api_key=self.KEY)
        save(site, "ai", llm_model="gpt-4o-mini")

        assert stored(tenant, "llm_api_key") == self.KEY

    def test_needs_a_fresh_login(self, site, tenant, clock):
        site.get("/bot/ai")
        clock.advance(minutes=20)

        page = save(site, "ai", llm_api_key=self.KEY)

        assert page.status_code == 422
        assert "Confirm your password" in page.content.decode()
        assert self.KEY not in page.content.decode()
        assert stored(tenant, "llm_api_key") == ""

    def test_does_not_follow_to_another_address(self, site, tenant):
        save(site, "ai", llm_api_key=self.KEY, llm_base_url="https://one.example/v1")
        assert stored(tenant, "llm_api_key") == self.KEY

        save(site, "ai", llm_base_url="https://one.example/v2")
        assert stored(tenant, "llm_api_key") == self.KEY

        save(site, "ai", llm_base_url="https://two.example/v1")
        assert stored(tenant, "llm_api_key") == ""

    def test_does_not_follow_when_the_address_is_reset(self, site, tenant):
        save(site, "ai", llm_api_key=self.KEY, llm_base_url="https://one.example/v1")

        site.post("/bot/reset/llm_base_url")

        assert stored(tenant, "llm_api_key") == ""

    @pytest.mark.parametrize(
        "url", ["http://169.254.169.254/v1", "https://10.0.0.1/v1", "https://user:pw@a.example"]
    )
    def test_private_address_is_refused(self, site, settings, url):
        settings.ALLOW_PRIVATE_URLS = False

        page = save(site, "ai", llm_base_url=url)

        assert page.status_code == 422
        assert "public https address" in page.content.decode()


class TestUsage:
    def test_today_and_this_month_are_shown(self, site, tenant):
        budget.record(tenant_id=tenant.pk, feature="reword", model="gpt-4o", spent=Spent(2, 1_000_000, 0))

        page = site.get("/bot/ai").content.decode()

        assert "Replies reworded" in page
        assert "$2.5000" in page

    def test_test_button_asks_the_model_once(self, site, model, worker):
        site.post("/bot/check-model")
        worker.run()

        assert "It is ready." in site.get("/bot/ai").content.decode()
        assert len(model.requests()) == 1

    @pytest.mark.parametrize(
        ("behaviour", "words"),
        [("error_429", "too many calls"), ("error_500", "has trouble"), ("empty", "not as a chat")],
    )
    def test_failure_is_told_in_words(self, site, model, worker, behaviour, words):
        model.behave(behaviour)

        site.post("/bot/check-model")
        worker.run()

        assert words in site.get("/bot/ai").content.decode()

    def test_is_limited(self, site, model, worker):
        for _ in range(10):
            site.post("/bot/check-model")
            worker.run()
        asked = len(model.requests())
        site.post("/bot/check-model")

        assert worker.waiting() == []
        assert len(model.requests()) == asked


class TestPanel:
    def test_validate_shows_what_the_key_may_do(self, site, worker, sandbox):
        assert "Not checked yet" in site.get("/bot/panel").content.decode()

        assert site.post("/bot/check-panel").status_code == 303
        assert "Working on it" in site.get("/bot/panel").content.decode()
        worker.run()

        page = site.get("/bot/panel").content.decode()
        assert "Reachable" in page
        assert "The key is accepted" in page
        assert "Read tickets" in page
        row = PanelConnection.objects.get()
        assert row.probe["authorised"] is True
        assert row.validated_at is not None

    def test_wrong_key_says_what_to_do(self, site, worker):
        PanelConnection.objects.update(api_key="wrong-key-of-the-panel")
        site.post("/bot/check-panel")
        worker.run()

        page = site.get("/bot/panel").content.decode()
        assert "The key is not accepted" in page
        assert "Copy the Admin API key again" in page

    def test_key_is_kept_masked_and_replaced_only_when_typed(self, site, sandbox, chat):
        before = PanelConnection.objects.get().api_key
        page = site.get("/bot/panel").content.decode()
        assert before not in page

        site.post("/bot/panels", {"base_url": sandbox.panel_url, "api_key": ""})
        assert PanelConnection.objects.get().api_key == before

        site.post("/bot/panels", {"base_url": sandbox.panel_url, "api_key": "another-key-1234"})
        assert PanelConnection.objects.get().api_key == "another-key-1234"
        entry = AuditEntry.objects.get(action="panel.connect")
        assert entry.after["api_key"] == "changed"
        assert "another-key" not in json.dumps([entry.before, entry.after])

    def test_another_address_needs_its_own_key(self, site, sandbox):
        page = site.post("/bot/panels", {"base_url": "http://127.0.0.1:9", "api_key": ""})

        assert page.status_code == 422
        assert "This is another panel" in page.content.decode()
        assert PanelConnection.objects.get().base_url == sandbox.panel_url

    def test_another_panel_leaves_the_first_one_saved_and_can_be_switched_back(self, site, sandbox, chat):
        first = PanelConnection.objects.get()
        site.post("/bot/panels", {"base_url": "http://127.0.0.1:9", "api_key": "key-of-the-second"})
        assert PanelConnection.objects.get(is_active=True).base_url == "http://127.0.0.1:9"

        site.post(f"/bot/panels/{first.pk}/use", {"is_active": "true"})

        assert PanelConnection.objects.get(is_active=True) == first
        assert chat.say("check 54321").key == "order_status"
        second = PanelConnection.objects.get(is_active=False)
        site.post(f"/bot/panels/{second.pk}/remove")
        assert list(PanelConnection.objects.all()) == [first]

    def test_disconnected_is_told_to_customers(self, site, chat):
        row = PanelConnection.objects.get()
        site.post(f"/bot/panels/{row.pk}/use", {"is_active": "false"})

        assert chat.say("check 54321").key == "panel_not_configured"
        assert "No panel connected" in site.get("/bot/panel").content.decode()

    def test_foreign_panel_is_not_there(self, site, other_tenant):
        foreign = PanelConnection._base_manager.get(tenant=other_tenant)

        assert site.post(f"/bot/panels/{foreign.pk}/use", {"is_active": "true"}).status_code == 404
        assert site.post(f"/bot/panels/{foreign.pk}/remove").status_code == 404

    @pytest.mark.parametrize(
        "url", ["http://169.254.169.254/", "https://127.0.0.1", "https://[::1]/", "ftp://a.example"]
    )
    def test_private_addresses_are_refused_in_words(self, site, settings, url):
        settings.ALLOW_PRIVATE_URLS = False

        page = site.post("/bot/panels", {"base_url": url, "api_key": "some-key-123456"})

        assert page.status_code == 422
        assert PanelConnection.objects.count() == 1

    def test_key_needs_a_fresh_login(self, site, sandbox, clock):
        site.get("/bot/panel")
        before = PanelConnection.objects.get().api_key
        clock.advance(minutes=20)

        page = site.post("/bot/panels", {"base_url": sandbox.panel_url, "api_key": "another-key-1234"})

        assert page.status_code == 422
        assert PanelConnection.objects.get().api_key == before


@pytest.mark.parametrize("section", SECTIONS)
def test_page_takes_few_queries(site, section, django_assert_max_num_queries):
    site.get(f"/bot/{section}")
    with django_assert_max_num_queries(15):
        site.get(f"/bot/{section}")


def test_failing_change_stores_nothing(tenant):
    with pytest.raises(Exception, match="cooldown"):
        changing.change(
            tenant_id=tenant.pk,
            values={"watch_limit": "3", "cooldown_seconds": "never"},
            by=None,
            source="dashboard",
            now=None,
        )
    assert stored(tenant, "watch_limit") == "10"
