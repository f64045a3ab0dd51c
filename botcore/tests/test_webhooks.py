"""The gateway's webhook: verify, store, answer; never lose, never let strangers in."""

import json
import time

import pytest
from django.db import DataError, OperationalError, connection
from django.test import Client

from botcore import tasks, webhooks
from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.gateway.errors import BadWebhook
from botcore.gateway.registry import driver_named
from botcore.models import Chat, Group, InboxMessage, KeptWebhook, WhatsAppNumber
from smmbot.testing.chat import deliver
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.scoping import all_tenants

MESSAGE = {
    "event": "message",
    "message": {
        "id": "M1",
        "chat": "15550100011@s.whatsapp.net",
        "sender": {"phone": "15550100011", "lid": "99900000000011", "name": "Anna"},
        "text": "check 54321",
        "timestamp": time.time(),
    },
}


def post(number, body, **headers):
    headers = {SIGNATURE_HEADER: sign(body, secret=number.webhook_secret), **headers}
    url = f"/webhooks/whatsapp/{number.webhook_key}"
    return outside(
        lambda: Client().post(url, data=body, content_type="application/json", headers=headers).status_code
    )


@pytest.fixture
def neighbours_number(other_tenant):
    return WhatsAppNumber._base_manager.get(tenant=other_tenant)


def test_message_is_stored_before_the_answer_and_its_chat_woken(number, worker):
    assert deliver(number, MESSAGE) == 200

    assert InboxMessage.objects.get().text == "check 54321"
    assert [(one.name, one.row_id) for one in worker.waiting()] == [("drain_chat", Chat.objects.get().pk)]


def test_a_chat_already_woken_is_not_woken_again(number, worker):
    for message_id in ("M1", "M2", "M3"):
        deliver(number, {**MESSAGE, "message": {**MESSAGE["message"], "id": message_id}})

    assert len(worker.waiting()) == 1
    worker.run()
    deliver(number, {**MESSAGE, "message": {**MESSAGE["message"], "id": "M4"}})
    assert len(worker.waiting()) == 1


def test_unknown_key_is_not_found(number):
    number.webhook_key = "guessed"

    assert deliver(number, MESSAGE) == 404
    assert not InboxMessage.objects.exists()


def test_wrong_signature_is_refused(number):
    assert deliver(number, MESSAGE, secret="guessed") == 401
    assert post(number, b"{}", **{SIGNATURE_HEADER: ""}) == 401
    assert not InboxMessage.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"event": []}',
        b'{"event": "message"}',
        b'{"event": "message", "message": {"id": "", "chat": "1@lid", "sender": {"lid": "1"}}}',
        b'{"event": "message", "message": {"id": "M", "chat": "status@broadcast", "sender": {"lid": "1"}}}',
        b'{"event": "message", "message": {"id": "M", "chat": "\\u0000@g.us", "sender": {"lid": "1"}, "timestamp": 1}}',
        b'{"event": "message", "message": {"id": "M", "chat": "1@lid", "sender": {"lid": "1"}, "timestamp": 1e300}}',
        b'{"event": "session.status", "state": "dancing"}',
        b"[" * 100_000,
    ],
)
def test_garbage_is_taken_and_thrown_away(number, body):
    """A 4xx or 5xx would only make the gateway send it again."""
    assert post(number, body) == 200
    assert not InboxMessage.objects.exists()


def test_unknown_event_is_taken(number):
    assert deliver(number, {"event": "call.incoming"}) == 200


def test_too_large_is_refused_unread(number):
    assert post(number, b"x" * (webhooks.MAX_BODY_BYTES + 1)) == 413


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post(number, method):
    response = getattr(Client(), method)(f"/webhooks/whatsapp/{number.webhook_key}")

    assert response.status_code == 405


def test_key_of_another_tenant_writes_there_alone(number, neighbours_number):
    told = {**MESSAGE, "session": number.session_name}

    assert deliver(neighbours_number, told) == 200

    assert not InboxMessage.objects.exists()
    with all_tenants("the neighbour's rows"):
        assert InboxMessage.objects.get(wa_message_id="M1").tenant_id == neighbours_number.tenant_id


def test_secret_of_another_tenant_opens_nothing_here(number, neighbours_number):
    assert deliver(number, MESSAGE, secret=neighbours_number.webhook_secret) == 401


def test_suspended_tenant_is_not_found(tenant, number):
    tenant.is_active = False
    tenant.save()

    assert deliver(number, MESSAGE) == 404


def test_withdrawn_key_stops_within_seconds(number, monkeypatch):
    monkeypatch.setattr(webhooks, "_REMEMBER_S", 0.0)
    deliver(number, MESSAGE)
    WhatsAppNumber.objects.filter(pk=number.pk).update(webhook_key="another")

    assert deliver(number, MESSAGE) == 404


def test_known_number_and_chat_cost_one_statement(number, django_assert_num_queries):
    deliver(number, MESSAGE)

    with django_assert_num_queries(1):
        deliver(number, {**MESSAGE, "message": {**MESSAGE["message"], "id": "M2"}})


def test_a_delivery_told_twice_by_its_number_is_not_looked_into_again(number, monkeypatch):
    monkeypatch.setattr(type(driver_named("sandbox")), "delivery_id", lambda self, webhook: "evt_1")
    deliver(number, MESSAGE)
    deliver(number, {**MESSAGE, "message": {**MESSAGE["message"], "id": "M2"}})

    assert InboxMessage.objects.get().wa_message_id == "M1"


@pytest.mark.parametrize("delivery_id", ["\ud800", "\x00", "x" * 5000], ids=["half", "nul", "long"])
def test_a_delivery_may_be_numbered_oddly(number, monkeypatch, delivery_id):
    monkeypatch.setattr(type(driver_named("sandbox")), "delivery_id", lambda self, webhook: delivery_id)

    assert [deliver(number, MESSAGE), deliver(number, MESSAGE)] == [200, 200]
    assert InboxMessage.objects.count() == 1


@pytest.mark.parametrize("error", [UnicodeError("x"), KeyError("x"), BadWebhook("\x00"), DataError("x")])
def test_what_goes_wrong_inside_is_kept_not_asked_for_again(number, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(webhooks, "store", fail)

    assert deliver(number, MESSAGE) == 200
    assert KeptWebhook.objects.get().number == number


def test_a_delivery_that_could_not_be_stored_is_taken_the_next_time(number, monkeypatch):
    monkeypatch.setattr(type(driver_named("sandbox")), "delivery_id", lambda self, webhook: "evt_1")
    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "store", _database_away)
        assert deliver(number, MESSAGE) == 503

    assert deliver(number, MESSAGE) == 200
    assert InboxMessage.objects.get().wa_message_id == "M1"


def _database_away(*_):
    raise OperationalError


def test_connection_changes_are_kept_once(number, django_assert_num_queries, clock):
    closed = {"event": "session.status", "state": "closed", "reason": "408"}
    deliver(number, closed)
    clock.advance(minutes=1)
    deliver(number, closed)

    number.refresh_from_db()
    assert (number.state, number.state_reason) == ("closed", "408")
    assert (clock.now - number.state_at).total_seconds() == 60


def test_linked_number_learns_its_own_addresses(number, clock):
    deliver(number, {"event": "session.status", "state": "open", "phone": "15559", "lid": "777"})

    number.refresh_from_db()
    assert (number.phone, number.lid, number.last_seen_at) == ("15559", "777", clock.now)


def test_group_event_renames_and_keeps_flags(number):
    group = Group.objects.get(name="Demo Panel support")
    participants = [{"phone": "1", "lid": ""}, {"phone": "2"}]

    deliver(
        number, {"event": "group", "group": {"id": group.wa_id, "name": "New", "participants": participants}}
    )

    group.refresh_from_db()
    assert (group.name, group.member_count, group.support_enabled) == ("New", 2, True)


def test_broker_away_loses_nothing(number, settings, clock, worker):
    there = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert deliver(number, MESSAGE) == 200

    settings.REDIS_URL = there
    assert InboxMessage.objects.get().state == "received"
    assert worker.waiting() == []
    clock.advance(seconds=settings.SWEEP_AFTER_S + 1)
    outside(tasks.sweep)
    assert [one.name for one in worker.waiting()] == []  # the broker is left alone for a moment
    worker.forgive_broker()
    outside(tasks.sweep)
    worker.run()
    assert InboxMessage.objects.get().state == "handled"


@pytest.mark.django_db(transaction=True)
def test_database_away_asks_the_gateway_to_come_again(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]

    def end_it(_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

    deliver(number, {"event": "call.incoming"})  # the process knows whose key this is
    at_once(1, end_it)

    assert deliver(number, MESSAGE) == 503

    connection.close()
    assert deliver(number, MESSAGE) == 200
    assert InboxMessage.objects.get().text == "check 54321"


@pytest.mark.django_db(transaction=True)
def test_one_message_delivered_by_eight_at_once_is_stored_once(number):
    body = json.dumps({"session": number.session_name, **MESSAGE}).encode()

    assert at_once(8, lambda _: post(number, body)) == [200] * 8
    assert InboxMessage.objects.count() == Chat.objects.count() == 1
