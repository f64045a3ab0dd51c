"""What is asked of a provider's API. Call only outside transactions: each waits for somebody else's server.

All raise ProviderError's kinds when the call as a whole fails, ProviderNotConfigured without an account and
ProviderUnauthorized, without asking, once the key was refused three times in a row.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from providers.clients.base import ProviderClient
from providers.clients.registry import client_for
from providers.clients.types import Accepted, Balance, ProviderOrder, RefillProgress, Refused
from providers.domain import keys
from providers.errors import ProviderUnauthorized
from providers.models import SmmProvider
from smmbot.lib.api_transport import OnCall
from smmbot.lib.ratelimit import Priority

T = TypeVar("T")


def request_refills(
    *,
    provider: SmmProvider,
    oids: Sequence[str],
    priority: Priority = Priority.INTERACTIVE,
    on_call: OnCall | None = None,
) -> dict[str, Accepted | Refused]:
    """Ask for refills, each once: claim before. A Refused with `may_be_done` must not be repeated blindly."""
    return _ask(provider, lambda client: client.request_refills(oids), priority, on_call)


def request_cancels(
    *,
    provider: SmmProvider,
    oids: Sequence[str],
    priority: Priority = Priority.INTERACTIVE,
    on_call: OnCall | None = None,
) -> dict[str, Accepted | Refused]:
    """Ask for cancels, as request_refills. Accepted is not yet canceled: the order's status tells."""
    return _ask(provider, lambda client: client.request_cancels(oids), priority, on_call)


def statuses(
    *,
    provider: SmmProvider,
    oids: Sequence[str],
    priority: Priority = Priority.INTERACTIVE,
    on_call: OnCall | None = None,
) -> dict[str, ProviderOrder | Refused]:
    """Read orders as the provider sees them."""
    return _ask(provider, lambda client: client.statuses(oids), priority, on_call)


def refill_states(
    *,
    provider: SmmProvider,
    refill_ids: Sequence[str],
    priority: Priority = Priority.BACKGROUND,
    on_call: OnCall | None = None,
) -> dict[str, RefillProgress | Refused]:
    """Read how refills go on; refill_ids: those of Accepted."""
    return _ask(provider, lambda client: client.refill_states(refill_ids), priority, on_call)


def check_key(*, provider: SmmProvider, on_call: OnCall | None = None) -> Balance:
    """A person asks whether the key is right now: asks even after refusals, and forgets them on a yes."""
    return _answered(provider, client_for(provider, on_call=on_call), lambda client: client.balance())


def _ask(
    provider: SmmProvider,
    ask: Callable[[ProviderClient], T],
    priority: Priority,
    on_call: OnCall | None,
) -> T:
    client = client_for(provider, priority=priority, on_call=on_call)
    if provider.key_refused_at is not None:
        raise ProviderUnauthorized
    return _answered(provider, client, ask)


def _answered(provider: SmmProvider, client: ProviderClient, ask: Callable[[ProviderClient], T]) -> T:
    try:
        answer = ask(client)
    except ProviderUnauthorized:
        keys.note_refused(provider)
        raise
    keys.note_accepted(provider)
    return answer
