"""From a greeting to a linked number, and everything that must not lead there."""

import re
from dataclasses import replace

import pytest

from botcore.commands import drain
from botcore.commands.registry import build_parser
from botcore.commands.verification_said import Step, understand
from botcore.domain import templates
from botcore.models import InboxMessage, MessageLog, OutboxMessage
from botcore.sandbox.demo_tenant import ACTORS, QUIET_GROUP, Actor
from panel.models import PanelConnection
from tenants.domain import customers, identities
from tenants.enums import CodeState, VerifiedBy
from tenants.models import TenantUser, Verification, VerificationCode


@pytest.fixture
def sam(chat):
    """A stranger's direct chat with the bot."""
    return chat.as_("stranger")


@pytest.fixture
def tickets(sandbox):
    """Tickets with a code, oldest first."""

    def read():
        found = [
            one for one in sandbox.world.tickets.values() if one.subject == "Your WhatsApp verification code"
        ]
        return sorted(found, key=lambda one: one.id)

    return read


@pytest.fixture
def code(tickets):
    """The code of the newest ticket."""

    def read():
        return re.search(r"\b\d{6}\b", tickets()[-1].messages[-1].message)[0]

    return read


@pytest.fixture
def asked(sam):
    """A stranger whose code is in Anna's tickets."""
    sam.say("hi")
    assert sam.say("anna_media").key == "verification_code_sent"
    return sam


@pytest.fixture
def wrong(code):
    def other(step=1):
        return f"{(int(code()) + step) % 1_000_000:06}"

    return other


def usernames(who="stranger"):
    actor = ACTORS[who] if isinstance(who, str) else who
    links = TenantUser.objects.filter(contact__identities__value=actor.phone)
    return sorted(links.values_list("panel_username", flat=True))


def numbered(count):
    return [
        Actor(f"n{n}", f"Nobody {n}", f"155501010{n:02d}", f"999000001000{n:02d}")
        for n in range(1, count + 1)
    ]


def run_again(said):
    """The worker died after the work and before its result was committed: the message is run once more."""
    OutboxMessage.objects.filter(inbox=said.message).delete()
    MessageLog.objects.filter(message=said.message).delete()
    InboxMessage.objects.filter(pk=said.message.pk).update(
        state="received", attempts=1, handled_at=None, trace=None
    )
    drain.drain_chat(tenant_id=said.message.tenant_id, chat_id=said.message.chat_id)


# --- the way through ---------------------------------------------------------------------------------------------


def test_a_stranger_is_linked_in_three_steps(sam, tickets, code):
    assert sam.say("hello").keys == ("welcome_message", "verification_username_prompt")
    assert sam.say("anna_media").key == "verification_code_sent"
    assert sam.say(code()).key == "verification_success"

    assert usernames() == ["anna_media"]
    assert (
        TenantUser.objects.get(contact__identities__value=ACTORS["stranger"].lid).verified_by
        == VerifiedBy.CODE
    )
    assert sam.say("check 54321").key == "order_status"
    assert len(tickets()) == 1


@pytest.mark.parametrize(
    "greeting", ["hi", "Hello bro!", "namaste", "السلام عليكم", "ola", "привет", "good morning"]
)
def test_any_greeting_begins(sam, greeting):
    assert sam.say(greeting).keys == ("welcome_message", "verification_username_prompt")


@pytest.mark.parametrize(
    "said",
    [
        "anna_media",
        "@anna_media",
        "*anna_media*",
        "my username is anna_media",
        "My user name is: anna_media.",
        "username: anna_media",
        "Username anna_media",
        "Anna_Media",
    ],
)
def test_a_username_may_be_said_in_many_ways(sam, tickets, said):
    sam.say("hi")

    answer = sam.say(said)

    assert answer.key == "verification_code_sent"
    assert "*anna_media*" in answer.text
    assert tickets()[-1].user == "anna_media"


@pytest.mark.parametrize("form", ["{0} {1}", "{0}-{1}", "code: {0}{1}", "my code is {0}{1}", "*{0}{1}*"])
def test_a_code_may_be_said_in_many_ways(asked, code, form):
    digits = code()

    assert asked.say(form.format(digits[:3], digits[3:])).key == "verification_success"


def test_arabic_digits_are_digits(asked, code):
    assert (
        asked.say(code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))).key == "verification_success"
    )


def test_the_code_is_in_the_ticket_and_nowhere_else(asked, tickets, code):
    asked.say("000 000")
    digits, ticket = code(), tickets()[-1]

    assert (ticket.user, ticket.messages[0].is_staff, ticket.messages[0].sender_name) == (
        "anna_media",
        True,
        "aisupport",
    )
    assert "10 minutes" in ticket.messages[0].message
    assert "0014" in ticket.messages[0].message
    assert ACTORS["stranger"].phone not in ticket.messages[0].message
    rows = [*OutboxMessage.objects.values_list("text", flat=True)]
    rows += [str(one) for one in MessageLog.objects.values_list("facts", "outcome", "panel_username")]
    rows += [str(one) for one in InboxMessage.objects.values_list("trace", flat=True)]
    rows += [str(one) for one in VerificationCode.objects.values()]
    assert not [row for row in rows if digits in row]


def test_each_step_has_one_log_row(sam, code):
    said = [sam.say("hi"), sam.say("anna_media"), sam.say(code())]

    assert [(one.log.action, one.log.outcome) for one in said] == [
        ("verification", "welcome_message"),
        ("verification", "verification_code_sent"),
        ("verification", "verification_success"),
    ]
    assert said[2].log.facts == {"username": "anna_media"}


def test_texts_are_the_tenants_own_in_custom_mode(sam, tenant, configure, tickets):
    configure(chat_mode="custom", verification_ticket_subject="Your WhatsApp verification code")
    templates.save(tenant_id=tenant.pk, key="welcome_message", value="Salaam!")
    templates.save(tenant_id=tenant.pk, key="verification_ticket", value="Kode: {code}")

    assert sam.say("hi").text.startswith("Salaam!")
    sam.say("anna_media")
    assert re.fullmatch(r"Kode: \d{6}", tickets()[-1].messages[0].message)


def test_a_ticket_text_without_the_code_is_not_used(sam, tenant, configure, code):
    configure(chat_mode="custom")
    templates.save(tenant_id=tenant.pk, key="verification_ticket", value="Kode")
    sam.say("hi")
    sam.say("anna_media")

    assert sam.say(code()).key == "verification_success"


def test_subject_and_staff_name_are_the_tenants(sam, sandbox, configure):
    configure(verification_ticket_subject="Kode", ticket_reply_staff_name="support1")
    sam.say("hi")
    sam.say("anna_media")

    ticket = max(sandbox.world.tickets.values(), key=lambda one: one.id)
    assert (ticket.subject, ticket.messages[0].sender_name) == ("Kode", "support1")


# --- who is greeted ----------------------------------------------------------------------------------------------


def test_a_linked_person_gets_a_short_hello(chat):
    said = chat.say("hi")

    assert said.key == "welcome_back"
    assert "*anna_media*" in said.text
    assert said.logs == ()
    assert not Verification.objects.exists()


def test_a_linked_person_greets_a_group_in_peace(chat):
    assert chat.in_group().say("good morning").state == "ignored"


def test_the_team_is_not_asked_for_a_username(chat):
    owner = chat.as_("owner")

    assert owner.say("hi").key == "welcome_back"
    assert owner.in_group().say("hi").state == "ignored"


@pytest.mark.parametrize("text", ["anna_media", "123456", "resend", "stop", "thanks", "where is my money"])
def test_without_a_run_nothing_is_answered(sam, text):
    assert sam.say(text).state == "ignored"


def test_a_command_of_a_stranger_begins_a_run(sam, code):
    said = sam.say("check 54321")

    assert (said.key, said.log.action) == ("verification_required", "order")
    assert sam.say("anna_media").key == "verification_code_sent"
    # The next command does not throw the code away.
    assert sam.say("check 54321").key == "verification_code_waiting"
    assert sam.say(code()).key == "verification_success"


def test_verify_begins_a_run(sam):
    assert sam.say("verify").key == "verification_username_prompt"
    assert sam.say("anna_media").key == "verification_code_sent"


def test_switched_off_there_is_no_run(sam, configure):
    configure(verification_enabled="false")

    assert sam.say("hi").key == "welcome_back"
    assert sam.say("verify").state == "ignored"
    assert sam.say("refill 54322").key == "verification_by_team"
    assert sam.say("anna_media").state == "ignored"
    assert not Verification.objects.exists()


def test_switched_off_in_the_middle_a_code_is_no_code(asked, code, configure):
    configure(verification_enabled="false")

    assert asked.say(code()).state == "ignored"
    assert usernames() == []


# --- usernames that are refused ----------------------------------------------------------------------------------


def test_an_unknown_username_can_be_sent_again(sam, tickets):
    sam.say("hi")

    said = sam.say("anna_medai")

    assert said.key == "verification_username_not_found"
    assert "*anna_medai*" in said.text
    assert tickets() == []
    assert sam.say("anna_media").key == "verification_code_sent"


def test_a_panel_that_ignores_the_filter_finds_nobody_else(sam, sandbox, tickets):
    sandbox.scenario("ignores_filter")
    sam.say("hi")

    assert sam.say("anna").key == "verification_username_not_found"
    assert tickets() == []


@pytest.mark.parametrize("status", ["banned", "inactive", "suspended", ""])
def test_an_account_that_is_not_active_is_refused(sam, sandbox, tickets, status):
    sandbox.world.users["joko88"].status = status
    sam.say("hi")

    assert sam.say("joko88").key == "verification_username_inactive"
    assert tickets() == []


def test_a_blocked_username_gets_no_code_through_another_number(sam, tickets):
    TenantUser.objects.filter(panel_username="joko88").update(is_blocked=True)
    sam.say("hi")

    assert sam.say("JOKO88").key == "verification_username_blocked"
    assert tickets() == []


def test_a_blocked_person_gets_no_code(chat, tickets):
    TenantUser.objects.filter(panel_username="joko88").update(is_blocked=True)
    joko = chat.as_("joko")

    assert joko.say("hi").key == "user_blocked"
    assert joko.say("verify").key == "user_blocked"
    assert joko.say("rahul.smm").state == "ignored"
    assert joko.in_group().say("hi").state == "ignored"
    assert tickets() == []


def test_blocked_between_code_and_answer_is_not_linked(asked, code):
    TenantUser.objects.filter(panel_username="anna_media").update(is_blocked=True)

    assert asked.say(code()).key == "verification_username_blocked"
    assert usernames() == []


def test_names_cannot_be_tried_out_without_end(sam, sandbox):
    sam.say("hi")
    said = [sam.say(f"customer_{n}").key for n in range(10)]

    assert said == ["verification_username_not_found"] * 9 + ["verification_cooldown"]
    asked_before = len(sandbox.requests())
    assert sam.say("anna_media").key == "verification_cooldown"
    assert len(sandbox.requests()) == asked_before


# --- codes that are refused --------------------------------------------------------------------------------------


def test_three_wrong_codes_and_a_pause(asked, code, wrong, clock):
    right = code()

    first, second, third = asked.say(wrong(1)), asked.say(wrong(2)), asked.say(wrong(3))

    assert (first.key, second.key, third.key) == (
        "verification_code_invalid",
        "verification_code_invalid",
        "verification_max_attempts",
    )
    assert first.text.endswith("Attempts left: 2.")
    assert second.text.endswith("Attempts left: 1.")
    assert "5 min" in third.text
    clock.advance(seconds=299)
    assert asked.say(right).key == "verification_cooldown"
    assert asked.say("resend").key == "verification_cooldown"
    assert asked.say("hi").key == "verification_cooldown"
    clock.advance(seconds=1)
    # The pause is over; the code of before it is dead.
    assert asked.say(right).key == "verification_code_expired"
    assert asked.say("resend").key == "verification_code_sent"
    assert asked.say(code()).key == "verification_success"


def test_a_pause_is_not_left_by_stopping(asked, wrong):
    for step in (1, 2, 3):
        asked.say(wrong(step))

    assert asked.say("stop").key == "verification_stopped"
    assert asked.say("hi").key == "verification_cooldown"
    assert asked.say("verify").key == "verification_cooldown"
    assert asked.say("anna_media").key == "verification_cooldown"


def test_wrong_codes_count_across_codes(asked, wrong, clock):
    asked.say(wrong(1))
    asked.say(wrong(2))
    clock.advance(seconds=61)
    asked.say("resend")

    assert asked.say(wrong(1)).key == "verification_max_attempts"


def test_attempts_and_pause_are_the_tenants(asked, wrong, configure):
    configure(verification_max_attempts="1", verification_cooldown_seconds="7200")

    said = asked.say(wrong())

    assert said.key == "verification_max_attempts"
    assert "2 h" in said.text


def test_a_code_is_good_for_ten_minutes(asked, code, clock):
    clock.advance(minutes=9, seconds=59)

    assert asked.say(code()).key == "verification_success"


def test_after_ten_minutes_there_is_a_new_one(asked, code, clock, tickets):
    old = code()
    clock.advance(minutes=10)

    assert asked.say(old).key == "verification_code_expired"
    assert asked.say("resend").key == "verification_code_sent"
    assert asked.say(old).key == "verification_code_invalid"
    assert asked.say(code()).key == "verification_success"
    assert len(tickets()) == 2


def test_a_code_hours_late_is_still_told_apart_from_chatter(asked, code, clock):
    clock.advance(hours=5)

    assert asked.say(code()).key == "verification_code_expired"
    assert usernames() == []


def test_a_code_works_once(asked, code, chat):
    asked.say(code())
    TenantUser.objects.filter(contact__identities__value=ACTORS["stranger"].phone).delete()

    assert asked.say(code()).state == "ignored"
    assert usernames() == []


def test_a_code_works_for_nobody_else(asked, code):
    other = asked.as_(numbered(1)[0])
    other.say("hi")

    assert other.say(code()).key == "verification_username_not_found"
    assert usernames(other.actor) == []


# --- limits ------------------------------------------------------------------------------------------------------


def test_a_minute_between_codes(asked, clock, tickets):
    said = asked.say("resend")

    assert said.key == "verification_code_wait"
    assert "1 min" in said.text
    clock.advance(seconds=59)
    assert asked.say("resend").key == "verification_code_wait"
    clock.advance(seconds=1)
    assert asked.say("resend").key == "verification_code_sent"
    assert len(tickets()) == 2


def test_five_codes_a_day_for_a_person(asked, clock, tickets):
    for name in ("rahul.smm", "joko88", "anna_media", "rahul.smm"):
        clock.advance(minutes=2)
        assert asked.say(f"username: {name}").key == "verification_code_sent"
    clock.advance(minutes=2)

    said = asked.say("username: joko88")

    assert said.key == "verification_code_limit"
    assert "23 h 50 min" in said.text
    assert len(tickets()) == 5
    clock.advance(hours=23, minutes=51)
    asked.say("hi")
    assert asked.say("joko88").key == "verification_code_sent"


def test_ten_codes_a_day_for_a_username(chat, tickets):
    strangers = [chat.as_(actor) for actor in numbered(11)]
    for one in strangers:
        one.say("hi")

    said = [one.say("anna_media").key for one in strangers]

    assert said == ["verification_code_sent"] * 10 + ["verification_code_limit"]
    assert len(tickets()) == 10


# --- changing one's mind -----------------------------------------------------------------------------------------


def test_another_username_voids_the_code(asked, code, clock):
    old = code()
    clock.advance(minutes=1)

    said = asked.say("rahul.smm")

    assert said.key == "verification_code_sent"
    assert asked.say(old).key == "verification_code_invalid"
    assert asked.say(code()).key == "verification_success"
    assert usernames() == ["rahul.smm"]


def test_a_misspelt_second_username_leaves_the_code_alone(asked, code):
    assert asked.say("rahul.sm").key == "verification_username_not_found"
    assert asked.say(code()).key == "verification_success"


@pytest.mark.parametrize("text", ["stop", "Cancel", "cancel verification", "stop verification!"])
def test_stopping(asked, code, text):
    assert asked.say(text).key == "verification_stopped"
    assert asked.say(code()).state == "ignored"
    assert asked.say("hi").keys == ("welcome_message", "verification_username_prompt")


def test_commands_are_commands_meanwhile(asked, code):
    assert asked.say("cancel 54321").log.action == "cancel"
    assert asked.say("help").key == "help"
    assert asked.say("services").key == "services_reply"
    assert asked.say(code()).key == "verification_success"


def test_a_greeting_meanwhile_says_where_it_stands(asked):
    said = asked.say("hello?")

    assert said.key == "verification_code_waiting"
    assert "10 more min" in said.text


def test_courtesies_are_no_usernames(sam, sandbox):
    sam.say("hi")
    before = len(sandbox.requests())

    assert [sam.say(text).state for text in ("ok", "thanks", "yes", "wait", "why", "okkk")] == ["ignored"] * 6
    assert len(sandbox.requests()) == before


def test_half_an_hour_of_silence_ends_it(sam, clock):
    sam.say("hi")
    clock.advance(minutes=29)
    assert sam.say("nobody_77").key == "verification_username_not_found"
    clock.advance(minutes=30)

    assert sam.say("anna_media").state == "ignored"
    assert sam.say("hi").keys == ("welcome_message", "verification_username_prompt")


def test_digits_asked_for_as_a_username_are_a_username(sam, sandbox, tickets):
    sandbox.world.users["445566"] = replace(sandbox.world.users["joko88"], id=777, username="445566")
    sam.say("hi")

    assert sam.say("445566").key == "verification_code_sent"
    assert tickets()[-1].user == "445566"


# --- already linked ----------------------------------------------------------------------------------------------


def test_a_linked_number_is_told_to_whom(chat, tickets):
    said = chat.say("verify")

    assert said.key == "verification_already_linked"
    assert "*anna_media*" in said.text
    assert chat.say("rahul.smm").state == "ignored"
    assert tickets() == []


def test_linked_by_the_team_meanwhile(asked, code, tenant):
    contact = identities.resolve_person(tenant_id=tenant.pk, phone=ACTORS["stranger"].phone).contact
    customers.link(
        tenant_id=tenant.pk, contact=contact, panel_username="joko88", verified_by=VerifiedBy.STAFF
    )

    said = asked.say(code())

    assert said.key == "verification_already_linked"
    assert "*joko88*" in said.text
    assert usernames() == ["joko88"]


def test_several_usernames_where_the_tenant_allows_it(chat, code, configure):
    configure(several_usernames_per_number="true")

    assert chat.say("verify").key == "verification_username_prompt"
    assert chat.say("anna_media").key == "verification_already_linked"
    assert chat.say("joko88").key == "verification_code_sent"
    assert chat.say(code()).key == "verification_success"
    assert usernames("customer") == ["anna_media", "joko88"]


def test_a_username_may_have_several_numbers(asked, code, chat):
    asked.say(code())

    assert usernames() == usernames("customer") == ["anna_media"]
    assert chat.say("check 54321").key == asked.say("check 54321").key == "order_status"


# --- groups ------------------------------------------------------------------------------------------------------


def test_in_a_group_the_question_goes_to_the_person(sam):
    said = sam.in_group().say("hi")

    assert said.keys == ("welcome_message", "verification_in_direct_message", "verification_username_prompt")
    assert len(said.texts) == len(said.direct) == 1
    assert "panel username" in said.direct[0]
    assert "panel username" not in said.texts[0]


def test_begun_in_a_group_it_goes_on_in_the_direct_chat(sam, code):
    sam.in_group().say("hi")

    assert sam.say("anna_media").key == "verification_code_sent"
    assert sam.say(code()).key == "verification_success"


def test_begun_in_a_group_it_goes_on_there(sam, code):
    group = sam.in_group()
    group.say("hi")
    named = group.say("anna_media")
    coded = group.say(code())

    assert named.key == "verification_code_sent"
    assert "anna_media" not in "".join((*named.texts, *coded.texts))
    assert coded.keys == ("verification_success", "verification_prefer_direct_message")
    assert "direct message" in coded.texts[0]
    assert "anna_media" in coded.direct[0]
    assert usernames() == ["anna_media"]


def test_another_group_hears_no_usernames(sam):
    sam.in_group().say("hi")

    assert sam.in_group(QUIET_GROUP).say("anna_media").state == "ignored"


def test_group_talk_is_not_answered_while_a_code_is_waited_for(sam, code):
    group = sam.in_group()
    group.say("hi")
    group.say("anna_media")

    assert group.say("rahul.smm").state == "ignored"
    assert group.say("hi").state == "ignored"
    assert group.say(code()).keys[0] == "verification_success"


def test_two_people_in_one_group_do_not_mix(sam, code):
    one, two = sam.in_group(), sam.as_(numbered(1)[0]).in_group()
    one.say("hi")
    two.say("hello")
    one.say("anna_media")
    code_of_one = code()
    two.say("rahul.smm")
    code_of_two = code()

    assert two.say(code_of_one).keys[0] == "verification_code_invalid"
    assert two.say(code_of_two).keys[0] == "verification_success"
    assert one.say(code_of_one).keys[0] == "verification_success"
    assert (usernames(), usernames(two.actor)) == (["anna_media"], ["rahul.smm"])


def test_where_the_owner_wants_it_all_in_the_group(sam, configure):
    configure(private_replies_in_dm="false")

    said = sam.in_group().say("hi")

    assert said.keys == ("welcome_message", "verification_username_prompt")
    assert said.direct == ()


def test_a_silent_group_stays_silent(asked, code):
    group = asked.in_group(silent=True)

    assert asked.as_(numbered(1)[0]).in_group(silent=True).say("hi").state == "ignored"
    said = group.say(code())
    assert (said.texts, said.keys[0]) == ((), "verification_success")
    assert len(said.direct) == 1


def test_a_group_that_is_off_hears_nothing(sam):
    assert sam.in_group(enabled=False).say("hi").state == "ignored"
    assert not Verification.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["good product", "lol", "https://x.com/a", "54321 done?", "ok sir", "price?", "come on\nguys", "👍"],
)
def test_ordinary_chatter_is_no_step(text):
    said = understand(text, build_parser().parse(text))

    assert said is None or (said.step is Step.USERNAME and text == "price?")


def test_chatter_costs_a_group_no_more_than_before(sam, django_assert_max_num_queries):
    sam.in_group().say("where are my likes")
    message = sam.in_group().post("this is really slow today")
    found = InboxMessage.objects.get(wa_message_id=message)

    with django_assert_max_num_queries(7):
        drain.drain_chat(tenant_id=found.tenant_id, chat_id=found.chat_id)


# --- one person, several aliases ---------------------------------------------------------------------------------


def test_known_by_lid_alone_the_link_counts_for_the_phone_too(sam, code):
    by_lid = sam.by_lid()
    by_lid.say("hi")
    by_lid.say("anna_media")
    by_lid.say(code())

    assert sam.say("check 54321").key == "order_status"


def test_a_run_goes_on_when_two_contacts_prove_to_be_one(chat, code, clock):
    """Begun as a LID, later met with its phone, which the bot knew as somebody else."""
    nobody = numbered(1)[0]
    phone_alone = chat.as_(replace(nobody, lid=""))
    phone_alone.say("hi")
    clock.advance(seconds=5)
    by_lid = chat.as_(nobody).by_lid()
    by_lid.say("hi")
    by_lid.say("anna_media")

    assert chat.as_(nobody).say(code()).key == "verification_success"
    assert usernames(nobody) == ["anna_media"]


def test_joining_contacts_is_no_way_round_a_pause(chat, wrong):
    nobody = numbered(1)[0]
    by_lid = chat.as_(nobody).by_lid()
    by_lid.say("hi")
    by_lid.say("anna_media")
    for step in (1, 2, 3):
        by_lid.say(wrong(step))
    chat.as_(replace(nobody, lid="")).say("hi")

    assert chat.as_(nobody).say("hi").key == "verification_cooldown"


def test_a_neighbours_run_is_its_own(asked, code, other_tenant, tenant):
    assert set(VerificationCode.objects.values_list("tenant_id", flat=True)) == {tenant.pk}
    asked.say(code())

    assert usernames() == ["anna_media"]


# --- the panel in trouble ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["error_500", "html_502", "rate_limited"])
def test_a_panel_that_is_down_costs_nobody_his_place(sam, sandbox, clock, scenario):
    sam.say("hi")
    sandbox.scenario(scenario, path="/users")

    said = sam.say("anna_media")

    assert (said.key, said.log.is_priority) == ("verification_panel_down", False)
    sandbox.clear_scenarios()
    clock.advance(minutes=2)
    assert sam.say("anna_media").key == "verification_code_sent"


def test_a_ticket_that_may_have_been_written_counts_as_sent(sam, sandbox, tickets, code, clock):
    sam.say("hi")
    sandbox.scenario("time_out_after_write", path="/tickets/add", times=1)

    said = sam.say("anna_media")

    assert said.key == "verification_code_sent"
    assert len(tickets()) == 1
    assert VerificationCode.objects.get().ticket_id is None
    assert sam.say(code()).key == "verification_success"


def test_a_ticket_that_was_lost_can_be_asked_for_again(sam, sandbox, tickets, code, clock):
    sam.say("hi")
    sandbox.scenario("error_500", path="/tickets/add", times=1)

    assert sam.say("anna_media").key == "verification_code_sent"
    assert tickets() == []
    assert sam.say("resend").key == "verification_code_wait"
    clock.advance(minutes=1)
    assert sam.say("resend").key == "verification_code_sent"
    assert sam.say(code()).key == "verification_success"


def test_a_ticket_refused_for_its_staff_name_is_for_the_team(sam, sandbox, configure, tickets):
    configure(ticket_reply_staff_name="nobody")
    sam.say("hi")

    said = sam.say("anna_media")

    assert (said.key, said.log.is_priority) == ("verification_not_possible", True)
    assert said.log.facts == {"panel_error": "panel_refused"}
    assert VerificationCode.objects.get().state == CodeState.UNSENT
    configure(ticket_reply_staff_name="support1")
    # Nothing was sent, so nothing has to be waited for.
    assert sam.say("anna_media").key == "verification_code_sent"


def test_a_failed_resend_leaves_the_code_that_was_sent(asked, code, clock, configure):
    clock.advance(minutes=1)
    configure(ticket_reply_staff_name="nobody")

    assert asked.say("username: rahul.smm").key == "verification_not_possible"
    assert asked.say(code()).key == "verification_success"
    assert usernames() == ["anna_media"]


def test_a_wrong_key_is_for_the_team(sam):
    PanelConnection.objects.update(api_key="wrong")
    sam.say("hi")

    said = sam.say("anna_media")

    assert (said.key, said.log.is_priority) == ("verification_not_possible", True)
    assert said.log.facts == {"panel_error": "panel_unauthorized"}


def test_without_a_panel_nobody_is_verified(sam):
    PanelConnection.objects.update(is_active=False)
    sam.say("hi")

    assert sam.say("anna_media").key == "panel_not_configured"


# --- crashes and repeats -----------------------------------------------------------------------------------------


def test_the_same_message_twice_is_one_ticket(sam, tickets):
    sam.say("hi")
    said = sam.say("anna_media")

    sam.say_again(said)

    assert len(tickets()) == 1


@pytest.mark.parametrize("state", [CodeState.CLAIMED, CodeState.SENT])
def test_a_crash_after_the_ticket_sends_no_second_one(sam, tickets, code, state):
    """claimed: the worker died while the panel was working; sent: before the answer was committed."""
    sam.say("hi")
    said = sam.say("anna_media")
    VerificationCode.objects.update(state=state)

    run_again(said)

    assert sam.now(said).key == "verification_code_sent"
    assert len(tickets()) == 1
    assert sam.say(code()).key == "verification_success"


def test_a_crash_after_a_wrong_code_counts_it_once(asked, wrong):
    said = asked.say(wrong())

    run_again(said)

    assert asked.now(said).key == "verification_code_invalid"
    assert Verification.objects.get().wrong_codes == 1


def test_a_crash_after_the_right_code_is_still_a_success(asked, code):
    said = asked.say(code())

    run_again(said)

    assert asked.now(said).key == "verification_success"
    assert usernames() == ["anna_media"]
