"""Claims on acts: once for one order, whoever asks; nothing repeated blindly after a crash."""

import uuid
from datetime import timedelta

import pytest

from botcore.domain import acts
from botcore.enums import Action, ActState
from botcore.models import OrderAct
from botcore.tests.factories import ChatFactory, InboxMessageFactory, MessageLogFactory
from smmbot.testing.threads import at_once
from tenants.scoping import tenant_scope

COOLDOWN_S = 3600


@pytest.fixture
def chat_row(number):
    return ChatFactory(number=number)


@pytest.fixture
def message(chat_row):
    return InboxMessageFactory(chat=chat_row)


@pytest.fixture
def other_message(chat_row):
    return InboxMessageFactory(chat=chat_row)


@pytest.fixture
def claim(clock):
    def make(message, *order_ids, run=None, action=Action.CANCEL, cooldown_s=COOLDOWN_S):
        return acts.claim(
            message=message,
            run_token=run or uuid.uuid4(),
            action=action,
            statuses=dict.fromkeys(order_ids or (54321,), "in_progress"),
            cooldown_s=cooldown_s,
            now=clock.now,
        )

    return make


def settle(act, state, clock):
    act.state, act.outcome = state, "cancel_submitted"
    acts.settle([act], now=clock.now)


def test_first_to_ask_may_act(claim, message):
    claims = claim(message, 54321, 54322)

    assert set(claims.new) == {54321, 54322}
    assert set(OrderAct.objects.values_list("state", "status_before")) == {("claimed", "in_progress")}


def test_others_are_told_the_time_left(claim, message, other_message, clock):
    claim(message)
    clock.advance(seconds=600.5)

    claims = claim(other_message)

    assert claims.cooling == {54321: 3000}
    assert not claims.new


def test_another_action_or_order_is_free(claim, message, other_message):
    claim(message)

    assert set(claim(other_message, 54322).new) == {54322}
    assert set(claim(other_message, action=Action.REFILL).new) == {54321}


@pytest.mark.parametrize("state", [ActState.REQUESTED, ActState.QUEUED, ActState.UNKNOWN])
def test_unsettled_request_stays_open_after_the_pause(claim, message, other_message, clock, state):
    asked_at = clock.now
    settle(claim(message).new[54321], state, clock)
    MessageLogFactory(
        tenant=message.chat.number.tenant, message=message, order_id=54321, action=Action.CANCEL
    )
    clock.advance(hours=2)

    assert claim(other_message).open_since == {54321: asked_at}


@pytest.mark.parametrize("status", ["resolved", "ignored"])
def test_request_the_staff_closed_is_free_again(claim, message, other_message, clock, status):
    settle(claim(message).new[54321], ActState.QUEUED, clock)
    MessageLogFactory(
        tenant=message.chat.number.tenant,
        message=message,
        order_id=54321,
        action=Action.CANCEL,
        support_status=status,
    )
    clock.advance(hours=2)

    assert set(claim(other_message).new) == {54321}


@pytest.mark.parametrize("state", [ActState.REFUSED, ActState.RETRY])
def test_what_was_not_done_makes_nobody_wait(claim, message, other_message, clock, state):
    settle(claim(message).new[54321], state, clock)

    assert set(claim(other_message).new) == {54321}


def test_done_makes_others_wait_for_the_pause_alone(claim, message, other_message, clock):
    settle(claim(message).new[54321], ActState.DONE, clock)
    clock.advance(seconds=COOLDOWN_S)

    assert set(claim(other_message).new) == {54321}


def test_own_result_comes_back_on_another_run(claim, message, clock):
    settle(claim(message).new[54321], ActState.REQUESTED, clock)

    claims = claim(message)

    assert claims.settled[54321].outcome == "cancel_submitted"
    assert (claims.new, claims.unclear) == ({}, {})


def test_claim_of_a_run_that_died_is_unclear(claim, message):
    claim(message)

    claims = claim(message)

    assert set(claims.unclear) == {54321}
    assert not claims.new


def test_claim_of_this_very_run_is_its_own(claim, message):
    run = uuid.uuid4()
    claim(message, run=run)

    assert set(claim(message, run=run).settled) == {54321}


def test_what_is_to_be_retried_is_claimed_anew(claim, message, clock):
    settle(claim(message).new[54321], ActState.RETRY, clock)
    run = uuid.uuid4()

    claims = claim(message, run=run)

    assert set(claims.new) == {54321}
    act = OrderAct.objects.get()
    assert (act.state, act.run_token) == ("claimed", run)


def test_week_old_request_is_forgotten(claim, message, other_message, clock):
    settle(claim(message).new[54321], ActState.QUEUED, clock)
    clock.advance(days=7, seconds=1)

    assert set(claim(other_message).new) == {54321}


def test_begun_by_knows_acts_of_earlier_runs_alone(claim, message):
    claim(message)

    assert acts.begun_by(message=message, action=Action.CANCEL) == set()
    message.attempts = 2
    assert acts.begun_by(message=message, action=Action.CANCEL) == {54321}


def test_latest_leaves_out_what_was_not_done(claim, message, other_message, clock):
    first = claim(message).new[54321]
    clock.advance(hours=2)
    settle(claim(other_message, cooldown_s=0).new[54321], ActState.REFUSED, clock)

    found = acts.latest(tenant_id=message.tenant_id, action=Action.CANCEL, order_ids=[54321, 54322])

    assert found == {54321: first}


def test_neighbours_acts_are_not_seen(claim, message, other_tenant):
    assert set(claim(message, 54321, 54322, 54329).new) == {54321, 54322, 54329}


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_claim(claim, message, other_message, tenant):
    def ask(number):
        with tenant_scope(tenant.pk):
            return len(claim((message, other_message)[number % 2]).new)

    assert sum(at_once(8, ask)) == 1
    assert OrderAct.objects.count() == 1


def test_span_of_a_pause_counts_up_to_the_full_second(claim, message, other_message, clock):
    claim(message)
    clock.advance(seconds=COOLDOWN_S - 0.2)

    assert claim(other_message).cooling == {54321: 1}
    clock.advance(**{"milliseconds": timedelta(seconds=0.2).total_seconds() * 1000})
    assert set(claim(other_message).new) == {54321}
