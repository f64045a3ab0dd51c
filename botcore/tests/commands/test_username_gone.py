"""A linked username that is no longer on the panel: unlinked, and its owner asked to verify again."""

import re

import pytest

from botcore.models import MessageLog
from botcore.sandbox.demo_tenant import ACTORS
from tenants.models import AuditEntry, TenantUser
from tenants.tests.factories import TenantUserFactory

GONE = (
    "The panel no longer knows the username *anna_media*, so this number is not linked to it any more.\n"
    "To link this WhatsApp to your panel account, please send me your *panel username*."
)


@pytest.fixture
def anna_left(sandbox):
    """The panel has deleted Anna's account, with its orders and tickets still there."""
    return sandbox.world.users.pop("anna_media")


@pytest.fixture
def second_username(tenant):
    contact = TenantUser.objects.get(panel_username="anna_media").contact
    TenantUserFactory(tenant=tenant, contact=contact, panel_username="rahul.smm")


def usernames(who="customer"):
    links = TenantUser.objects.filter(contact__identities__value=ACTORS[who].phone)
    return sorted(links.values_list("panel_username", flat=True))


def newest_code(sandbox):
    ticket = max(sandbox.world.tickets.values(), key=lambda one: one.id)
    return re.search(r"\b\d{6}\b", ticket.messages[-1].message)[0]


@pytest.mark.parametrize("text", ["balance", "my username", "verify"])
def test_what_is_about_the_account_asks_to_verify_again(chat, anna_left, text):
    said = chat.say(text)

    assert said.text == GONE
    assert (said.log.outcome, said.log.facts) == ("username_gone", {"username": "anna_media"})
    assert usernames() == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("check 54330", "order_not_owned"),
        ("refill 54330", "order_not_owned"),
        ("check 99999", "order_not_found"),
        ("ticket 5502", "ticket_not_found"),
        ("ticket 5999", "ticket_not_found"),
    ],
)
def test_so_does_an_order_or_ticket_that_is_not_theirs(chat, anna_left, sandbox, text, first):
    said = chat.say(text)

    assert said.keys == (first, "username_gone", "verification_username_prompt")
    assert usernames() == []
    assert sandbox.writes() == []


@pytest.mark.parametrize("text", ["services", "help"])
def test_what_is_about_no_account_looks_at_none(chat, anna_left, sandbox, text):
    chat.say(text)

    assert usernames() == ["anna_media"]
    assert sandbox.requests() == []


def test_afterwards_every_command_asks_for_it(chat, anna_left):
    chat.say("balance")

    for text in ("balance", "my username", "check 54321", "refill 54322", "ticket 5501"):
        assert chat.say(text).keys == ("verification_required",)


def test_a_new_username_is_proved_in_the_ordinary_way(chat, anna_left, sandbox):
    chat.say("balance")

    assert chat.say("joko88").key == "verification_code_sent"
    assert chat.say(newest_code(sandbox)).key == "verification_success"
    assert usernames() == ["joko88"]
    assert chat.say("my username").text == "Your panel username is *joko88*."


def test_come_back_it_has_to_be_proved_like_any_other(chat, anna_left, sandbox):
    chat.say("balance")
    sandbox.world.users["anna_media"] = anna_left

    assert chat.say("balance").key == "verification_required"
    assert chat.say("anna_media").key == "verification_code_sent"
    assert usernames() == []
    chat.say(newest_code(sandbox))
    assert usernames() == ["anna_media"]


def test_it_is_on_record(chat, anna_left, clock):
    contact = TenantUser.objects.get(panel_username="anna_media").contact

    chat.say("balance")

    entry = AuditEntry.objects.get(action="customer.set_aside")
    assert (entry.subject, entry.source, entry.user) == ("customer anna_media", "system", None)
    assert (entry.before["contact"], entry.before["verified_by"]) == (contact.pk, "staff")


@pytest.mark.parametrize("text", ["balance", "my username"])
def test_the_persons_other_usernames_stay(chat, anna_left, second_username, text):
    said = chat.say(text)

    assert usernames() == ["rahul.smm"]
    assert said.keys[-1] == "username_gone"
    assert len(said.keys) == 2
    assert "rahul.smm" in said.text
    assert chat.say("check 54321").key == "order_not_owned"


def test_everybody_else_keeps_theirs(chat, anna_left):
    chat.say("balance")

    assert (usernames("rahul"), usernames("joko")) == (["rahul.smm"], ["joko88"])


def test_in_a_group_it_is_told_in_private(chat, anna_left):
    said = chat.in_group().say("balance")

    assert said.text == "I have sent you that in a direct message."
    assert said.direct == (GONE,)


@pytest.mark.parametrize("text", ["balance", "my username", "check 54321", "verify"])
def test_blocked_people_do_not_escape_by_it(chat, anna_left, text):
    TenantUser.objects.filter(panel_username="anna_media").update(is_blocked=True)

    assert chat.say(text).key == "user_blocked"
    assert TenantUser.objects.filter(panel_username="anna_media", is_blocked=True).exists()


def test_one_blocked_username_keeps_the_person_blocked(chat, anna_left, second_username):
    TenantUser.objects.filter(panel_username="rahul.smm").update(is_blocked=True)

    assert chat.say("balance").key == "user_blocked"
    assert usernames() == ["anna_media", "rahul.smm"]


@pytest.mark.parametrize(
    "scenario", ["error_500", "rate_limited", "html_502", "html_page", "empty_body", "error_in_200"]
)
def test_errors_change_nothing(chat, anna_left, sandbox, scenario):
    sandbox.scenario(scenario)

    chat.say("balance")
    chat.say("my username")

    assert usernames() == ["anna_media"]


def test_a_time_out_changes_nothing(chat, anna_left, sandbox, impatient):
    sandbox.scenario("time_out")

    assert chat.say("my username").text == "Your panel username is *anna_media*."
    assert usernames() == ["anna_media"]


def test_a_panel_that_lists_nobody_at_all_is_no_proof(chat, sandbox):
    sandbox.world.users.clear()

    assert chat.say("balance").text == (
        "I could not find your account *anna_media* on the panel just now. Please try again later."
    )
    assert usernames() == ["anna_media"]


def test_a_panel_that_ignores_the_filter_is_no_proof(chat, anna_left, sandbox):
    sandbox.scenario("ignores_filter")

    assert chat.say("balance").key == "account_not_read"
    assert usernames() == ["anna_media"]


def test_a_username_linked_by_hand_in_another_case_is_no_lost_one(chat, tenant):
    TenantUser.objects.filter(panel_username="anna_media").update(panel_username="Anna_Media")

    assert chat.say("balance").key == "balance_reply"
    assert chat.say("check 54330").key == "order_not_owned"
    assert usernames() == ["Anna_Media"]


def test_without_verification_the_team_is_to_link_them(chat, anna_left, configure):
    configure(verification_enabled="false")

    assert chat.say("balance").keys == ("username_gone", "verification_by_team")
    assert MessageLog.objects.filter(action="refill").count() == 0
    assert chat.say("refill 54322").key == "verification_by_team"
