"""What a gateway's failure does to a message and to its number."""

from datetime import timedelta

import pytest

from botcore.domain import outbox, send_faults
from botcore.domain.send_faults import PAUSES_S
from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    GatewayNotActivated,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    ReachoutBlocked,
    RecipientNotOnWhatsApp,
    SessionMissing,
    SessionNotConnected,
    Unsupported,
)
from botcore.models import OutboxMessage, TeamNotice, WhatsAppNumber
from botcore.tests.factories import ChatFactory, InboxMessageFactory, NumberFactory, OutboxMessageFactory
from tenants.scoping import all_tenants


@pytest.fixture
def row(paced_chat):
    return OutboxMessageFactory(chat=paced_chat)


def minutes_until(moment, clock):
    return (moment - clock.now).total_seconds() / 60


# --- the message -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [BadRequest(), RecipientNotOnWhatsApp(), Unsupported(), ReachoutBlocked()])
def test_what_the_driver_calls_final_is_not_tried_again(row, paced, gateway, send, state_of, error):
    gateway.faults.append(error)

    send()

    assert state_of(row) == ("dead", error.code)
    paced.refresh_from_db()
    assert (paced.send_failures, paced.paused_until) == (0, None)


def test_what_it_calls_passing_is_tried_again_and_given_up_in_the_end(
    row, gateway, send_all, state_of, clock
):
    gateway.faults.extend(GatewayError("odd answer") for _ in range(len(PAUSES_S) + 1))
    began = clock.now

    send_all(hours=6)

    assert state_of(row) == ("dead", "gateway_error")
    assert not gateway.faults
    assert clock.now - began >= timedelta(seconds=sum(PAUSES_S))


@pytest.mark.parametrize(
    "error",
    [
        SessionMissing(),
        SessionNotConnected(),
        GatewayUnreachable(),
        GatewayRefused(),
        GatewayNotActivated(),
        RateLimited(),
    ],
    ids=lambda error: error.code,
)
def test_the_numbers_faults_use_up_no_tries(row, gateway, send_all, state_of, error):
    gateway.faults.extend([error] * 12)

    send_all(hours=10)

    row.refresh_from_db()
    assert (row.state, row.error_code, row.attempts) == ("sent", "", 1)


# --- the breaker -------------------------------------------------------------------------------------------------


def test_three_failures_in_a_row_open_the_breaker_for_longer_each_time(row, paced, gateway, send_all, clock):
    gateway.faults.extend([GatewayUnreachable()] * 9)
    breaks = []
    while gateway.faults:
        send_all(seconds=1)
        paced.refresh_from_db()
        if paced.paused_until and paced.paused_until > clock.now:
            breaks.append(round(minutes_until(paced.paused_until, clock)))
            assert outbox.numbers_due(now=clock.now, limit=9) == []
            clock.advance(minutes=minutes_until(paced.paused_until, clock))
        clock.advance(seconds=1)

    assert breaks == [1, 2, 4, 8, 16, 30, 30]
    assert paced.pause_reason == "gateway_unreachable"


def test_a_message_that_goes_out_closes_it(paced, gateway, send_all):
    gateway.faults.extend([GatewayUnreachable(), GatewayUnreachable(), None, GatewayUnreachable(), None])
    for _ in range(3):
        OutboxMessageFactory(chat=ChatFactory(number=paced))

    send_all(minutes=5)

    paced.refresh_from_db()
    assert (paced.send_failures, paced.paused_until, paced.pause_reason) == (0, None, "")
    assert len(gateway.sent) == 3


def test_team_is_told_once_by_another_number(paced, row, gateway, send_all, clock):
    gateway.faults.extend([GatewayUnreachable()] * 6)
    other = NumberFactory(tenant=paced.tenant)

    send_all(minutes=10)

    told = OutboxMessage.objects.filter(number=other, text__contains="takes a break")
    assert TeamNotice.objects.filter(about__startswith=f"sending-held-{paced.pk}").count() == 1
    assert len({notice.chat_id for notice in told}) == told.count() > 0


def test_where_it_has_no_other_number_the_platform_tells_its_team(paced, row, gateway, send_all):
    gateway.faults.extend([GatewayUnreachable()] * 3)

    send_all(seconds=30)

    with all_tenants("the platform's messages"):
        told = OutboxMessage.objects.filter(text__contains="takes a break")
        assert {notice.tenant.is_platform for notice in told} == {True}
    assert WhatsAppNumber.objects.get(pk=paced.pk).send_failures == 3


# --- what WhatsApp asks for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked_s", "waited_s"), [(300, 300), (None, 60), (9_000_000, 86_400)])
def test_the_number_rests_for_as_long_as_it_is_asked_to(row, paced, gateway, send, clock, asked_s, waited_s):
    gateway.faults.append(RateLimited(retry_after_s=asked_s))

    send()

    paced.refresh_from_db()
    assert (paced.paused_until - clock.now).total_seconds() == waited_s
    assert (paced.pause_reason, paced.send_failures) == ("rate_limited", 0)


@pytest.mark.parametrize("error", [SessionMissing(), SessionNotConnected()])
def test_a_lost_connection_is_looked_after_at_once(
    row, paced, gateway, send, worker, state_of, error, django_capture_on_commit_callbacks
):
    gateway.faults.append(error)

    with django_capture_on_commit_callbacks(execute=True):
        send()

    assert ("check_number", paced.pk) in [(task.name, task.row_id) for task in worker.waiting()]
    assert state_of(row) == ("queued", error.code)
    assert gateway.sent == []


def test_after_a_block_nobody_new_is_written_to_for_an_hour(paced, gateway, send, clock, state_of):
    gateway.faults.append(ReachoutBlocked())
    blocked, stranger, known = (ChatFactory(number=paced) for _ in range(3))
    InboxMessageFactory(chat=known)
    rows = [OutboxMessageFactory(chat=chat) for chat in (blocked, stranger, known)]

    send()

    assert [state_of(row) for row in rows] == [("dead", "reachout_blocked"), ("queued", ""), ("sent", "")]
    rows[1].refresh_from_db()
    paced.refresh_from_db()
    assert rows[1].next_attempt_at == paced.no_new_chats_until
    assert timedelta(minutes=59) < paced.no_new_chats_until - clock.now <= send_faults.NO_NEW_CHATS_FOR
    clock.advance(hours=1)
    send()
    assert state_of(rows[1]) == ("sent", "")


def test_a_person_who_only_got_our_messages_is_new(paced, gateway, send, state_of, clock):
    WhatsAppNumber.objects.update(no_new_chats_until=clock.now + timedelta(minutes=5))
    chat = ChatFactory(number=paced)
    InboxMessageFactory(chat=chat, from_me=True)
    row = OutboxMessageFactory(chat=chat)

    send()

    assert state_of(row) == ("queued", "")


def test_a_gateway_that_cannot_show_typing_does_not_keep_the_message(
    row, gateway, send, state_of, monkeypatch
):
    def typing(self, session, to, *, on):
        raise GatewayUnreachable

    monkeypatch.setattr("botcore.tests.domain.paced_gateway.PacedDriver.typing", typing)

    send()

    assert state_of(row) == ("sent", "")
