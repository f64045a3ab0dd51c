"""fake complete: a customer's complaint, and the team's tool with its second step."""

import pytest

from botcore.models import Confirmation, OrderAct
from tenants.models import AuditEntry

# --- the complaint -----------------------------------------------------------------------------------------------


def test_a_complaint_is_passed_on(chat, sandbox):
    said = chat.say("fake complete 54322")

    assert said.text == (
        "✅ *Noted: order 54322 shows Completed, but did not arrive*\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Start count: 5,230\n"
        "It is passed on to be checked."
    )
    row = said.log
    assert (row.action, row.provider, row.provider_oid, row.support_status, row.is_priority) == (
        "fake_complete", "smmcost.example", "2323224", "open", True,
    )  # fmt: skip
    assert sandbox.writes() == []


def test_a_service_without_refill_may_be_complained_about(chat):
    assert chat.say("54324 fake complete").key == "fake_complete_submitted"


def test_only_completed_orders(chat):
    assert chat.say("fake complete 54321").text == (
        "Order 54321 is In Progress, not Completed. For one that is late, send *speed up 54321*."
    )


def test_customers_cannot_force(chat, sandbox):
    said = chat.say("fake complete 54321 confirm")

    assert said.key == "fake_complete_not_eligible"
    assert sandbox.writes() == []


def test_what_stands_there_in_full_is_no_complaint(chat, configure, sandbox):
    configure(count_source="sandbox")
    sandbox.world.live_counts[54322] = 6230

    assert chat.say("fake complete 54322").text == (
        "Order 54322 looks complete: it should stand at 6,230 and stands at 6,230 now.\n"
        "https://instagram.example/anna_media.2"
    )


def test_mode_off_is_for_customers(chat, configure):
    configure(fakecomplete_mode="off")

    assert chat.say("fake complete 54322").key == "action_disabled"
    assert chat.as_("owner").say("fake complete 54321").key == "force_complete_confirm"


def test_foreign_orders_are_not_touched(chat):
    assert chat.say("fake complete 54331").key == "order_not_owned"


# --- the tool ----------------------------------------------------------------------------------------------------


def test_the_team_is_asked_first(chat, sandbox):
    said = chat.as_("owner").say("fake complete 54328")

    assert said.text == (
        "⚠️ Order 54328 is In Progress with 482 of 800 to go. Set it to Completed? Nothing is refunded and no "
        "provider is told.\n"
        "To confirm, reply *fake complete 54328 confirm* within 5 minutes."
    )
    assert sandbox.writes() == []


def test_confirmed_it_is_done_once(chat, sandbox):
    owner = chat.as_("owner")
    owner.say("fake complete 54328")
    said = owner.say("fake complete 54328 confirm")

    assert said.text == "✅ *Order 54328 is Completed now*\nFacebook Page Likes 👍 | R90 ♻️ | Slow Start"
    assert [(write["path"], write["body"]) for write in sandbox.writes()] == [
        ("/orders/change-status", {"ids": "54328", "status": "completed"})
    ]
    assert said.log.support_status == "resolved"
    assert owner.say("fake complete 54328 confirm").key == "force_complete_not_asked"
    owner.say_again(said)
    assert len(sandbox.writes()) == 1


def test_what_was_forced_is_on_record(chat):
    owner = chat.as_("owner")
    owner.say("fake complete 54328")
    owner.say("fake complete 54328 confirm")
    entry = AuditEntry.objects.get()

    assert (entry.action, entry.subject, str(entry.user), entry.source) == (
        "order.force_complete", "order 54328", "Olivia", "chat",
    )  # fmt: skip
    assert entry.before == {"status": "in_progress"}
    assert entry.after == {"status": "completed", "remains": 0, "act": "done"}


def test_a_confirmation_is_good_for_five_minutes(chat, clock, sandbox):
    owner = chat.as_("owner")
    owner.say("fake complete 54328")
    clock.advance(minutes=5)

    assert owner.say("fake complete 54328 confirm").text == (
        "Nothing to confirm for order 54328. Send *fake complete 54328* first."
    )
    owner.say("fake complete 54328")
    clock.advance(minutes=4, seconds=59)
    assert owner.say("fake complete 54328 confirm").key == "fake_complete_done"
    assert Confirmation.objects.count() == 1


def test_nobody_confirms_for_another(chat, staff_admin, sandbox):
    chat.as_("owner").say("fake complete 54328")

    assert chat.as_(staff_admin).say("fake complete 54328 confirm").key == "force_complete_not_asked"
    assert sandbox.writes() == []


def test_several_orders_are_confirmed_in_one_message(chat, sandbox):
    owner = chat.as_("owner")
    owner.say("fake complete 54321 54328")
    said = owner.say("fake complete 54321 54328 54339 confirm")

    assert said.text == (
        "✅ *54321, 54328* · Completed now\n✖ *54339* · nothing to confirm; send *fake complete 54339* first"
    )
    assert [write["body"]["ids"] for write in sandbox.writes()] == ["54321,54328"]


@pytest.mark.parametrize(
    ("order_id", "status"), [(54322, "Completed"), (54326, "Partial"), (54332, "Canceled")]
)
def test_ended_orders_cannot_be_forced(chat, order_id, status):
    assert chat.as_("owner").say(f"fake complete {order_id}").text == (
        f"Order {order_id} is {status} already, so it cannot be set to Completed."
    )
    assert not Confirmation.objects.exists()


def test_an_order_that_ended_meanwhile_is_left_alone(chat, sandbox, put_order):
    owner = chat.as_("owner")
    owner.say("fake complete 54328")
    put_order(54328, status="canceled")

    assert owner.say("fake complete 54328 confirm").key == "force_complete_not_eligible"
    assert sandbox.writes() == []


def test_a_complaint_does_not_stand_in_the_tools_way(chat, put_order):
    chat.say("fake complete 54322")
    put_order(54322, status="in_progress")
    chat.as_("owner").say("fake complete 54322")

    assert chat.as_("owner").say("fake complete 54322 confirm").key == "fake_complete_done"


def test_staff_are_denied_until_the_owner_opens_it(chat, configure, sandbox):
    staff = chat.as_("staff")
    assert staff.say("fake complete 54328").text == "Sorry, your role does not include *fake complete*."
    configure(staff_may_force_complete="true")

    assert staff.say("fake complete 54328").key == "force_complete_confirm"
    assert staff.say("fake complete 54328 confirm").key == "fake_complete_done"
    assert len(sandbox.writes()) == 1
    assert staff.say("partial 54330").key == "permission_denied"


def test_staff_admins_may(chat, staff_admin):
    assert chat.as_(staff_admin).say("fake complete 54330").key == "force_complete_confirm"


def test_strangers_verify_first(chat):
    assert chat.as_("stranger").say("fake complete 54322").key == "verification_required"


# --- bad days ----------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_read_from_the_order(chat, sandbox, impatient):
    owner = chat.as_("owner")
    owner.say("fake complete 54328")
    sandbox.scenario("time_out_after_write", times=1)

    assert owner.say("fake complete 54328 confirm").key == "fake_complete_done"
    assert (len(sandbox.writes()), AuditEntry.objects.count()) == (1, 1)


def test_a_write_that_never_arrived_is_called_unclear(chat, sandbox, impatient):
    owner = chat.as_("owner")
    owner.say("fake complete 54328")
    sandbox.scenario("time_out", path="/orders/change-status")
    said = owner.say("fake complete 54328 confirm")

    assert (said.key, said.log.support_status) == ("force_complete_unclear", "open")
    assert (OrderAct.objects.get().state, sandbox.writes()) == ("unknown", [])


def test_skipped_by_the_panel(chat, sandbox):
    owner = chat.as_("owner")
    owner.say("fake complete 54328")
    sandbox.scenario("skipped_ids")

    assert owner.say("fake complete 54328 confirm").text == (
        "The panel did not set order 54328 to Completed: it is In Progress."
    )
    assert OrderAct.objects.get().state == "refused"
