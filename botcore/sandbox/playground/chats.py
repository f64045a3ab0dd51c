"""What was said in the playground; its scope is open (shadow.inside)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from botcore.enums import InboxState, OutboxState
from botcore.models import (
    Chat,
    InboxMessage,
    MessageLog,
    OrderAct,
    OutboxMessage,
    SandboxMessage,
    WhatsAppNumber,
)
from botcore.sandbox.playground.places import PLACES, Part, Place
from tenants.models import TenantUser, Verification

SHOWN = 60
# Nobody waits for a message longer on the screen; it goes on all the same.
_WAITED_FOR = timedelta(minutes=3)
_OPEN = (InboxState.RECEIVED, InboxState.WAITING)
_UNSENT = (OutboxState.QUEUED, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on the screen. message_id: of the message whose handling it shows or answers, None when the bot
    spoke by itself; quoted: name and text; note: what became of it, when that is not plain to see."""

    wa_id: str
    name: str
    text: str
    at: datetime
    is_bot: bool
    is_mine: bool = False
    is_team: bool = False
    message_id: int | None = None
    quoted: tuple[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """The newest messages of a chat, the oldest first. newest: the last message that somebody wrote."""

    bubbles: Sequence[Bubble]
    newest: InboxMessage | None
    is_pending: bool


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A chat in the list: the last thing the bot said there."""

    place: Place
    text: str = ""
    at: datetime | None = None
    state: str = ""


def talk(
    *, number: WhatsAppNumber, place: Place, part: Part, now: datetime, lines: Sequence[ChatLine] = ()
) -> Talk:
    """lines: of all chats, so that what is still on its way elsewhere is waited for too."""
    here = _here(number, place, part)
    heard = list(InboxMessage.objects.filter(**here).order_by("-pk")[:SHOWN])
    said = list(OutboxMessage.objects.filter(**here).order_by("-pk")[:SHOWN])
    texts = {row.wa_message_id: (row.sender_name, row.text) for row in heard}
    texts |= {row.wa_message_id: ("Bot", row.text) for row in said if row.wa_message_id}
    shown = [(row.received_at, 0, row.pk, _heard(row, part, texts)) for row in heard]
    shown += [(row.created_at, 1, row.pk, _said(row, texts)) for row in said]
    shown.sort(key=lambda one: one[:3])
    newest = heard[0] if heard else None
    unsent = [row.created_at for row in said if row.state in _UNSENT]
    unsent += [line.at for line in lines if line.at and line.state in _UNSENT]
    if newest is not None and newest.state in _OPEN:
        unsent.append(newest.received_at)
    is_pending = max(unsent, default=now - _WAITED_FOR) > now - _WAITED_FOR
    return Talk([one[3] for one in shown[-SHOWN:]], newest, is_pending)


def _here(number: WhatsAppNumber, place: Place, part: Part) -> dict[str, Any]:
    return {"number": number, "chat__number": number, "chat__wa_id": place.wa_id(part)}


def _heard(row: InboxMessage, part: Part, texts: dict[str, tuple[str, str]]) -> Bubble:
    return Bubble(
        wa_id=row.wa_message_id,
        name=row.sender_name,
        text=row.text,
        at=row.received_at,
        is_bot=False,
        is_mine=row.sender_phone == part.actor.phone,
        message_id=row.pk,
        quoted=texts.get(row.quoted_id) if row.quoted_id else None,
        note=_NOTES.get(row.state, ""),
    )


_NOTES = {
    InboxState.IGNORED.value: "not for the bot",
    InboxState.FAILED.value: "failed",
    InboxState.WAITING.value: "working on it",
    OutboxState.SUPPRESSED.value: "not sent: silent mode",
    OutboxState.DEAD.value: "not delivered",
    OutboxState.QUEUED.value: "sending",
    OutboxState.SENDING.value: "sending",
}


def _said(row: OutboxMessage, texts: dict[str, tuple[str, str]]) -> Bubble:
    return Bubble(
        wa_id=row.wa_message_id,
        name="Bot",
        text=row.text,
        at=row.sent_at or row.created_at,
        is_bot=True,
        message_id=row.inbox_id,
        quoted=texts.get(row.quoted_id) if row.quoted_id else None,
        note=_NOTES.get(row.state, ""),
    )


def lines(*, number: WhatsAppNumber, part: Part) -> list[ChatLine]:
    """The chats with what the bot said there last."""
    # Who is in no direct chat of their own here (the provider) sees the customer's.
    direct = PLACES["direct"]
    someone = part if part in direct.parts else direct.parts[0]
    wa_ids = {place.wa_id(someone): place for place in PLACES.values()}
    newest = (
        OutboxMessage.objects.filter(number=number, chat__number=number, chat__wa_id__in=wa_ids)
        .select_related("chat")
        .order_by("chat_id", "-pk")
        .distinct("chat_id")
    )
    by_chat = {row.chat.wa_id: row for row in newest}
    return [
        ChatLine(place, row.text, row.created_at, row.state)
        if (row := by_chat.get(wa_id))
        else ChatLine(place)
        for wa_id, place in wa_ids.items()
    ]


@transaction.atomic
def clear(*, number: WhatsAppNumber, place: Place, part: Part) -> int:
    """Forget a chat with its requests, their cool-downs and what the person was in the middle of. What was done on
    the sandbox panel stays done. Returns the messages deleted."""
    chats = Chat.objects.filter(number=number, wa_id=place.wa_id(part))
    heard = InboxMessage.objects.filter(chat__in=chats)
    MessageLog.objects.filter(message__in=heard).delete()
    OrderAct.objects.filter(message__in=heard).delete()
    contacts = list(heard.exclude(contact=None).values_list("contact_id", flat=True).distinct())
    Verification.objects.filter(contact__in=contacts).delete()
    if not (part.is_customer or part.actor.role):
        TenantUser.objects.filter(
            contact__in=contacts, contact__identities__value=f"+{part.actor.phone}"
        ).delete()
    count = heard.count()
    OutboxMessage.objects.filter(chat__in=chats).delete()
    heard.delete()
    SandboxMessage.objects.filter(session__name=number.session_name, chat_wa_id=place.wa_id(part)).delete()
    return count
