"""In groups: off until switched on, silent on wish, quoted answers, no talk with itself."""

import pytest

from botcore import tasks
from botcore.models import Group, MessageLog, OutboxMessage, SandboxSession
from botcore.sandbox.demo_tenant import PROVIDER_GROUP
from smmbot.testing.worker import outside
from tenants.models import AuditEntry


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


def test_switching_silent_mode_on_is_confirmed(chat):
    said = chat.in_group().as_("owner").say("!silent enable")

    assert said.texts == ()
    assert said.direct == ("✅ Silent mode is now on in this group.",)


@pytest.mark.parametrize(
    ("who", "text", "key"),
    [
        ("owner", "!resolve", "usage"),
        ("staff", "!status", "permission_denied"),
        ("owner", "refill verify " + " ".join(str(54321 + n) for n in range(12)), "bulk_ack"),
    ],
)
def test_team_hears_of_what_went_wrong_in_a_silent_group_too(chat, who, text, key):
    said = chat.in_group(silent=True).as_(who).say(text)

    assert said.keys[0] == key
    assert (said.texts, len(said.direct)) == ((), len(said.replies))


def test_team_is_answered_in_a_silent_group_where_private_replies_are_off(chat, configure):
    configure(private_replies_in_dm="false")

    said = chat.in_group(silent=True).as_("owner").say("!status")

    assert (said.texts, len(said.direct)) == ((), 1)


def test_customers_refusals_stay_unsaid_in_a_silent_group(chat):
    said = chat.in_group(silent=True).say("!status")

    assert (said.texts, said.direct) == ((), ())


def test_deleted_group_is_off_until_switched_on_again(chat):
    here = chat.in_group()
    Group.objects.filter(wa_id=here.group).update(is_hidden=True)

    assert here.say("check 54321").state == "ignored"
    here.as_("owner").say("!support enable")
    assert here.say("check 54321").key == "order_status"


def test_switches_are_on_record(chat):
    chat.in_group().as_("owner").say("!marketing enable")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("group.switch", "group Demo Panel support")
    assert (entry.before, entry.after) == ({"marketing_enabled": False}, {"marketing_enabled": True})


# --- switched off while the answer waits ---------------------------------------------------------------------------


@pytest.fixture
def offline(number):
    """The number sends nothing until `online()`."""
    session = SandboxSession.objects.filter(name=number.session_name)
    session.update(state="qr")
    return session


@pytest.fixture
def online(offline, clock, worker):
    def back():
        offline.update(state="open")
        clock.advance(minutes=5)
        outside(tasks.sweep)
        worker.run()

    return back


@pytest.mark.parametrize("switch", ["!support disable", "!silent enable"])
def test_answer_that_waits_is_not_sent_into_a_group_switched_off(chat, online, switch):
    here = chat.in_group()
    said = here.say("check 54321")
    here.as_("owner").say(switch)
    online()

    said = here.now(said)
    assert said.texts == ()
    assert [(row.state, row.error_code) for row in said.replies] == [("suppressed", "switched_off")]


def test_team_is_answered_in_a_group_that_is_off(chat, online):
    owner = chat.in_group().as_("owner")
    said = owner.say("!support disable")
    online()

    assert owner.now(said).text == "✅ Support is now off in this group."


def test_answer_that_waits_is_sent_where_nothing_was_switched(chat, online):
    said = chat.in_group().say("check 54321")
    online()

    assert len(chat.in_group().now(said).texts) == 1


@pytest.mark.parametrize("text", ["balance", "check 54321"])
def test_direct_answers_wait_for_nothing_but_the_number(chat, online, text):
    said = chat.say(text)
    chat.in_group(enabled=False)
    online()

    assert len(chat.now(said).texts) == 1


def test_broadcast_that_waits_passes_by_a_group_switched_off(chat, online):
    group = chat.in_group()
    owner = chat.as_("owner")
    said = owner.say("!broadcast Maintenance tonight")
    group.as_("owner").say("!support disable")
    online()

    said = owner.now(said)
    assert [row.state for row in said.replies if row.part.startswith("broadcast-")] == ["suppressed"]
    assert said.texts[-1] == "📣 Groups reached: 0 of 1.\nNot delivered: Demo Panel support"


def test_request_to_a_provider_needs_no_support_group(chat, suppliers, online, texts_in):
    chat.as_("rahul").say("speed up 54330")
    online()

    assert not Group.objects.get(wa_id=PROVIDER_GROUP).support_enabled
    assert texts_in(PROVIDER_GROUP) != []


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


@pytest.mark.parametrize("text", ["good morning everyone", "thanks bro", "my orders are late 😡", "54321"])
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
