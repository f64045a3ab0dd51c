"""partial: customers ask, the owner and staff admins end an order where it stands; the panel's word counts."""

import pytest

from botcore import tasks
from botcore.models import OrderAct
from smmbot.testing.worker import outside
from tenants.models import AuditEntry


def paths(sandbox):
    return [(write["path"], write["body"]) for write in sandbox.writes()]


# --- customers ---------------------------------------------------------------------------------------------------


def test_customers_ask(chat, sandbox):
    said = chat.say("partial 54321")

    assert said.text == (
        "✅ *Partial refund requested* for order 54321\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Status: In Progress, 2,960 of 5,000 not delivered\n"
        "I passed it on to our team. They decide and I will tell you here."
    )
    assert (said.log.action, said.log.provider_oid, said.log.facts["awaiting"]) == (
        "partial",
        "2323223",
        "approval",
    )
    assert sandbox.writes() == []


@pytest.mark.parametrize(
    "text", ["partial refund 54321", "54321 partial", "sir need partial refund for 54321 fast"]
)
def test_partial_refund_wins_over_refund(chat, text):
    assert chat.say(text).key == "partial_submitted"


def test_partial_alone_is_no_command_in_free_text(chat):
    assert chat.say("order 54321 is partial, why").key == "order_status"


@pytest.mark.parametrize(
    ("order_id", "key"),
    [
        (54322, "partial_not_eligible"),
        (54326, "refund_partial_already"),
        (54327, "partial_nothing_delivered"),
    ],
)
def test_there_must_be_an_undelivered_part(chat, order_id, key):
    said = chat.say(f"partial {order_id}")

    assert (said.key, said.log.support_status) == (key, "resolved")


def test_approved_by_the_team(chat, sandbox, heard):
    asked = chat.say("partial 54321")

    assert chat.as_("owner").say("!approve 54321").key == "approval_done"
    assert paths(sandbox) == [("/orders/54321/set-partial", {"remains": 2960})]
    assert heard(chat)[-1] == (
        "✅ *Order 54321 is Partial*\nInstagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Not delivered and refunded: 2,960 of 5,000. See *balance*."
    )
    assert chat.now(asked).log.outcome == "partial_done"


def test_approved_when_all_was_delivered_meanwhile(chat, sandbox, put_order):
    chat.say("partial 54321")
    put_order(54321, status="in_progress", remains=0)

    assert chat.as_("owner").say("!approve 54321").key == "approval_nothing_left"
    assert sandbox.writes() == []


def test_mode_off(chat, sandbox, configure):
    configure(partial_mode="off")

    assert chat.say("partial 54321").text == (
        "Partial refund is not offered here at the moment. Please write to our team."
    )
    assert sandbox.requests() == []


@pytest.mark.parametrize("mode", ["auto", "api"])
def test_modes_that_pay_at_once(chat, sandbox, configure, mode):
    configure(partial_mode=mode)

    assert chat.say("partial 54321").key == "partial_done"
    assert paths(sandbox) == [("/orders/54321/set-partial", {"remains": 2960})]


def test_no_mode_ends_a_completed_order_without_a_person(chat, sandbox, configure, put_order):
    configure(partial_mode="auto")
    put_order(54322, status="completed", remains=100)
    said = chat.say("partial 54322")

    assert (said.key, said.log.facts["awaiting"]) == ("partial_submitted", "approval")
    assert sandbox.writes() == []


def test_auto_unclear_waits_for_the_team(chat, sandbox, configure, impatient):
    """The panel never answers the write, and never did it: nobody repeats it blindly."""
    configure(partial_mode="auto")
    sandbox.scenario("time_out", path="/orders/54321/set-partial")
    said = chat.say("partial 54321")

    assert (said.key, said.log.facts["act"], said.log.facts["awaiting"]) == (
        "partial_submitted", "unknown", "approval",
    )  # fmt: skip
    sandbox.clear_scenarios()
    assert chat.as_("owner").say("!approve 54321").key == "approval_done"
    assert len(sandbox.writes()) == 1


# --- the team ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "admin"])
@pytest.mark.parametrize("mode", ["approve", "off"])
def test_owner_and_staff_admin_end_any_order_at_once(chat, sandbox, configure, staff_admin, who, mode):
    configure(partial_mode=mode)
    said = chat.as_(staff_admin if who == "admin" else who).say("partial 54330")

    assert said.text == (
        "✅ *Order 54330 is Partial*\nTikTok Followers ⚡ | R30 | 5K/D\n"
        "Not delivered and refunded: 1,130 of 2,000. See *balance*."
    )
    assert paths(sandbox) == [("/orders/54330/set-partial", {"remains": 1130})]
    assert (said.log.support_status, said.log.facts["act"]) == ("resolved", "done")


def test_staff_may_not(chat, sandbox):
    assert chat.as_("staff").say("partial 54330").text == "Sorry, your role does not include *partial*."
    assert sandbox.requests() == []


def test_what_was_done_is_on_record(chat):
    chat.as_("owner").say("partial 54330")
    entry = AuditEntry.objects.get()

    assert (entry.action, entry.subject, str(entry.user), entry.source) == (
        "partial.at_once", "order 54330", "Olivia", "chat",
    )  # fmt: skip
    assert entry.before == {"status": "in_progress", "remains": 1130}
    assert entry.after == {"status": "partial", "remains": 1130, "act": "done"}


def test_a_customers_request_is_decided_not_bypassed(chat, sandbox):
    chat.say("partial 54321")

    assert chat.as_("owner").say("partial 54321").text == (
        "The customer's own request for order 54321 waits for you: *!approve 54321* or *!refuse 54321*."
    )
    assert sandbox.writes() == []


def test_a_lost_answer_is_read_from_the_order(chat, sandbox, impatient):
    sandbox.scenario("time_out_after_write", times=1)

    assert chat.as_("owner").say("partial 54330").key == "partial_done"
    assert len(sandbox.writes()) == 1


def test_a_write_that_never_arrived_is_left_to_the_person(chat, sandbox, impatient, clock):
    sandbox.scenario("time_out", path="/orders/54330/set-partial", times=1)
    said = chat.as_("owner").say("partial 54330")

    assert said.text == (
        "I cannot tell whether the panel took the partial for order 54330: it shows In Progress. Please look at it "
        "on the panel. To let it be tried again, send *!resolve 54330 resolved* first."
    )
    assert (said.log.support_status, said.log.is_priority) == ("open", True)
    clock.advance(minutes=10)
    assert chat.as_("owner").say("partial 54330").key == "action_already_open"
    assert sandbox.writes() == []

    chat.as_("owner").say("!resolve 54330 resolved")
    assert chat.as_("owner").say("partial 54330").key == "partial_done"


def test_skipped_by_the_panel(chat, sandbox):
    sandbox.scenario("skipped_ids", times=1)
    said = chat.as_("owner").say("partial 54330")

    assert said.text == (
        "The panel did not take the partial for order 54330: it is In Progress, nothing was changed."
    )
    assert (OrderAct.objects.get().state, sandbox.writes()) == ("refused", [])
    assert chat.as_("owner").say("partial 54330").key == "partial_done"


def test_several_orders_are_several_writes(chat, sandbox):
    said = chat.as_("owner").say("partial 54321 54328 54322")

    assert said.text == (
        "✅ *54321* · Partial, 2,960 refunded\n"
        "✅ *54328* · Partial, 482 refunded\n"
        "✖ *54322* · nothing left to refund"
    )
    assert [path for path, _ in paths(sandbox)] == ["/orders/54321/set-partial", "/orders/54328/set-partial"]


def test_when_the_panel_goes_down_in_the_middle_the_rest_is_kept(chat, sandbox, clock, worker):
    sandbox.scenario("error_500", path="/orders/54328/set-partial")
    asked = chat.as_("owner")
    said = asked.say("partial 54321 54328 54330")

    assert said.state == "waiting"
    assert [path for path, _ in paths(sandbox)] == ["/orders/54321/set-partial"]
    sandbox.clear_scenarios()
    clock.advance(seconds=30)
    outside(tasks.sweep)
    worker.run()
    now = asked.now(said)

    assert now.state == "handled"
    assert now.texts[-1] == (
        "✅ *54321* · Partial, 2,960 refunded\n"
        "❔ *54328* · unclear whether the panel took it; please look at it on the panel\n"
        "✅ *54330* · Partial, 1,129 refunded"
    )
    assert [path for path, _ in paths(sandbox)] == ["/orders/54321/set-partial", "/orders/54330/set-partial"]
