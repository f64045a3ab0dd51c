"""What the platform admin shows of sending: how far messages came, which are unclear, which numbers are paused."""

from datetime import timedelta

import pytest

from botcore.enums import OutboxState
from botcore.models import WhatsAppNumber
from botcore.tests.factories import ChatFactory, NumberFactory, OutboxMessageFactory
from smmbot.testing.desk import Desk
from tenants.models import User

NUMBERS, OUTBOX = "/admin/botcore/whatsappnumber/", "/admin/botcore/outboxmessage/"


@pytest.fixture
def desk(tenant):
    return Desk(User.objects.create_superuser("+15550100077", "a fine long word"))


def test_outbox_tells_how_far_a_message_came(desk, number, clock):
    chat, at = ChatFactory(number=number), clock.now
    for minutes in ({"delivered_at": 7}, {"delivered_at": 7, "read_at": 44}, {}):
        times = {name: at + timedelta(minutes=count) for name, count in minutes.items()}
        OutboxMessageFactory(chat=chat, state=OutboxState.SENT, sent_at=at, **times)

    page = desk.get(OUTBOX).content.decode()

    for said in ("Delivered 3 May 2026, 10:07", "Read 3 May 2026, 10:44", "Sent 3 May 2026, 10:00"):
        assert page.count(said) == 1


def test_outbox_finds_what_is_unclear(desk, number):
    chat = ChatFactory(number=number)
    OutboxMessageFactory(chat=chat, state=OutboxState.UNCLEAR)
    OutboxMessageFactory(chat=chat)

    page = desk.get(OUTBOX, {"state__exact": "unclear"}).content.decode()

    assert page.count('class="field-state"') == 1
    assert "Perhaps sent" in page


def test_numbers_tell_who_is_paused_and_what_is_unclear(desk, tenant, number, clock):
    NumberFactory(tenant=tenant, name="At work", paused_until=clock.now - timedelta(minutes=1))
    WhatsAppNumber.objects.filter(pk=number.pk).update(
        paused_until=clock.now + timedelta(minutes=30), pause_reason="rate_limited"
    )
    for _ in range(2):
        OutboxMessageFactory(chat=ChatFactory(number=number), state=OutboxState.UNCLEAR)

    page = desk.get(NUMBERS, {"sending": "paused"}).content.decode()

    assert "paused until 3 May 2026, 10:30 (rate_limited), 2 perhaps sent" in page
    assert "At work" not in page
