"""The record of requests: serials without gaps, one row an order."""

import pytest
from django.db import transaction

from botcore.domain import logs
from botcore.domain.logs import Entry
from botcore.enums import Action
from botcore.models import MessageLog, SerialCounter
from botcore.tests.factories import ChatFactory, InboxMessageFactory
from smmbot.testing.threads import at_once
from tenants.scoping import tenant_scope


class Undone(Exception):
    pass


@pytest.fixture
def record(clock):
    def write(message, *entries, action=Action.ORDER):
        return logs.record(
            message=message, contact=None, action=action, entries=entries, took_ms=5, now=clock.now
        )

    return write


@pytest.fixture
def new_message(number):
    chat = ChatFactory(number=number)
    return lambda **fields: InboxMessageFactory(chat=chat, **fields)


def test_row_an_order_in_the_order_given(record, new_message):
    record(new_message(), Entry("order_status", 54322), Entry("order_not_found", 54321))
    record(new_message(), Entry("help"))

    assert list(MessageLog.objects.order_by("serial").values_list("serial", "order_id", "outcome")) == [
        (1, 54322, "order_status"),
        (2, 54321, "order_not_found"),
        (3, None, "help"),
    ]


def test_another_run_keeps_rows_and_serials_and_tells_the_new_outcome(record, new_message):
    message = new_message()
    record(message, Entry("panel_unavailable", 54321))
    message.deferrals = 1

    record(message, Entry("order_status", 54321, provider="smmcost.example"), Entry("order_status", 54322))

    assert list(
        MessageLog.objects.order_by("serial").values_list("serial", "order_id", "outcome", "provider")
    ) == [
        (1, 54321, "order_status", "smmcost.example"),
        (2, 54322, "order_status", ""),
    ]


def test_each_tenant_counts_for_itself(record, new_message, other_tenant):
    record(new_message(), Entry("help"))

    assert MessageLog.objects.get().serial == 1
    assert SerialCounter.objects.get().last == 1


@pytest.mark.django_db(transaction=True)
def test_serials_have_no_gaps_under_eight_writers_and_a_rollback(record, new_message, tenant):
    messages = [new_message() for _ in range(8)]

    def write(number):
        with tenant_scope(tenant.pk):
            try:
                with transaction.atomic():
                    record(messages[number], Entry("order_status", 1), Entry("order_status", 2))
                    if number == 3:
                        raise Undone
            except Undone:
                return 0
        return 2

    assert sum(at_once(8, write)) == 14
    assert sorted(MessageLog.objects.values_list("serial", flat=True)) == list(range(1, 15))
