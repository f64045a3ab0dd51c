"""balance, services, ticket, my username: what concerns the sender's own account."""

import pytest

from botcore.sandbox.demo_tenant import ACTORS
from panel.models import PanelConnection
from tenants.models import TenantUser
from tenants.tests.factories import TenantUserFactory


@pytest.fixture
def second_username(tenant):
    contact = TenantUser.objects.get(panel_username="anna_media").contact
    TenantUserFactory(tenant=tenant, contact=contact, panel_username="rahul.smm")


class TestBalance:
    def test_is_told_in_money(self, chat):
        assert chat.say("balance").text == "Balance of *anna_media*: 48.25 USD"

    def test_of_every_username(self, chat, second_username):
        assert chat.say("balance").text == (
            "Balance of *anna_media*: 48.25 USD\nBalance of *rahul.smm*: 5.73 USD"
        )

    def test_pause_names_the_time_left_and_ends(self, chat, clock, sandbox):
        chat.say("balance")
        clock.advance(seconds=15)

        assert chat.say("balance").text == ("You have just asked for your balance. Please try again in 45 s.")
        assert len(sandbox.requests()) == 1
        clock.advance(seconds=45)
        assert chat.say("balance").key == "balance_reply"

    def test_pause_is_each_persons_own(self, chat):
        chat.say("balance")

        assert chat.as_("rahul").say("balance").key == "balance_reply"

    def test_asked_in_a_group_goes_to_the_asker_alone(self, chat):
        said = chat.in_group().say("balance")

        assert said.text == "I have sent you that in a direct message."
        assert said.direct == ("Balance of *anna_media*: 48.25 USD",)

    def test_in_the_group_where_the_owner_wants_it_so(self, chat, configure):
        configure(private_replies_in_dm="false")

        said = chat.in_group().say("balance")

        assert (said.text, said.direct) == ("Balance of *anna_media*: 48.25 USD", ())

    def test_owner_has_none(self, chat):
        assert chat.as_("owner").say("balance").key == "verification_required"


class TestServices:
    def test_panels_own_page(self, chat, sandbox):
        assert chat.say("services").text == f"Our services and prices:\n{sandbox.url}/services"

    def test_page_of_the_owners_choice(self, chat, configure):
        configure(services_url="https://shop.example/list")

        assert chat.say("services").text == "Our services and prices:\nhttps://shop.example/list"

    def test_strangers_may_see_it(self, chat):
        assert chat.as_("stranger").say("services").key == "services_reply"

    def test_without_a_panel(self, chat):
        PanelConnection.objects.all().delete()

        said = chat.say("services")

        assert said.text == "This shop has not connected its panel yet. Our team has been told."
        assert said.state == "handled"


class TestTicket:
    def test_own(self, chat):
        assert chat.say("ticket 5501").text == (
            "*Ticket 5501* · Pending\n"
            "Orders Support- AI\n"
            "Last update: 2026-05-03 09:30:00 (panel time)\n"
            "Last word: you"
        )

    def test_answered_by_the_team(self, chat):
        assert chat.as_("joko").say("ticket status 5503").text.endswith("Last word: our team")

    @pytest.mark.parametrize("ticket_id", [5502, 5999])
    def test_somebody_elses_is_not_told_apart_from_none(self, chat, ticket_id):
        said = chat.say(f"ticket {ticket_id}")

        assert said.text == (f"I cannot find ticket {ticket_id} on your account. Please check the number.")
        assert said.log.facts == {}

    def test_owner_sees_any(self, chat):
        assert chat.as_("owner").say("ticket 5502").key == "ticket_status"

    def test_missing_number(self, chat):
        assert chat.say("ticket").text == "Which ticket? Send the number too, like this: *ticket 54321*"


class TestMyUsername:
    def test_is_told(self, chat, sandbox):
        assert chat.say("my username").text == "Your panel username is *anna_media*."
        assert len(sandbox.requests()) == 1

    def test_needs_no_panel(self, chat):
        PanelConnection.objects.all().delete()

        assert chat.say("my username").text == "Your panel username is *anna_media*."

    def test_all_of_them(self, chat, second_username):
        assert chat.say("my username").text == (
            "Your panel username is *anna_media*.\nYou are also *rahul.smm*."
        )

    def test_owner_has_none(self, chat):
        assert chat.as_("owner").say("my username").key == "verification_required"


def test_several_answers_have_one_row(chat, second_username):
    said = chat.say("balance")

    assert (said.log.action, said.log.order_id, said.log.outcome) == ("balance", None, "balance_reply")
    assert said.log.panel_username == ACTORS["customer"].username
