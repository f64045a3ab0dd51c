"""What a number hears and leaves alone: late messages, new spellings, bots, and groups with two numbers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from botcore import tasks
from botcore.domain import reruns
from botcore.models import Group, GroupMember, InboxMessage, MessageLog, OutboxMessage, WhatsAppNumber
from botcore.sandbox.demo_tenant import PROVIDER_GROUP, SUPPORT_GROUP, Actor
from botcore.tests.factories import ChatFactory, NumberFactory, OutboxMessageFactory
from smmbot.testing.worker import outside
from tenants.enums import AuditSource
from tenants.models import TenantAdmin
from tenants.scoping import all_tenants


class TestLate:
    def test_what_was_said_while_the_number_was_away_is_logged_and_not_acted_upon(self, chat, clock, sandbox):
        said = chat.say("refill 54322 54321", timestamp=(clock.now - timedelta(hours=2)).timestamp())

        assert (said.state, said.texts, said.direct) == ("handled", (), ())
        assert [(row.order_id, row.action, row.outcome, row.support_status) for row in said.logs] == [
            (54322, "refill", "came_too_late", "open"),
            (54321, "refill", "came_too_late", "open"),
        ]
        assert sandbox.writes() == []

    def test_the_team_has_it_run_after_all(self, chat, clock):
        said = chat.say("check 54321", timestamp=(clock.now - timedelta(hours=2)).timestamp())
        reruns.rerun(
            tenant_id=said.message.tenant_id,
            log_ids=[said.log.pk],
            by_user_id=TenantAdmin.objects.get(role="owner").user_id,
            source=AuditSource.DASHBOARD,
            now=clock.now,
        )
        outside(tasks.sweep)
        chat.worker.run()

        assert chat.now(said).keys[-1] == "order_status"
        assert chat.now(said).log.outcome == "order_status"

    def test_small_talk_that_came_late_is_nothing(self, chat, clock):
        said = chat.say("hello", timestamp=(clock.now - timedelta(hours=2)).timestamp())

        assert (said.state, said.replies, said.logs) == ("ignored", (), ())

    def test_a_late_picture_gets_no_word(self, chat, clock):
        said = chat.say("", media="image", timestamp=(clock.now - timedelta(hours=2)).timestamp())

        assert said.texts == ()

    def test_a_delay_of_our_own_is_no_reason_to_leave_it(self, chat, clock):
        """The number was live all the time: the gateway could not reach us, and the sender still waits."""
        WhatsAppNumber.objects.update(state_at=clock.now - timedelta(days=1))

        assert chat.say("check 54321", timestamp=(clock.now - timedelta(minutes=20)).timestamp()).texts

    def test_nor_is_it_when_the_number_was_away_then(self, chat, clock):
        WhatsAppNumber.objects.update(state_at=clock.now - timedelta(minutes=1))

        assert chat.say("check 54321", timestamp=(clock.now - timedelta(minutes=20)).timestamp()).texts == ()

    def test_an_answer_of_a_provider_counts_however_late(self, chat, suppliers, clock):
        chat.as_("rahul").say("speed up 54330")
        supplier = replace(chat.as_("supplier"), group=PROVIDER_GROUP)
        named = OutboxMessage.objects.get(chat__wa_id=PROVIDER_GROUP).text.split()[0]

        said = supplier.say(f"{named} done", timestamp=(clock.now - timedelta(hours=2)).timestamp())

        assert said.state == "handled"


class TestEdited:
    def test_new_spelling_of_what_was_not_understood_is_answered(self, chat):
        first = chat.say("chekk 54321")

        assert chat.say("check 54321", edits=first.message.wa_message_id).key == "order_status"

    def test_new_spelling_of_what_was_answered_is_not(self, chat):
        first = chat.say("check 54321")
        said = chat.say("refill 54322", edits=first.message.wa_message_id)

        assert (said.state, said.replies, said.logs) == ("ignored", (), ())


@pytest.fixture
def second(tenant, chat):
    """The support group as another number of the tenant hears it."""
    number = NumberFactory(tenant=tenant)
    return replace(chat.in_group(), number=number)


class TestTwoNumbersInOneGroup:
    @pytest.fixture
    def first(self, chat):
        chat.in_group().say("good morning")
        return chat.in_group()

    def test_only_the_default_one_answers(self, first, second):
        message_id = first.post("check 54321")
        second.post("check 54321", message_id=message_id)
        first.worker.run()

        assert first.read(message_id).texts
        assert (second.read(message_id).state, second.read(message_id).replies) == ("ignored", ())

    def test_whichever_hears_it_first(self, first, second):
        message_id = second.post("check 54321")
        second.worker.run()
        assert second.read(message_id).state == "waiting"

        first.say("check 54321", message_id=message_id)
        assert first.read(message_id).texts

    def test_the_other_answers_what_the_first_did_not_get(self, first, second, clock):
        message_id = second.post("check 54321")
        second.worker.run()
        assert second.read(message_id).texts == ()

        clock.advance(seconds=21)
        outside(tasks.sweep)
        second.worker.run()

        assert len(second.read(message_id).texts) == 1

    def test_but_not_what_it_got_meanwhile(self, first, second, clock):
        message_id = second.post("check 54321")
        second.worker.run()
        first.say("check 54321", message_id=message_id)

        clock.advance(seconds=21)
        outside(tasks.sweep)
        second.worker.run()

        assert (second.read(message_id).state, second.read(message_id).replies) == ("ignored", ())

    def test_the_other_answers_at_once_while_the_first_is_away(self, first, second):
        WhatsAppNumber.objects.filter(pk=first.number.pk).update(state="closed")

        said = second.say("refill 54322")

        assert len(said.texts) == 1

    def test_what_the_other_answered_is_not_answered_again_when_the_first_is_back(self, first, second):
        WhatsAppNumber.objects.filter(pk=first.number.pk).update(state="closed")
        said = second.say("refill 54322")
        WhatsAppNumber.objects.filter(pk=first.number.pk).update(state="open")

        again = first.say("refill 54322", message_id=said.message.wa_message_id)

        assert (again.state, again.replies, again.logs) == ("ignored", (), ())

    def test_direct_messages_are_each_numbers_own(self, chat, tenant):
        number = NumberFactory(tenant=tenant)

        assert replace(chat, number=number).say("check 54321").texts
        assert chat.say("check 54321").texts


class TestBots:
    def test_own_bots_words_are_no_command(self, chat, tenant):
        number = NumberFactory(tenant=tenant, phone="15557770001")
        bot = Actor("bot", "Bot", "15557770001", "")
        OutboxMessageFactory(chat=ChatFactory(number=number), state="sent", wa_message_id="3EBBOT")

        said = chat.in_group().as_(bot).say("check 54321", message_id="3EBBOT")

        assert (said.state, said.replies) == ("ignored", ())

    def test_a_person_on_the_linked_phone_is_a_person(self, chat, tenant):
        """An owner may have linked the own phone."""
        NumberFactory(tenant=tenant, phone=chat.as_("owner").actor.phone)

        assert chat.as_("owner").in_group(enabled=False).say("!support enable").texts

    def test_another_tenants_bot_is_answered_its_commands_alone(self, chat, other_tenant):
        with all_tenants("the neighbour's bot"):
            number = WhatsAppNumber.objects.filter(tenant=other_tenant).first()
            WhatsAppNumber.objects.filter(pk=number.pk).update(phone=chat.actor.phone, state="open")
            for message_id in ("3EBCHECK", "3EBHELLO"):
                OutboxMessageFactory(chat=ChatFactory(number=number), state="sent", wa_message_id=message_id)

        assert chat.say("check 54321", message_id="3EBCHECK").key == "order_status"
        assert chat.as_("customer").say("hello", message_id="3EBHELLO").state == "ignored"


def test_a_lid_alone_is_known_by_a_groups_list(chat, tenant):
    """The owner is recognised, though WhatsApp told no phone and nobody met this LID before."""
    group = Group.objects.get(wa_id=SUPPORT_GROUP)
    GroupMember.objects.create(tenant=tenant, group=group, phone="15550100001", lid="88812345")
    stranger = Actor("new", "Olivia", "15550100001", "88812345")

    said = chat.in_group().as_(stranger).by_lid().say("!status")

    assert MessageLog.objects.get(message=said.message).outcome == "bot_status"
    assert InboxMessage.objects.get(pk=said.message.pk).sender_phone == "15550100001"
