"""What a command knows while it runs."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from botcore.domain.config import Config
from botcore.models import Chat, InboxMessage
from panel.clients.base import PanelClient
from panel.clients.registry import client_for
from panel.clients.types import CallTrace
from panel.domain import connections
from panel.models import PanelConnection
from providers.models import SmmProvider
from smmbot.lib.ratelimit import Priority
from tenants.domain.identities import Person
from tenants.permissions import Permission, may


@dataclass(slots=True)
class Trace:
    """The steps of one message with their times, for `manage.py chat --trace` and the sandbox screen."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def add(self, stage: str, **detail: Any) -> None:
        self.steps.append({"stage": stage, "at_ms": self.elapsed_ms, **detail})

    def add_call(self, call: CallTrace) -> None:
        self.add(
            "call",
            method=call.method,
            path=call.path,
            status=call.status,
            ms=round(call.ms, 1),
            waited_ms=round(call.waited_ms, 1),
            attempt=call.attempt,
        )

    @property
    def elapsed_ms(self) -> float:
        return round((time.perf_counter() - self.started) * 1000, 1)


@dataclass
class CommandContext:
    """One message on its way through the pipeline. run_token: of the run that holds it, for its claims."""

    message: InboxMessage
    chat: Chat
    person: Person
    config: Config
    run_token: uuid.UUID
    now: datetime
    trace: Trace
    in_background: bool = False
    # The tenant's suppliers, as far as naming and matching need them.
    providers: Sequence[SmmProvider] = ()

    @property
    def tenant_id(self) -> int:
        return self.message.tenant_id

    @property
    def may_see_any_order(self) -> bool:
        return may(self.person.role, Permission.CUSTOMER_COMMANDS)

    @property
    def shows_provider(self) -> bool:
        return self.person.role is not None or self.config["show_provider_to_customers"]

    @property
    def shows_charge(self) -> bool:
        return self.person.role is not None or self.config["show_charge_to_customers"]

    @cached_property
    def connection(self) -> PanelConnection:
        """The tenant's panel. Raises PanelNotConfigured."""
        return connections.active(tenant_id=self.tenant_id)

    @cached_property
    def panel(self) -> PanelClient:
        """A client of the tenant's panel, asked live. Raises PanelNotConfigured."""
        return client_for(
            self.connection,
            priority=Priority.BACKGROUND if self.in_background else Priority.INTERACTIVE,
            on_call=self.trace.add_call,
        )
