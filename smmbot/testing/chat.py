"""A conversation with the bot, on the path a live message takes.

signed webhook ──▶ inbox ──▶ wake-up ──▶ drain ──▶ pipeline ──▶ outbox ──▶ wake-up ──▶ sandbox gateway

said = chat.say("refill 54322")
assert said.key == "refill_submitted"
"""

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.test import Client

from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.models import Group, InboxMessage, MessageLog, OutboxMessage, SandboxMessage, WhatsAppNumber
from botcore.sandbox.demo_tenant import ACTORS, SUPPORT_GROUP, Actor
from smmbot.testing.worker import Worker, outside
from tenants.models import Tenant
from tenants.scoping import tenant_scope

_ids = itertools.count(1)
# One for all tests: it keeps nothing between requests, and loading the middleware takes time.
_client = Client()


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one message. keys: of what was answered, run after run; texts: as they reached the chat it was
    said in; direct: as they reached the sender alone; logs: its rows, by serial."""

    message: InboxMessage
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    direct: tuple[str, ...]
    logs: tuple[MessageLog, ...]
    replies: tuple[OutboxMessage, ...]

    @property
    def key(self) -> str:
        """Of the only answer."""
        assert len(self.keys) == 1, self.keys
        return self.keys[0]

    @property
    def text(self) -> str:
        """The only text that arrived."""
        assert len(self.texts) == 1, self.texts
        return self.texts[0]

    @property
    def log(self) -> MessageLog:
        """The only row."""
        assert len(self.logs) == 1, self.logs
        return self.logs[0]

    @property
    def state(self) -> str:
        return self.message.state


@dataclass(frozen=True)
class Chat:
    """One person in one chat with a tenant's number: their direct messages, unless `in_group`."""

    tenant: Tenant
    number: WhatsAppNumber
    worker: Worker
    actor: Actor = ACTORS["customer"]
    group: str = ""
    knows_phone: bool = True

    def as_(self, who: str | Actor) -> "Chat":
        """The same chat as somebody else: a key of ACTORS, or anybody."""
        return replace(self, actor=ACTORS[who] if isinstance(who, str) else who)

    def in_group(self, wa_id: str = SUPPORT_GROUP, *, enabled: bool = True, silent: bool = False) -> "Chat":
        with tenant_scope(self.tenant.pk):
            Group.objects.update_or_create(
                wa_id=wa_id, defaults={"support_enabled": enabled, "silent_mode": silent}
            )
        return replace(self, group=wa_id)

    def by_lid(self) -> "Chat":
        """WhatsApp tells the LID alone."""
        return replace(self, knows_phone=False)

    @property
    def wa_id(self) -> str:
        if self.group:
            return self.group
        return f"{self.actor.phone}@s.whatsapp.net" if self.knows_phone else f"{self.actor.lid}@lid"

    def say(self, text: str, **more: Any) -> Said:
        """Send a message and let the bot work until it rests."""
        message_id = self.post(text, **more)
        self.worker.run()
        return self.read(message_id)

    def say_again(self, said: Said) -> Said:
        """The gateway delivers the same message once more."""
        return self.say(said.message.text, message_id=said.message.wa_message_id)

    def post(self, text: str, *, message_id: str = "", **more: Any) -> str:
        """Only send: it is stored and waits. more: fields of the gateway's message. Returns its WhatsApp id."""
        message_id = message_id or f"3EB0{next(_ids):016X}"
        message = {
            "id": message_id,
            "chat": self.wa_id,
            "sender": {
                "phone": self.actor.phone if self.knows_phone else "",
                "lid": self.actor.lid,
                "name": self.actor.name,
            },
            "text": text,
            "timestamp": time.time(),
            **more,
        }
        status = deliver(self.number, {"event": "message", "message": message})
        assert status == HTTPStatus.OK, status
        return message_id

    def read(self, message_id: str) -> Said:
        """What has become of a message by now."""
        with tenant_scope(self.tenant.pk):
            message = InboxMessage.objects.get(
                chat__wa_id=self.wa_id, number=self.number, wa_message_id=message_id
            )
            replies = tuple(OutboxMessage.objects.filter(inbox=message).order_by("pk"))
            logs = tuple(MessageLog.objects.filter(message=message).order_by("serial"))
        refs = [f"outbox-{reply.pk}" for reply in replies]
        sent = SandboxMessage.objects.filter(client_ref__in=refs).order_by("pk")
        return Said(
            message=message,
            keys=_keys(message.trace),
            texts=tuple(one.text for one in sent if one.chat_wa_id == self.wa_id),
            direct=tuple(one.text for one in sent if one.chat_wa_id != self.wa_id),
            logs=logs,
            replies=replies,
        )

    def now(self, said: Said) -> Said:
        """The same message, read again."""
        return self.read(said.message.wa_message_id)


def deliver(number: WhatsAppNumber, event: dict[str, Any], *, secret: str = "") -> int:
    """Post an event as the sandbox gateway does and return the answer's status. secret: another than the number's."""
    body = json.dumps({"session": number.session_name, **event}).encode()
    return outside(
        lambda: (
            _client.post(
                f"/webhooks/whatsapp/{number.webhook_key}",
                data=body,
                content_type="application/json",
                headers={SIGNATURE_HEADER: sign(body, secret=secret or number.webhook_secret)},
            ).status_code
        )
    )


def _keys(trace: Sequence[dict[str, Any]] | None) -> tuple[str, ...]:
    decided = [step for step in trace or () if step["stage"] == "decided"]
    return tuple(key for step in decided for key in step["answers"])
