"""Where calls to the sessions of one supervisor come in, and how one is carried out once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from botcore.gateway import whatsmeow
from botcore.gateway.embedded import calls, sends
from botcore.gateway.embedded.calls import Answer, Request
from botcore.gateway.embedded.children import Child
from botcore.gateway.embedded.sends import Stand
from botcore.models import EmbeddedSession
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

# Errors of our own beside the library's; drivers/embedded.py knows what they mean.
NOT_SERVED: Final = "this session is not served here"
NOT_BEGUN: Final = "the database does not answer, nothing was sent"
ENDED: Final = "the process of this number ended"
UNCONFIRMED: Final = "WhatsApp has not confirmed yet that this was sent"
UNKNOWN: Final = "nobody can tell any more whether this was sent"


class Desk:
    """Hands requests to children. child_of: the child of a session by name, if it runs here."""

    def __init__(self, child_of: Callable[[str], Child | None], clock: Callable[[], float]) -> None:
        self._child_of, self._clock = child_of, clock

    def serve(self, request: Request) -> None:
        child = self._child_of(request.session)
        if child is None or child.is_over or child.is_stopping:
            calls.answer(request.id, Answer(error=NOT_SERVED))
        elif request.name == "send":
            self._send(child, request)
        else:
            child.call(request.name, request.args, partial(_pass_on, [request.id]))

    def child_ended(self, child: Child) -> None:
        """Nobody waits for what will not come."""
        for then in list(child.asked.values()):
            then({"error": ENDED})
        child.asked.clear()

    def _send(self, child: Child, request: Request) -> None:
        args = dict(request.args)
        client_ref = str(args.pop("client_ref"))
        if client_ref in child.sending:
            child.sending[client_ref].append(request.id)  # the same again, while it is on its way
            return
        try:
            session = EmbeddedSession.objects.get(pk=child.session_id)
            send = sends.begin(
                session=session,
                client_ref=client_ref,
                heard_for=self._heard_for(child),
                now=timezone.now(),
            )
        except (DatabaseError, InterfaceError, EmbeddedSession.DoesNotExist):
            logger.exception("a send was not begun", extra={"session": child.session})
            calls.answer(request.id, Answer(error=NOT_BEGUN))
            return
        match send.stand:
            case Stand.TO_SEND:
                child.sending[client_ref] = [request.id]
                child.call(
                    "send", args | {"secret": send.secret.hex()}, partial(self._sent, child, client_ref)
                )
            case Stand.SENT:
                calls.answer(request.id, Answer(ok=send.message_id))
            case Stand.UNCONFIRMED:
                calls.answer(request.id, Answer(error=UNCONFIRMED))
            case Stand.UNKNOWN:
                calls.answer(request.id, Answer(error=UNKNOWN))

    def confirmed(self, child: Child, message_ids: Iterable[str]) -> None:
        """A receipt came: what was on its way has arrived. Raises DatabaseError."""
        for message_id in message_ids:
            if client_ref := child.unconfirmed.pop(message_id, ""):
                sends.done(session_id=child.session_id, client_ref=client_ref, message_id=message_id)

    def _heard_for(self, child: Child) -> timedelta:
        return timedelta(seconds=self._clock() - child.open_since if child.open_since is not None else 0)

    def _sent(self, child: Child, client_ref: str, line: Mapping[str, Any]) -> None:
        """What is not written down here is found out by the message's secret, and by receipts."""
        waiting = child.sending.pop(client_ref)
        try:
            if "ok" in line:
                sends.done(session_id=child.session_id, client_ref=client_ref, message_id=str(line["ok"]))
            elif is_certain(str(line["error"])):
                sends.undone(session_id=child.session_id, client_ref=client_ref)
            else:
                child.unconfirmed |= sends.unconfirmed(session_id=child.session_id)
        except (DatabaseError, InterfaceError):
            logger.exception("a send was not written down", extra={"session": child.session})
        _pass_on(waiting, line)


def is_certain(error: str) -> bool:
    """Whether after this error nothing was sent. Whatever the library does not say clearly may have gone out."""
    return error == NOT_BEGUN or whatsmeow.error_of(error) is not None


def _pass_on(waiting: list[str], line: Mapping[str, Any]) -> None:
    for request_id in waiting:
        calls.answer(request_id, Answer(line.get("ok"), str(line.get("error") or "")))
