"""What became of messages after they were handed to a gateway: told back to us, delivered, read, failed."""

from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from botcore import wake
from botcore.domain import joining, send_faults, unclear_sends
from botcore.enums import ChatKind, DeliveryState, OutboxState
from botcore.gateway.errors import ReachoutBlocked
from botcore.gateway.types import Address, MessageStatus
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.wake import Wake
from tenants.enums import IdentityKind
from tenants.models import Identity

# WhatsApp's own code for a chat it did not let us open.
_REACHOUT = "463"


def echoed(
    *, tenant_id: int, number_id: int, chat_wa_id: str, message_id: str, text: str, sent_at: datetime
) -> bool:
    """The gateway tells a message of the number's own. Returns whether the bot sent it: else a person did.

    A send whose end was not known is known by it. It may come before the gateway has answered the send.
    """
    mine = OutboxMessage.objects.filter(tenant_id=tenant_id, number_id=number_id)
    if message_id and mine.filter(wa_message_id=message_id[:128]).exists():
        return True
    open_ended = mine.filter(unclear_sends.may_have_gone_out()).prefetch_related("chat")
    words = _words(text)
    tries = [rows for rows in joining.tries(open_ended) if words and _words(joining.text_of(rows)) == words]
    here = [rows for rows in tries if rows[0].chat.wa_id == chat_wa_id] or _of_alias(
        tries, tenant_id, chat_wa_id
    )
    for rows in here:
        if unclear_sends.went_out(rows, message_id=message_id, at=min(sent_at, timezone.now())):
            wake.after_commit(Wake.SEND_DUE, tenant_id=tenant_id, row_id=number_id)
            return True
    return False


def moved(*, tenant_id: int, number_id: int, status: MessageStatus) -> bool:
    """Write how far a message of ours came: only ever forward, on all rows that were joined into it. Returns whether
    it was news.

    Delivered is proof: a failure told after it, or before it, was not the end.
    """
    if not status.message_id:
        return False
    rows = OutboxMessage.objects.filter(
        tenant_id=tenant_id,
        number_id=number_id,
        wa_message_id=status.message_id[:128],
        state__in=(OutboxState.SENT, OutboxState.DEAD),
    )
    at = status.at or timezone.now()
    match status.state:
        case DeliveryState.DELIVERED:
            return _arrived(rows.filter(delivered_at=None), delivered_at=at)
        case DeliveryState.READ:
            return _arrived(
                rows.filter(read_at=None), read_at=at, delivered_at=Coalesce(F("delivered_at"), at)
            )
        case DeliveryState.FAILED:
            return _failed(rows.filter(delivered_at=None, state=OutboxState.SENT), number_id, status.error)
    return False


def _arrived(rows: QuerySet[OutboxMessage], **at: object) -> bool:
    return bool(rows.update(state=OutboxState.SENT, error_code="", **at))


def _failed(rows: QuerySet[OutboxMessage], number_id: int, error: str) -> bool:
    """Staff see it and may send it again."""
    is_reachout = error == _REACHOUT
    code = ReachoutBlocked.code if is_reachout else (error or "not_delivered")
    if not rows.update(state=OutboxState.DEAD, error_code=code[:60]):
        return False
    if is_reachout:
        number = WhatsAppNumber.objects.get(pk=number_id)
        send_faults.block_new_chats(number=number, now=timezone.now())
    return True


def _of_alias(tries: list[list[OutboxMessage]], tenant_id: int, chat_wa_id: str) -> list[list[OutboxMessage]]:
    """Tries in the other chat of the same person: sent to the phone, told back under its LID, or the reverse."""
    told = Address.parse(chat_wa_id)
    direct = [rows for rows in tries if rows[0].chat.kind == ChatKind.USER]
    if not direct or told.group or not told:
        return []
    same = Identity.objects.filter(_is(told), tenant_id=tenant_id).values("contact")
    known = Identity.objects.filter(tenant_id=tenant_id, contact__in=same).values_list("kind", "value")
    aliases = {
        Address(lid=value).wa_id if kind == IdentityKind.LID else Address(phone=value.lstrip("+")).wa_id
        for kind, value in known
    }
    return [rows for rows in direct if rows[0].chat.wa_id in aliases]


def _is(address: Address) -> Q:
    if address.lid:
        return Q(kind=IdentityKind.LID, value=address.lid)
    return Q(kind=IdentityKind.JID, value=address.phone)


def _words(text: str) -> str:
    """Gateways trim and fold white space each in its own way."""
    return " ".join(text.replace("\x00", "").split())
