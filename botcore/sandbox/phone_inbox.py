"""What a phone in the sandbox has received in its own chats."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from botcore.models import SandboxMessage, WhatsAppNumber
from tenants.scoping import all_tenants

_SHOWN = 50
_DIRECT = "@s.whatsapp.net"


@dataclass(frozen=True, slots=True)
class PhoneChat:
    """One chat. name, phone: of who wrote; messages: the oldest first."""

    name: str
    phone: str
    messages: tuple[SandboxMessage, ...]


def digits_of(typed: str) -> str:
    """A phone as somebody spells it; a plus in an address is a blank."""
    return re.sub(r"\D", "", typed, flags=re.ASCII)[:15]


def chats(*, digits: str) -> list[PhoneChat]:
    """The chat with the newest message first. digits: of the phone."""
    found = _texts().filter(chat_wa_id=f"{digits}{_DIRECT}").select_related("session")
    by_session: dict[str, list[SandboxMessage]] = {}
    for message in found.order_by("-pk")[:_SHOWN]:
        by_session.setdefault(message.session.name, []).append(message)
    names = _names(tuple(by_session))
    return [
        PhoneChat(names.get(session, "Unknown"), rows[0].session.phone, tuple(reversed(rows)))
        for session, rows in by_session.items()
    ]


def recent(*, limit: int = 8) -> list[str]:
    """Digits of phones that heard something lately."""
    rows = _texts().filter(chat_wa_id__endswith=_DIRECT).values("chat_wa_id").annotate(last=Max("pk"))
    return [row["chat_wa_id"].removesuffix(_DIRECT) for row in rows.order_by("-last")[:limit]]


def _texts() -> QuerySet[SandboxMessage]:
    return SandboxMessage.objects.filter(kind=SandboxMessage.Kind.TEXT)


def _names(sessions: Sequence[str]) -> dict[str, str]:
    """Who is behind a session: the platform goes by the product's name."""
    with all_tenants("the sandbox knows sessions, not tenants"):
        numbers = WhatsAppNumber.objects.filter(session_name__in=sessions).select_related("tenant")
        return {
            one.session_name: "SMM Bot" if one.tenant.is_platform else one.name or one.tenant.name
            for one in numbers
        }
