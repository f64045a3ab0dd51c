"""What was sent for which of our references, so that one that comes twice goes out once.

The row is written before the child is asked, with a secret of our making. The library stores it with the message's id
before it sends; so after a crash in between we know whether the message was on its way, and as what.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from botcore.gateway.embedded import library_store
from botcore.models import EmbeddedSend, EmbeddedSession

# Nobody asks again for a reply after so long: the outbox gives up within hours.
KEPT_FOR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Begun:
    """message_id: it went out, or was on its way when the child ended. secret: otherwise, to send it with. Neither:
    nobody can tell any more."""

    message_id: str = ""
    secret: bytes = b""


def begin(*, session: EmbeddedSession, client_ref: str, now: datetime) -> Begun:
    row, is_new = EmbeddedSend.objects.get_or_create(
        session=session,
        client_ref=client_ref,
        defaults={"secret": os.urandom(32), "device": session.device_jid, "begun_at": now},
    )
    if is_new:
        return Begun(secret=bytes(row.secret))
    if row.message_id:
        return Begun(message_id=row.message_id)
    if row.device != session.device_jid:
        return Begun()  # what the library knew went with the link of that time
    if message_id := library_store.sent_with(bytes(row.secret)):
        done(session_id=session.pk, client_ref=client_ref, message_id=message_id)
        return Begun(message_id=message_id)
    return Begun(secret=bytes(row.secret))


def done(*, session_id: int, client_ref: str, message_id: str) -> None:
    EmbeddedSend.objects.filter(session_id=session_id, client_ref=client_ref).update(message_id=message_id)


def undone(*, session_id: int, client_ref: str) -> None:
    """It is certain that it did not go out: the next try begins anew."""
    EmbeddedSend.objects.filter(session_id=session_id, client_ref=client_ref, message_id="").delete()


def forget_old(*, now: datetime) -> int:
    count, _ = EmbeddedSend.objects.filter(begun_at__lt=now - KEPT_FOR).delete()
    return count
