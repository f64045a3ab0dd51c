"""A gateway's webhook: verify, store, answer. Nobody else's server is asked while WhatsApp waits.

Never a 4xx for a passing fault, because gateways drop what they get a 4xx for; 503 when it cannot be stored, so
that the gateway sends it again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from botcore import wake
from botcore.domain import groups, inbox, numbers
from botcore.domain.inbox import NumberRef
from botcore.gateway.errors import BadWebhook
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Event, GroupSeen, MessageReceived, SessionChanged, Webhook
from botcore.models import WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from tenants.scoping import all_tenants, tenant_scope

logger = get_logger(__name__)

MAX_BODY_BYTES: Final = 1024 * 1024
# Seconds a process remembers whose key this is. A key that is taken back stops within that time.
_REMEMBER_S: Final = 5.0
_REMEMBER_AT_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Endpoint:
    number: NumberRef
    driver: str
    secret: str
    known_until: float


_endpoints: dict[str, _Endpoint] = {}


@csrf_exempt
@require_POST
@login_not_required
def whatsapp(request: HttpRequest, webhook_key: str) -> HttpResponse:
    """Take what a gateway tells of one number. 404 for an unknown key, 401 for a wrong signature, else 200 or 503."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        return HttpResponse(status=413)
    webhook = Webhook({name.lower(): value for name, value in request.headers.items()}, request.body)
    return HttpResponse(status=take(webhook_key, webhook))


def take(webhook_key: str, webhook: Webhook) -> int:
    """Verify and store; returns the HTTP status the gateway gets."""
    try:
        endpoint = _endpoint(webhook_key)
        if endpoint is None:
            return HTTPStatus.NOT_FOUND
        driver = driver_named(endpoint.driver)
        if not driver.verify(webhook, secret=endpoint.secret):
            logger.warning("webhook with a wrong signature", extra={"number_id": endpoint.number.number_id})
            return HTTPStatus.UNAUTHORIZED
        events = driver.parse(webhook)
        with tenant_scope(endpoint.number.tenant_id):
            _store(endpoint.number, events)
    except BadWebhook:
        logger.warning("webhook not understood")
        return HTTPStatus.OK  # the gateway would only send the same again
    except (DatabaseError, InterfaceError):
        logger.exception("webhook not stored")
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK


def _store(number: NumberRef, events: Sequence[Event]) -> None:
    chats: set[int] = set()
    for event in events:
        if isinstance(event, MessageReceived):
            if (chat_id := inbox.receive(number=number, event=event)) is not None:
                chats.add(chat_id)
        elif isinstance(event, SessionChanged):
            numbers.set_state(number_id=number.number_id, tenant_id=number.tenant_id, change=event)
        elif isinstance(event, GroupSeen):
            groups.remember(tenant_id=number.tenant_id, info=event.group)
    for chat_id in chats:
        wake.up(Wake.DRAIN_CHAT, tenant_id=number.tenant_id, row_id=chat_id)


def _endpoint(webhook_key: str) -> _Endpoint | None:
    now = time.monotonic()
    known = _endpoints.get(webhook_key)
    if known is not None and known.known_until > now:
        return known
    with all_tenants("the key in the address names the number"):
        number = (
            WhatsAppNumber.objects.filter(webhook_key=webhook_key, tenant__is_active=True)
            .only("pk", "tenant_id", "driver", "webhook_secret")
            .first()
        )
    if number is None:
        _endpoints.pop(webhook_key, None)
        return None
    if len(_endpoints) >= _REMEMBER_AT_MOST:
        _endpoints.clear()
    endpoint = _Endpoint(
        NumberRef(number.pk, number.tenant_id), number.driver, number.webhook_secret, now + _REMEMBER_S
    )
    _endpoints[webhook_key] = endpoint
    return endpoint
