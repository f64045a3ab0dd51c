"""The child's end of the line: numbers, answers, and what outlives a child."""

import io
import os
import threading
from contextlib import contextmanager

import pytest

from botcore.gateway.embedded.lines import decode, encode
from botcore.gateway.embedded.link import CallFailed, Link, Spool
from smmbot.testing.threads import wait_until


class Ended(Exception):
    """The process would be gone now."""


class Pipes:
    """A link, and the supervisor's ends of its pipes."""

    def __init__(self, spool, live_s=60.0):
        down, self.down = os.pipe()
        self.up, up = os.pipe()
        self.codes = []
        self.link = Link(os.fdopen(down, "rb"), os.fdopen(up, "wb", buffering=0), end=self.codes.append)
        self.said = os.fdopen(self.up, "rb")
        self.say({"do": "start", "spool": str(spool), "live_s": live_s})

    def say(self, line):
        os.write(self.down, encode(line))

    def hear(self):
        return decode(self.said.readline())

    def close(self):
        os.close(self.down)
        wait_until(lambda: self.codes, what="the end")
        self.said.close()
        self.link._incoming.close()
        self.link._outgoing.close()


@pytest.fixture
def pipes(tmp_path):
    @contextmanager
    def open_pipes(handle=lambda name, args: None, **options):
        one = Pipes(tmp_path / "spool.jsonl", **options)
        one.link.start()
        one.link.serve(handle)
        try:
            yield one
        finally:
            one.close()

    return open_pipes


def message(number):
    return {"type": "message", "id": f"M{number}"}


def test_events_are_numbered_and_told_in_order(pipes):
    with pipes() as one:
        one.link.ready()
        for number in range(3):
            one.link.tell(message(number))

        assert one.hear() == {"is": "ready"}
        assert [one.hear() for _ in range(3)] == [
            {"is": "event", "n": number + 1, "event": message(number)} for number in range(3)
        ]


def test_what_was_not_acknowledged_is_told_by_the_next_child(pipes):
    with pipes() as one:
        for number in range(4):
            one.link.tell(message(number))
        one.say({"do": "ack", "n": 2})
        wait_until(lambda: len(one.link._spool._waiting) == 2, what="the acknowledgement")

    with pipes() as two:
        told = [two.hear() for _ in range(4)]
        assert [line["n"] for line in told] == [1, 2, 3, 4]
        # Those that were safe may come again while others wait; whoever stores them knows their ids.
        assert [line["event"]["id"] for line in told] == ["M0", "M1", "M2", "M3"]
        two.say({"do": "ack", "n": 4})
        wait_until(lambda: not two.link._spool._waiting, what="the acknowledgement")

    with pipes() as three:
        three.link.tell(message(9))
        assert three.hear() == {"is": "event", "n": 1, "event": message(9)}


def test_how_the_connection_was_is_not_told_again(pipes):
    with pipes() as one:
        one.link.tell({"type": "session", "state": "open"})
        one.link.tell({"type": "qr", "text": "2@x"})
        one.link.tell(message(1))
        assert [one.hear()["n"] for _ in range(3)] == [1, 2, 3]

    with pipes() as two:
        assert two.hear()["event"] == message(1)


def test_calls_are_answered_whatever_becomes_of_them(pipes):
    def handle(name, args):
        if name == "send":
            return args["text"].upper()
        if name == "refused":
            raise CallFailed("server returned error 463")
        raise ValueError("a fault")

    with pipes(handle) as one:
        answers = {}
        for name in ("send", "refused", "broken"):
            one.say({"do": "call", "id": name, "name": name, "args": {"text": "hi"}})
            line = one.hear()
            answers[line["id"]] = line
        assert answers["send"]["ok"] == "HI"
        assert answers["refused"]["error"] == "server returned error 463"
        assert answers["broken"]["error"] == "ValueError: a fault"


def test_calls_do_not_wait_for_each_other(pipes):
    first = threading.Event()

    def handle(name, args):
        if name == "slow":
            assert first.wait(5)
        return name

    with pipes(handle) as one:
        one.say({"do": "call", "id": "1", "name": "slow", "args": {}})
        one.say({"do": "call", "id": "2", "name": "quick", "args": {}})
        assert one.hear()["id"] == "2"
        first.set()
        assert one.hear()["id"] == "1"


@pytest.mark.parametrize("how", ["told to", "left alone"])
def test_it_ends_when_its_supervisor_does(pipes, how):
    with pipes() as one:
        if how == "told to":
            one.say({"do": "stop"})
            wait_until(lambda: one.codes == [0], what="the end")


def test_it_ends_itself_without_a_lease(pipes):
    with pipes(live_s=0.05) as one:
        wait_until(lambda: one.codes == [1], what="the end")


def test_a_renewed_lease_keeps_it(pipes):
    with pipes(live_s=0.4) as one:
        one.say({"do": "live", "for_s": 60})
        wait_until(lambda: one.link._live_until > 30, what="the lease")
        assert one.codes == []


def test_no_supervisor_no_start():
    codes = []
    link = Link(io.BytesIO(b""), io.BytesIO(), end=codes.append)

    assert link.start() == {}
    assert codes == [0]


class TestSpool:
    def test_a_line_that_a_kill_cut_short_is_left_out(self, tmp_path):
        path = tmp_path / "spool.jsonl"
        path.write_bytes(encode(message(1)) + encode(message(2))[:-5])

        spool = Spool(path)
        assert [event["id"] for _, event in spool.left()] == ["M1"]

        spool.add(message(3), keep=True)
        assert [event["id"] for _, event in Spool(path).left()] == ["M1", "M3"]

    def test_it_stays_small_however_much_goes_through(self, tmp_path, monkeypatch):
        monkeypatch.setattr(Spool, "_GROWN_BYTES", 1000)
        path = tmp_path / "spool.jsonl"
        spool = Spool(path)
        waiting = [spool.add(message(0), keep=True)]
        for number in range(1, 200):
            waiting.append(spool.add(message(number), keep=True))
            spool.acknowledged(waiting[-2])
            assert path.stat().st_size < 1100

        assert [event["id"] for _, event in Spool(path).left()][-1] == "M199"
        spool.acknowledged(waiting[-1])
        assert path.stat().st_size == 0

    def test_nobody_else_may_read_it(self, tmp_path):
        spool = Spool(tmp_path / "folder" / "spool.jsonl")
        spool.add(message(1), keep=True)

        assert (tmp_path / "folder" / "spool.jsonl").stat().st_mode & 0o077 == 0
        assert (tmp_path / "folder").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000])
def test_what_is_no_line_is_none(raw):
    assert decode(raw) is None
