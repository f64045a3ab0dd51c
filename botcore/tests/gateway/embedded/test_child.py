"""The child's own half of the line, with records of the library itself. Skipped where the package is not installed."""

import ast
import ctypes
import gc
import sys
import warnings
from pathlib import Path

import pytest

from botcore.enums import NumberState
from botcore.gateway.embedded import installation
from botcore.gateway.embedded import records as records_module
from botcore.gateway.embedded.events import read_event
from botcore.gateway.embedded.link import CallFailed

ROOT = Path(__file__).resolve().parents[4]
CODES = {"message": 17, "receipt": 18, "group": 22, "joined": 21, "paired": 2, "connected": 3}
needs_library = pytest.mark.skipif(bool(installation.missing()), reason="requirements-embedded.txt")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_library_is_imported_in_the_child_alone_and_django_not():
    apps = ("smmbot", "tenants", "billing", "panel", "providers", "botcore", "marketing")
    files = (path for app in apps for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts)
    named = [path for path in files if b"neonize" in path.read_bytes()]
    users = [path for path in named if any(name.split(".")[0] == "neonize" for name in imports(path))]
    child = ROOT / "botcore" / "gateway" / "embedded" / "child.py"

    assert users == [child]
    for path in (child, *(child.with_name(f"{name}.py") for name in ("link", "lines", "records"))):
        known = {"google", "neonize", *sys.stdlib_module_names}
        ours = {name for name in imports(path) if name.split(".")[0] not in known}
        assert all(name.startswith("botcore.gateway.embedded") for name in ours)


class Told:
    """A link that only notes what it is told."""

    def __init__(self):
        self.events, self.codes = [], []

    def tell(self, event):
        self.events.append(event)

    def finish(self, code=0):
        self.codes.append(code)


@pytest.fixture(scope="module")
def child():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from botcore.gateway.embedded import child  # noqa: PLC0415 -- only where the package is

        gc.collect()  # it leaves a pipe open while it is imported
    return child


@pytest.fixture
def records(child):
    from neonize.proto import Neonize_pb2  # noqa: PLC0415 -- only where the package is

    return Neonize_pb2


@pytest.fixture
def words(child):
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2  # noqa: PLC0415 -- only where the package is

    return WAWebProtobufsE2E_pb2


@pytest.fixture
def link():
    return Told()


@pytest.fixture
def session(child, link):
    return child.Session(link, name="s-1", database="postgres://nowhere", device="")


def fire(session, code, record):
    """As the library calls back, with the record's bytes."""
    raw = record.SerializePartialToString()
    buffer = ctypes.create_string_buffer(raw, len(raw))
    session._client.event.execute(0, ctypes.addressof(buffer), len(raw), code)


def login(session, word):
    buffer = ctypes.create_string_buffer(word)
    session._client._NewClient__onLoginStatus(0, ctypes.addressof(buffer))


@needs_library
class TestEvents:
    @pytest.fixture
    def message(self, child, records, words):
        def make(content, **source):
            empty = child._jid("")
            place = {"Chat": "120363000000000001@g.us", "Sender": "99900011122233:3@lid"}
            place |= {"SenderAlt": "15550001111:3@s.whatsapp.net", "RecipientAlt": "", **source}
            about = records.MessageSource(
                **{name: child._jid(jid) for name, jid in place.items()},
                IsFromMe=False,
                IsGroup=True,
                BroadcastListOwner=empty,
            )
            info = records.MessageInfo(
                MessageSource=about, ID="AC01", Timestamp=1795365528000, Pushname="Ann"
            )
            return records.Message(Info=info, Message=content, UnavailableRequestID="", RetryCount=0)

        return make

    def test_a_message_without_its_keys_and_thumbnails(self, session, link, message, words):
        content = words.Message(
            imageMessage=words.ImageMessage(
                caption="54321", mediaKey=b"key", JPEGThumbnail=b"thumbnail", fileLength=7
            ),
            senderKeyDistributionMessage=words.SenderKeyDistributionMessage(groupID="g"),
        )
        fire(session, CODES["message"], message(content))

        (told,) = link.events
        assert told["content"]["imageMessage"] == {"caption": "54321", "fileLength": "7"}
        (event,) = read_event(told)
        assert (event.text, event.media_kind, event.message_id) == ("54321", "image", "AC01")
        assert (event.sender.phone, event.sender.lid) == ("15550001111", "99900011122233")
        assert event.sent_at.isoformat() == "2026-11-22T16:38:48+00:00"

    def test_mention_and_quote(self, session, link, message, words):
        about = words.ContextInfo(
            stanzaID="3EB0",
            participant="777@lid",
            quotedMessage=words.Message(conversation="earlier"),
            mentionedJID=["77700011122233@lid"],
        )
        text = words.ExtendedTextMessage(text="@77700011122233 help", contextInfo=about)
        fire(session, CODES["message"], message(words.Message(extendedTextMessage=text)))

        (event,) = read_event(link.events[0])
        assert (event.quoted_id, event.quoted_text) == ("3EB0", "earlier")
        assert event.mentions == ("77700011122233",)

    def test_only_the_first_receipt_of_a_kind(self, session, link, records, message, words):
        source = message(words.Message()).Info.MessageSource
        for kind in ("SENDER", "DELIVERED", "DELIVERED", "READ", "DELIVERED", "READ_SELF", "RETRY"):
            number = records.Receipt.ReceiptType.Value(kind)
            fire(
                session,
                CODES["receipt"],
                records.Receipt(MessageSource=source, MessageIDs=["3EB0"], Timestamp=1795365528, Type=number),
            )

        states = [event.state.value for told in link.events for event in read_event(told)]
        assert states == ["accepted", "delivered", "read"]

    def test_groups(self, session, link, child, records):
        owner = child._jid("999@lid")
        people = [
            records.GroupParticipant(
                JID=owner,
                LID=owner,
                PhoneNumber=child._jid("1555@s.whatsapp.net"),
                IsAdmin=False,
                IsSuperAdmin=True,
            )
        ]
        info = records.GroupInfo(
            JID=child._jid("1203@g.us"), GroupName=records.GroupName(Name="Support"), Participants=people
        )
        fire(session, CODES["joined"], records.JoinedGroup(GroupInfo=info))
        change = records.GroupInfoEvent(
            JID=child._jid("1203@g.us"), Name=records.GroupName(Name="Help"), Join=[child._jid("888@lid")]
        )
        fire(session, CODES["group"], change)

        events = [event for told in link.events for event in read_event(told)]
        assert [type(event).__name__ for event in events] == ["GroupSeen", "GroupSeen", "GroupMembersChanged"]
        assert events[0].group.participants[0].is_admin
        assert events[1].group.name == "Help"

    @pytest.mark.parametrize(
        ("code", "name", "fields", "state", "reason"),
        [
            (6, "LoggedOut", {"Reason": 2}, "logged_out", "401"),
            (6, "LoggedOut", {"Reason": 4}, "banned", "403"),
            (6, "LoggedOut", {"Reason": 5}, "banned", "406"),
            (7, "StreamReplaced", {}, "closed", "440"),
            (8, "TemporaryBan", {"Code": 1, "Expire": 60}, "banned", "402"),
            (9, "ConnectFailure", {"Reason": 9, "Message": ""}, "connecting", "501"),
            (10, "ClientOutdated", {}, "connecting", "client_outdated"),
            (12, "Disconnected", {"status": True}, "connecting", "428"),
        ],
    )
    def test_ends_by_their_reasons(self, session, link, records, code, name, fields, state, reason):
        fire(session, code, getattr(records, name)(**fields))

        (event,) = read_event(link.events[-1])
        assert (event.state, event.reason) == (state, reason)

    def test_a_linked_number_loses_its_connection_another_is_still_on_its_way(self, child, link, records):
        linked = child.Session(
            link, name="s-2", database="postgres://nowhere", device="1555:3@s.whatsapp.net"
        )
        fire(linked, 12, records.Disconnected(status=True))

        assert link.events[-1]["state"] == "closed"

    def test_codes_until_they_run_out(self, session, link):
        for number in range(6):
            session._client.event._qr(session._client, b"2@%d" % number)
        login(session, b"timeout")

        kinds = [told["type"] for told in link.events]
        assert kinds == ["session", *["qr"] * 6, "session"]
        lives = [told["expires_at"] for told in link.events if told["type"] == "qr"]
        assert lives[0] - lives[1] > 30_000
        assert (link.events[-1]["state"], link.events[-1]["reason"]) == ("new", "qr_limit")
        assert link.codes == []  # the supervisor ends it

    @pytest.mark.parametrize(
        ("word", "reason"),
        [(b"timeout", "408"), (b"err-client-outdated", "client_outdated"), (b"error", "pairing_failed")],
    )
    def test_linking_that_came_to_nothing_begins_anew(self, session, link, word, reason):
        login(session, word)

        assert link.events[-1]["reason"] == reason
        assert link.codes == [75]

    def test_a_passkey_is_more_than_it_can_do(self, session, link):
        login(session, b"passkey-request")

        assert link.events[-1]["reason"] == "passkey_unsupported"

    def test_a_new_link_and_its_own_addresses(self, session, link, child, records, monkeypatch):
        device = child._jid("1555:3@s.whatsapp.net")
        fire(session, CODES["paired"], records.PairStatus(ID=device, Status=1, BusinessName="", Platform=""))
        assert link.events[-1]["device"] == "1555:3@s.whatsapp.net"

        monkeypatch.setattr(
            session._client, "get_me", lambda: records.Device(JID=device, LID=child._jid("777:3@lid"))
        )
        monkeypatch.setattr(session, "_settle", lambda: None)
        fire(session, CODES["connected"], records.Connected(status=True))
        (event,) = read_event(link.events[-1])
        assert (event.state, event.own.phone, event.own.lid) == (NumberState.OPEN, "1555", "777")

    def test_a_fault_in_a_callback_stays_there(self, session, link, records, caplog, monkeypatch):
        monkeypatch.setattr(session, "_lost", lambda reason: 1 / 0)
        fire(session, 12, records.Disconnected(status=True))

        assert "an event was not understood" in caplog.text


@needs_library
class TestCalls:
    @pytest.fixture
    def live(self, session, monkeypatch, child):
        """Connected, as far as the child knows; what it hands to the library is noted."""
        sent = []

        def send_message(to, message):
            sent.append((records_module.text(to), message))
            return type("Sent", (), {"ID": "3EB0"})

        monkeypatch.setattr(session._client, "send_message", send_message)
        monkeypatch.setattr(
            session._client,
            "get_pn_from_lid",
            lambda jid: child._jid("1555@s.whatsapp.net" if jid.User == "777" else ""),
        )
        session._is_open = True
        session.sent = sent
        return session

    def test_nothing_is_asked_of_a_client_that_does_not_exist_yet(self, session):
        for name in ("send", "groups", "typing", "logout", "pair"):
            with pytest.raises(CallFailed, match="websocket not connected"):
                session.call(name, {})

    def test_a_plain_text_carries_our_secret(self, live):
        assert live.call("send", {"to": "1203@g.us", "text": "hi", "secret": "ab" * 32}) == "3EB0"

        ((to, message),) = live.sent
        assert (to, message.conversation) == ("1203@g.us", "hi")
        assert message.messageContextInfo.messageSecret == b"\xab" * 32

    def test_a_quote_and_mentions(self, live):
        live._recent["AC01"] = ("999@lid", "check 54321")
        args = {"to": "1203@g.us", "text": "hi @777 @1556", "secret": "ab" * 32}
        live.call("send", {**args, "quoted_id": "AC01", "mentions": ["777", "1556"]})

        about = live.sent[0][1].extendedTextMessage.contextInfo
        assert (about.stanzaID, about.participant) == ("AC01", "999@lid")
        assert about.quotedMessage.conversation == "check 54321"
        assert list(about.mentionedJID) == ["777@lid", "1556@s.whatsapp.net"]

    def test_a_quote_of_what_it_never_heard_is_left_out(self, live):
        live.call("send", {"to": "1@lid", "text": "hi", "secret": "ab" * 32, "quoted_id": "OLD"})

        assert live.sent[0][1].conversation == "hi"

    def test_what_the_library_refuses_is_passed_on(self, live, monkeypatch):
        from neonize.exc import SendMessageError  # noqa: PLC0415 -- only where the package is

        def refuse(to, message):
            raise SendMessageError("server returned error 463")

        monkeypatch.setattr(live._client, "send_message", refuse)
        with pytest.raises(CallFailed, match="463"):
            live.call("send", {"to": "1@lid", "text": "hi", "secret": "ab" * 32})
