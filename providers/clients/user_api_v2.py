"""The standard user API v2: one address, form POST with `key` and `action`. Source: reference/panel-api.md 3."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from redis.exceptions import RedisError

from providers.clients import user_api_parsing as parsing
from providers.clients.base import IDS_A_CALL, ProviderClient
from providers.clients.transport import CATALOGUE_TOTAL_S, ProviderTransport
from providers.clients.types import (
    Accepted,
    Balance,
    ProviderOrder,
    ProviderService,
    RefillProgress,
    Refused,
)
from providers.clients.url import normalise_api_url
from providers.enums import RefusalKind
from providers.errors import ProviderError, ProviderRateLimited, ProviderRefused
from smmbot.lib.api_transport import BACKGROUND_SLOT_WAIT_S, OnCall
from smmbot.lib.locks import RedisLock
from smmbot.lib.ratelimit import Priority

logger = logging.getLogger(__name__)

T = TypeVar("T")

# How many ids are asked one by one where a provider does not take lists.
ONE_BY_ONE = 20
_CATALOGUE_RETRY_S = 15.0
_NOT_SENDABLE = Refused("", RefusalKind.INCORRECT_ORDER)


@dataclass(frozen=True, slots=True)
class _Action(Generic[T]):
    """one, many: the names of the parameter with the id or the ids. read_one, read_many: of the answer."""

    name: str
    one: str
    many: str
    read_one: Callable[[Any, str], T | Refused]
    read_many: Callable[[Any, Sequence[str]], dict[str, T | Refused]]
    is_write: bool = False
    # A list even for one: providers that take lists alone refuse the single form.
    prefers_list: bool = False


_STATUS = _Action("status", "order", "orders", parsing.parse_one_status, parsing.parse_statuses)
_REFILL = _Action("refill", "order", "orders", parsing.parse_one_refill, parsing.parse_refills, is_write=True)
_REFILL_STATUS = _Action(
    "refill_status", "refill", "refills", parsing.parse_one_refill_state, parsing.parse_refill_states
)
_CANCEL = _Action(
    "cancel",
    "order",
    "orders",
    parsing.parse_one_cancel,
    parsing.parse_cancels,
    is_write=True,
    prefers_list=True,
)


class UserApiV2Client(ProviderClient):
    """One account at one provider. Cheap to make, so make one for each command or task."""

    def __init__(
        self,
        *,
        api_url: str,
        api_key: str,
        rate_limit: float | None = 2,
        priority: Priority = Priority.INTERACTIVE,
        on_call: OnCall | None = None,
        transport: ProviderTransport | None = None,
    ) -> None:
        """rate_limit: calls a second for this account, all our processes together. Raises
        ProviderUrlRefused."""
        self._key = api_key.strip()
        if transport is None:
            url = normalise_api_url(api_url)
            transport = ProviderTransport(
                base_url=url,
                endpoint=url,
                api_key=self._key,
                rate_limit=rate_limit,
                priority=priority,
                on_call=on_call,
            )
        self._transport = transport

    def services(self) -> list[ProviderService]:
        with self._alone_with_the_catalogue():
            data = self._transport.read_catalogue(self._form("services"), parsing.read_body)
        return parsing.parse_services(data)

    def balance(self) -> Balance:
        return parsing.parse_balance(self._transport.read(self._form("balance"), parsing.read_body))

    def statuses(self, oids: Sequence[str]) -> dict[str, ProviderOrder | Refused]:
        return self._each(_STATUS, oids)

    def request_refills(self, oids: Sequence[str]) -> dict[str, Accepted | Refused]:
        return self._each(_REFILL, oids)

    def refill_states(self, refill_ids: Sequence[str]) -> dict[str, RefillProgress | Refused]:
        return self._each(_REFILL_STATUS, refill_ids)

    def request_cancels(self, oids: Sequence[str]) -> dict[str, Accepted | Refused]:
        return self._each(_CANCEL, oids)

    # --- ids ------------------------------------------------------------------------------------------------

    def _each(self, action: _Action[T], ids: Sequence[str]) -> dict[str, T | Refused]:
        asked = list(dict.fromkeys(ids))
        sendable = [one for one in asked if parsing.is_sendable_id(one)]
        batches = [sendable[start : start + IDS_A_CALL] for start in range(0, len(sendable), IDS_A_CALL)]
        results = _until_it_fails(batches, lambda batch: self._ask_batch(action, batch))
        return {one: results.get(one, _NOT_SENDABLE) for one in asked}

    def _ask_batch(self, action: _Action[T], ids: Sequence[str]) -> dict[str, T | Refused]:
        if len(ids) == 1 and not action.prefers_list:
            return self._ask_one(action, ids[0])
        try:
            data = self._call(action, {action.many: ",".join(ids)})
        except ProviderRefused as refused:
            if refused.kind is RefusalKind.NOT_SUPPORTED:
                return self._one_by_one(action, ids)
            if len(ids) == 1:
                return {ids[0]: Refused(refused.message, refused.kind)}
            raise
        return {ids[0]: action.read_one(data, ids[0])} if len(ids) == 1 else action.read_many(data, ids)

    def _one_by_one(self, action: _Action[T], ids: Sequence[str]) -> dict[str, T | Refused]:
        """Some providers take no lists. Nothing was done, so asking again is safe."""
        logger.info("provider_takes_no_lists", extra={"action": action.name, "ids": len(ids)})
        results = self._ask_one(action, ids[0])
        first = results[ids[0]]
        if isinstance(first, Refused) and first.kind is RefusalKind.NOT_SUPPORTED:
            return dict.fromkeys(ids, first)
        singles = [[one] for one in ids[1:ONE_BY_ONE]]
        results = _until_it_fails(singles, lambda single: self._ask_one(action, single[0]), results)
        return results | {one: Refused("", RefusalKind.NOT_ASKED) for one in ids[ONE_BY_ONE:]}

    def _ask_one(self, action: _Action[T], one: str) -> dict[str, T | Refused]:
        try:
            return {one: action.read_one(self._call(action, {action.one: one}), one)}
        except ProviderRefused as refused:
            return {one: Refused(refused.message, refused.kind)}

    # --- the wire -------------------------------------------------------------------------------------------

    def _call(self, action: _Action[Any], parameters: Mapping[str, str]) -> Any:
        send = self._transport.write if action.is_write else self._transport.read
        return send(self._form(action.name, parameters), parsing.read_body)

    def _form(self, action: str, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
        return {"key": self._key, "action": action, **(parameters or {})}

    @contextlib.contextmanager
    def _alone_with_the_catalogue(self) -> Iterator[None]:
        """Raises ProviderRateLimited while another of our processes reads it. Without Redis everybody may."""
        lock = RedisLock(
            f"provider_catalogue:{self._transport.limit_key}",
            ttl_s=CATALOGUE_TOTAL_S + BACKGROUND_SLOT_WAIT_S,
        )
        try:
            is_free = lock.acquire()
        except RedisError:
            is_free = True
        if not is_free:
            raise ProviderRateLimited(retry_after_s=_CATALOGUE_RETRY_S)
        try:
            yield
        finally:
            with contextlib.suppress(RedisError):
                lock.release()


def _until_it_fails(
    batches: Sequence[Sequence[str]],
    ask: Callable[[Sequence[str]], dict[str, T | Refused]],
    answered: Mapping[str, T | Refused] | None = None,
) -> dict[str, T | Refused]:
    """Ask batch after batch. A failure is raised only while nothing was answered; later it must not take away
    the answers before it."""
    results = dict(answered or {})
    for number, batch in enumerate(batches):
        try:
            results |= ask(batch)
        except ProviderError as error:
            if not results:
                raise
            logger.warning("provider_batch_failed", extra={"code": error.code, "batch": number})
            unclear = RefusalKind.UNCLEAR if error.maybe_written else RefusalKind.NOT_ASKED
            results |= {one: Refused("", unclear) for one in batch}
            for later in batches[number + 1 :]:
                results |= {one: Refused("", RefusalKind.NOT_ASKED) for one in later}
            break
    return results
