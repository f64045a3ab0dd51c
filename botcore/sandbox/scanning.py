"""The phone that scans a sandbox number's QR, and the gateway that tells of it by its signed webhook."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import requests

from botcore import webhooks
from botcore.domain import linking
from botcore.errors import NoCodeToScan, NotSandbox
from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, SandboxDriver, scan_qr, sign
from botcore.gateway.drivers.sandbox import type_code as link_by_code
from botcore.gateway.errors import SessionMissing, SessionNotConnected
from botcore.gateway.types import Webhook
from botcore.models import SandboxSession, WhatsAppNumber
from botcore.sandbox.demo_tenant import ACTORS, Actor
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

TIMEOUT_S = 3
# Who is in the groups a phone brings along: enough to try the bot in.
_CUSTOMERS = ("customer", "rahul", "joko", "stranger")
_GROUPS = (
    ("Customer support", _CUSTOMERS),
    ("News and offers", _CUSTOMERS),
    ("Supplier desk", ("supplier",)),
)


def scan(*, number: WhatsAppNumber, phone: str, owner_phone: str = "", needs_passkey: bool = False) -> None:
    """Scan the code with a phone of this number (digits alone). The state arrives as a live gateway's would.

    needs_passkey: the phone's account has one, and WhatsApp wants it first. Raises NotSandbox, NoCodeToScan.
    """
    refuse_others(number)
    SandboxSession.objects.filter(name=number.session_name).update(needs_passkey=needs_passkey)
    try:
        events = scan_qr(number.session_name, phone=phone, groups=_groups_of(phone, owner_phone))
    except (SessionMissing, SessionNotConnected) as error:
        raise NoCodeToScan from error
    deliver(number, events)


def type_code(*, number: WhatsAppNumber, owner_phone: str = "") -> None:
    """Type the pairing code on the phone it was asked for. Raises NotSandbox, NoCodeToScan."""
    refuse_others(number)
    session = SandboxSession.objects.filter(name=number.session_name).first()
    phone = session.pairing_phone if session else ""
    try:
        events = link_by_code(number.session_name, groups=_groups_of(phone, owner_phone))
    except (SessionMissing, SessionNotConnected) as error:
        raise NoCodeToScan from error
    deliver(number, events)


def refuse_others(number: WhatsAppNumber) -> None:
    """Raises NotSandbox: only the sandbox has a phone that we can play."""
    if number.driver != SandboxDriver.name:
        raise NotSandbox


def deliver(number: WhatsAppNumber, events: Iterable[Mapping[str, Any]]) -> None:
    """Tell of them by the gateway's signed webhook."""
    for event in events:
        _deliver(number, json.dumps(event).encode())


def suggested_phone(number: WhatsAppNumber) -> str:
    """A number nobody has: of the range that is kept for made-up ones."""
    return f"1555020{number.pk % 10_000:04d}"


def _groups_of(phone: str, owner_phone: str) -> list[dict[str, object]]:
    owner = Actor("owner", "Owner", owner_phone, "") if owner_phone else None
    return [
        {
            "id": f"120363{phone[-10:]:0>10}{at:02d}@g.us",
            "name": name,
            "participants": [
                {"phone": one.phone, "lid": one.lid, "is_admin": one is owner}
                for one in (*((owner,) if owner else ()), *(ACTORS[key] for key in members))
            ],
        }
        for at, (name, members) in enumerate(_GROUPS, start=1)
    ]


def _deliver(number: WhatsAppNumber, body: bytes) -> None:
    """Over HTTP, as a gateway does; straight to the intake where this server cannot reach itself."""
    signature = sign(body, secret=number.webhook_secret)
    try:
        answer = requests.post(
            linking.webhook_url(number),
            data=body,
            headers={SIGNATURE_HEADER: signature, "Content-Type": "application/json"},
            timeout=TIMEOUT_S,
        )
        if answer.status_code == HTTPStatus.OK:
            return
    except requests.RequestException:
        logger.info("the server does not reach itself", extra={"number_id": number.pk})
    webhooks.take(number.webhook_key, Webhook({SIGNATURE_HEADER.lower(): signature}, body))
