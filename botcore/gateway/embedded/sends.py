"""What was sent for which of our references, so that one that comes twice goes out once.

The row is written before the child is asked, with a secret of our making. The library stores it with the message's id
before it sends; so when no answer comes we know whether the message was on its way, and as what. That it arrived is
known by the first receipt for it, which the number's own phone sends too. Where none comes, people decide.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from botcore.gateway.embedded import library_store
from botcore.models import EmbeddedSend, EmbeddedSession

# A receipt of the own phone takes seconds.
CONFIRMED_WITHIN: Final = timedelta(seconds=60)
# Nobody asks again for a reply after so long: the outbox gives up within hours.
KEPT_FOR: Final = timedelta(days=2)


class Stand(Enum):
    """Where a send stands that is asked for."""

    TO_SEND = "to send"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"  # it was on its way; a receipt may still come
    UNKNOWN = "unknown"  # nobody can tell any more


@dataclass(frozen=True, slots=True)
class Send:
    """message_id: of one that went out, or was on its way. secret: to send it with."""

    stand: Stand
    message_id: str = ""
    secret: bytes = b""


def begin(*, session: EmbeddedSession, client_ref: str, heard_for: timedelta, now: datetime) -> Send:
    """Say what to do for this reference. heard_for: how long receipts could come in by now. UNKNOWN is said once: have
    it sent after that, and it is."""
    row, is_new = EmbeddedSend.objects.get_or_create(
        session=session,
        client_ref=client_ref,
        defaults={"secret": os.urandom(32), "device": session.device_jid, "begun_at": now},
    )
    if row.message_id:
        return Send(Stand.SENT, message_id=row.message_id)
    # What the library knew of it goes with the link.
    is_of_this_link = row.device == session.device_jid
    message_id = "" if is_new else library_store.sent_with(bytes(row.secret))
    if is_of_this_link and not message_id:
        return Send(Stand.TO_SEND, secret=bytes(row.secret))
    if is_of_this_link and min(heard_for, now - row.begun_at) < CONFIRMED_WITHIN:
        return Send(Stand.UNCONFIRMED, message_id=message_id)
    row.delete()
    return Send(Stand.UNKNOWN)


def done(*, session_id: int, client_ref: str, message_id: str) -> None:
    EmbeddedSend.objects.filter(session_id=session_id, client_ref=client_ref).update(message_id=message_id)


def undone(*, session_id: int, client_ref: str) -> None:
    """It is certain that it did not go out: the next try begins anew."""
    EmbeddedSend.objects.filter(session_id=session_id, client_ref=client_ref, message_id="").delete()


def unconfirmed(*, session_id: int) -> Mapping[str, str]:
    """Our references, by the message's id, of what was on its way without an answer."""
    rows = EmbeddedSend.objects.filter(session_id=session_id, message_id="")
    found = {library_store.sent_with(bytes(row.secret)): row.client_ref for row in rows}
    return {message_id: client_ref for message_id, client_ref in found.items() if message_id}


def forget_old(*, now: datetime) -> int:
    count, _ = EmbeddedSend.objects.filter(begun_at__lt=now - KEPT_FOR).delete()
    return count
