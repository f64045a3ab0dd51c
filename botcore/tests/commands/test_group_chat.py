"""In groups: off until switched on, silent on wish, quoted answers, no talk with itself."""

import pytest

from botcore.models import Group, MessageLog, OutboxMessage


def test_disabled_group_is_silent_and_unlogged(chat, sandbox):
    said = chat.in_group(enabled=False).say("check 54321")

    assert (said.state, said.keys, said.replies, said.logs) == ("ignored", (), (), ())
    assert sandbox.requests() == []


def test_new_group_appears_by_itself_and_is_silent(chat):
    said = chat.in_group("120363555@g.us", enabled=False).say("check 54321")

    assert said.replies == ()
    group = Group.objects.get(wa_id="120363555@g.us")
    assert (group.support_enabled, group.marketing_enabled, group.silent_mode) == (False, False, False)


def test_enabled_group_answers_quoting_the_question(chat):
    said = chat.in_group().say("check 54321")

    assert said.key == "order_status"
    assert [reply.quoted_id for reply in said.replies] == [said.message.wa_message_id]


def test_direct_answers_quote_nothing(chat):
    assert [reply.quoted_id for reply in chat.say("check 54321").replies] == [""]


def test_silent_group_is_served_and_logged_without_a_word(chat, sandbox):
    said = chat.in_group(silent=True).say("cancel 54321")

    assert said.texts == ()
    assert [reply.state for reply in said.replies] == ["suppressed"]
    assert said.log.outcome == "cancel_submitted"
    assert len(sandbox.writes()) == 1


def test_flags_act_on_the_very_next_message(chat):
    here = chat.in_group(enabled=False)
    owner = here.as_("owner")

    assert owner.say("!support enable").text == "✅ Support is now on in this group."
    assert here.say("check 54321").key == "order_status"
    owner.say("!silent on")
    assert here.say("check 54321").texts == ()
    owner.say("!silent disable")
    assert here.say("check 54321").text
    owner.say("!support disable")
    assert here.say("check 54321").state == "ignored"


def test_teams_answer_in_a_silent_group_goes_to_them_alone(chat):
    said = chat.in_group(silent=True).as_("owner").say("!marketing enable")

    assert said.texts == ()
    assert said.direct == ("✅ Marketing is now on in this group.",)


@pytest.mark.parametrize("who", ["customer", "stranger"])
def test_customers_commands_for_the_team_are_not_heard_in_a_disabled_group(chat, who):
    said = chat.in_group(enabled=False).as_(who).say("!support enable")

    assert said.replies == ()
    assert not Group.objects.get(wa_id=said.message.chat.wa_id).support_enabled


def test_staff_may_not_switch(chat):
    said = chat.in_group().as_("staff").say("!silent enable")

    assert said.text == "Sorry, your role does not include *!silent*."


def test_switch_without_a_word_or_group_is_explained(chat):
    owner = chat.as_("owner")

    assert owner.in_group().say("!support maybe").text == (
        "Say it like this: *!support enable* or *!support disable*"
    )
    assert owner.say("!support enable").text == "*!support* works inside the group it is meant for."


@pytest.mark.parametrize(
    "text", ["good morning everyone", "thanks bro", "my orders are late 😡", "54321", ""]
)
def test_chatter_gets_no_answer_and_no_row(chat, text):
    said = chat.in_group().say(text)

    assert (said.replies, said.logs) == ((), ())
    assert not MessageLog.objects.exists()


def test_own_messages_from_the_linked_phone_are_history(chat):
    said = chat.say("check 54321", from_me=True)

    assert (said.state, said.replies) == ("ignored", ())
    assert not OutboxMessage.objects.exists()


def test_a_mention_of_the_bot_is_no_order_id(chat, number):
    said = chat.in_group().say(f"@{number.lid} check 54321", mentions=[number.lid])

    assert [row.order_id for row in said.logs] == [54321]


def test_senders_phone_is_no_order_id(chat):
    said = chat.say(f"check 54321 my number {chat.actor.phone}")

    assert [row.order_id for row in said.logs] == [54321]


def test_customer_known_by_lid_alone_is_served(chat):
    assert chat.by_lid().say("check 54321").key == "order_status"
    assert chat.by_lid().in_group().say("check 54321").key == "order_status"
