"""Say something in the playground: signed and taken in as from the gateway, in this process."""

import json
import uuid
from datetime import datetime
from http import HTTPStatus

from botcore import webhooks
from botcore.errors import PlaygroundNotStored, PlaygroundTooFast
from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.gateway.types import Webhook
from botcore.models import InboxMessage, OutboxMessage, WhatsAppNumber
from botcore.sandbox.playground import shadow
from botcore.sandbox.playground.places import Part, Place
from botcore.sandbox.playground.shadow import PanelChoice
from smmbot.lib.ratelimit import MARGIN, RateLimited, SlidingWindowLimiter
from tenants.models import Tenant

MESSAGES_A_MINUTE = 60
_limiter = SlidingWindowLimiter()


def say(
    *,
    tenant: Tenant,
    place: Place,
    part: Part,
    text: str,
    panel: PanelChoice,
    now: datetime,
    play_as: str = "",
    quoted_id: str = "",
) -> InboxMessage:
    """Send a message as somebody of the playground; the tenant's scope is open. play_as: the customer's username on
    the own panel.

    Raises PlaygroundClosed, PlaygroundTooFast, NoSuchPlaygroundPanel, PlaygroundNotStored.
    """
    played = shadow.shadow_of(tenant)
    _spend(tenant)
    shadow.follow_settings(tenant=tenant, shadow=played)
    shadow.choose_panel(tenant=tenant, shadow=played, choice=panel, part=part, play_as=play_as)
    with shadow.inside(tenant) as (_, number):
        message_id = uuid.uuid4().hex.upper()[:20]
        body = json.dumps(
            {
                "event": "message",
                "session": number.session_name,
                "message": {
                    "id": message_id,
                    "chat": place.wa_id(part),
                    "sender": {"phone": part.actor.phone, "lid": part.actor.lid, "name": part.actor.name},
                    "text": text,
                    "timestamp": now.timestamp(),
                    "quoted": _quoted(number, place.wa_id(part), quoted_id),
                },
            }
        ).encode()
        headers = {SIGNATURE_HEADER.lower(): sign(body, secret=number.webhook_secret)}
        if webhooks.take(number.webhook_key, Webhook(headers, body)) != HTTPStatus.OK:
            raise PlaygroundNotStored
        message: InboxMessage = InboxMessage.objects.get(
            number=number, chat__wa_id=place.wa_id(part), wa_message_id=message_id
        )
        return message


def _spend(tenant: Tenant) -> None:
    try:
        # The limiter's margin is for calls to others; here the time said is the time meant.
        _limiter.acquire(
            f"sandbox:{tenant.pk}", rate=MESSAGES_A_MINUTE, per_s=60 / (1 + MARGIN), max_wait_s=0
        )
    except RateLimited as error:
        raise PlaygroundTooFast(error.retry_after_s) from error


def _quoted(number: WhatsAppNumber, wa_id: str, quoted_id: str) -> dict[str, str] | None:
    """What is quoted, as the gateway tells it; a message that is not in this chat quotes nothing."""
    if not quoted_id:
        return None
    for model in (OutboxMessage, InboxMessage):
        found = model.objects.filter(number=number, chat__wa_id=wa_id, wa_message_id=quoted_id).first()
        if found is not None:
            return {"id": quoted_id, "text": found.text}
    return None
