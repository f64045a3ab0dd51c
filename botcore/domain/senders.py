"""A sender who arrives as a LID alone: their phone is looked up, so that staff are staff and customers customers."""

from typing import Final

from redis.exceptions import RedisError

from botcore.domain import group_members
from botcore.gateway.base import Capability
from botcore.gateway.errors import GatewayError
from botcore.gateway.registry import driver_for
from botcore.gateway.types import Address
from botcore.models import InboxMessage, WhatsAppNumber
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key
from tenants.enums import IdentityKind
from tenants.models import Identity

logger = get_logger(__name__)

# Some people show no phone at all: they are not asked for again with every message.
_REMEMBER_S: Final = 3600


def complete(*, message: InboxMessage, number: WhatsAppNumber) -> None:
    """Fill in the sender's phone where it can be known: from their aliases, a group's list, or the gateway.

    Costs nothing for a sender who came with a phone. A gateway that does not answer changes nothing.
    """
    if message.sender_phone or not message.sender_lid or _is_known(message):
        return
    phone = group_members.phone_of(tenant_id=message.tenant_id, lid=message.sender_lid)
    phone = phone or _asked(number, message.sender_lid)
    if phone:
        message.sender_phone = phone[:20]
        message.save(update_fields=["sender_phone"])


def _is_known(message: InboxMessage) -> bool:
    """Then the LID leads to the contact, and the contact to the phone."""
    lids = Identity.objects.filter(
        tenant_id=message.tenant_id, kind=IdentityKind.LID, value=message.sender_lid
    )
    return Identity.objects.filter(
        tenant_id=message.tenant_id, kind=IdentityKind.PHONE, contact__in=lids.values("contact")
    ).exists()


def _asked(number: WhatsAppNumber, lid: str) -> str:
    driver = driver_for(number)
    if Capability.LID_LOOKUP not in driver.capabilities or not _may_ask(number.pk, lid):
        return ""
    try:
        return driver.resolve(number.session_name, Address(lid=lid)).phone
    except GatewayError as error:
        logger.info("LID not looked up", extra={"number_id": number.pk, "code": error.code})
        return ""


def _may_ask(number_id: int, lid: str) -> bool:
    try:
        return bool(get_redis().set(key("lid_asked", number_id, lid), 1, nx=True, ex=_REMEMBER_S))
    except RedisError:
        return False
