"""Whose order is it? Nothing of somebody else's is shown, done or logged."""

import re

import pytest

from tenants.models import TenantUser
from tenants.tests.factories import TenantUserFactory

FOREIGN = "Order 54330 is not on your account, so I cannot open it here."


@pytest.mark.parametrize("command", ["check", "refill", "cancel", "speed up", "refill status"])
def test_foreign_order_is_neither_shown_nor_touched_nor_logged(chat, sandbox, command):
    said = chat.say(f"{command} 54330")

    assert (said.key, said.text) == ("order_not_owned", FOREIGN)
    assert sandbox.writes() == []
    assert (said.log.order_id, said.log.provider, said.log.provider_oid, said.log.facts) == (
        54330,
        "",
        "",
        {},
    )
    assert said.log.panel_username == "anna_media"


def test_own_orders_beside_a_foreign_one_are_served(chat):
    said = chat.say("check 54330 54321")

    assert said.keys == ("order_not_owned", "order_status")
    assert said.text.startswith(f"{FOREIGN}\n\n*Order 54321*")
    assert "TikTok" not in said.text


def test_usernames_are_compared_without_case(chat):
    TenantUser.objects.filter(panel_username="anna_media").update(panel_username="Anna_Media")

    assert chat.say("check 54321").key == "order_status"


def test_one_person_may_have_several_usernames(chat, tenant):
    contact = TenantUser.objects.get(panel_username="anna_media").contact
    TenantUserFactory(tenant=tenant, contact=contact, panel_username="rahul.smm")

    assert chat.say("check 54321 54330").keys == ("order_status", "order_status")
    assert chat.say("check 54339").key == "order_not_owned"


def test_one_username_may_have_several_people(chat, tenant):
    sam = chat.as_("stranger")
    sam.say("help")
    TenantUserFactory(tenant=tenant, contact=sam.say("help").message.contact, panel_username="anna_media")

    assert sam.say("check 54321").key == "order_status"
    assert chat.say("check 54321").key == "order_status"


@pytest.mark.parametrize(
    "command", ["check", "refill", "cancel", "speed up", "balance", "my username", "ticket"]
)
def test_a_stranger_is_asked_to_verify(chat, sandbox, command):
    said = chat.as_("stranger").say(
        f"{command} 54321" if command not in ("balance", "my username") else command
    )

    assert said.key == "verification_required"
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    "command", ["check 54321", "refill 54322", "cancel 54321", "balance", "help", "services"]
)
def test_blocked_people_are_told_so_and_nothing_else(chat, sandbox, command):
    TenantUser.objects.filter(panel_username="anna_media").update(is_blocked=True)

    said = chat.say(command)

    assert said.key == "user_blocked"
    assert sandbox.requests() == []


def test_a_second_username_is_no_way_round_a_block(chat, tenant):
    link = TenantUser.objects.get(panel_username="anna_media")
    TenantUserFactory(tenant=tenant, contact=link.contact, panel_username="rahul.smm", is_blocked=True)

    assert chat.say("check 54321").key == "user_blocked"


def test_owner_opens_any_order(chat):
    assert chat.as_("owner").say("check 54321 54330 54339").keys == ("order_status",) * 3


def test_staff_have_no_customer_commands(chat, sandbox):
    said = chat.as_("staff").say("check 54321")

    assert said.text == "Sorry, your role does not include *order*."
    assert sandbox.requests() == []


@pytest.mark.parametrize("text", ["balance", "my username"])
def test_staff_without_a_username_are_not_asked_for_one(chat, text):
    assert chat.as_("staff").say(text).text == f"Sorry, your role does not include *{text}*."


def test_without_verification_reading_is_open_and_writing_is_not(chat, configure, sandbox):
    configure(verification_enabled="false")
    sam = chat.as_("stranger")

    assert sam.say("check 54321").key == "order_status"
    for command in ("refill 54322", "cancel 54321", "speed up 54321"):
        assert sam.say(command).key == "verification_by_team"
    assert sandbox.writes() == []


def test_without_verification_linked_people_keep_to_their_own(chat, configure):
    configure(verification_enabled="false")

    assert chat.say("check 54330").key == "order_not_owned"


def test_a_panel_that_ignores_filters_leaks_nothing(chat, sandbox):
    sandbox.scenario("ignores_filter")

    said = chat.say("check 54321, 54327")

    assert set(re.findall(r"\d{5,}", said.text)) <= {"54321", "54327"}
    assert [row.order_id for row in said.logs] == [54321, 54327]
    assert {row.panel_username for row in said.logs} == {"anna_media"}


def test_a_panel_that_ignores_filters_tells_no_strangers_balance(chat, sandbox):
    sandbox.scenario("ignores_filter")

    assert chat.say("balance").text == "Balance of *anna_media*: 48.25 USD"
