"""A number's own page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.enums import OutboxState
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.models.message import SECRET_PART
from botcore.tests.factories import ChatFactory, NumberFactory, OutboxMessageFactory
from tenants.models import AuditEntry


@pytest.fixture
def chat_row(number):
    return ChatFactory(number=number, wa_id="15550400001@s.whatsapp.net")


@pytest.fixture
def dead(chat_row):
    """Two that WhatsApp did not take."""
    return [
        OutboxMessageFactory(
            chat=chat_row, state=OutboxState.DEAD, error_code="gateway_unreachable", text=f"letter {at}"
        )
        for at in (1, 2)
    ]


def page(site, number):
    return site.get(f"/numbers/{number.pk}/").content.decode()


def post(site, number, **data):
    return site.post(f"/numbers/{number.pk}/dead-letters/", data)


def states(rows):
    return [OutboxMessage.objects.get(pk=row.pk).state for row in rows]


def test_health_says_what_to_do(site, number):
    WhatsAppNumber.objects.update(state="closed", state_reason="428")

    shown = page(site, number)

    assert re.search(r'number-score-yellow">50<', shown)
    assert "First: connection." in shown


def test_queue_says_why_it_waits(site, number, chat_row, clock):
    WhatsAppNumber.objects.update(state="closed")
    OutboxMessageFactory(chat=chat_row, created_at=clock.now - timedelta(minutes=4))

    shown = page(site, number)

    assert "The number is not live." in shown
    assert "09:56:00" in shown


def test_pace_is_shown_where_somebody_watches_it(site, number, tenant, clock):
    paced = NumberFactory(tenant=tenant, driver="waha", linked_at=clock.now - timedelta(days=1))
    chat = ChatFactory(number=paced)
    for at in (5, 30):
        OutboxMessageFactory(
            chat=chat,
            state=OutboxState.SENT,
            sent_at=clock.now - timedelta(seconds=at),
            wa_message_id=f"W{at}",
        )

    shown = page(site, paced)

    assert "Day 2 since it was linked." in shown
    assert re.search(r"In the last minute</span> <span class=\"pace-figure\">2 of 20<", shown)
    assert "nobody who watches how fast a number writes" in page(site, number)


def test_page_asks_again_and_hears_only_of_changes(site, number, chat_row):
    first = site.get(f"/numbers/{number.pk}/", htmx=True).content.decode()
    mark = re.search(r"mark=(\w+)", first).group(1)

    assert site.get(f"/numbers/{number.pk}/", {"mark": mark}, htmx=True).status_code == 204
    OutboxMessageFactory(chat=chat_row)
    assert site.get(f"/numbers/{number.pk}/", {"mark": mark}, htmx=True).status_code == 200


class TestDeadLetters:
    def test_are_told_in_words(self, site, number, dead):
        shown = page(site, number)

        assert "letter 1" in shown
        assert "+1 555-040-0001" in shown
        assert "The WhatsApp gateway did not answer for too long." in shown

    def test_codes_and_passwords_are_shown_to_nobody(self, site, number, chat_row):
        OutboxMessageFactory(
            chat=chat_row, state=OutboxState.DEAD, part=SECRET_PART, text="Your code is 123456"
        )

        assert "123456" not in page(site, number)
        answer = site.api("GET", f"/api/v1/numbers/{number.pk}/dead-letters")
        assert answer.json()["results"][0]["text"] == ""

    def test_one_is_sent_again(self, site, number, dead):
        post(site, number, only=f"send_again:{dead[0].pk}", letter=[dead[1].pk])

        assert states(dead) == ["queued", "dead"]

    def test_several_are_sent_again(self, site, number, dead):
        post(site, number, act="send_again", letter=[one.pk for one in dead])

        assert states(dead) == ["queued", "queued"]

    def test_several_are_discarded_and_it_is_recorded(self, site, number, dead):
        post(site, number, act="discard", letter=[one.pk for one in dead])

        assert states(dead) == ["suppressed", "suppressed"]
        assert AuditEntry.objects.get(action="dead_letter.discard").subject == "2 messages"

    @pytest.mark.parametrize("data", [{}, {"act": "send_again", "letter": ["x"]}, {"only": "send_again:"}])
    def test_nothing_chosen_changes_nothing(self, site, number, dead, data):
        post(site, number, **data)

        assert states(dead) == ["dead", "dead"]
        assert "Choose at least one message" in page(site, number)

    def test_those_of_another_number_are_left_alone(self, site, number, tenant, dead):
        other = NumberFactory(tenant=tenant)

        post(site, other, act="discard", letter=[dead[0].pk])

        assert states(dead) == ["dead", "dead"]


def test_page_costs_the_same_for_one_letter_and_for_three(site, number, tenant):
    paced = NumberFactory(tenant=tenant, driver="waha")
    counts = []
    for more in (1, 2):
        for _ in range(more):
            chat = ChatFactory(number=paced)
            OutboxMessageFactory(chat=chat, state=OutboxState.DEAD)
            OutboxMessageFactory(chat=chat)
        page(site, paced)
        with CaptureQueriesContext(connection) as queries:
            page(site, paced)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
