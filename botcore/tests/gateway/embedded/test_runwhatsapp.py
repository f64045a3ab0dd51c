"""The command: what it needs, how it ends, and how events come to the tenant's number."""

import logging
import os
import signal
import threading

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from botcore.domain.number_states import explain
from botcore.enums import NumberState
from botcore.gateway.embedded import children, installation, reach
from botcore.gateway.types import Address, SessionChanged
from botcore.management.commands import runwhatsapp
from botcore.models import EmbeddedSession, WhatsAppNumber
from botcore.tests.gateway.embedded.conftest import STUB
from smmbot.testing.threads import wait_until


@pytest.fixture
def library(monkeypatch):
    """As if the optional package were installed."""
    monkeypatch.setattr(installation, "find_spec", lambda name: name)
    monkeypatch.setattr(installation.ctypes.util, "find_library", lambda name: name)
    monkeypatch.setattr(reach, "watch", lambda stop: None)


@pytest.fixture
def number(tenant):
    return WhatsAppNumber.objects.create(
        tenant=tenant, driver="embedded", session_name="s-1", state="connecting"
    )


@pytest.mark.parametrize(
    ("missing", "words"), [("find_spec", "requirements-embedded.txt"), ("find_library", "libmagic")]
)
def test_it_says_what_is_not_installed(library, monkeypatch, missing, words):
    where = installation if missing == "find_spec" else installation.ctypes.util
    monkeypatch.setattr(where, missing, lambda name: None)

    with pytest.raises(CommandError, match=words):
        call_command("runwhatsapp")


@pytest.mark.processes
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_it_is_told_to_stop_and_ends_all(
    library, library_tables, db, tmp_path, monkeypatch, capsys, how
):
    EmbeddedSession.objects.create(name="s-1")
    monkeypatch.setattr(children, "COMMAND", (*STUB, str(tmp_path)))
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(tmp_path))
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop_it():
        wait_until((tmp_path / "started").exists, what="the child")
        os.kill(os.getpid(), how)

    stopper = threading.Thread(target=stop_it)
    stopper.start()
    try:
        call_command("runwhatsapp")
    finally:
        stopper.join()
        for signum, handler in before.items():
            signal.signal(signum, handler)

    assert "Stopped" in capsys.readouterr().out
    row = EmbeddedSession.objects.get()
    assert (row.lease_token, row.is_wanted) == (None, True)


def test_events_go_to_the_number_of_the_session(number):
    runwhatsapp.take_in("s-1", [SessionChanged(NumberState.CONNECTING, "no_internet")])
    number.refresh_from_db()
    assert "no connection to the internet" in explain(number, now=timezone.now()).text

    runwhatsapp.take_in("s-1", [SessionChanged(NumberState.OPEN, own=Address(phone="1555", lid="777"))])
    number.refresh_from_db()
    assert (number.state, number.phone, number.lid) == ("open", "1555", "777")


def test_a_session_without_a_number_is_told_to_nobody(number, caplog):
    WhatsAppNumber.objects.filter(pk=number.pk).update(driver="sandbox")
    with caplog.at_level(logging.WARNING):
        runwhatsapp.take_in("s-1", [SessionChanged(NumberState.OPEN)])

    number.refresh_from_db()
    assert number.state == "connecting"


class TestReach:
    def test_it_says_so_in_plain_words_with_growing_pauses(self, caplog):
        class Stop:
            pauses = []

            def wait(self, pause_s):
                self.pauses.append(pause_s)
                return len(self.pauses) == 9

        reach.look(Stop(), lambda: False)

        assert Stop.pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300]
        assert "WhatsApp cannot be reached from this machine" in caplog.text

    def test_it_ends_once_whatsapp_answers(self, caplog):
        answers = iter([False, True])
        with caplog.at_level(logging.INFO):
            reach.look(type("Stop", (), {"wait": lambda self, pause_s: False})(), lambda: next(answers))

        assert "WhatsApp can be reached" in caplog.text
