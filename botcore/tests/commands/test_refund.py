"""refund: asked by customers, decided by the team, paid once, and never called refunded before the panel shows it."""

import threading
from dataclasses import replace

import pytest

from botcore.domain import approvals, templates
from botcore.domain.approvals import Verdict
from botcore.enums import ApprovalState, SupportStatus
from botcore.models import Approval, LogStatusChange, MessageLog, OrderAct
from panel.clients.perfectpanel import PerfectPanelClient
from panel.errors import PanelDown
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.models import AuditEntry, TenantAdmin
from tenants.scoping import tenant_scope


def paths(sandbox):
    return [(write["path"], write["body"]) for write in sandbox.writes()]


@pytest.fixture
def owner_id(tenant):
    return TenantAdmin.objects.get(role="owner").user_id


# --- asking ------------------------------------------------------------------------------------------------------


def test_request_is_passed_on_and_nothing_is_promised(chat, sandbox):
    said = chat.say("refund 54321")

    assert said.key == "refund_submitted"
    assert said.text == (
        "✅ *Refund requested* for order 54321\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "Status: In Progress, 2,960 of 5,000 not delivered\n"
        "I passed it on to our team. They decide and I will tell you here."
    )
    assert "refunded" not in said.text
    assert sandbox.writes() == []


def test_row_waits_with_the_full_provider_context(chat):
    row = chat.say("refund 54321").log

    assert (row.action, row.order_id, row.provider, row.provider_oid) == (
        "refund", 54321, "smmcost.example", "2323223",
    )  # fmt: skip
    assert (row.support_status, row.is_priority) == ("open", True)
    assert (row.facts["awaiting"], row.facts["act"], row.facts["status"]) == (
        "approval",
        "queued",
        "in_progress",
    )


@pytest.mark.parametrize(
    "text",
    ["refund 54321", "54321 refund", "i want refund for order 54321, not refill", "order 54321 paise wapas"],
)
def test_any_wording(chat, text):
    assert chat.say(text).key == "refund_submitted"


def test_orders_paid_back_already_are_refused(chat, sandbox):
    anna = chat.say("refund 54326")
    rahul = chat.as_("rahul").say("refund 54332")

    assert (anna.key, rahul.key) == ("refund_partial_already", "refund_not_eligible")
    assert rahul.text == "Order 54332 is Canceled: it was refunded already. See *balance*."
    assert not OrderAct.objects.exists()
    assert "awaiting" not in anna.log.facts


def test_a_second_request_is_not_a_second_one(chat, clock):
    chat.say("refund 54321")
    assert chat.say("refund 54321").key == "action_cooldown"
    clock.advance(minutes=5)

    assert chat.say("refund 54321").text == (
        "Your refund for order 54321 is with our team since 3 May 2026. No need to ask again."
    )
    assert list(approvals.waiting(tenant_id=chat.tenant.pk, order_ids=[54321])) == [54321]


def test_the_same_message_twice_asks_once(chat):
    said = chat.say("refund 54321")
    chat.say_again(said)

    assert len(chat.now(said).texts) == 1
    assert OrderAct.objects.count() == 1


def test_mode_off(chat, sandbox, configure):
    configure(refund_mode="off")

    assert (
        chat.say("refund 54321").text == "Refund is not offered here at the moment. Please write to our team."
    )
    assert sandbox.requests() == []


def test_mode_auto_pays_failed_orders_at_once(chat, sandbox, configure):
    configure(refund_mode="auto")
    said = chat.say("refund 54329")

    assert said.text == (
        "✅ *Order 54329 is refunded*\nInstagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "It is Canceled now. See *balance*."
    )
    assert paths(sandbox) == [("/orders/cancel", {"ids": "54329"})]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.before["status"], entry.after["status"]) == (
        "refund.at_once", "order 54329", "fail", "canceled",
    )  # fmt: skip


@pytest.mark.parametrize("order_id", [54321, 54322, 54327])
def test_mode_auto_leaves_all_others_to_the_team(chat, sandbox, configure, order_id):
    """Running, delivered or waiting: a refund there is a person's decision."""
    configure(refund_mode="auto")
    said = chat.say(f"refund {order_id}")

    assert (said.key, said.log.facts["awaiting"]) == ("refund_submitted", "approval")
    assert sandbox.writes() == []


@pytest.mark.parametrize("mode", ["approve", "forward"])
def test_modes_that_ask_first_write_nothing(chat, sandbox, configure, mode):
    configure(refund_mode=mode)
    said = chat.say("refund 54329")

    assert (said.key, said.log.facts["awaiting"]) == ("refund_submitted", "approval")
    assert sandbox.writes() == []


def test_auto_after_a_lost_answer_tells_what_the_order_shows(chat, sandbox, configure, impatient):
    configure(refund_mode="auto")
    sandbox.scenario("time_out_after_write", path="/orders/cancel", times=1)

    assert chat.say("refund 54329").key == "refund_done"
    assert len(sandbox.writes()) == 1


def test_auto_skipped_by_the_panel_goes_to_the_team(chat, sandbox, configure):
    configure(refund_mode="auto")
    sandbox.scenario("skipped_ids")
    said = chat.say("refund 54329")

    assert (said.key, said.log.facts["act"], said.log.facts["awaiting"]) == (
        "refund_submitted", "queued", "approval",
    )  # fmt: skip


def test_foreign_orders_are_not_touched(chat):
    said = chat.say("refund 54330")

    assert (said.key, said.log.facts) == ("order_not_owned", {})


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ("rahul", "order_not_owned"),
        ("stranger", "verification_required"),
        ("staff", "permission_denied"),
        ("admin", "refund_submitted"),
        ("owner", "refund_submitted"),
    ],
)
def test_who_may_ask(chat, staff_admin, who, key):
    assert chat.as_(staff_admin if who == "admin" else who).say("refund 54321").key == key


# --- deciding ----------------------------------------------------------------------------------------------------


def test_approved_in_part_where_a_part_was_delivered(chat, sandbox, heard):
    asked = chat.say("refund 54321")
    said = chat.as_("owner").say("!approve 54321")

    assert said.text == "✅ Order 54321 is Partial: paid back. The customer is told."
    assert paths(sandbox) == [("/orders/54321/set-partial", {"remains": 2960})]
    assert heard(chat)[-1] == (
        "✅ *Order 54321 is refunded*\nInstagram Followers | R30 ♻️ | Max 500K | 20K/D\n"
        "It is Partial now. See *balance*."
    )
    row = chat.now(asked).log
    assert (row.outcome, row.support_status, row.facts.get("awaiting")) == ("refund_done", "resolved", None)
    assert OrderAct.objects.get().state == "done"


def test_approved_in_full_where_nothing_was_delivered(chat, sandbox):
    chat.say("refund 54327")

    assert chat.as_("owner").say("!approve 54327").key == "approval_done"
    assert paths(sandbox) == [("/orders/cancel", {"ids": "54327"})]


def test_a_completed_order_is_paid_in_full_on_a_persons_word(chat, sandbox):
    chat.say("refund 54322")

    assert chat.as_("owner").say("!approve 54322").key == "approval_done"
    assert paths(sandbox) == [("/orders/cancel", {"ids": "54322"})]


def test_an_order_completed_since_the_request_is_not_paid(chat, sandbox, put_order):
    chat.say("refund 54321")
    put_order(54321, status="completed")

    assert chat.as_("owner").say("!approve 54321").key == "approval_completed_meanwhile"
    assert sandbox.writes() == []
    assert approvals.waiting(tenant_id=chat.tenant.pk, order_ids=[54321])


@pytest.mark.parametrize("status", ["canceled", "partial"])
def test_an_order_paid_back_since_is_not_paid_again(chat, sandbox, put_order, heard, status):
    chat.say("refund 54321")
    put_order(54321, status=status)

    assert chat.as_("owner").say("!approve 54321").key == "approval_already"
    assert sandbox.writes() == []
    assert "is refunded" in heard(chat)[-1]


def test_how_much_was_delivered_must_be_known(chat, sandbox, monkeypatch):
    read = PerfectPanelClient.get_order
    chat.say("refund 54321")
    monkeypatch.setattr(
        PerfectPanelClient, "get_order", lambda self, pk: replace(read(self, pk), remains=None)
    )

    assert chat.as_("owner").say("!approve 54321").key == "approval_delivery_unknown"
    assert sandbox.writes() == []


def test_decision_keeps_who_and_when(chat, owner_id):
    asked = chat.say("refund 54321")
    chat.as_("owner").say("!approve 54321")

    change = LogStatusChange.objects.get(log=asked.log)
    assert (change.before, change.after, change.by_user_id) == ("open", "resolved", owner_id)
    entry = AuditEntry.objects.get()
    assert (entry.user_id, entry.action, entry.subject, entry.source) == (
        owner_id, "refund.approve", "order 54321", "chat",
    )  # fmt: skip
    assert entry.after == {"verdict": "done", "status": "partial"}


def test_refused_by_the_team(chat, sandbox, heard):
    asked = chat.say("refund 54321")
    said = chat.as_("owner").say("!refuse 54321")

    assert said.text == "✅ Refund for order 54321 refused. The customer is told."
    assert heard(chat)[-1] == (
        "Our team has looked at your refund for order 54321 and cannot grant it.\n"
        "Instagram Followers | R30 ♻️ | Max 500K | 20K/D"
    )
    row = chat.now(asked).log
    assert (row.outcome, row.support_status) == ("refund_refused", "ignored")
    assert sandbox.writes() == []


def test_what_is_decided_is_not_decided_again(chat, sandbox):
    chat.say("refund 54321")
    chat.as_("owner").say("!approve 54321")

    assert chat.as_("owner").say("!approve 54321").text == "Order 54321: already approved by Olivia."
    assert chat.as_("owner").say("!refuse 54321").key == "approval_decided_before"
    assert chat.as_("owner").say("!approve 54322").text == "No refund for order 54322 waits for a decision."
    assert len(sandbox.writes()) == 1


def test_a_request_closed_by_hand_waits_no_more(chat, sandbox):
    chat.say("refund 54321")
    chat.as_("owner").say("!resolve 54321 ignored")

    assert chat.as_("owner").say("!approve 54321").key == "approval_not_waiting"
    assert sandbox.writes() == []


def test_several_orders_one_line_each_outcome(chat):
    chat.say("refund 54321 54327 54329")

    assert chat.as_("owner").say("!approve 54321 54327 54329 54322").text == (
        "✅ *54321* · Partial, paid back\n"
        "✅ *54327, 54329* · Canceled, paid back\n"
        "✖ *54322* · nothing waits for a decision"
    )


def test_one_payment_answers_every_request_about_the_order(chat, sandbox, clock):
    refund = chat.say("refund 54321")
    partial = chat.say("partial 54321")
    chat.as_("owner").say("!approve 54321")

    assert len(sandbox.writes()) == 1
    assert [chat.now(said).log.support_status for said in (refund, partial)] == ["resolved", "resolved"]
    assert chat.as_("owner").say("!approve 54321").key == "approval_decided_before"


@pytest.mark.parametrize(
    ("who", "may"),
    [("customer", False), ("stranger", False), ("staff", False), ("admin", True), ("owner", True)],
)
@pytest.mark.parametrize("command", ["!approve", "!refuse"])
def test_who_may_decide(chat, sandbox, staff_admin, command, who, may):
    chat.say("refund 54321")
    said = chat.as_(staff_admin if who == "admin" else who).say(f"{command} 54321")

    assert (said.key != "permission_denied") is may
    assert bool(Approval.objects.exists()) is may


def test_news_goes_to_the_chat_where_it_was_asked_quoting_the_request(chat, heard):
    group = chat.in_group()
    asked = group.say("refund 54321")
    chat.as_("owner").say("!approve 54321")

    assert "*Order 54321 is refunded*" in heard(group)[-1]
    assert heard(chat) == []
    row = asked.message.chat.outbox.latest("pk")
    assert row.quoted_id == asked.message.wa_message_id


def test_a_silent_group_hears_nothing(chat, heard):
    group = chat.in_group(silent=True)
    asked = group.say("refund 54321")
    chat.as_("owner").say("!approve 54321")

    assert heard(group) == []
    assert asked.message.chat.outbox.latest("pk").state == "suppressed"


def test_news_in_the_tenants_own_words(chat, configure, heard):
    configure(chat_mode="custom")
    templates.save(tenant_id=chat.tenant.pk, key="refund_done", value="{order_id}: money is back ({status})")
    chat.say("refund 54321")
    chat.as_("owner").say("!approve 54321")

    assert heard(chat)[-1] == "54321: money is back (Partial)"


# --- bad days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order_id", "path"), [(54321, "/orders/54321/set-partial"), (54327, "/orders/cancel")]
)
def test_a_lost_answer_is_read_from_the_order(chat, sandbox, impatient, order_id, path):
    chat.say(f"refund {order_id}")
    sandbox.scenario("time_out_after_write", path=path, times=1)

    assert chat.as_("owner").say(f"!approve {order_id}").key == "approval_done"
    assert len(sandbox.writes()) == 1


def test_what_stays_unclear_is_never_repeated_blindly(chat, sandbox, clock, heard, impatient, monkeypatch):
    """The answer is lost and the order cannot be read: the request waits, and the next decision reads first."""
    asked = chat.say("refund 54321")
    before = heard(chat)
    write, read = PerfectPanelClient.set_partial, PerfectPanelClient.get_order

    def write_and_vanish(self, *args):
        write(self, *args)
        monkeypatch.setattr(PerfectPanelClient, "get_order", refuse)
        raise PanelDown(reason="timeout", maybe_written=True)

    def refuse(self, pk):
        raise PanelDown(reason="timeout")

    monkeypatch.setattr(PerfectPanelClient, "set_partial", write_and_vanish)
    assert chat.as_("owner").say("!approve 54321").key == "approval_unclear"
    assert chat.as_("owner").say("!approve 54321").key == "approval_busy"
    assert chat.as_("owner").say("!refuse 54321").key == "approval_busy"
    assert (chat.now(asked).log.facts["awaiting"], heard(chat)) == ("approval", before)

    clock.advance(minutes=3)
    assert chat.as_("owner").say("!refuse 54321").key == "approval_panel_down"
    monkeypatch.setattr(PerfectPanelClient, "get_order", read)
    assert chat.as_("owner").say("!approve 54321").key == "approval_already"
    assert len(sandbox.writes()) == 1
    assert "is refunded" in heard(chat)[-1]


def test_refusing_what_was_paid_after_all_tells_the_truth(chat, sandbox, clock, heard, put_order):
    asked = chat.say("refund 54321")
    Approval.objects.create(
        tenant=chat.tenant, log=asked.log, order_id=54321, state=ApprovalState.RUNNING,
        created_at=clock.now, updated_at=clock.now,
    )  # fmt: skip
    assert chat.as_("owner").say("!refuse 54321").key == "approval_busy"
    put_order(54321, status="partial")
    clock.advance(minutes=6)

    assert chat.as_("owner").say("!refuse 54321").key == "approval_already"
    assert "is refunded" in heard(chat)[-1]


def test_skipped_by_the_panel_still_waits(chat, sandbox, heard):
    asked = chat.say("refund 54321")
    sandbox.scenario("skipped_ids", times=1)

    assert chat.as_("owner").say("!approve 54321").key == "approval_panel_refused"
    assert chat.now(asked).log.facts["awaiting"] == "approval"
    assert len(heard(chat)) == 1
    assert chat.as_("owner").say("!approve 54321").key == "approval_done"


def test_a_panel_that_is_down_changes_nothing(chat, sandbox):
    asked = chat.say("refund 54321")
    sandbox.scenario("error_500")

    assert chat.as_("owner").say("!approve 54321").key == "approval_panel_down"
    assert (chat.now(asked).log.support_status, sandbox.writes()) == (SupportStatus.OPEN, [])


def test_another_tenants_request_is_not_found(chat, other_tenant, owner_id, clock):
    asked = chat.say("refund 54321")
    row = asked.log

    def decide():
        with tenant_scope(other_tenant.pk):
            approvals.approve(tenant_id=other_tenant.pk, log_id=row.pk, by_user_id=owner_id, now=clock.now)

    with pytest.raises(MessageLog.DoesNotExist):
        outside(decide)


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_one_moment_pay_once(chat, sandbox, clock, owner_id, monkeypatch):
    """Both press while the first write is on its way."""
    row = chat.say("refund 54327").log
    write, started = PerfectPanelClient.cancel, threading.Event()

    def slowly(self, ids, reason=None):
        started.wait(0.5)
        return write(self, ids, reason)

    monkeypatch.setattr(PerfectPanelClient, "cancel", slowly)

    def decide(_):
        with tenant_scope(chat.tenant.pk):
            done = approvals.approve(
                tenant_id=chat.tenant.pk, log_id=row.pk, by_user_id=owner_id, now=clock.now
            )
            return done.verdict

    verdicts = at_once(3, decide)

    assert set(verdicts) <= {Verdict.DONE, Verdict.BUSY, Verdict.NOT_WAITING}
    assert verdicts.count(Verdict.DONE) == 1
    assert len(sandbox.writes()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_about_one_order_decided_at_one_moment_pay_once(
    chat, sandbox, clock, owner_id, monkeypatch
):
    rows = [chat.say("refund 54321").log, chat.say("partial 54321").log]
    write, pause = PerfectPanelClient.set_partial, threading.Event()

    def slowly(self, order_id, remains):
        pause.wait(0.5)
        return write(self, order_id, remains)

    monkeypatch.setattr(PerfectPanelClient, "set_partial", slowly)

    def decide(number):
        with tenant_scope(chat.tenant.pk):
            return approvals.approve(
                tenant_id=chat.tenant.pk, log_id=rows[number].pk, by_user_id=owner_id, now=clock.now
            ).verdict

    verdicts = at_once(2, decide)

    assert verdicts.count(Verdict.DONE) == 1
    assert set(verdicts) <= {Verdict.DONE, Verdict.BUSY, Verdict.NOT_WAITING}
    assert len(sandbox.writes()) == 1
