import json
import sys
from collections.abc import Callable

import pytest
from django.db import connection

from botcore.gateway.embedded import supervisor as supervisor_module
from botcore.gateway.embedded.supervisor import Supervisor
from botcore.models import EmbeddedSession
from smmbot.testing.threads import wait_until

STUB = (sys.executable, "-S", "-E", "-m", "botcore.tests.gateway.embedded.stub")


@pytest.fixture(scope="session")
def library_tables(django_db_setup, django_db_blocker):
    """Those of the library that we look into, as far as we do. Committed: the stub writes there by itself."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS whatsmeow")
        cursor.execute("CREATE TABLE IF NOT EXISTS whatsmeow.whatsmeow_device (jid text PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS whatsmeow.whatsmeow_message_secrets (message_id text, key bytea)"
        )


@pytest.fixture
def library_keys(db, library_tables):
    """Put links into the library's store; returns all that are there."""

    def keys(*devices):
        with connection.cursor() as cursor:
            for device in devices:
                cursor.execute("INSERT INTO whatsmeow.whatsmeow_device (jid) VALUES (%s)", [device])
            cursor.execute("SELECT jid FROM whatsmeow.whatsmeow_device ORDER BY jid")
            return [jid for (jid,) in cursor.fetchall()]

    return keys


class Machine:
    """A supervisor whose time stands still until somebody moves it, and a folder of what its children play."""

    def __init__(self, folder, take_in=None, **options):
        self.folder = folder
        self.now = 1000.0
        self.taken = []
        self.is_closed = False
        self.supervisor = Supervisor(
            take_in or (lambda session, events: self.taken.extend(events)),
            command=(*STUB, str(folder)),
            clock=lambda: self.now,
            spread=lambda low, high: 0.0,
            spool=folder / "spool",
            **options,
        )
        self.supervisor.open()

    def until(self, is_so: Callable, what="it"):
        def look():
            self.supervisor.step(0.005)
            return is_so()

        return wait_until(look, what=what)

    def after(self, seconds):
        """Let time pass."""
        self.now += seconds
        self.supervisor.step(0.005)

    def child(self):
        (child,) = self.supervisor._children.values()
        return child

    def start(self):
        """Wait for its one child to be up, and return it."""
        return self.until(
            lambda: self.supervisor.sessions and self.child().is_ready and self.child(), "a child"
        )

    def gone(self):
        self.until(lambda: not self.supervisor.sessions, "the end of all children")

    def close(self):
        if not self.is_closed:
            self.is_closed = True
            self.supervisor.close()

    def happens(self, *events):
        with (self.folder / "world.jsonl").open("a") as world:
            world.writelines(json.dumps(event) + "\n" for event in events)

    def arrived(self, what="sent"):
        """What came to WhatsApp."""
        file = self.folder / f"{what}.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def machine(db, library_tables, tmp_path, monkeypatch):
    """Make machines, each with a folder of its own unless told; all are stopped at the end."""
    monkeypatch.setattr(supervisor_module, "LOOK_S", 0.0)
    made = []

    def make(folder="world", **options):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        made.append(Machine(path, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def session(db):
    return EmbeddedSession.objects.create(name="s-1")
