"""Our numbers against what their gateways say: some tell nothing by themselves, and events get lost.

A round asks one gateway for its list of sessions and looks closer only at what differs. Rounds of several gateways run
side by side, so one that is dead slows no other, and each is claimed, so two beats are harmless.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import QuerySet

from botcore import wake
from botcore.domain import ended_sessions, gateways, linking, numbers
from botcore.domain.number_moves import FINAL, LINKED
from botcore.domain.number_states import GATEWAY_REASONS, OWN_REASONS, REMOVING, was_live
from botcore.enums import NumberState
from botcore.gateway.base import GatewayDriver
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.gateway.errors import GatewayError
from botcore.gateway.registry import DRIVERS, driver_at, driver_named
from botcore.gateway.types import SessionChanged, SessionStatus
from botcore.models import EndedSession, Gateway, InboxMessage, WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.locks import LockHeld, hold
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key
from tenants.scoping import all_tenants

logger = get_logger(__name__)

# Stands for the sandbox, which has no row.
SANDBOX: Final = 0
# A round that comes a little early is not put off until the next beat.
_EARLY_S: Final = 5
# What takes longer goes on in the next round.
_ROUND_S: Final = 45.0
_HELD_FOR_S: Final = 600
_AT_ONCE: Final = 100
# After so many calls that failed the rest waits for the next round.
_FAULTS: Final = 3
_HOUR_S: Final = 3600
# A wake-up that was lost is sent again after so long.
_LOST_AFTER: Final = timedelta(minutes=1)
# The task that ends a session tries again by itself for a while.
_LEFT_AFTER: Final = timedelta(minutes=2)
_OUR_NAME: Final = re.compile(r"s-[0-9a-f]{16}")
# A session nobody here knows may be one that is just being made.
_STRAY_AFTER: Final = timedelta(hours=1)
# No message for so long is silence, where at this time of day there were so many: yesterday, and a week ago.
SILENT_FOR: Final = timedelta(hours=6)
_USUAL: Final = 3
_USUALLY: Final = (timedelta(days=1), timedelta(days=7))


def due() -> Sequence[int]:
    """The gateways whose round begins now, SANDBOX among them: each is claimed until its next one is due."""
    gateways.sync_from_environment()
    every_s = {SANDBOX: SandboxDriver.poll_every_s}
    for gateway_id, name in Gateway.objects.order_by("pk").values_list("pk", "driver"):
        if name in DRIVERS:
            every_s[gateway_id] = DRIVERS[name].poll_every_s
        else:
            logger.error("gateway of an unknown kind", extra={"gateway_id": gateway_id})
    return [one for one, seconds in every_s.items() if _claim("round", one, max(1, seconds - _EARLY_S))]


def run(*, gateway_id: int, now: datetime) -> None:
    """One round of one gateway; nothing when another worker is at it."""
    gateway = Gateway.objects.filter(pk=gateway_id).first()
    if gateway is None and gateway_id != SANDBOX:
        return
    try:
        with (
            hold(f"reconcile:{gateway_id}", ttl_s=_HELD_FOR_S),
            all_tenants("a gateway's numbers are of many tenants"),
        ):
            _Round(gateway, now).run()
    except LockHeld:
        logger.info("round goes on elsewhere", extra={"gateway_id": gateway_id})


class _Round:
    """One look at one gateway, with all tenants open."""

    def __init__(self, gateway: Gateway | None, now: datetime) -> None:
        self._gateway, self._now = gateway, now
        self._driver: GatewayDriver = driver_at(gateway) if gateway else driver_named(SandboxDriver.name)
        self._id = gateway.pk if gateway else SANDBOX
        self._ends_at = time.monotonic() + _ROUND_S
        self._faults = 0

    def run(self) -> None:
        self._wake_removals()
        try:
            sessions = self._driver.list_sessions()
        except GatewayError as error:
            self._is_out(error)
            return
        self._is_well()
        found = {one.session: one for one in sessions}
        ours = list(self._numbers().filter(tenant__is_active=True).exclude(state_reason=REMOVING))
        self._settle(ours, found)
        self._set_webhooks(ours, found)
        self._wake_the_silent(ours)
        self._end_left()
        self._end_strays(sessions)

    def _numbers(self) -> QuerySet[WhatsAppNumber]:
        rows: QuerySet[WhatsAppNumber] = WhatsAppNumber.objects.filter(gateway=self._gateway)
        return rows.order_by("pk")

    # --- the gateway itself --------------------------------------------------------------------------------------

    def _is_out(self, error: GatewayError) -> None:
        logger.warning("gateway does not serve", extra={"gateway_id": self._id, "code": error.code})
        if self._gateway is not None:
            gateways.note(gateway=self._gateway, problem=gateways.problem_of(error), now=self._now)
        numbers.blame_gateway(numbers=self._numbers(), reason=linking.blamed(error))

    def _is_well(self) -> None:
        if self._gateway is None:
            return
        version = ""
        if _claim("probe", self._id, _HOUR_S) or self._gateway.problem or not self._gateway.version:
            version = self._driver.probe().version
        gateways.note(gateway=self._gateway, problem=None, version=version, now=self._now)

    # --- its numbers ---------------------------------------------------------------------------------------------

    def _wake_removals(self) -> None:
        leaving = self._numbers().filter(state_reason=REMOVING, state_at__lt=self._now - _LOST_AFTER)
        for number in leaving.only("tenant_id")[:_AT_ONCE]:
            wake.up(Wake.REMOVE_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)

    def _settle(self, ours: Iterable[WhatsAppNumber], found: Mapping[str, SessionStatus]) -> None:
        """The list is a filter, for it may lag: what differs is asked after by itself."""
        live, acquitted = [], []
        for number in ours:
            listed = found.get(number.session_name)
            if number.state_reason in GATEWAY_REASONS:
                number.state_reason = ""
                acquitted.append(number.pk)
            if self._differs(number, listed):
                self._ask(number)
            elif number.state == NumberState.OPEN and listed is not None:
                live.append(number.pk)
        numbers.seen(number_ids=live, now=self._now)
        # Only now: as long as the gateway is blamed for it, nobody is told that a number is back.
        numbers.acquit_gateway(number_ids=acquitted)

    def _differs(self, number: WhatsAppNumber, listed: SessionStatus | None) -> bool:
        if listed is None:
            return number.state in LINKED or (was_live(number) and number.state not in FINAL)
        if number.state in FINAL and number.state_reason in OWN_REASONS:
            if listed.state == NumberState.OPEN and self._is_older(number, _LOST_AFTER):
                wake.up(Wake.LOG_OUT_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)
            return False
        return numbers.is_news(number, SessionChanged(listed.state, listed.reason, listed.own))

    def _ask(self, number: WhatsAppNumber) -> None:
        self._call(partial(linking.ask, number, self._driver), number_id=number.pk)

    def _set_webhooks(self, ours: Iterable[WhatsAppNumber], found: Mapping[str, SessionStatus]) -> None:
        """Where the list says so, those that lead elsewhere; where it does not, each now and then."""
        if not self._driver.needs_endpoint:
            return
        for number in ours:
            listed = found.get(number.session_name)
            if listed is None or number.state in FINAL:
                continue
            if listed.webhook_url is None:
                is_wrong = number.state in LINKED and _claim("webhook_set", number.pk, _HOUR_S)
            else:
                is_wrong = listed.webhook_url != linking.webhook_url(number)
            if is_wrong:
                self._set_webhook(number)

    def _set_webhook(self, number: WhatsAppNumber) -> None:
        self._call(partial(linking.set_webhook, number, self._driver), number_id=number.pk)

    def _wake_the_silent(self, ours: Sequence[WhatsAppNumber]) -> None:
        """A live number that hears nothing, though at this time it usually does: its events may go nowhere."""
        if not _claim("silence", self._id, _HOUR_S):
            return
        for number in ours:
            is_settled = number.state == NumberState.OPEN and self._is_older(number, SILENT_FOR)
            if is_settled and is_silent(number, now=self._now):
                logger.warning("live number hears nothing", extra={"number_id": number.pk})
                self._ask(number)
                self._set_webhook(number)

    # --- sessions nobody has -------------------------------------------------------------------------------------

    def _end_left(self) -> None:
        left = ended_sessions.left(gateway=self._gateway, before=self._now - _LEFT_AFTER, limit=_AT_ONCE)
        for ended_id in left:
            self._call(partial(ended_sessions.end, ended_id=ended_id), ended_id=ended_id)

    def _end_strays(self, sessions: Iterable[SessionStatus]) -> None:
        """Sessions we made that no number has: those whose webhook leads here, or that are in our own store. Another
        installation's, and a stranger's, are left alone."""
        is_own_store = not self._driver.needs_endpoint
        names = {
            one.session
            for one in sessions
            if _OUR_NAME.fullmatch(one.session)
            and (is_own_store or (one.webhook_url or "").startswith(linking.webhook_prefix()))
        }
        known = WhatsAppNumber.objects.filter(session_name__in=names).values_list("session_name", flat=True)
        left = EndedSession.objects.filter(name__in=names).values_list("name", flat=True)
        for name in sorted(names - set(known) - set(left))[:_AT_ONCE]:
            if self._is_stray_for_long(name):
                ended = ended_sessions.keep(
                    gateway=self._gateway, driver=self._driver.name, name=name, now=self._now
                )
                self._call(partial(ended_sessions.end, ended_id=ended.pk), ended_id=ended.pk)

    def _is_stray_for_long(self, name: str) -> bool:
        """Redis remembers when it was first seen so; forgetting it only takes another hour."""
        mark = key("stray_session", self._id, name)
        get_redis().set(mark, self._now.isoformat(), nx=True, ex=24 * _HOUR_S)
        return self._now - datetime.fromisoformat(str(get_redis().get(mark))) >= _STRAY_AFTER

    def _call(self, do: Callable[[], object], **about: int) -> None:
        """One session's fault is noted, and the round goes on; too many, or too much time, and it ends."""
        if self._faults >= _FAULTS or time.monotonic() > self._ends_at:
            return
        try:
            do()
        except GatewayError as error:
            self._faults += 1
            logger.warning("gateway did not serve", extra={"code": error.code, **about})

    def _is_older(self, number: WhatsAppNumber, span: timedelta) -> bool:
        return number.state_at is None or self._now - number.state_at >= span


def is_silent(number: WhatsAppNumber, *, now: datetime) -> bool:
    """Nothing came for SILENT_FOR, in hours in which yesterday and a week ago some did."""
    rows = InboxMessage.objects.filter(tenant_id=number.tenant_id, number=number, from_me=False)
    if rows.filter(received_at__gte=now - SILENT_FOR).exists():
        return False
    return all(
        rows.filter(received_at__gte=now - ago - SILENT_FOR, received_at__lt=now - ago)[:_USUAL].count()
        >= _USUAL
        for ago in _USUALLY
    )


def _claim(what: str, row_id: int, for_s: float) -> bool:
    """Ours until then. Two that claim at once: one gets it."""
    return bool(get_redis().set(key("reconcile", what, row_id), 1, nx=True, px=round(for_s * 1000)))
