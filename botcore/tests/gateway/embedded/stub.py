"""`python -m botcore.tests.gateway.embedded.stub <folder>`: a child that plays WhatsApp out of a folder.

world.jsonl: events it tells, one a line, as long as the file grows; `told` keeps how far it came, over its death.
sent.jsonl: what reached WhatsApp. For the next send: crash: when it dies in it (`before`, `between`); refuse, silence:
what it fails with, not sent and sent. It stores the secret of a message before it sends, as the library does.
"""

import json
import os
import sys
import threading
import uuid
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from botcore.gateway.embedded.link import CallFailed, Link

PAUSE_S = 0.002


class World:
    def __init__(self, folder, database):
        self.folder = folder
        self.database = database
        self.memory = []

    def call(self, name, args):
        return getattr(self, name)(**args)

    def send(self, to, text, secret, quoted_id="", mentions=()):
        if refusal := self._once("refuse"):
            raise CallFailed(refusal)
        crash = self._once("crash")
        if crash == "before":
            os._exit(9)
        message_id = uuid.uuid4().hex.upper()
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO whatsmeow.whatsmeow_message_secrets (message_id, key) VALUES (%s, %s)",
                [message_id, bytes.fromhex(secret)],
            )
        self._note("sent", {"id": message_id, "to": to, "text": text, "quoted_id": quoted_id})
        if crash == "between":
            os._exit(9)
        if silence := self._once("silence"):
            raise CallFailed(silence)
        return message_id

    def typing(self, to, on):
        self._note("typing", {"to": to, "on": on})

    def read(self, chat, sender, message_id):
        self._note("read", {"chat": chat, "sender": sender, "message_id": message_id})

    def groups(self):
        return [self.group("1203@g.us")]

    def group(self, id):
        people = [{"JID": "999@lid", "PhoneNumber": "1555@s.whatsapp.net", "LID": "999@lid", "IsAdmin": True}]
        return {"JID": id, "Name": "Support", "Participants": people}

    def resolve(self, jid):
        return "1555@s.whatsapp.net" if jid == "999@lid" else ""

    def pair(self, phone):
        return "ABCD-EFGH"

    def logout(self):
        self._note("logout", {})

    def grow(self, megabytes):
        self.memory.append(os.urandom(megabytes * 1024 * 1024))

    def _connection(self):
        import site  # noqa: PLC0415 -- it was started without, which takes half the time

        site.main()
        import psycopg  # noqa: PLC0415 -- the same

        url = urlsplit(self.database)
        options = parse_qs(url.query)
        return psycopg.connect(
            host=options["host"][0] if "host" in options else url.hostname,
            port=url.port,
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
            dbname=url.path.lstrip("/"),
            autocommit=True,
        )

    def _note(self, what, fact):
        with (self.folder / f"{what}.jsonl").open("a") as file:
            file.write(json.dumps(fact) + "\n")

    def _once(self, what):
        file = self.folder / what
        if not file.exists():
            return ""
        said = file.read_text()
        file.unlink()
        return said


def play(link, folder):
    """Tell what happens in the world, from where the child before came to."""
    told, world = folder / "told", folder / "world.jsonl"
    at = int(told.read_text()) if told.exists() else 0
    pause = threading.Event()
    while True:
        lines = world.read_text().splitlines() if world.exists() else []
        for line in lines[at:]:
            link.tell(json.loads(line))
            at += 1
            new = folder / "told.new"
            new.write_text(str(at))
            new.replace(told)
            pause.wait(PAUSE_S)
        pause.wait(PAUSE_S)


def main():
    folder = Path(sys.argv[1])
    link = Link.over_stdio()
    print("a library that prints to stdout harms nobody")  # noqa: T201
    line = link.start()
    (folder / "started").write_text(json.dumps(line))
    if (folder / "refuses").exists():
        link.ready()
        link.tell(json.loads((folder / "refuses").read_text()))
        link.finish(75)
    link.ready()
    world = World(folder, line["database"])
    link.serve(world.call, on_stop=lambda: (folder / "stopped").write_text("in peace"))
    play(link, folder)


if __name__ == "__main__":
    main()
