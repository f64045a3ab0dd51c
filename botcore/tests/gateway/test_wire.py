"""What every driver must do on the wire, asked of each of them before its own fake gateway, over real HTTP.

The sandbox's gateway is the database: it takes part in all that needs no other server.
"""

from datetime import UTC, datetime, timedelta

import pytest

from botcore.enums import DeliveryState, GatewayProblem, NumberState
from botcore.gateway import wire
from botcore.gateway.base import Capability
from botcore.gateway.errors import (
    GatewayError,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    RecipientNotOnWhatsApp,
    SessionMissing,
    SessionNotConnected,
    Unsupported,
)
from botcore.gateway.registry import DRIVERS
from botcore.gateway.types import (
    Address,
    Endpoint,
    GroupMembersChanged,
    GroupSeen,
    MemberChange,
    MessageReceived,
    MessageStatus,
    OutgoingText,
    QrUpdated,
    SessionChanged,
)
from botcore.sandbox.gateways.faces import FACES
from botcore.tests.gateway.harness import WITHOUT, harness_of

OWN, OWN_LID = "15551230000", "77700011122233"
ANN, BOB, NOBODY = "15550001111", "15550002222", "15550009999"
SESSION, SECRET = "s-0011", "hook-secret"
CREDENTIAL = (
    '{"id": "AX8bTgH2", "rawId": "AX8bTgH2", "type": "public-key", "response": {"signature": "MEUC"}}'
)

# Drivers that do less than others who can the same.
MARKS_NO_GROUPS = {"gowa": "it would tell WhatsApp that the number itself wrote the message"}
PROVES_NO_ABSENCE = {"gowa": "what it did not write down may have gone out all the same"}

FAKED = [name for name in DRIVERS if name in FACES]
ALL = ["sandbox", *FAKED]

pytestmark = pytest.mark.django_db


def text(to, words="hello", *, ref="r-1", **more):
    return OutgoingText(to=to, text=words, client_ref=ref, **more)


def phone(digits):
    return Address(phone=digits)


@pytest.fixture
def people():
    return {ANN: {"lid": "99900011122233", "name": "Ann"}, BOB: {"lid": "88800011122233", "name": "Bob"}}


@pytest.fixture
def gateway(request, people):
    with harness_of(request.param) as harness:
        for digits, fields in people.items():
            harness.put_account(digits, **fields)
        yield harness


@pytest.fixture
def driver(gateway):
    return gateway.driver


@pytest.fixture
def group(gateway):
    return gateway.put_group("Support", members=[OWN, BOB], admins=[ANN])


@pytest.fixture
def session(gateway, group):
    """A linked one."""
    gateway.link(SESSION, OWN, OWN_LID)
    return SESSION


@pytest.fixture
def heard(gateway, group):
    """A linked session whose webhooks are received; nothing is told yet of what comes later."""
    gateway.driver.ensure_session(SESSION, webhook_url=gateway.listen(), secret=SECRET)
    gateway.world.put_account(OWN, lid=OWN_LID)
    gateway.driver.connect(SESSION)
    gateway.scan(SESSION, OWN, OWN_LID)
    gateway.told()
    return gateway


def each(names):
    return pytest.mark.parametrize("gateway", names, indirect=True)


def test_every_driver_takes_part_or_says_why_not():
    assert set(ALL) | WITHOUT.keys() >= set(DRIVERS)


# --- linking ------------------------------------------------------------------------------------------------


@each(ALL)
def test_a_number_is_linked_by_a_qr(gateway, driver):
    for _ in range(2):
        driver.ensure_session(SESSION, webhook_url="http://127.0.0.1:9/hook", secret=SECRET)
    assert driver.status(SESSION).state in (NumberState.NEW, NumberState.CONNECTING, NumberState.CLOSED)
    assert driver.qr(SESSION) is None

    driver.connect(SESSION)
    assert driver.status(SESSION).state == NumberState.QR
    code = driver.qr(SESSION)
    assert code.text or code.png
    assert code.expires_at > datetime.now(UTC)

    gateway.scan(SESSION, OWN, OWN_LID)
    assert driver.status(SESSION).state == NumberState.OPEN
    assert driver.status(SESSION).own.phone == OWN
    assert driver.qr(SESSION) is None


@each(ALL)
def test_own_lid_is_told_where_the_driver_can(gateway, driver, session):
    assert bool(driver.status(session).own.lid) == (Capability.OWN_LID in driver.capabilities)


@each(ALL)
def test_a_linked_session_stays_linked(driver, session):
    driver.connect(session)
    driver.ensure_session(session, webhook_url="http://127.0.0.1:9/hook", secret=SECRET)

    assert driver.status(session).state == NumberState.OPEN


@each(ALL)
def test_all_sessions_are_listed(driver, session):
    driver.ensure_session("s-0012", webhook_url="http://127.0.0.1:9/hook", secret=SECRET)

    listed = {one.session: one for one in driver.list_sessions()}
    assert listed.keys() == {session, "s-0012"}
    assert listed[session].state == NumberState.OPEN
    assert listed["s-0012"].state != NumberState.OPEN


@each(ALL)
def test_a_dropped_number_comes_back_without_a_scan(gateway, driver, session):
    gateway.drop(session)
    assert driver.status(session).state in (NumberState.CLOSED, NumberState.CONNECTING)

    driver.connect(session)
    assert driver.status(session).state == NumberState.OPEN


@each(ALL)
def test_logout_and_delete_may_be_repeated(driver, session):
    for _ in range(2):
        driver.logout(session)
    assert driver.status(session).state not in (NumberState.OPEN, NumberState.CLOSED)
    for _ in range(2):
        driver.delete(session)
    driver.logout(session)

    with pytest.raises(SessionMissing):
        driver.status(session)
    assert list(driver.list_sessions()) == []


@each(ALL)
def test_pairing_code_is_given_where_the_driver_can(gateway, driver):
    driver.ensure_session(SESSION, webhook_url="http://127.0.0.1:9/hook", secret=SECRET)
    driver.connect(SESSION)

    if Capability.PAIRING_CODE in driver.capabilities:
        assert driver.pairing_code(SESSION, phone=OWN) == "SAND-0000"
        gateway.scan(SESSION, OWN)
        assert driver.status(SESSION).state == NumberState.OPEN
    else:
        with pytest.raises(Unsupported):
            driver.pairing_code(SESSION, phone=OWN)


@each(ALL)
def test_passkey_is_walked_through_where_the_driver_can(gateway, driver):
    if Capability.PASSKEY not in driver.capabilities:
        for call in (driver.passkey_challenge, driver.passkey_confirmation, driver.confirm_passkey):
            with pytest.raises(Unsupported):
                call(SESSION)
        with pytest.raises(Unsupported):
            driver.answer_passkey(SESSION, credential="{}")
        return
    driver.ensure_session(SESSION, webhook_url="http://127.0.0.1:9/hook", secret=SECRET)
    gateway.asks_passkey(SESSION)
    driver.connect(SESSION)
    gateway.scan(SESSION, OWN)
    assert driver.status(SESSION).state == NumberState.PASSKEY
    assert driver.passkey_challenge(SESSION)

    driver.answer_passkey(SESSION, credential=CREDENTIAL)
    assert driver.status(SESSION).state == NumberState.PASSKEY_CONFIRM
    assert driver.passkey_confirmation(SESSION)
    driver.confirm_passkey(SESSION)
    assert driver.status(SESSION).state == NumberState.OPEN


# --- sending ------------------------------------------------------------------------------------------------


@each(ALL)
def test_text_is_delivered_as_given(gateway, driver, session):
    words = "*Order 54321*\nIt is done. ✅ «é»"
    sent = driver.send_text(session, text(phone(ANN), words))

    (got,) = gateway.sent(session)
    assert (got.message_id, got.chat, got.text) == (sent.message_id, f"{ANN}@s.whatsapp.net", words)
    assert (got.quoted_id, got.mentions) == ("", ())


@each(ALL)
def test_quote_and_mention_go_along(gateway, driver, session, group):
    first = driver.send_text(session, text(Address(group=group), "first"))
    driver.send_text(
        session,
        OutgoingText(
            to=Address(group=group),
            text=f"@{ANN} look",
            client_ref="r-2",
            quoted_id=first.message_id,
            mentions=(ANN,),
        ),
    )

    got = gateway.sent(session)[-1]
    assert (got.chat, got.quoted_id, got.mentions) == (group, first.message_id, (ANN,))
    assert got.text == f"@{ANN} look"


@each(FAKED)
def test_somebody_known_by_lid_alone_is_written_to(gateway, driver, session, people):
    gateway.world.say(by=ANN, to=OWN, text="hi", by_lid=True)
    driver.send_text(session, text(Address(lid=people[ANN]["lid"])))

    assert [got.chat for got in gateway.sent(session)] == [f"{ANN}@s.whatsapp.net"]


@each(ALL)
def test_nothing_is_sent_before_the_number_is_linked(driver, gateway, group):
    driver.ensure_session(SESSION, webhook_url="http://127.0.0.1:9/hook", secret=SECRET)

    for to in (phone(ANN), Address(group=group)):
        with pytest.raises(SessionNotConnected) as caught:
            driver.send_text(SESSION, text(to))
        assert not caught.value.permanent
        assert not caught.value.is_unclear


@each(ALL)
def test_nothing_is_sent_while_the_connection_is_lost(gateway, driver, session, group):
    gateway.drop(session)

    for to in (phone(ANN), Address(group=group)):
        with pytest.raises(SessionNotConnected) as caught:
            driver.send_text(session, text(to))
        assert not caught.value.permanent
        assert not caught.value.is_unclear
    assert gateway.sent(session) == []


@each(ALL)
def test_a_session_the_gateway_does_not_know_is_said(driver, session):
    for call in (
        lambda: driver.send_text("s-9", text(phone(ANN))),
        lambda: driver.status("s-9"),
        lambda: driver.groups("s-9"),
    ):
        with pytest.raises(SessionMissing):
            call()


@each(FAKED)
def test_a_number_that_is_not_on_whatsapp_is_final(gateway, driver, session):
    gateway.put_account(NOBODY, is_on_whatsapp=False)

    with pytest.raises(RecipientNotOnWhatsApp) as caught:
        driver.send_text(session, text(phone(NOBODY)))
    assert caught.value.permanent


@each(FAKED)
def test_a_group_the_number_is_not_in_is_final(gateway, driver, session):
    foreign = gateway.put_group("Others", members=[ANN, BOB])

    with pytest.raises(GatewayError) as caught:
        driver.send_text(session, text(Address(group=foreign)))
    assert caught.value.permanent
    assert not isinstance(caught.value, SessionMissing)


# --- chats --------------------------------------------------------------------------------------------------


@each(ALL)
def test_typing_is_shown_where_the_driver_can(gateway, driver, session, group, monkeypatch):
    monkeypatch.setattr("botcore.gateway.drivers.evolution.driver._TYPING_DEADLINE_S", 0.3)
    if Capability.TYPING not in driver.capabilities:
        with pytest.raises(Unsupported):
            driver.typing(session, phone(ANN), on=True)
        return
    for to in (phone(ANN), Address(group=group)):
        driver.typing(session, to, on=True)
        assert gateway.typing(session)[-1] == (to.wa_id, True)
        driver.typing(session, to, on=False)
        assert gateway.typing(session)[-1] == (to.wa_id, False)


@each(ALL)
def test_a_message_is_marked_as_read_where_the_driver_can(gateway, driver, session, group):
    if Capability.READ_MARK not in driver.capabilities:
        with pytest.raises(Unsupported):
            driver.mark_read(session, chat=phone(ANN), sender=phone(ANN), message_id="A")
        return
    direct = gateway.world.say(by=ANN, to=OWN, text="hi")
    in_group = gateway.world.say(by=ANN, group=group, text="hi")
    driver.mark_read(session, chat=phone(ANN), sender=phone(ANN), message_id=direct.id)
    driver.mark_read(session, chat=Address(group=group), sender=phone(ANN), message_id=in_group.id)

    expected = [direct.id] if driver.name in MARKS_NO_GROUPS else [direct.id, in_group.id]
    assert gateway.reads(session) == expected


@each(ALL)
def test_groups_and_their_people(gateway, driver, session, group):
    gateway.put_group("Others", members=[ANN, BOB])

    assert [(one.wa_id, one.name) for one in driver.groups(session)] == [(group, "Support")]
    found = driver.group(session, group)
    assert (found.wa_id, found.name) == (group, "Support")
    assert {one.address.phone: one.is_admin for one in found.participants} == {
        ANN: True,
        OWN: False,
        BOB: False,
    }


@each(FAKED)
def test_people_of_a_group_are_told_with_both_their_ids(driver, session, group, people):
    found = driver.group(session, group)

    told = {one.address.phone: one.address.lid for one in found.participants}
    assert told == {OWN: OWN_LID, ANN: people[ANN]["lid"], BOB: people[BOB]["lid"]}


@each(ALL)
def test_a_group_nobody_knows_is_final(driver, session):
    with pytest.raises(GatewayError) as caught:
        driver.group(session, "120363999999999999@g.us")
    assert caught.value.permanent


@each(ALL)
def test_ids_are_looked_up_where_the_driver_can(driver, session, people, group):
    if Capability.LID_LOOKUP not in driver.capabilities:
        with pytest.raises(Unsupported):
            driver.resolve(session, phone(ANN))
        return
    both = Address(phone=ANN, lid=people[ANN]["lid"])

    assert driver.resolve(session, Address(lid=both.lid)) == both
    assert driver.resolve(session, phone(ANN)) == both
    assert driver.resolve(session, both) == both
    stranger = Address(lid="111222333444555")
    assert driver.resolve(session, stranger) == stranger


# --- told by webhook ----------------------------------------------------------------------------------------


def received(events):
    return [event for event in events if isinstance(event, MessageReceived)]


@each(FAKED)
def test_webhooks_are_the_session_s_own_and_signed(heard):
    heard.world.say(by=ANN, to=OWN, text="hi")
    assert heard.gateway.settle()

    assert heard.webhooks
    for webhook in heard.webhooks:
        assert heard.driver.verify(webhook, secret=SECRET)
        assert not heard.driver.verify(webhook, secret="another")
        assert heard.driver.session_of(webhook) in (SESSION, "")


@each(FAKED)
def test_direct_messages_are_told(heard, people):
    said = heard.world.say(by=ANN, to=OWN, text="hello")

    (event,) = received(heard.told())
    assert (event.chat.phone, event.sender.phone, event.sender_name) == (ANN, ANN, "Ann")
    assert (event.message_id, event.text, event.from_me) == (said.id, "hello", False)
    assert abs(event.sent_at.timestamp() - said.at) < 2


@each(FAKED)
def test_somebody_who_hides_their_phone_is_told_by_lid(heard, people):
    heard.put_account(BOB, hides_phone=True)
    heard.world.say(by=BOB, to=OWN, text="hello", by_lid=True)

    (event,) = received(heard.told())
    assert (event.chat, event.sender) == (Address(lid=people[BOB]["lid"]),) * 2


@each(FAKED)
def test_group_messages_are_told_with_quote_and_mention(heard, group, people):
    sent = heard.driver.send_text(SESSION, text(Address(group=group), "earlier bot text"))
    heard.told()
    heard.world.say(by=ANN, group=group, text=f"@{OWN} help", mentions=[OWN], quoted=sent.message_id)

    (event,) = received(heard.told())
    assert event.chat == Address(group=group)
    assert ANN in (event.sender.phone, "")
    assert event.sender.lid in (people[ANN]["lid"], "")
    assert event.sender
    assert (event.quoted_id, event.quoted_text) == (sent.message_id, "earlier bot text")
    assert set(event.mentions) & {OWN, OWN_LID}
    assert event.text in (f"@{OWN} help", f"@{OWN_LID} help")


@each(FAKED)
@pytest.mark.parametrize(
    ("said", "words", "kind"),
    [
        ({"text": "54321", "kind": "image"}, "54321", "image"),
        ({"kind": "voice"}, "", "voice"),
        ({"text": "hello", "wrapping": "ephemeral"}, "hello", ""),
        ({"text": "54321", "kind": "image", "wrapping": "view_once"}, "54321", "image"),
    ],
)
def test_media_and_wrapped_messages_are_told(heard, said, words, kind):
    heard.world.say(by=ANN, to=OWN, **said)

    (event,) = received(heard.told())
    assert (event.text, event.media_kind) == (words, kind)


@each(FAKED)
def test_reactions_are_not_messages(heard):
    said = heard.world.say(by=ANN, to=OWN, text="hello")
    heard.told()
    heard.world.say(by=ANN, to=OWN, text="👍", reacts_to=said.id)

    assert received(heard.told()) == []


@each(FAKED)
def test_an_edit_in_a_group_tells_what_it_edits(heard, group):
    said = heard.world.say(by=ANN, group=group, text="check 1")
    heard.told()
    heard.world.say(by=ANN, group=group, text="check 54321", edits=said.id)

    (event,) = received(heard.told())
    assert (event.text, event.edits_id, event.from_me) == ("check 54321", said.id, False)
    assert event.message_id != said.id


@each(FAKED)
def test_own_messages_are_told_apart(heard):
    heard.driver.send_text(SESSION, text(phone(ANN), "by us"))
    heard.world.say(by=OWN, to=ANN, text="by hand")

    own = {event.text: event for event in received(heard.told())}
    assert all(event.from_me and event.chat.phone == ANN for event in own.values())
    assert not own["by hand"].is_echo
    if "by us" in own:
        assert own["by us"].is_echo


@each(FAKED)
def test_how_far_a_message_came_is_told_where_the_driver_can(heard):
    sent = heard.driver.send_text(SESSION, text(phone(ANN)))
    heard.told()
    for state in (DeliveryState.DELIVERED, DeliveryState.READ):
        heard.world.move(sent.message_id, state)

    told = [(event.message_id, event.state) for event in heard.told() if isinstance(event, MessageStatus)]
    expected = [(sent.message_id, DeliveryState.DELIVERED), (sent.message_id, DeliveryState.READ)]
    assert told == (expected if Capability.DELIVERY in heard.driver.capabilities else [])


@each(FAKED)
def test_members_who_come_and_go_are_told(heard, group):
    heard.put_account("15550003333", lid="66600011122233")
    changes = []
    for action in ("add", "remove"):
        heard.world.change_members(group, action, ["15550003333"])
        changes += [event for event in heard.told() if isinstance(event, GroupMembersChanged)]

    assert [(one.wa_id, one.change) for one in changes] == [
        (group, MemberChange.JOINED),
        (group, MemberChange.LEFT),
    ]
    for one in changes:
        assert {one.members[0].phone, one.members[0].lid} - {""} <= {"15550003333", "66600011122233"}


@each(FAKED)
def test_changes_of_the_connection_are_told_where_the_driver_can(heard):
    heard.drop(SESSION)
    heard.driver.connect(SESSION)
    heard.gateway.sessions.log_out(SESSION)
    told = [event.state for event in heard.told() if isinstance(event, SessionChanged)]

    if Capability.CONNECTION_EVENTS not in heard.driver.capabilities:
        assert NumberState.OPEN not in told
        return
    assert NumberState.OPEN in told
    assert told[0] in (NumberState.CLOSED, NumberState.CONNECTING)
    assert NumberState.LOGGED_OUT in told[told.index(NumberState.OPEN) :]


@each(FAKED)
def test_a_ban_is_told_or_found(heard):
    heard.gateway.sessions.ban(SESSION)
    told = [event.state for event in heard.told() if isinstance(event, SessionChanged)]

    assert heard.driver.status(SESSION).state != NumberState.OPEN
    if Capability.CONNECTION_EVENTS in heard.driver.capabilities:
        assert {NumberState.BANNED, NumberState.LOGGED_OUT} & set(told)


@each(FAKED)
def test_linking_is_told_where_the_driver_can(gateway):
    gateway.driver.ensure_session(SESSION, webhook_url=gateway.listen(), secret=SECRET)
    gateway.driver.connect(SESSION)
    gateway.scan(SESSION, OWN, OWN_LID)
    told = gateway.told()

    if Capability.CONNECTION_EVENTS in gateway.driver.capabilities:
        assert [event.own.phone for event in told if getattr(event, "state", None) == NumberState.OPEN] == [
            OWN
        ]
        assert any(
            isinstance(event, QrUpdated) or getattr(event, "state", None) == NumberState.QR for event in told
        )


@each(FAKED)
def test_a_group_the_number_is_added_to_is_told_or_listed(heard):
    new = heard.put_group("Another", members=[OWN, ANN])
    told = [event.group.wa_id for event in heard.told() if isinstance(event, GroupSeen)]

    assert new in told or new in {one.wa_id for one in heard.driver.groups(SESSION)}


@each(FAKED)
def test_webhook_settings_that_differ_are_set_again(heard):
    """Somebody changed them by hand, or our address or secret is another now."""
    second = heard.listen()
    heard.driver.ensure_session(SESSION, webhook_url=second, secret="another-secret")
    assert heard.gateway.settle()
    heard.webhooks.clear()
    heard.world.say(by=ANN, to=OWN, text="hello")
    assert heard.gateway.settle()

    assert heard.webhooks
    assert all(heard.driver.verify(webhook, secret="another-secret") for webhook in heard.webhooks)


@each(FAKED)
def test_webhook_settings_that_are_right_are_left_alone(heard):
    url = "http://127.0.0.1:9/hook"
    heard.driver.ensure_session(SESSION, webhook_url=url, secret=SECRET)
    before = len(heard.requests())
    heard.driver.ensure_session(SESSION, webhook_url=url, secret=SECRET)

    assert {one["method"] for one in heard.requests()[before:]} == {"GET"}
    assert heard.driver.status(SESSION).state == NumberState.OPEN


# --- faults -------------------------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(wire, "TIMEOUT_S", (1.0, 0.3))


@each(FAKED)
def test_probe_tells_version_and_what_is_wrong(gateway, impatient):
    info = gateway.driver.probe()
    assert info.problem is None
    assert info.version

    assert gateway.driver_with("wrong-key").probe().problem == GatewayProblem.REFUSED
    gateway.gateway.scenario("time_out")
    assert gateway.driver.probe().problem == GatewayProblem.UNREACHABLE


@each(FAKED)
@pytest.mark.parametrize("scenario", ["error_500", "html_502", "html_page", "empty_body", "wrong_body"])
def test_probe_never_raises(gateway, scenario):
    gateway.gateway.scenario(scenario)

    assert gateway.driver.probe().problem == GatewayProblem.UNREACHABLE


@each(FAKED)
def test_a_wrong_key_is_the_operator_s(gateway, session, group):
    driver = gateway.driver_with("wrong-key")

    for call in (
        lambda: driver.send_text(session, text(phone(ANN))),
        lambda: driver.status(session),
        lambda: driver.list_sessions(),
        lambda: driver.groups(session),
        lambda: driver.ensure_session(session, webhook_url="http://127.0.0.1:9/hook", secret=SECRET),
    ):
        with pytest.raises(GatewayRefused) as caught:
            call()
        assert not caught.value.permanent
        assert not caught.value.is_unclear
        assert "wrong-key" not in str(caught.value)
    assert gateway.sent(session) == []


@pytest.mark.parametrize("name", FAKED)
def test_a_gateway_that_is_down_has_sent_nothing(name):
    driver = DRIVERS[name](Endpoint("http://127.0.0.1:9", "key"))

    with pytest.raises(GatewayUnreachable) as caught:
        driver.send_text(SESSION, text(phone(ANN)))
    assert not caught.value.permanent
    assert not caught.value.is_unclear
    assert driver.probe().problem == GatewayProblem.UNREACHABLE


@each(FAKED)
def test_a_send_without_an_answer_is_unclear_and_can_be_found(gateway, driver, session, impatient):
    gateway.gateway.scenario("time_out_after_write", times=1)
    asked, since = text(phone(ANN), "only once"), datetime.now(UTC) - timedelta(seconds=1)

    with pytest.raises(GatewayUnreachable) as caught:
        driver.send_text(session, asked)
    assert caught.value.is_unclear
    assert not caught.value.permanent
    (got,) = gateway.sent(session)
    if Capability.HISTORY in driver.capabilities:
        assert driver.find_sent(session, asked, since=since).message_id == got.message_id
        for other in (text(phone(ANN), "never", ref="r-2"), text(phone(BOB), "only once", ref="r-3")):
            if driver.name in PROVES_NO_ABSENCE:
                with pytest.raises(GatewayError) as caught:
                    driver.find_sent(session, other, since=since)
                assert caught.value.permanent
            else:
                assert driver.find_sent(session, other, since=since) is None
    elif Capability.SENDS_ONCE in driver.capabilities:
        assert driver.send_text(session, asked).message_id == got.message_id
        assert len(gateway.sent(session)) == 1
    else:
        with pytest.raises(Unsupported):
            driver.find_sent(session, asked, since=since)


@each(FAKED)
@pytest.mark.parametrize("scenario", ["error_500", "html_502", "html_page", "empty_body", "wrong_body"])
def test_a_send_with_a_strange_answer_is_unclear(gateway, driver, session, scenario):
    gateway.gateway.scenario(scenario)

    with pytest.raises(GatewayError) as caught:
        driver.send_text(session, text(phone(ANN)))
    assert caught.value.is_unclear
    assert not caught.value.permanent


@each(FAKED)
@pytest.mark.parametrize("scenario", ["error_500", "html_502", "html_page", "empty_body", "wrong_body"])
def test_a_question_with_a_strange_answer_is_a_passing_fault(gateway, driver, session, group, scenario):
    calls = [
        lambda: driver.status(session),
        lambda: driver.list_sessions(),
        lambda: driver.groups(session),
        lambda: driver.group(session, group),
    ]
    gateway.gateway.scenario(scenario)

    for call in calls:
        with pytest.raises(GatewayError) as caught:
            call()
        assert not caught.value.permanent
        assert not isinstance(caught.value, SessionMissing)


@each(FAKED)
def test_too_many_calls_are_slowed_down(gateway, driver, session):
    gateway.gateway.scenario("rate_limited", times=1)

    with pytest.raises(RateLimited) as caught:
        driver.send_text(session, text(phone(ANN)))
    assert not caught.value.permanent
    assert gateway.sent(session) == []


@each(FAKED)
def test_without_a_way_to_whatsapp_there_is_no_code_and_no_error(gateway, driver):
    gateway.gateway.scenario("no_whatsapp")
    driver.ensure_session(SESSION, webhook_url="http://127.0.0.1:9/hook", secret=SECRET)
    driver.connect(SESSION)

    assert driver.qr(SESSION) is None
    assert driver.status(SESSION).state != NumberState.OPEN
