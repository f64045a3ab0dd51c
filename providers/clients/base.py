"""The whole contract with a provider, whatever it speaks.

A new type of provider, step by step:

1. Write `providers/clients/<kind>.py` with a subclass of ProviderClient, its parsing in a file of its own.
   Only these know the wire. Call through `ProviderTransport` (`transport.py`): it owns timeouts, retries, the
   rate limit, the circuit breaker, the SSRF guard and the trace.
2. Answer with the dataclasses of `types.py` and fail with the tree of `providers/errors.py`, with nothing
   else. What concerns one id is a value, Refused; only what concerns the whole call is raised.
3. Answer for every id asked and for no other. What the provider does not mention is not done.
4. Never repeat a write, except where it surely was not done.
5. Name it in `registry.py` and in ProviderKind, add a fake of it to `providers/sandbox/`, and run
   `providers/tests/clients/` against it.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from providers.clients.types import (
    Accepted,
    Balance,
    ProviderOrder,
    ProviderService,
    RefillProgress,
    Refused,
)

IDS_A_CALL = 100


class ProviderClient(ABC):
    """All methods raise ProviderError's kinds and nothing else. Those that take ids make one call for each
    hundred and answer for each id, in the order given. When a call fails after another one has answered, its
    ids are Refused too, as UNCLEAR (the write may have been done) or NOT_ASKED (it may be tried again)."""

    @abstractmethod
    def services(self) -> list[ProviderService]:
        """Read the catalogue: several MB, up to a minute. One at a time for an account; while another one
        reads it, ProviderRateLimited."""

    @abstractmethod
    def balance(self) -> Balance:
        """Read what is left of the tenant's money there."""

    @abstractmethod
    def statuses(self, oids: Sequence[str]) -> dict[str, ProviderOrder | Refused]:
        """Read orders."""

    @abstractmethod
    def request_refills(self, oids: Sequence[str]) -> dict[str, Accepted | Refused]:
        """Ask for refills."""

    @abstractmethod
    def refill_states(self, refill_ids: Sequence[str]) -> dict[str, RefillProgress | Refused]:
        """Read how refills go on."""

    @abstractmethod
    def request_cancels(self, oids: Sequence[str]) -> dict[str, Accepted | Refused]:
        """Ask for cancels. The order's status tells what came of them."""
