"""The fake WhatsApp behind the fake gateways, and the webhooks they send of it."""

import threading

import pytest

from botcore.enums import DeliveryState, NumberState
from botcore.gateway.content import read_content
from botcore.sandbox.gateways.sessions import QR_LIMIT, Deleted, QrChanged, Sessions, StateChanged
from botcore.sandbox.gateways.webhook_sender import WEBHOOK_SCENARIOS, Delivery, RetryHabit, WebhookSender
from botcore.sandbox.gateways.whatsapp_json import message_json
from botcore.sandbox.gateways.world import GroupChanged, MembersChanged, Moved, Said, World
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.control import BadControlCallError
from smmbot.lib.sandbox.scenarios import ScenarioBoard
from smmbot.lib.wsgi_server import serve

BOT, ANN, BOB, EVE = "15551230000", "15550001111", "15550002222", "15550003333"


@pytest.fixture
def world():
    return World(clock=Clock(frozen_at=1_795_365_528))


@pytest.fixture
def heard():
    return []


@pytest.fixture
def sessions(world, heard):
    return Sessions(world, lambda session, event: heard.append((session.name, event)))


def link(sessions, name="s-1", phone=BOT):
    sessions.create(name)
    sessions.connect(name)
    sessions.scan(name, phone)
    return sessions.get(name)


def states(heard):
    return [(event.state.value, event.reason) for _, event in heard if isinstance(event, StateChanged)]


class TestLinking:
    def test_goes_by_a_code_and_a_short_close(self, world, sessions, heard):
        world.put_group("Support", members=[BOT, ANN])
        session = link(sessions)

        assert states(heard) == [("connecting", ""), ("qr", ""), ("connecting", "515"), ("open", "")]
        assert session.account is world.accounts[BOT]
        assert isinstance(heard[-1][1], GroupChanged)

    def test_codes_change_until_there_were_too_many(self, world, sessions, heard):
        sessions.create("s-1")
        sessions.connect("s-1")
        for _ in range(QR_LIMIT):
            world.clock.advance(46)
            sessions.tick()

        codes = [event.text for _, event in heard if isinstance(event, QrChanged)]
        assert len(codes) == len(set(codes)) == QR_LIMIT
        assert states(heard)[-1] == ("closed", "qr_limit")

    def test_a_code_that_ran_out_cannot_be_scanned(self, world, sessions):
        sessions.create("s-1")
        sessions.connect("s-1")
        world.clock.advance(46)

        with pytest.raises(BadControlCallError):
            sessions.scan("s-1", BOT)

    def test_passkey_comes_between(self, sessions, heard):
        sessions.create("s-1").needs_passkey = True
        sessions.connect("s-1")
        sessions.scan("s-1", BOT)
        assert sessions.get("s-1").state == NumberState.PASSKEY

        sessions.answer_passkey("s-1")
        assert sessions.get("s-1").passkey_code.isdecimal()
        sessions.confirm_passkey("s-1")
        assert sessions.get("s-1").is_open

    def test_without_a_way_to_whatsapp_there_is_no_code(self, world, heard):
        sessions = Sessions(world, lambda session, event: heard.append((session.name, event)), lambda: False)
        sessions.create("s-1")
        sessions.connect("s-1")

        assert states(heard) == [("connecting", ""), ("closed", "428")]
        assert sessions.get("s-1").qr == ""

    def test_what_was_said_while_it_was_dropped_comes_at_reconnect(self, world, sessions, heard):
        link(sessions)
        sessions.drop("s-1")
        world.say(by=ANN, to=BOT, text="hello?")
        assert not any(isinstance(event, Said) for _, event in heard)

        sessions.connect("s-1")
        assert [event.message.text for _, event in heard if isinstance(event, Said)] == ["hello?"]

    @pytest.mark.parametrize(("act", "state"), [("ban", "banned"), ("log_out", "logged_out")])
    def test_out_means_a_new_scan(self, sessions, act, state):
        link(sessions)
        getattr(sessions, act)("s-1")
        assert sessions.get("s-1").state == state

        sessions.connect("s-1")
        assert sessions.get("s-1").state == NumberState.QR

    def test_deleted_session_is_told_once(self, sessions, heard):
        link(sessions)
        for _ in range(2):
            sessions.delete("s-1")

        assert [event for _, event in heard if isinstance(event, Deleted)] == [Deleted()]


class TestChats:
    def test_group_message_reaches_every_session_that_is_a_member(self, world, sessions, heard):
        group = world.put_group("Support", members=[BOT, EVE, ANN])
        link(sessions)
        link(sessions, "s-2", EVE)
        link(sessions, "s-3", BOB)
        heard.clear()
        world.say(by=ANN, group=group.id, text=f"@{BOT} help", mentions=[BOT])

        assert [name for name, _ in heard] == ["s-1", "s-2"]
        message = heard[0][1].message
        lid = world.accounts[BOT].lid
        assert (message.text, message.mentions) == (f"@{lid} help", (f"{lid}@lid",))
        assert message.sender_jid == world.accounts[ANN].lid_jid

    def test_direct_message_reaches_both_ends(self, world, sessions, heard):
        session = link(sessions)
        link(sessions, "s-2", EVE)
        heard.clear()
        sent = sessions.send(session, to=EVE, text="hi")

        assert [(name, event.message) for name, event in heard] == [("s-1", sent), ("s-2", sent)]
        assert world.sent_by("s-1") == [sent]
        assert (sent.origin, sent.session) == ("api", "s-1")

    def test_states_of_a_message_are_told_to_who_wrote_it(self, world, sessions, heard):
        session = link(sessions)
        sent = sessions.send(session, to=ANN, text="hi")
        heard.clear()
        world.move(sent.id, DeliveryState.READ)

        assert heard == [("s-1", Moved(sent, DeliveryState.READ, world.accounts[ANN]))]

    def test_members_come_and_go(self, world, sessions, heard):
        link(sessions)
        group = world.put_group("Support", members=[ANN])
        heard.clear()
        world.change_members(group.id, "add", [BOT])
        assert [type(event) for _, event in heard] == [GroupChanged, MembersChanged]

        world.change_members(group.id, "remove", [BOT])
        assert [group.id for group in world.groups_of(BOT)] == []
        assert heard[-1][1].action == "remove"

    @pytest.mark.parametrize(
        ("said", "text", "kind"),
        [
            ({"text": "hi"}, "hi", ""),
            ({"text": "hi", "wrapping": "ephemeral"}, "hi", ""),
            ({"text": "54321", "kind": "image"}, "54321", "image"),
            ({"kind": "image", "wrapping": "view_once"}, "", "image"),
            ({"kind": "voice"}, "", "voice"),
            ({"kind": "poll"}, "", "poll"),
        ],
    )
    def test_messages_are_written_as_whatsapp_writes_them(self, world, said, text, kind):
        content = read_content(message_json(world.say(by=ANN, to=BOT, **said)))

        assert (content.text, content.media_kind) == (text, kind)

    def test_quotes_edits_and_reactions_are_too(self, world):
        first = world.say(by=BOT, to=ANN, text="Order 54321")
        answer = read_content(
            message_json(world.say(by=ANN, to=BOT, text="this", quoted=first.id, mentions=[BOT]))
        )
        edited = read_content(message_json(world.say(by=BOT, to=ANN, text="Order 5", edits=first.id)))
        reaction = read_content(message_json(world.say(by=ANN, to=BOT, text="👍", reacts_to=first.id)))

        assert (answer.quoted_id, answer.quoted_text, answer.mentions) == (first.id, "Order 54321", (BOT,))
        assert (edited.text, edited.edits_id) == ("Order 5", first.id)
        assert reaction.is_reaction


class Receiver:
    """Answers one status after the other, the last for ever."""

    def __init__(self, *statuses):
        self.statuses, self.bodies, self.headers = list(statuses), [], []
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        with self._lock:
            self.bodies.append(environ["wsgi.input"].read())
            self.headers.append(environ.get("HTTP_X_SECRET"))
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        start_response(f"{status} Whatever", [("Content-Length", "0")])
        return [b""]


class TestWebhooks:
    HABIT = RetryHabit(waits_s=(60.0, 60.0), timeout_s=5.0, is_retried=lambda status: status != 404)

    @pytest.fixture
    def scenarios(self):
        return ScenarioBoard(WEBHOOK_SCENARIOS)

    @pytest.fixture
    def send(self, scenarios):
        """Sends webhooks to a receiver and returns it when all have gone out."""
        sender = WebhookSender(self.HABIT, scenarios, pace=0)

        def send(*bodies, statuses=(200,)):
            receiver = Receiver(*statuses)
            with serve(receiver) as server:
                for body in bodies:
                    sender.post(
                        Delivery(
                            url=server.url,
                            session="s-1",
                            event=body,
                            body=body.encode(),
                            sign=lambda sent, forged: {"X-Secret": "wrong" if forged else f"of {len(sent)}"},
                        )
                    )
                assert sender.settle()
            receiver.journal = [(one["event"], one["tries"], one["status"]) for one in sender.deliveries()]
            return receiver

        yield send
        sender.close()

    def test_go_out_in_order_with_their_signature(self, send):
        receiver = send("one", "three")

        assert receiver.bodies == [b"one", b"three"]
        assert receiver.headers == ["of 3", "of 5"]

    def test_are_tried_again_by_the_gateways_habit(self, send):
        assert send("one", statuses=(500, 503, 200)).journal == [
            ("one", 1, 500),
            ("one", 2, 503),
            ("one", 3, 200),
        ]
        assert len(send("two", statuses=(500,)).bodies) == 3
        assert len(send("two", statuses=(404,)).bodies) == 1

    def test_bad_days(self, send, scenarios):
        scenarios.turn_on("webhook_twice", times=1)
        assert send("one", "two").bodies == [b"one", b"one", b"two"]
        scenarios.turn_on("webhook_lost", path="one", api_key="s-1")
        assert send("one", "two").bodies == [b"two"]
        scenarios.turn_on("webhook_disorder", times=1, path="two")
        assert send("two", "three", "four").bodies == [b"three", b"two", b"four"]
        scenarios.turn_on("webhook_disorder", times=1, path="two")
        assert send("two").bodies == [b"two"]
        scenarios.turn_on("webhook_forged", times=1)
        assert send("two", "four").headers == ["wrong", "of 4"]
        scenarios.turn_on("webhook_wrong_body", times=1)
        receiver = send("two")
        assert (receiver.bodies, receiver.headers) == ([b'{"event": "messages'], ["of 19"])
