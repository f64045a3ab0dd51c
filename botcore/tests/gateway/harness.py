"""A gateway and the people at its other end, as the wire suite holds them in its hands.

Every kind of gateway that has a fake (botcore/sandbox/gateways/faces.py) gets a harness by itself.
"""

from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass

from botcore.enums import NumberState
from botcore.gateway.drivers.sandbox import scan_qr
from botcore.gateway.registry import DRIVERS, driver_named
from botcore.gateway.types import Address, Endpoint, Webhook
from botcore.models import SandboxMessage, SandboxSession
from botcore.sandbox.gateways.faces import FACES
from botcore.sandbox.gateways.fake_gateway import running_gateway
from smmbot.lib.wsgi_server import serve

# A driver in the registry has a harness, or a reason why not.
WITHOUT = {"embedded": "its gateway is a child process: botcore/tests/gateway/embedded/"}


@dataclass(frozen=True)
class Sent:
    """mentions: digits."""

    message_id: str
    chat: str
    text: str
    quoted_id: str
    mentions: tuple[str, ...]


class Harness(ABC):
    driver = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def link(self, session, phone, lid=""):
        self.driver.ensure_session(session, webhook_url="http://127.0.0.1:9/hook", secret="hook-secret")
        self.driver.connect(session)
        self.scan(session, phone, lid)

    @abstractmethod
    def scan(self, session, phone, lid=""): ...

    @abstractmethod
    def drop(self, session): ...

    @abstractmethod
    def put_account(self, phone, **fields): ...

    @abstractmethod
    def put_group(self, subject, members, admins=()): ...

    @abstractmethod
    def sent(self, session): ...

    @abstractmethod
    def typing(self, session): ...

    @abstractmethod
    def reads(self, session): ...


class SandboxHarness(Harness):
    """Its gateway is the database."""

    def __init__(self):
        self.driver = driver_named("sandbox")
        self.groups = []

    def scan(self, session, phone, lid=""):
        groups = [
            group for group in self.groups if any(one["phone"] == phone for one in group["participants"])
        ]
        scan_qr(session, phone=phone, groups=groups)

    def asks_passkey(self, session):
        SandboxSession.objects.filter(name=session).update(needs_passkey=True)

    def drop(self, session):
        SandboxSession.objects.filter(name=session).update(state=NumberState.CLOSED)

    def put_account(self, phone, **fields):
        """Everybody is on the sandbox's WhatsApp."""

    def put_group(self, subject, members, admins=()):
        wa_id = f"12036300000000000{len(self.groups)}@g.us"
        people = [{"phone": phone, "lid": "", "is_admin": phone in admins} for phone in (*admins, *members)]
        self.groups.append({"id": wa_id, "name": subject, "participants": people})
        return wa_id

    def sent(self, session):
        return [
            Sent(row.wa_message_id, row.chat_wa_id, row.text, row.quoted_id, tuple(row.mentions))
            for row in self._rows(session, SandboxMessage.Kind.TEXT)
        ]

    def typing(self, session):
        return [(row.chat_wa_id, row.text == "on") for row in self._rows(session, SandboxMessage.Kind.TYPING)]

    def reads(self, session):
        return []

    def _rows(self, session, kind):
        return SandboxMessage.objects.filter(session__name=session, kind=kind).order_by("pk")


class FakeHarness(Harness):
    """Its gateway is a server on loopback. options: of the fake's own."""

    def __init__(self, name, **options):
        self.stack = ExitStack()
        self.gateway = self.stack.enter_context(running_gateway(FACES[name](pace=0, **options)))
        self.driver = self.driver_with(self.gateway.api_key)
        self.webhooks = []

    def __exit__(self, *error):
        self.stack.close()

    def driver_with(self, api_key):
        return DRIVERS[self.gateway.gateway.name](Endpoint(self.gateway.url, api_key))

    def link(self, session, phone, lid=""):
        if lid:
            self.world.put_account(phone, lid=lid)
        super().link(session, phone, lid)

    def listen(self):
        """A receiver of webhooks; returns its address. What it got is read with `told`."""

        def receive(environ, start_response):
            headers = {
                name.removeprefix("HTTP_").replace("_", "-").lower(): value
                for name, value in environ.items()
                if name.startswith("HTTP_")
            }
            self.webhooks.append(Webhook(headers, environ["wsgi.input"].read()))
            start_response("200 OK", [("Content-Length", "0")])
            return [b""]

        return self.stack.enter_context(serve(receive)).url + "/webhooks/whatsapp/key"

    def told(self):
        """What it has told by webhook since the last look, read by the driver."""
        assert self.gateway.settle()
        webhooks, self.webhooks = self.webhooks, []
        return [event for webhook in webhooks for event in self.driver.parse(webhook)]

    @property
    def world(self):
        return self.gateway.world

    def requests(self):
        return self.gateway.gateway.journal.requests()

    def scan(self, session, phone, lid=""):
        self.gateway.sessions.scan(session, phone, lid)

    def drop(self, session):
        self.gateway.sessions.drop(session)

    def asks_passkey(self, session):
        self.gateway.sessions.get(session).needs_passkey = True

    def put_account(self, phone, **fields):
        self.world.put_account(phone, **fields)

    def put_group(self, subject, members, admins=()):
        return self.world.put_group(subject, members=members, admins=admins).id

    def sent(self, session):
        return [
            Sent(
                one.id,
                one.group.id if one.group else one.to.jid,
                one.text,
                one.quoted.id if one.quoted else "",
                tuple((address := Address.parse(jid)).phone or address.lid for jid in one.mentions),
            )
            for one in self.world.sent_by(session)
        ]

    def typing(self, session):
        return list(self.gateway.sessions.get(session).typing)

    def reads(self, session):
        return list(self.gateway.sessions.get(session).reads)


def harness_of(name, **options):
    return SandboxHarness() if name == "sandbox" else FakeHarness(name, **options)
