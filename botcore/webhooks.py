"""A gateway's webhook: verify, store, answer. Nobody else's server is asked while WhatsApp waits.

Never a 4xx for a passing fault, because gateways drop what they get a 4xx for; 503 when it cannot be stored, so
that the gateway sends it again. What cannot be read is kept, to be read again after a mend.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, DataError, InterfaceError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from botcore import wake
from botcore.domain import deliveries, group_members, groups, inbox, kept_webhooks, linking, numbers
from botcore.domain.inbox import NumberRef
from botcore.domain.number_states import SESSION_GONE
from botcore.enums import NumberState
from botcore.gateway.base import GatewayDriver
from botcore.gateway.errors import BadWebhook
from botcore.gateway.registry import driver_named
from botcore.gateway.types import (
    Event,
    GroupMembersChanged,
    GroupSeen,
    Ignored,
    MessageReceived,
    MessageStatus,
    QrUpdated,
    SessionChanged,
    SessionDeleted,
    Webhook,
)
from botcore.models import WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key
from tenants.scoping import all_tenants, tenant_scope

logger = get_logger(__name__)

# All groups of a number with all their members may come in one event.
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
# Seconds a process remembers whose key this is. A key that is taken back stops within that time.
_REMEMBER_S: Final = 5.0
_REMEMBER_AT_MOST: Final = 10_000
# The longest of all gateways' retries is over by then.
_DELIVERY_KNOWN_S: Final = 2 * 3600


@dataclass(frozen=True, slots=True)
class _Endpoint:
    number: NumberRef
    driver: str
    secret: str
    session: str
    known_until: float


_endpoints: dict[str, _Endpoint] = {}


@csrf_exempt
@require_POST
@login_not_required
def whatsapp(request: HttpRequest, webhook_key: str) -> HttpResponse:
    """Take what a gateway tells of one number. 404 for an unknown key, 401 for a wrong signature, 413 for a body no
    gateway sends, 400 for one that breaks off, else 200 or 503."""
    try:
        # Not request.body: its limit is for people's forms, and this one is counted while it is read.
        body = request.read(MAX_BODY_BYTES + 1)
    except UnreadablePostError:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if len(body) > MAX_BODY_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return HttpResponse(status=take(webhook_key, Webhook(headers, body)))


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
        with tenant_scope(endpoint.number.tenant_id):
            try:
                _take_in(endpoint, driver, webhook)
            except BadWebhook as bad:
                _keep(endpoint, webhook, str(bad))
            except Exception as error:
                # A value no column holds would fail again; all else of the database's passes.
                if isinstance(error, (DatabaseError, InterfaceError)) and not isinstance(error, DataError):
                    raise
                logger.exception("webhook not taken in", extra={"number_id": endpoint.number.number_id})
                _keep(endpoint, webhook, type(error).__name__)
    except (DatabaseError, InterfaceError):
        logger.exception("webhook not stored")
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One delivery of a gateway that numbers them: repeated, it is answered without a look inside. Every event may come
    twice all the same; while Redis is away this tells nothing."""

    number_id: int
    delivery_id: str

    def was_taken(self) -> bool:
        return self._ask(lambda redis, name: bool(redis.exists(name)))

    def is_taken(self) -> None:
        self._ask(lambda redis, name: bool(redis.set(name, 1, ex=_DELIVERY_KNOWN_S)))

    @property
    def _key(self) -> str:
        # A stranger's text, be it half a surrogate pair.
        digest = hashlib.sha256(self.delivery_id.encode("utf-8", "replace")).hexdigest()
        return key("delivery", self.number_id, digest[:32])

    def _ask(self, question: Callable[[Any, str], bool]) -> bool:
        if not self.delivery_id:
            return False
        try:
            return question(get_redis(), self._key)
        except RedisError:
            return False


def _take_in(endpoint: _Endpoint, driver: GatewayDriver, webhook: Webhook) -> None:
    """Read it and write it down. Raises BadWebhook, and whatever goes wrong in a driver that meets the unexpected."""
    delivery = _Delivery(endpoint.number.number_id, driver.delivery_id(webhook))
    if delivery.was_taken():
        return
    # Another session's name under this number's key: a gateway set up wrong, or a forger.
    if driver.session_of(webhook) not in ("", endpoint.session):
        raise BadWebhook("it speaks of another session")
    store(endpoint.number, driver.parse(webhook))
    delivery.is_taken()


def store(number: NumberRef, events: Sequence[Event]) -> None:
    """Write down what a gateway told of this number, in its tenant's scope. Told twice, it is written once."""
    chats: set[int] = set()
    tenant_id, number_id = number.tenant_id, number.number_id
    for event in events:
        match event:
            case MessageReceived():
                if (chat_id := inbox.receive(number=number, event=event)) is not None:
                    chats.add(chat_id)
                if event.from_me:
                    deliveries.echoed(
                        tenant_id=tenant_id,
                        number_id=number_id,
                        chat_wa_id=event.chat.wa_id,
                        message_id=event.message_id,
                        text=event.text,
                        sent_at=event.sent_at,
                    )
            case MessageStatus():
                deliveries.moved(tenant_id=tenant_id, number_id=number_id, status=event)
            case SessionChanged():
                numbers.set_state(tenant_id=tenant_id, number_id=number_id, change=event)
            case SessionDeleted():
                numbers.set_state(
                    tenant_id=tenant_id,
                    number_id=number_id,
                    change=SessionChanged(NumberState.LOGGED_OUT, SESSION_GONE),
                )
            case QrUpdated():
                linking.keep_qr(number_id, event.qr)
            case GroupSeen():
                groups.remember(tenant_id=tenant_id, info=event.group)
                group_members.seen(
                    tenant_id=tenant_id, number_id=number_id, info=event.group, now=timezone.now()
                )
            case GroupMembersChanged():
                group_members.changed(
                    tenant_id=tenant_id, number_id=number_id, change=event, now=timezone.now()
                )
            case Ignored():
                logger.debug("event not needed", extra={"event_name": event.event})
    for chat_id in chats:
        wake.up(Wake.DRAIN_CHAT, tenant_id=tenant_id, row_id=chat_id)


def _keep(endpoint: _Endpoint, webhook: Webhook, problem: str) -> None:
    """The gateway hears 200: it would only send the same again."""
    problem = kept_webhooks.storable(problem)
    logger.warning(
        "webhook not understood", extra={"number_id": endpoint.number.number_id, "problem": problem}
    )
    kept_webhooks.keep(
        number=endpoint.number,
        driver=endpoint.driver,
        body=webhook.body,
        problem=problem,
        now=timezone.now(),
    )


def _endpoint(webhook_key: str) -> _Endpoint | None:
    now = time.monotonic()
    known = _endpoints.get(webhook_key)
    if known is not None and known.known_until > now:
        return known
    with all_tenants("the key in the address names the number"):
        number = (
            WhatsAppNumber.objects.filter(webhook_key=webhook_key, tenant__is_active=True)
            .only("pk", "tenant_id", "driver", "webhook_secret", "session_name")
            .first()
        )
    if number is None:
        _endpoints.pop(webhook_key, None)
        return None
    if len(_endpoints) >= _REMEMBER_AT_MOST:
        _endpoints.clear()
    endpoint = _Endpoint(
        NumberRef(number.pk, number.tenant_id),
        number.driver,
        number.webhook_secret,
        number.session_name,
        now + _REMEMBER_S,
    )
    _endpoints[webhook_key] = endpoint
    return endpoint
