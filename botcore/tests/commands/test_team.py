"""The team's commands: who may, what they say, what they change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from botcore.commands import drain
from botcore.models import (
    BotConfig,
    InboxMessage,
    LogStatusChange,
    MessageLog,
    OutboxMessage,
    WhatsAppNumber,
)
from botcore.sandbox.demo_tenant import ACTORS, Actor
from tenants.enums import Role
from tenants.models import AuditEntry, TenantAdmin, TenantUser
from tenants.tests.factories import TenantAdminFactory, UserFactory

ADA = Actor("staff_admin", "Ada", "15550100003", "99900000000003", role=Role.STAFF_ADMIN)
TEAM = {
    "owner": ACTORS["owner"],
    "staff_admin": ADA,
    "staff": ACTORS["staff"],
    "customer": ACTORS["customer"],
}
# A row: what is said, in a group?, and which of them may (product.md, item 140).
TABLE = [
    ("!config list", False, "owner"),
    ("!config get chat_mode", False, "owner"),
    ("!config set cooldown_seconds 60", False, "owner"),
    ("!broadcast hello", False, "owner staff_admin"),
    ("!support enable", True, "owner staff_admin"),
    ("!marketing enable", True, "owner staff_admin"),
    ("!silent disable", True, "owner staff_admin"),
    ("!verify-users rahul.smm", True, "owner staff_admin"),
    ("!remove-users rahul.smm", False, "owner staff_admin"),
    ("!status", False, "owner staff_admin"),
    ("!users", False, "owner staff_admin"),
    ("!groups", False, "owner staff_admin"),
    ("!resume", False, "owner staff_admin"),
    ("!approve 54321", False, "owner staff_admin"),
    ("!refuse 54321", False, "owner staff_admin"),
    ("!resolve 54321 resolved", False, "owner staff_admin staff"),
    ("!resolve 54321 resolved", True, "owner staff_admin staff"),
    ("refill verify 54321", False, "owner staff_admin staff"),
    ("54321,54322 provider status", True, "owner staff_admin staff"),
    # Customers have another tool of this name: their complaint.
    ("fake complete 54321", False, "owner staff_admin customer"),
]


@pytest.fixture
def team(chat, tenant):
    TenantAdminFactory(tenant=tenant, user=UserFactory(phone=f"+{ADA.phone}"), role=Role.STAFF_ADMIN)
    return lambda who: chat.as_(TEAM[who])


@pytest.fixture
def owner(chat):
    return chat.as_("owner")


@pytest.mark.parametrize("who", TEAM)
@pytest.mark.parametrize(("text", "in_group", "allowed"), TABLE)
def test_every_role_by_the_table(team, text, in_group, allowed, who):
    here = team(who)
    said = (here.in_group() if in_group else here).say(text)

    assert (said.keys[0] != "permission_denied") == (who in allowed.split())


@pytest.mark.parametrize("who", ["owner", "staff_admin"])
def test_owner_and_staff_admin_use_customers_commands_on_any_order(team, who):
    assert team(who).say("check 54330").key == "order_status"


def test_somebody_who_left_the_team_has_no_rights(owner):
    user = TenantAdmin.objects.get(role=Role.OWNER).user
    user.is_active = False
    user.save()

    assert owner.say("!status").key == "permission_denied"


class TestStatus:
    def test_four_lines_letter_for_letter(self, owner, configure):
        WhatsAppNumber.objects.update(state_at=timezone.now() - timedelta(hours=14, minutes=32, seconds=50))
        configure(chat_mode="ai", llm_api_key="sk-0123456789abcdef")

        assert owner.say("!status").text == (
            "Status: Online | Uptime: 14h 32m\n"
            "Verified Users: 3 | Active Groups: 1\n"
            "AI Provider: OpenAI GPT-4o-mini\n"
            "Chat Mode: ai"
        )

    def test_without_a_model(self, owner):
        assert "AI Provider: none\nChat Mode: manual" in owner.say("!status").text


class TestConfig:
    def test_change_acts_on_the_next_message(self, owner, chat):
        assert owner.say("!config set show_charge_to_customers false").text == (
            "✅ show_charge_to_customers = false\nIt counts from the next message on."
        )
        assert "Charge" not in chat.say("check 54321").text

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("!config set cooldown_seconds -1", "*cooldown_seconds* takes a whole number from 0 to 1000000."),
            (
                "!config set cooldown_seconds soon",
                "*cooldown_seconds* takes a whole number from 0 to 1000000.",
            ),
            (
                "!config set scheduler_timezone Asia/Dhaka",
                "*scheduler_timezone* takes a UTC offset such as UTC, UTC+6, UTC-5 or UTC+5:30.",
            ),
            ("!config set nonsense 1", "There is no setting *nonsense*. *!config list* shows all of them."),
            ("!config get nonsense", "There is no setting *nonsense*. *!config list* shows all of them."),
            ("!config set chat_mode", "Say it like this: *!config set chat_mode ai*"),
        ],
    )
    def test_refusal_says_what_would_do(self, owner, text, answer):
        assert owner.say(text).text == answer
        assert not BotConfig.objects.exists()

    @pytest.mark.parametrize(
        ("name", "value"),
        [("chat_mode", "ai"), ("cooldown_seconds", "60"), ("marketing_interval_hours", "4")],
    )
    def test_examples_of_the_specification(self, owner, name, value):
        assert owner.say(f"!config set {name} {value}").key == "config_set"
        assert owner.say(f"!config get {name}").text == f"{name} = {value}"

    @pytest.mark.parametrize("mode", ["manual", "ai", "custom"])
    def test_chat_modes(self, owner, mode):
        owner.say(f"!config set chat_mode {mode}")

        assert owner.say("!config get chat_mode").text == f"chat_mode = {mode}"

    def test_list_masks_secrets(self, owner, configure):
        configure(llm_api_key="sk-0123456789abcdef", scheduler_timezone="UTC+6")

        text = owner.say("!config list").text

        assert "llm_api_key = ••••cdef" in text
        assert "sk-" not in text
        assert "scheduler_timezone = UTC+6" in text
        assert "cooldown_seconds = 60" in text

    def test_secret_is_stored_encrypted_and_answered_masked(self, owner):
        said = owner.say("!config set llm_api_key sk-0123456789abcdef")

        assert "sk-0123" not in said.text
        assert "sk-0123" not in BotConfig.objects.get(key="llm_api_key").value

    def test_secret_is_not_taken_in_a_group(self, owner):
        said = owner.in_group().say("!config set llm_api_key sk-0123456789abcdef")

        assert said.keys == ("config_secret_in_group",)
        assert not BotConfig.objects.exists()

    def test_secret_is_not_kept_as_it_was_said(self, owner):
        said = owner.say("!config set llm_api_key sk-0123456789abcdef")
        refused = owner.in_group().say("!config set llm_api_key sk-0123456789abcdef")

        assert {said.message.text, refused.message.text} == {"!config set llm_api_key ••••"}

    def test_run_again_after_a_crash_the_secret_stays(self, owner, chat):
        said = owner.say("!config set llm_api_key sk-0123456789abcdef")
        OutboxMessage.objects.filter(inbox=said.message).delete()
        InboxMessage.objects.filter(pk=said.message.pk).update(state="received", attempts=1, handled_at=None)
        drain.drain_chat(tenant_id=said.message.tenant_id, chat_id=said.message.chat_id)

        assert owner.say("!config get llm_api_key").text == "llm_api_key = ••••cdef"

    def test_change_is_on_record_without_secrets(self, owner):
        owner.say("!config set refill_mode approve")
        said = owner.say("!config set llm_api_key sk-0123456789abcdef")

        mode, key = AuditEntry.objects.filter(action="config.set").order_by("pk")
        assert (mode.subject, mode.before, mode.after) == (
            "refill_mode",
            {"value": "auto"},
            {"value": "approve"},
        )
        assert (mode.user.name, key.after) == ("Olivia", {"value": "changed"})
        assert said.log.facts == {"name": "llm_api_key"}

    def test_key_does_not_follow_to_another_address(self, owner, configure):
        configure(llm_api_key="sk-0123456789abcdef")

        owner.say("!config set llm_base_url https://elsewhere.example/v1")

        assert owner.say("!config get llm_api_key").text == "llm_api_key = –"

    def test_stays_in_its_tenant(self, owner, other_tenant):
        owner.say("!config set refill_mode approve")

        assert "refill_mode = approve" in owner.say("!config list").text
        assert BotConfig._base_manager.get(tenant=other_tenant, key="refill_mode").value == "off"


class TestResolve:
    def test_moves_the_requests_of_these_orders(self, chat):
        chat.say("refill 54322 54326")

        said = chat.as_("staff").say("!resolve 54322 54326 99999 resolved")

        assert said.text == "✅ *54322, 54326* · resolved\n✖ *99999* · no open request"
        assert set(MessageLog.objects.filter(action="refill").values_list("order_id", "support_status")) == {
            (54322, "resolved"),
            (54326, "resolved"),
        }

    @pytest.mark.parametrize(
        ("spelt", "status"),
        [
            ("open", "open"),
            ("Escalated", "escalated"),
            ("ticket created", "ticket created"),
            ("TICKET_CREATED", "ticket created"),
            ("ignored", "ignored"),
        ],
    )
    def test_status_in_any_spelling_is_stored_as_specified(self, chat, spelt, status):
        log = chat.say("refill 54322").log

        chat.as_("staff").say(f"!resolve 54322 {spelt}")

        log.refresh_from_db()
        assert log.support_status == status

    def test_keeps_who_and_when(self, chat, clock):
        log = chat.say("refill 54322").log
        clock.advance(minutes=5)

        chat.as_("staff").say("!resolve 54322 ignored")

        step = LogStatusChange.objects.get(log=log)
        assert (step.before, step.after, step.created_at) == ("open", "ignored", clock.now)
        assert str(step.by_user.phone) == f"+{ACTORS['staff'].phone}"

    @pytest.mark.parametrize(
        "text", ["!resolve", "!resolve 54322", "!resolve resolved", "!resolve 54322 done"]
    )
    def test_usage(self, chat, text):
        chat.say("refill 54322")

        assert "!resolve 54321" in chat.as_("staff").say(text).text
        assert MessageLog.objects.get(action="refill").support_status == "open"

    def test_does_not_move_closed_rows_or_the_neighbours(self, chat, other_tenant):
        staff = chat.as_("staff")
        chat.say("refill 54322")
        staff.say("!resolve 54322 ignored")

        assert staff.say("!resolve 54322 resolved").key == "resolve_unknown"
        states = MessageLog._base_manager.filter(tenant=other_tenant).values_list("support_status", flat=True)
        assert set(states) == {"open"}


class TestUsers:
    def test_list(self, owner):
        assert owner.say("!users").text == (
            "*Verified users: 3* · page 1 of 1\n"
            "anna_media · Anna · active not yet\n"
            "joko88 · Joko · active not yet\n"
            "rahul.smm · Rahul · active not yet"
        )

    def test_list_tells_who_is_active(self, owner, chat):
        chat.say("check 54321")

        assert "anna_media · Anna · active 3 May 2026" in owner.say("!users").text

    def test_groups(self, owner):
        assert owner.say("!groups").text == (
            "*Whitelisted groups: 1* · page 1 of 1\nDemo Panel support · support"
        )

    def test_lists_asked_in_a_group_stay_private(self, owner):
        said = owner.in_group().say("!users")

        assert said.text == "I have sent you that in a direct message."
        assert said.direct[0].startswith("*Verified users: 3*")

    def test_whole_group_is_verified_but_the_team_the_blocked_and_the_linked(self, chat, owner):
        TenantUser.objects.filter(panel_username="joko88").update(is_blocked=True)

        said = owner.in_group().say("!verify-users rahul.smm")

        # Other customers' usernames are not for the group to read.
        assert said.text == "I have sent you that in a direct message."
        assert said.direct == (
            "✅ *rahul.smm*: 1 of 6 members verified\n"
            "Skipped: 1 verified already, 1 blocked, 2 of the team\n"
            "Linked to another username: anna_media\n"
            "Take it back with *!remove-users rahul.smm undo*.",
        )
        assert chat.as_("stranger").say("check 54330").key == "order_status"

    def test_undo_takes_back_the_last_run_alone(self, chat, owner):
        owner.in_group().say("!verify-users rahul.smm")

        assert owner.say("!remove-users rahul.smm undo").text == "✅ *rahul.smm*: no longer verified: 1."
        assert chat.as_("stranger").say("check 54330").key == "verification_required"
        assert chat.as_("rahul").say("check 54330").key == "order_status"

    def test_remove_all(self, chat, owner):
        assert owner.say("!remove-users RAHUL.smm").text == "✅ *RAHUL.smm*: no longer verified: 1."
        assert chat.as_("rahul").say("check 54330").key == "verification_required"

    def test_removing_is_no_way_round_a_block(self, chat, owner):
        TenantUser.objects.filter(panel_username="rahul.smm").update(is_blocked=True)

        owner.say("!remove-users rahul.smm")

        assert chat.as_("rahul").say("check 54330").key == "user_blocked"

    def test_is_on_record(self, owner):
        owner.in_group().say("!verify-users rahul.smm")
        owner.say("!remove-users rahul.smm undo")

        done, undone = AuditEntry.objects.order_by("pk")
        assert (done.action, done.subject) == ("customers.verify", "customer rahul.smm")
        assert (done.after["added"], done.user.name) == (1, "Olivia")
        assert (undone.action, undone.after) == ("customers.remove", {"removed": 1, "only_last_batch": True})

    def test_unknown_username(self, owner):
        said = owner.in_group().say("!verify-users nobody")

        assert said.text == "The panel has no user *nobody*. Please check the spelling."

    def test_usage(self, owner):
        assert "!verify-users johndoe123" in owner.in_group().say("!verify-users two names").text
        assert "!remove-users johndoe123" in owner.say("!remove-users").text


class TestBroadcast:
    def test_reaches_groups_with_support_and_reports(self, owner, chat, clock, worker):
        chat.in_group()
        said = owner.say("!broadcast Maintenance *tonight*")

        assert said.texts == ("📣 On its way. Groups: 1, of them in silent mode: 0. I will report here.",)
