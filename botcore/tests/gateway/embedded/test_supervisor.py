"""The supervisor with children that play WhatsApp: real processes, a real pipe, the test's database and Redis."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone

from botcore.enums import NumberState
from botcore.gateway.embedded import calls, children, leases
from botcore.gateway.embedded import supervisor as supervisor_module
from botcore.gateway.embedded.supervisor import Limits
from botcore.gateway.types import MessageReceived, MessageStatus, SessionChanged, SessionDeleted
from botcore.management.commands.runwhatsapp import take_in
from botcore.models import EmbeddedSend, EmbeddedSession, InboxMessage, WhatsAppNumber
from botcore.tests.gateway.embedded.conftest import STUB
from smmbot.lib.locks import RedisLock
from smmbot.testing.threads import wait_until
from tenants.scoping import tenant_scope

pytestmark = pytest.mark.processes

OPEN = {
    "type": "session",
    "state": "open",
    "device": "1555:3@s.whatsapp.net",
    "phone": "1555@s.whatsapp.net",
    "lid": "777@lid",
}


def message(number, text="check 54321"):
    return {
        "type": "message",
        "id": f"M{number}",
        "at": int(time.time() * 1000),
        "chat": "15550100011@s.whatsapp.net",
        "sender": "15550100011@s.whatsapp.net",
        "sender_alt": "",
        "recipient_alt": "",
        "from_me": False,
        "name": "Anna",
        "content": {"conversation": text},
    }


def receipt(message_id):
    return {"type": "receipt", "ids": [message_id], "state": "accepted", "at": int(time.time() * 1000)}


def told(machine, kind):
    return [event for event in machine.taken if isinstance(event, kind)]


def is_alive(pid):
    """One that ended and that nobody has buried yet is dead."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_what_a_child_tells_is_taken_in_and_written_into_its_row(machine, session):
    one = machine()
    one.happens(
        {"type": "session", "state": "qr"}, {"type": "qr", "text": "2@x", "expires_at": 1795365528000}
    )
    one.start()
    one.until(lambda: EmbeddedSession.objects.get().qr_text == "2@x", "the code")

    one.happens(OPEN, message(1))
    one.until(lambda: told(one, MessageReceived), "the message")

    row = EmbeddedSession.objects.get()
    assert (row.state, row.phone, row.lid, row.device_jid) == ("open", "1555", "777", OPEN["device"])
    assert (row.qr_text, row.qr_expires_at) == ("", None)
    assert [change.state for change in told(one, SessionChanged)] == [NumberState.QR, NumberState.OPEN]


def test_nothing_waits_in_the_file_once_it_is_stored(machine, session):
    one = machine()
    one.happens(*map(message, range(5)))
    one.start()
    one.until(lambda: len(one.taken) == 5, "the messages")

    (spool,) = (one.folder / "spool").iterdir()
    one.until(lambda: spool.stat().st_size == 0, "the acknowledgement")


class TestLease:
    def test_a_session_lives_on_one_machine(self, machine, session):
        first, second = machine("a"), machine("b")
        first.start()

        for _ in range(5):
            second.supervisor.step(0.005)

        assert (first.supervisor.sessions, second.supervisor.sessions) == (["s-1"], [])

    def test_it_is_renewed(self, machine, session):
        one = machine()
        one.start()
        before = EmbeddedSession.objects.get().lease_until

        one.after(6)

        assert EmbeddedSession.objects.get().lease_until > before

    def test_another_takes_over_what_was_left(self, machine, session):
        first, second = machine("a"), machine("b")
        pid = first.start().process.pid
        # The machine went away without a word; its lease ran out.
        EmbeddedSession.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

        second.start()
        first.after(6)

        assert not is_alive(pid) or first.until(lambda: not first.supervisor.sessions)
        assert EmbeddedSession.objects.get().lease_token == second.supervisor._token

    def test_who_lost_it_kills_its_child_at_once_and_writes_nothing_more(self, machine, session):
        one = machine()
        one.happens(OPEN)
        pid = one.start().process.pid
        one.until(lambda: EmbeddedSession.objects.get().state == "open", "open")
        token = uuid.uuid4()
        EmbeddedSession.objects.update(lease_token=token, state=NumberState.QR)

        one.after(6)
        one.gone()

        assert not is_alive(pid)
        row = EmbeddedSession.objects.get()
        assert (row.lease_token, row.state, row.starts) == (token, "qr", 0)

    def test_children_end_before_a_lease_that_cannot_be_renewed(self, machine, session, monkeypatch):
        def away(**_):
            raise OperationalError("the database is away")

        one = machine()
        one.start()
        monkeypatch.setattr(leases, "keep", away)

        one.after(6)
        assert one.supervisor.sessions == ["s-1"]  # it may be back in a moment
        one.after(10)
        one.gone()

        assert leases.LEASE_S > 16

    def test_a_child_ends_itself_when_it_hears_of_no_lease(self, machine, session, monkeypatch):
        monkeypatch.setattr(supervisor_module, "LIVE_S", 0.3)
        one = machine()
        child = one.start()

        # The supervisor hangs.
        assert child.process.wait(5) == 1

    def test_children_die_with_their_supervisor(self, tmp_path):
        first_line = {
            "session": "s-1",
            "database": "",
            "device": "",
            "spool": str(tmp_path / "x"),
            "live_s": 60,
        }
        program = (
            "import time\n"
            "from botcore.gateway.embedded import children\n"
            f"child = children.start(session_id=1, session='s-1', first_line={first_line}, "
            f"command={[*STUB, str(tmp_path)]})\n"
            "print(child.process.pid, flush=True)\n"
            "time.sleep(60)\n"
        )
        supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)  # noqa: S603
        with supervisor:
            pid = int(supervisor.stdout.readline())
            wait_until((tmp_path / "started").exists, what="the child")
            supervisor.kill()

        wait_until(lambda: not is_alive(pid), what="its end")

    def test_most_sessions_of_a_machine(self, machine, session):
        EmbeddedSession.objects.create(name="s-2")
        one = machine(limits=Limits(most=1))
        one.start()
        for _ in range(5):
            one.supervisor.step(0.005)

        assert one.supervisor.sessions == ["s-1"]


class TestStart:
    def test_one_after_another(self, machine, session, monkeypatch):
        for number in (2, 3):
            EmbeddedSession.objects.create(name=f"s-{number}")
        ready_at_start = []
        start = children.start

        def watched(**options):
            ready_at_start.append([child.is_ready for child in one.supervisor._children.values()])
            return start(**options)

        monkeypatch.setattr(children, "start", watched)
        one = machine()
        one.until(lambda: len(one.supervisor.sessions) == 3, "three children")

        assert ready_at_start == [[], [True], [True, True]]

    def test_not_while_another_machine_starts_one(self, machine, session):
        lock = RedisLock("whatsapp:start", ttl_s=30)
        assert lock.acquire()
        one = machine()
        for _ in range(5):
            one.supervisor.step(0.005)
        assert one.supervisor.sessions == []

        lock.release()
        one.start()

    def test_a_linked_device_is_named(self, machine, session, library_keys):
        library_keys(OPEN["device"])
        EmbeddedSession.objects.update(device_jid=OPEN["device"])
        one = machine()
        one.start()

        line = json.loads((one.folder / "started").read_text())
        assert line["device"] == OPEN["device"]
        assert "search_path=whatsmeow" in line["database"]

    def test_a_link_whose_keys_are_gone_is_at_its_end(self, machine, session):
        """With the device's name and without its keys the library would abort the process, again and again."""
        EmbeddedSession.objects.update(device_jid=OPEN["device"], state="closed", phone="1555")
        one = machine()
        one.until(lambda: one.taken, "the end")

        row = EmbeddedSession.objects.get()
        assert one.taken == [SessionDeleted()]
        assert (row.state, row.is_wanted, row.device_jid, row.phone) == ("logged_out", False, "", "")
        assert (row.lease_token, one.supervisor.sessions) == (None, [])
        EmbeddedSession.objects.create(name="s-2")
        one.start()

    def test_a_new_link_is_known_before_it_is_live(self, machine, session):
        one = machine()
        one.happens({"type": "session", "state": "connecting", "reason": "", "device": OPEN["device"]})
        one.until(lambda: EmbeddedSession.objects.get().device_jid == OPEN["device"], "the device")

    def test_growing_pause_and_plain_words_while_whatsapp_cannot_be_reached(self, machine, session, caplog):
        one = machine()
        away = {"type": "session", "state": "connecting", "reason": "no_internet"}
        (one.folder / "refuses").write_text(json.dumps(away))
        pauses = []
        one.supervisor._spread = lambda low, high: 1.0
        for starts in range(1, 4):
            one.until(lambda starts=starts: EmbeddedSession.objects.get().starts == starts, "the end")
            pauses.append((EmbeddedSession.objects.get().next_start_at - timezone.now()).total_seconds())
            EmbeddedSession.objects.update(next_start_at=None)

        assert [round(pause) for pause in pauses] == [2, 4, 8]
        row = EmbeddedSession.objects.get()
        assert (row.state, row.state_reason, row.lease_token) == ("connecting", "no_internet", None)
        assert "WhatsApp cannot be reached from this machine" in caplog.text
        assert one.supervisor._pause_s(30) == 300

    def test_pauses_are_forgotten_once_it_was_live_for_a_while(self, machine, session):
        EmbeddedSession.objects.update(starts=7)
        one = machine()
        one.happens(OPEN)
        one.start()
        one.until(lambda: EmbeddedSession.objects.get().state == "open", "open")

        one.after(70)

        assert EmbeddedSession.objects.get().starts == 0


class TestEnd:
    @pytest.mark.parametrize(
        ("state", "reason", "device"),
        [
            ("logged_out", "401", ""),
            ("banned", "402", OPEN["device"]),
            ("closed", "440", OPEN["device"]),
            ("new", "qr_limit", OPEN["device"]),
        ],
    )
    def test_for_good(self, machine, session, state, reason, device):
        one = machine()
        one.happens(OPEN, {"type": "session", "state": state, "reason": reason})
        one.until(lambda: not EmbeddedSession.objects.get().is_wanted, "the end")
        one.gone()
        for _ in range(5):
            one.supervisor.step(0.005)

        row = EmbeddedSession.objects.get()
        assert (row.state, row.state_reason, row.device_jid) == (state, reason, device)
        assert (row.lease_token, one.supervisor.sessions) == (None, [])
        assert told(one, SessionChanged)[-1].state == state

    def test_a_session_that_is_not_wanted_any_more_is_stopped(self, machine, session):
        one = machine()
        one.start()
        EmbeddedSession.objects.update(is_wanted=False)

        one.after(6)
        one.gone()

        assert (one.folder / "stopped").read_text() == "in peace"

    def test_a_deleted_session_is_killed(self, machine, session):
        one = machine()
        one.start()
        session.delete()

        one.after(6)
        one.gone()

    def test_a_child_that_crashed_is_told_of_and_started_again(self, machine, session, library_keys):
        library_keys(OPEN["device"])
        one = machine()
        one.happens(OPEN)
        first = one.start().process.pid
        one.until(lambda: EmbeddedSession.objects.get().state == "open", "open")

        os.kill(first, signal.SIGKILL)
        one.until(lambda: one.supervisor.sessions and one.child().process.pid != first, "another")

        assert told(one, SessionChanged)[-1] == SessionChanged(NumberState.CLOSED, "restarting")
        assert EmbeddedSession.objects.get().starts == 1

    def test_a_child_that_grew_too_large_is_started_anew(self, machine, session, monkeypatch):
        one = machine(limits=Limits(memory_mb=60))
        child = one.start()
        one.after(6)
        assert one.child() is child
        done = []
        child.call("grow", {"megabytes": 80}, done.append)
        one.until(lambda: done, "growth")

        one.after(6)
        one.until(lambda: one.supervisor.sessions and one.child() is not child, "another")

        # Should it grow at once again, the pauses do too.
        assert EmbeddedSession.objects.get().starts == 1

    def test_a_clean_end(self, machine, session, library_keys):
        library_keys(OPEN["device"])
        one = machine()
        one.happens(OPEN)
        pid = one.start().process.pid
        one.until(lambda: EmbeddedSession.objects.get().state == "open", "open")

        one.close()

        assert not is_alive(pid)
        assert (one.folder / "stopped").exists()
        row = EmbeddedSession.objects.get()
        assert (row.lease_token, row.lease_until, row.next_start_at) == (None, None, None)
        assert (row.is_wanted, row.state) == (True, "closed")
        # Nobody is told of a drop: the next supervisor takes it up at once.
        assert [change.state for change in told(one, SessionChanged)] == [NumberState.OPEN]
        machine("b").start()

    def test_one_that_could_not_be_let_go_is_let_go_later(self, machine, session, monkeypatch, caplog):
        one = machine()
        child = one.start()
        with monkeypatch.context() as patch:
            patch.setattr(leases, "give_back", lambda **_: 1 / 0)
            child.kill()
            one.gone()

        one.after(6)

        one.start()

    def test_a_child_that_cannot_be_started_holds_up_nobody(self, machine, session, monkeypatch, caplog):
        def full(**_):
            raise OSError("no process left")

        one = machine()
        with monkeypatch.context() as patch:
            patch.setattr(children, "start", full)
            one.supervisor.step(0.005)
        one.after(6)

        one.start()


class TestNothingIsLost:
    def test_an_event_waits_while_the_database_is_away_and_those_behind_it(self, machine, session, caplog):
        taken, is_away = [], threading.Event()
        is_away.set()

        def take(session, events):
            if is_away.is_set():
                raise OperationalError("the database is away")
            taken.extend(event.message_id for event in events)

        one = machine(take_in=take)
        one.happens(*map(message, range(10)))
        one.start()
        one.until(lambda: len(one.child().lines) >= 10, "what waits")
        is_away.clear()
        assert taken == []

        one.after(2)
        one.until(lambda: len(taken) == 10, "the messages")

        assert taken == [f"M{number}" for number in range(10)]

    def test_one_that_cannot_be_taken_in_holds_up_no_other(self, machine, session, caplog):
        taken = []

        def take(session, events):
            if events[0].message_id == "M1":
                raise ValueError("a fault of ours")
            taken.extend(event.message_id for event in events)

        one = machine(take_in=take)
        one.happens(*map(message, range(3)), {"type": "message"}, {"type": "weather"}, message(3))
        one.start()
        one.until(lambda: "M3" in taken, "the last")

        assert taken == ["M0", "M2", "M3"]

    def test_what_was_told_and_not_stored_is_told_again_after_a_death(self, machine, session, monkeypatch):
        monkeypatch.setattr(supervisor_module, "_PATIENCE_S", 0.3)

        def away(session, events):
            raise OperationalError("the database is away")

        first = machine(take_in=away)
        first.happens(*map(message, range(3)))
        first.start()
        first.until(lambda: len(first.child().lines) >= 3, "what waits")
        # The whole machine is lost: nothing of what it heard is anywhere but in the file.
        first.child().kill()
        EmbeddedSession.objects.update(lease_token=None, lease_until=None)

        second = machine()
        second.start()
        second.until(lambda: len(second.taken) == 3, "the messages")

        assert [event.message_id for event in second.taken] == ["M0", "M1", "M2"]

    def test_killed_a_hundred_times(self, machine, tenant):
        """Every message is in the inbox once, in order."""
        number = WhatsAppNumber.objects.create(tenant=tenant, driver="embedded", session_name="s-1")
        EmbeddedSession.objects.create(name="s-1")
        one = machine(take_in=take_in)
        rows = InboxMessage.objects.filter(number=number).order_by("pk")
        last = None
        for kill in range(100):
            child = one.until(
                lambda last=last: one.supervisor.sessions and one.child() is not last and one.child(),
                "a child",
            )
            one.happens(message(2 * kill), message(2 * kill + 1))
            if kill % 3:  # now and then before it has said a word
                one.until(lambda kill=kill: rows.count() > kill, "some messages")
            child.kill()
            last = child
        one.until(lambda: rows.count() >= 200, "all messages")

        with tenant_scope(tenant.pk):
            assert list(rows.values_list("wa_message_id", flat=True)) == [f"M{n}" for n in range(200)]


class TestCalls:
    @pytest.fixture
    def ask(self):
        """Ask in a thread, as a worker does, while the supervisor of the test steps."""

        def ask(machine, name, args, timeout_s=5.0, meanwhile=lambda: None):
            answers = []

            def work():
                answers.append(calls.ask("s-1", name, args, timeout_s=timeout_s))

            thread = threading.Thread(target=work)
            thread.start()
            meanwhile()
            machine.until(lambda: not thread.is_alive(), "an answer")
            return answers[0]

        return ask

    def send(self, ref="outbox-1", text="hi"):
        return {"client_ref": ref, "to": "1203@g.us", "text": text, "quoted_id": "", "mentions": []}

    def test_answered_by_the_child(self, machine, session, ask):
        one = machine()
        one.start()

        assert ask(one, "group", {"id": "1203@g.us"}).ok["Name"] == "Support"
        assert ask(one, "nonsense", {}).error

    def test_one_reference_twice_goes_out_once(self, machine, session, ask):
        one = machine()
        one.start()

        first = ask(one, "send", self.send())
        again = ask(one, "send", self.send())

        assert first == again
        assert [sent["id"] for sent in one.arrived()] == [first.ok]

    def test_refused_by_whatsapp_it_is_tried_again(self, machine, session, ask):
        one = machine()
        one.start()
        (one.folder / "refuse").write_text("server returned error 429")

        assert ask(one, "send", self.send()).error == "server returned error 429"
        assert ask(one, "send", self.send()).ok == one.arrived()[0]["id"]

    def test_the_child_died_after_it_was_sent(self, machine, session, ask):
        """A receipt tells that it arrived; until then it is neither sent again nor called sent."""
        one = machine()
        one.start()
        (one.folder / "crash").write_text("between")

        assert ask(one, "send", self.send()).error == "the process of this number ended"
        one.start()
        assert ask(one, "send", self.send()).error == "WhatsApp has not confirmed yet that this was sent"
        (sent,) = one.arrived()
        one.happens(receipt(sent["id"]))
        one.until(lambda: told(one, MessageStatus), "the receipt")

        assert ask(one, "send", self.send()).ok == sent["id"]
        assert one.arrived() == [sent]

    def test_a_receipt_may_come_before_anybody_asks_again(self, machine, session, ask):
        one = machine()
        one.start()
        (one.folder / "crash").write_text("between")
        ask(one, "send", self.send())
        (sent,) = one.arrived()
        one.happens(receipt("3EB0OTHER"), receipt(sent["id"]))
        one.until(lambda: len(told(one, MessageStatus)) == 2, "the receipts")

        assert ask(one, "send", self.send()).ok == sent["id"]

    def test_no_answer_from_whatsapp_is_cleared_up_by_a_receipt(self, machine, session, ask):
        one = machine()
        one.start()
        (one.folder / "silence").write_text("timed out waiting for message send response")

        assert ask(one, "send", self.send()).error == "timed out waiting for message send response"
        (sent,) = one.arrived()
        one.happens(receipt(sent["id"]))
        one.until(lambda: told(one, MessageStatus), "the receipt")

        assert ask(one, "send", self.send()).ok == sent["id"]
        assert one.arrived() == [sent]

    def test_without_a_receipt_people_decide(self, machine, session, ask, library_keys):
        library_keys(OPEN["device"])
        one = machine()
        one.happens(OPEN)
        one.start()
        one.until(lambda: EmbeddedSession.objects.get().state == "open", "open")
        (one.folder / "crash").write_text("between")
        ask(one, "send", self.send())
        EmbeddedSend.objects.update(begun_at=timezone.now() - timedelta(minutes=2))
        one.start()
        one.happens(OPEN)
        one.until(lambda: EmbeddedSession.objects.get().state == "open", "open again")

        # Away for two minutes; its receipts may be on their way only now.
        assert ask(one, "send", self.send()).error == "WhatsApp has not confirmed yet that this was sent"
        one.now += 61
        assert ask(one, "send", self.send()).error == "nobody can tell any more whether this was sent"
        assert len(one.arrived()) == 1
        # They have it sent again.
        assert ask(one, "send", self.send()).ok == one.arrived()[1]["id"]

    def test_the_child_died_before_it_was_sent(self, machine, session, ask):
        one = machine()
        one.start()
        (one.folder / "crash").write_text("before")

        assert ask(one, "send", self.send()).error
        assert one.arrived() == []
        one.start()
        again = ask(one, "send", self.send())

        assert [sent["id"] for sent in one.arrived()] == [again.ok]

    def test_after_another_link_nobody_can_tell(self, machine, session, ask, library_keys):
        library_keys("1777:1@s.whatsapp.net")
        one = machine()
        one.start()
        (one.folder / "crash").write_text("before")
        ask(one, "send", self.send())
        EmbeddedSession.objects.update(device_jid="1777:1@s.whatsapp.net")
        one.start()

        assert ask(one, "send", self.send()).error == "nobody can tell any more whether this was sent"
        assert one.arrived() == []
        # Staff have it sent all the same.
        assert ask(one, "send", self.send()).ok == one.arrived()[0]["id"]

    def test_the_same_again_while_it_is_on_its_way(self, machine, session):
        one = machine()
        child = one.start()
        requests = [calls.Request(str(n), "s-1", "send", self.send(), time.time() + 5) for n in range(2)]
        for request in requests:
            one.supervisor._desk.serve(request)
        one.until(lambda: not child.asked, "the answer")

        assert len(one.arrived()) == 1

    def test_a_child_that_is_stopping_takes_no_more(self, machine, session):
        one = machine()
        child = one.start()
        EmbeddedSession.objects.update(is_wanted=False)
        one.now += 6
        one.supervisor._beat()
        one.supervisor._desk.serve(calls.Request("1", "s-1", "typing", {"to": "1203@g.us", "on": True}, 0))

        assert child.is_stopping
        assert child.asked == {}
        one.gone()
        assert one.arrived("typing") == []


def test_a_stuck_child_holds_up_nobody(machine, session):
    """It reads nothing any more: what piles up for it ends it."""
    one = machine()
    child = one.start()
    os.kill(child.process.pid, signal.SIGSTOP)
    for _ in range(60):
        child.say({"do": "call", "id": "x", "name": "send", "args": {"text": "x" * 100_000}})

    wait_until(lambda: child.process.poll() is not None, what="its end")
