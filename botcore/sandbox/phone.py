"""A phone in the sandbox: writes to the bot through the webhook, as a gateway would, and reads what comes back."""

import json
import time
import uuid
from collections.abc import Iterator
from http import HTTPStatus

import requests
from django.db.models import QuerySet

from botcore.enums import InboxState, OutboxState
from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.gateway.types import Address
from botcore.models import InboxMessage, OutboxMessage, SandboxMessage, WhatsAppNumber
from botcore.sandbox.demo_tenant import Actor

POLL_S = 0.02
_ENDED = (InboxState.HANDLED, InboxState.IGNORED, InboxState.FAILED)


class WebhookRefused(Exception):
    """The web server did not take the message; status: its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The webhook answered {status}.")
        self.status = status


class Phone:
    """One actor's phone in one chat with the bot's number. base_url: the web server's. group: its id, or a DM."""

    def __init__(self, actor: Actor, *, number: WhatsAppNumber, base_url: str, group: str = "") -> None:
        self._actor, self._number, self._group = actor, number, group
        self._url = f"{base_url}/webhooks/whatsapp/{number.webhook_key}"
        self._http = requests.Session()
        self._seen = self._delivered().order_by("-pk").values_list("pk", flat=True).first() or 0

    @property
    def chat(self) -> Address:
        return Address(group=self._group) if self._group else Address(phone=self._actor.phone)

    def send(self, text: str, *, message_id: str = "", quoted_id: str = "", timeout_s: float = 10) -> str:
        """Send a message and return its WhatsApp id. Raises WebhookRefused, requests.RequestException."""
        message_id = message_id or uuid.uuid4().hex.upper()[:20]
        body = json.dumps(
            {
                "event": "message",
                "session": self._number.session_name,
                "message": {
                    "id": message_id,
                    "chat": self.chat.wa_id,
                    "sender": {"phone": self._actor.phone, "lid": self._actor.lid, "name": self._actor.name},
                    "text": text,
                    "timestamp": time.time(),
                    "quoted": {"id": quoted_id} if quoted_id else None,
                },
            }
        ).encode()
        signature = sign(body, secret=self._number.webhook_secret)
        answer = self._http.post(
            self._url,
            data=body,
            headers={SIGNATURE_HEADER: signature, "Content-Type": "application/json"},
            timeout=timeout_s,
        )
        if answer.status_code != HTTPStatus.OK:
            raise WebhookRefused(answer.status_code)
        return message_id

    def replies(self, message_id: str, *, timeout_s: float) -> Iterator[str]:
        """Yield what comes in until the message is answered for good, is put off, or the time is over."""
        deadline = time.monotonic() + timeout_s
        while True:
            has_ended = self._has_ended(message_id)
            yield from self._new()
            if has_ended or time.monotonic() > deadline:
                return
            time.sleep(POLL_S)

    def trace(self, message_id: str) -> list[dict[str, object]]:
        """How the message was handled, step by step."""
        found = self._message(message_id)
        return list(found.trace or []) if found else []

    def _has_ended(self, message_id: str) -> bool:
        found = self._message(message_id)
        if found is None or (found.state not in _ENDED and not found.deferrals):
            return False
        unsent = OutboxMessage.objects.filter(
            inbox=found, state__in=(OutboxState.QUEUED, OutboxState.SENDING)
        )
        return not unsent.exists()

    def _message(self, message_id: str) -> InboxMessage | None:
        return InboxMessage.objects.filter(
            number=self._number, wa_message_id=message_id, chat__wa_id=self.chat.wa_id
        ).first()

    def _new(self) -> Iterator[str]:
        for row in self._delivered().filter(pk__gt=self._seen).order_by("pk"):
            self._seen = row.pk
            yield row.text

    def _delivered(self) -> QuerySet[SandboxMessage]:
        return SandboxMessage.objects.filter(
            session__name=self._number.session_name, chat_wa_id=self.chat.wa_id, kind=SandboxMessage.Kind.TEXT
        )
