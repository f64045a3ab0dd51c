"""order / check: how an order is doing, live from the panel."""

import pytest

from botcore.domain import templates

RUNNING = """\
*Order 54321* · In Progress
Instagram Followers | R30 ♻️ | Max 500K | 20K/D
Start count: 1,200
Remains: 2,960 of 5,000
Charge: 6.00 USD
Provider: smmcost.example"""


@pytest.mark.parametrize(
    "text", ["check 54321", "order 54321", "54321 check", "Order: #54321", "hi sir check my order 54321 pls"]
)
def test_order_is_told_in_full(chat, text):
    said = chat.say(text)

    assert said.key == "order_status"
    assert said.text == RUNNING


def test_answer_is_live(chat, clock, sandbox):
    chat.say("check 54321")
    clock.advance(hours=2)

    assert "Remains: 1,520 of 5,000" in chat.say("check 54321").text
    assert len(sandbox.requests()) == 2


def test_order_not_begun_says_what_is_not_known(chat):
    assert "Start count: not reported yet" in chat.say("check 54327").text


def test_order_done_by_hand_names_the_own_team(chat):
    assert "Provider: our own team" in chat.as_("rahul").say("check 54336").text


@pytest.mark.parametrize(
    "text", ["check 54321, 54322, 54323", "check 54321 54322 54323", "check 54321,54322 54323"]
)
def test_several_orders_are_told_in_full_in_the_order_asked(chat, text):
    said = chat.say(text)

    assert said.keys == ("order_status",) * 3
    assert [part.split("\n")[0] for part in said.text.split("\n\n")] == [
        "*Order 54321* · In Progress",
        "*Order 54322* · Completed",
        "*Order 54323* · Completed",
    ]


def test_more_than_five_orders_are_a_line_each(chat):
    said = chat.say("check 54321 54322 54324 54325 54326 54329")

    assert said.text == (
        "*6 orders*\n"
        "*54321* · In Progress · 2,960 left\n"
        "*54322, 54324, 54325* · Completed · 0 left\n"
        "*54326* · Partial · 250 left\n"
        "*54329* · Fail · 1,500 left"
    )


def test_an_id_said_twice_is_told_once(chat):
    assert chat.say("check 54321 54321").text == RUNNING


def test_unknown_order_is_named(chat):
    said = chat.say("check 99999")

    assert said.text == "I cannot find order 99999 on the panel. Please check the number."
    assert (said.log.order_id, said.log.provider, said.log.outcome) == (99999, "", "order_not_found")


def test_missing_id_is_asked_for(chat):
    said = chat.say("check")

    assert said.text == "Which order? Send the number too, like this: *order 54321*"


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("show_charge_to_customers", "Charge: 6.00 USD"),
        ("show_provider_to_customers", "Provider: smmcost.example"),
    ],
)
def test_what_customers_are_not_to_see_is_left_out_for_them_alone(chat, configure, setting, line):
    configure(**{setting: "false"})

    assert chat.say("check 54321").text == RUNNING.replace(f"\n{line}", "")
    assert line in chat.as_("owner").say("check 54321").text


def test_log_has_a_row_an_order_with_provider_and_oid(chat):
    said = chat.say("check 54321 54322")

    assert [
        (row.order_id, row.provider, row.provider_oid, row.panel_username, row.action) for row in said.logs
    ] == [
        (54321, "smmcost.example", "2323223", "anna_media", "order"),
        (54322, "smmcost.example", "2323224", "anna_media", "order"),
    ]
    assert [row.serial for row in said.logs] == [1, 2]
    assert {row.support_status for row in said.logs} == {"open"}


def test_words_of_the_tenants_that_come_to_nothing_give_way(chat, tenant, configure):
    configure(chat_mode="custom", show_charge_to_customers="false")
    templates.save(tenant_id=tenant.pk, key="order_status", value="Charge: {charge}")

    assert chat.say("check 54321").text.startswith("*Order 54321* · In Progress\n")
