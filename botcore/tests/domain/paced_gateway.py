"""A gateway with WhatsApp behind it, in memory: it remembers what it was asked, and fails when it is told to."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import Unsupported
from botcore.gateway.types import SentMessage

ALL = frozenset({Capability.TYPING, Capability.READ_MARK, Capability.DELIVERY})


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


@dataclass(frozen=True)
class Sent:
    """session: of the number it went out by. at: when."""

    session: str
    chat: str
    text: str
    message_id: str
    quoted_id: str
    ref: str
    at: datetime


class World:
    """WhatsApp and the gateway. `faults`: what the next sends meet, in order; None: that send works."""

    def __init__(self):
        self.sent = []
        self.seen = []
        self.faults = deque()
        self.loses_answers = False
        self.on_send = None
        self.history_fault = None

    @property
    def texts(self):
        return [one.text for one in self.sent]

    def deliver(self, session, message):
        sent = Sent(
            session,
            message.to.wa_id,
            message.text,
            f"WA{len(self.sent) + 1}",
            message.quoted_id,
            message.client_ref,
            timezone.now(),
        )
        self.sent.append(sent)
        return sent


class PacedDriver(GatewayDriver):
    name = "paced"
    needs_endpoint = False
    world: World

    def verify(self, webhook, *, secret):
        raise Unsupported

    def parse(self, webhook):
        raise Unsupported

    def probe(self):
        raise Unsupported

    def list_sessions(self):
        raise Unsupported

    def ensure_session(self, session, *, webhook_url, secret):
        raise Unsupported

    def connect(self, session):
        raise Unsupported

    def qr(self, session):
        raise Unsupported

    def status(self, session):
        raise Unsupported

    def logout(self, session):
        raise Unsupported

    def delete(self, session):
        raise Unsupported

    def groups(self, session):
        raise Unsupported

    def group(self, session, wa_id):
        raise Unsupported

    def send_text(self, session, message):
        """A fault that is unclear, or that kills, comes after WhatsApp has the message when `loses_answers` is set."""
        world = self.world
        fault = world.faults.popleft() if world.faults else None
        if fault is not None and not world.loses_answers:
            raise fault
        if Capability.SENDS_ONCE in self.capabilities:
            for one in world.sent:
                if one.ref == message.client_ref:
                    return SentMessage(one.message_id)
        sent = world.deliver(session, message)
        if world.on_send is not None:
            world.on_send(sent)
        if fault is not None:
            raise fault
        return SentMessage(sent.message_id)

    def find_sent(self, session, message, *, since):
        if self.world.history_fault is not None:
            raise self.world.history_fault
        for one in self.world.sent:
            if (one.session, one.chat, one.text) == (
                session,
                message.to.wa_id,
                message.text,
            ) and one.at >= since:
                return SentMessage(one.message_id)
        return None

    def typing(self, session, to, *, on):
        self.world.seen.append(("typing" if on else "paused", to.wa_id, timezone.now()))

    def mark_read(self, session, *, chat, sender, message_id):
        self.world.seen.append(("read", chat.wa_id, message_id, sender.wa_id))
