"""refill verify: the team's measure of a drop, out of the customers' sight."""

import pytest

from botcore.commands.families.refill_verify import read_counts

ID = 54322


@pytest.fixture
def measured(configure, sandbox):
    """The tenant's counts come from the sandbox; set them by order id."""
    configure(count_source="sandbox")
    return sandbox.world.live_counts


def test_count_typed_by_the_team(chat):
    assert chat.as_("staff").say("refill verify 54322=5980").text == (
        "*Order 54322* · refill justified\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Start count: 5,230 · ordered: 1,000\n"
        "Expected now: 6,230 · live: 5,980\n"
        "Drop: 250 (25%)"
    )


def test_without_a_source_the_live_count_is_unknown(chat):
    assert chat.as_("staff").say("refill verify 54322").text == (
        "*Order 54322* · live unknown\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Start count: 5,230 · ordered: 1,000\n"
        "Expected now: 6,230 · live: unknown\n"
        "Drop: unknown"
    )


@pytest.mark.parametrize(
    ("live", "verdict", "drop"),
    [
        (6230, "no drop", "0 (0%)"),
        (9000, "no drop", "0 (0%)"),
        (6201, "small drop, below 3%", "29 (2.9%)"),
        (6200, "refill justified", "30 (3%)"),
        (5230, "refill justified", "1,000 (100%)"),
        (5229, "below its start count, please look at it yourself", "1,001 (100.1%)"),
    ],
)
def test_verdicts_by_the_source(chat, measured, live, verdict, drop):
    measured[ID] = live
    said = chat.as_("staff").say(f"refill verify {ID}")

    assert said.text.splitlines()[0] == f"*Order {ID}* · {verdict}"
    assert said.text.splitlines()[-1] == f"Drop: {drop}"
    assert (said.log.action, said.log.support_status, said.log.facts["live"]) == (
        "refill_verify",
        "resolved",
        live,
    )


def test_threshold_is_the_owners(chat, measured, configure):
    measured[ID] = 6130
    configure(refill_drop_threshold_percent="12.5")

    assert "small drop, below 12.5%" in chat.as_("staff").say(f"refill verify {ID}").text


def test_partial_orders_should_stand_lower_by_what_was_not_delivered(chat):
    said = chat.as_("staff").say("refill verify 54326=700")

    assert "Expected now: 827 · live: 700" in said.text
    assert said.text.splitlines()[-1] == "Drop: 127 (12.7%)"


@pytest.mark.parametrize(
    ("order_id", "verdict"),
    [
        (54337, "start count unknown, so no drop can be measured"),
        (54321, "In Progress, so there is nothing to measure yet"),
        (54332, "Canceled, so there is nothing to measure yet"),
    ],
)
def test_what_cannot_be_measured_is_said(chat, measured, order_id, verdict):
    said = chat.as_("staff").say(f"refill verify {order_id}=100")

    assert said.text.splitlines()[0] == f"*Order {order_id}* · {verdict}"


def test_several_orders(chat, measured):
    measured.update({54322: 6080, 54325: 500})
    said = chat.as_("staff").say("refill verify 54322 54325 54326=812 54331 54338 54999")

    assert said.text == (
        "*6 orders*\n"
        "*54322* · live 6,080 of 6,230 · drop 150 (15%) · refill justified\n"
        "*54325* · live 500 of 500 · drop 0 (0%) · no drop\n"
        "*54326* · live 812 of 827 · drop 15 (1.5%) · small drop, below 3%\n"
        "*54331* · live 2,277 of 2,280 · drop 3 (1%) · small drop, below 3%\n"
        "*54338* · live 2,514 of 2,564 · drop 50 (2%) · small drop, below 3%\n"
        "*54999* · not on the panel"
    )


@pytest.mark.parametrize(
    ("text", "ids", "counts"),
    [
        ("refill verify 54321=1480", [54321], {54321: 1480}),
        ("refill verify 54321 = 1,480, 54322", [54321, 54322], {54321: 1480}),
        ("refill verify 54321=1480,54322=990", [54321, 54322], {54321: 1480, 54322: 990}),
        ("refill verify 54321=1.2k 54322=3M", [54321, 54322], {54321: 1200, 54322: 3_000_000}),
        ("refill verify 54321 54322", [54321, 54322], {}),
    ],
)
def test_counts_are_told_from_ids(text, ids, counts):
    every_number = [54321, 1480, 1, 480, 54322, 990, 3]

    assert read_counts(text, every_number if counts else ids) == (ids, counts)


def test_it_wins_over_refill(chat, sandbox):
    assert chat.as_("owner").say("refill verify 54322").key == "refill_verify"
    assert chat.say("please refill verify 54322").key == "permission_denied"


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ("customer", "permission_denied"),
        ("stranger", "permission_denied"),
        ("staff", "refill_verify"),
        ("admin", "refill_verify"),
        ("owner", "refill_verify"),
    ],
)
def test_who_may(chat, staff_admin, who, key):
    assert chat.as_(staff_admin if who == "admin" else who).say("refill verify 54330").key == key


def test_in_a_group_the_answer_goes_to_the_asker_alone(chat, heard):
    group = chat.in_group()
    group.as_("staff").say("refill verify 54322=5980")

    assert heard(group) == ["I have sent you that in a direct message."]
    assert "refill justified" in heard(chat.as_("staff"))[-1]


# --- the customer's refill ---------------------------------------------------------------------------------------


def test_a_customers_refill_needs_a_drop_worth_one(chat, measured):
    measured[ID] = 6210
    said = chat.say(f"refill {ID}")

    assert (said.key, said.text) == (
        "refill_no_drop",
        "Order 54322 needs no refill now: it should stand at 6,230 and stands at 6,210. That is a drop of 20 (2%); "
        "we refill from 3% on.",
    )
    assert (said.log.facts["live"], said.log.facts["drop"]) == (6210, 20)


@pytest.mark.parametrize("live", [6200, 100])
def test_a_drop_is_refilled_also_below_the_start(chat, measured, live):
    measured[ID] = live

    assert chat.say(f"refill {ID}").key == "refill_submitted"


def test_nothing_is_refused_by_a_source_that_does_not_answer(chat, configure, sandbox, monkeypatch):
    configure(count_source="sandbox")
    monkeypatch.setitem(
        sandbox.panel.control.calls, ("GET", "live_count"), lambda body: {"live_count": "soon"}
    )

    assert chat.say(f"refill {ID}").key == "refill_submitted"
