"""What was decided becomes rows, in one transaction: the message's new state, its log rows, its answers.

A part of an answer that is the sender's own business goes to their direct message when it was asked in a group.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from botcore import wake
from botcore.commands.context import Trace
from botcore.commands.results import Result, say
from botcore.domain import logs, outbox, replies
from botcore.domain.config import Config
from botcore.enums import Action, ChatKind, InboxState
from botcore.errors import LeaseLost
from botcore.models import Chat, InboxMessage
from botcore.wake import Wake
from providers.models import SmmProvider
from tenants.domain import customers
from tenants.domain.identities import Person

SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a message. part: which answer this is; results: what it says and logs.

    speaks_privately: all of it goes to the sender alone. is_deferral: put off, because something is down.
    is_upset: the sender is: priority, and a kinder word. is_worded: no model is asked for its words any more.
    words: said in place of what the results say. is_unspoken: it is logged, and nobody is told.
    """

    state: InboxState
    action: Action | None = None
    results: Sequence[Result] = ()
    part: str = "reply"
    run_at: datetime | None = None
    is_deferral: bool = False
    speaks_privately: bool = False
    is_upset: bool = False
    is_worded: bool = False
    words: str = ""
    is_unspoken: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of a decision: for the chat it was asked in, and for the sender's own."""

    here: str = ""
    direct: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one message: the message as claimed, its chat with number and group, the run's token."""

    message: InboxMessage
    chat: Chat
    token: uuid.UUID
    config: Config
    trace: Trace
    providers: Sequence[SmmProvider] = ()

    @property
    def provider_names(self) -> set[str]:
        """What customers must not read unless it is meant for them."""
        return {name for one in self.providers for name in (one.name, one.host, *one.other_hosts) if name}


def split(run: Run, decision: Decision) -> tuple[list[Result], list[Result]]:
    """Part the results: those to say here, those for the sender alone."""
    if run.chat.kind != ChatKind.GROUP:
        return list(decision.results), []
    if decision.speaks_privately:
        return [], list(decision.results)
    if not run.config["private_replies_in_dm"]:
        return list(decision.results), []
    private = [one for one in decision.results if one.answer.is_private]
    here = [one for one in decision.results if one not in private]
    if private and not here:
        here = [say("sent_privately")]
    return here, private


@transaction.atomic
def commit(run: Run, person: Person | None, decision: Decision, spoken: Spoken) -> None:
    """Write it all down. Raises LeaseLost when another run has taken the message over: then nothing is written."""
    message, now = run.message, timezone.now()
    contact = person.contact if person else None
    waits = decision.state == InboxState.WAITING
    kept = InboxMessage.objects.filter(
        tenant_id=message.tenant_id, pk=message.pk, run_token=run.token
    ).update(
        state=decision.state,
        contact=contact,
        attempts=0,
        deferrals=message.deferrals + decision.is_deferral,
        run_at=decision.run_at,
        run_token=None,
        run_until=None,
        handled_at=None if waits else now,
        trace=[*(message.trace or []), *run.trace.steps] if run.chat.number.driver == SANDBOX else None,
    )
    if not kept:
        raise LeaseLost
    if person is not None:
        customers.touch(tenant_id=message.tenant_id, person=person, now=now)
    # Told once that the request is kept, the sender is spared every further failed try.
    if not (decision.is_deferral and message.deferrals):
        _speak(run, decision, spoken, now)
    # Last: the tenant's next serial is taken by one transaction at a time.
    if decision.action is not None:
        logs.record(
            message=message,
            contact=contact,
            action=decision.action,
            entries=_entries(decision, person),
            took_ms=int(run.trace.elapsed_ms),
            now=now,
        )
    if waits and decision.run_at is not None and decision.run_at <= now:
        wake.after_commit(Wake.RUN_WAITING, tenant_id=message.tenant_id, row_id=message.pk)


def _speak(run: Run, decision: Decision, spoken: Spoken, now: datetime) -> None:
    message, group = run.message, run.chat.group
    # What the team had run again is answered again.
    part = f"{decision.part}-{message.reruns}" if message.reruns else decision.part
    if spoken.here:
        outbox.queue_reply(
            message=message,
            part=part,
            text=spoken.here,
            now=now,
            is_silent=group is not None and group.silent_mode,
            quotes=group is not None,
        )
    if spoken.direct:
        outbox.queue_direct(message=message, part=f"{part}-direct", text=spoken.direct, now=now)
    if spoken.here or spoken.direct:
        wake.after_commit(Wake.SEND_DUE, tenant_id=message.tenant_id, row_id=message.number_id)


def _entries(decision: Decision, person: Person | None) -> list[logs.Entry]:
    """One row an order; a command without orders has one row, named after its first answer."""
    username = person.usernames[0] if person and person.usernames else ""
    about_orders = [result for result in decision.results if result.answer.order_id is not None]
    return [
        result.log_entry(default_username=username, is_upset=decision.is_upset)
        for result in about_orders or decision.results[:1]
    ]


def plain(results: Sequence[Result], own_texts: dict[str, str] | None = None) -> str:
    return replies.render([result.answer for result in results], own_texts or {}) if results else ""
