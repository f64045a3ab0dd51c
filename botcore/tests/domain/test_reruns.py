"""A request is run again: answered again, never carried out twice."""

import pytest

from botcore.domain import reruns, status_moves
from botcore.domain.reruns import Rerun
from botcore.enums import Action, ActState, SupportStatus
from botcore.models import LogStatusChange, MessageLog, OrderAct, OutboxMessage
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.enums import AuditSource
from tenants.models import AuditEntry, TenantAdmin, TenantUser
from tenants.scoping import tenant_scope


@pytest.fixture
def again(tenant, clock):
    """Ask for a row to be run again, and let the bot work."""
    user_id = TenantAdmin.objects.get(role="owner").user_id

    def run(*logs):
        def ask():
            with tenant_scope(tenant.pk):
                return reruns.rerun(
                    tenant_id=tenant.pk,
                    log_ids=[log.pk for log in logs],
                    by_user_id=user_id,
                    source=AuditSource.DASHBOARD,
                    now=clock.now,
                )

        return outside(ask).by_log

    return run


def test_a_question_is_answered_again_in_the_same_row(chat, again, worker, put_order):
    said = chat.say("check 54321")
    put_order(54321, status="completed", remains=0)

    assert again(said.log) == {said.log.pk: Rerun.STARTED}
    worker.run()

    later = chat.now(said)
    assert [log.serial for log in later.logs] == [said.log.serial]
    assert later.log.facts["status"] == "completed"
    assert len(later.texts) == 2
    assert AuditEntry.objects.get(action="log.rerun").subject == f"#{said.log.serial}"


def test_may_be_asked_for_as_often_as_needed(chat, again, worker):
    said = chat.say("check 54321")
    for _ in range(2):
        again(said.log)
        worker.run()

    assert [row.part for row in OutboxMessage.objects.filter(inbox=said.message).order_by("pk")] == [
        "reply",
        "reply-1",
        "reply-2",
    ]


def test_what_was_refused_by_rule_is_judged_anew(chat, again, worker, put_order):
    said = chat.say("refill 54321")
    assert said.key == "refill_not_eligible"
    put_order(54321, status="completed", remains=0)

    again(said.log)
    worker.run()

    assert chat.now(said).log.outcome == "refill_submitted"


def test_what_was_carried_out_is_left_alone(chat, again, worker, sandbox):
    said = chat.say("cancel 54321")
    writes = len(sandbox.writes())

    assert again(said.log) == {said.log.pk: Rerun.DONE_BEFORE}
    worker.run()

    assert len(sandbox.writes()) == writes
    assert len(chat.now(said).texts) == 1


def test_what_the_panel_refused_may_be_asked_of_it_again(chat, again, worker):
    said = chat.say("cancel 54321")
    OrderAct.objects.filter(message=said.message).update(state=ActState.REFUSED)

    assert again(said.log) == {said.log.pk: Rerun.STARTED}
    assert OrderAct.objects.get(message=said.message).state == ActState.RETRY
    worker.run()
    assert OrderAct.objects.get(message=said.message).state != ActState.RETRY


def test_money_that_waits_is_decided_not_repeated(chat, again):
    log = chat.say("refund 54321").log

    assert again(log) == {log.pk: Rerun.WAITS_FOR_DECISION}


def test_a_message_about_several_orders_runs_once(chat, again, worker):
    said = chat.say("check 54321, 54322")
    first, second = said.logs

    assert again(first, second) == {first.pk: Rerun.STARTED, second.pk: Rerun.ALONGSIDE}
    assert again(first) == {first.pk: Rerun.RUNNING}
    worker.run()
    assert len(chat.now(said).texts) == 2


@pytest.mark.parametrize("text", ["!status", "help", "balance"])
def test_only_requests_about_orders_are_repeated(chat, again, text):
    log = chat.as_("owner").say(text).log

    assert again(log) == {log.pk: Rerun.NOT_A_REQUEST}


def test_blocked_since_means_refused(chat, again, worker, tenant):
    said = chat.say("refill 54321")
    TenantUser.objects.update(is_blocked=True)

    again(said.log)
    worker.run()

    assert not OrderAct.objects.filter(message=said.message, action=Action.REFILL).exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_at_one_moment_escalate_once(tenant, chat, suppliers, clock):
    log = chat.say("check 54330").logs[0]
    MessageLog.objects.filter(pk=log.pk).update(
        order_id=54330, provider="boostlab.example", provider_oid="88001"
    )
    user_id = TenantAdmin.objects.get(role="owner").user_id

    def move(_):
        with tenant_scope(tenant.pk):
            return status_moves.move(
                tenant_id=tenant.pk,
                log_ids=[log.pk],
                status=SupportStatus.ESCALATED,
                by_user_id=user_id,
                source=AuditSource.DASHBOARD,
                now=clock.now,
            )

    done = at_once(2, move)

    assert sorted(len(one.moved.changed) for one in done) == [0, 1]
    assert LogStatusChange.objects.filter(log=log).count() == 1
