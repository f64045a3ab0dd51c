"""Owners hear of a number that dropped, and of its return; the platform's admins of gateways that are out.

Once a drop: what was told last stands on the row (`told_state`, `told_problem`), and moving it is the claim. One
message an account and a round, so an outage of a gateway with all its numbers is one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from redis.exceptions import RedisError

from botcore.domain import platform, team_notices
from botcore.domain.number_moves import FINAL
from botcore.domain.number_states import GATEWAY_REASONS, REMOVING, explain
from botcore.enums import GatewayProblem, NumberState
from botcore.models import Gateway, WhatsAppNumber
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key
from tenants.models import Tenant, User
from tenants.scoping import all_tenants

logger = get_logger(__name__)

# Lines are lost and come back all the time: a drop is one that lasts. What ended is told at once.
LOST_FOR: Final = timedelta(minutes=3)
# Those that dropped a little later are told of in the same message.
_ALONG: Final = timedelta(minutes=1)
# A line that comes and goes is told of once in so long.
_AGAIN_S: Final = 3600
# So many numbers of one gateway that drop within so long are the platform's matter.
MANY: Final = 5
MANY_WITHIN: Final = timedelta(minutes=10)
_LOST = (NumberState.CLOSED, NumberState.CONNECTING)
# What told_state holds while its people think of the number as down.
_TOLD_DOWN = (NumberState.CLOSED, *FINAL)
_AT_ONCE: Final = 500


@dataclass(slots=True)
class _News:
    """Of one account's numbers."""

    dropped: list[WhatsAppNumber] = field(default_factory=list)
    back: list[WhatsAppNumber] = field(default_factory=list)


def tell_due(*, now: datetime) -> int:
    """Tell everybody what they do not know yet. Returns how many accounts were told of their numbers."""
    with all_tenants("numbers drop at every tenant, and the platform tells"):
        news = _news(now)
        for tenant_id, one in news.items():
            _tell_tenant(tenant_id, one, now)
        _tell_of_gateways(now)
        _tell_of_many(now)
    return len(news)


# --- an account's numbers ----------------------------------------------------------------------------------------


def _news(now: datetime) -> dict[int, _News]:
    news: dict[int, _News] = defaultdict(_News)
    for number in _watched().filter(_is_dropped(now - _ALONG))[:_AT_ONCE]:
        news[number.tenant_id].dropped.append(number)
    for number in _watched().filter(_is_back())[:_AT_ONCE]:
        news[number.tenant_id].back.append(number)
    for one in news.values():
        if not any(_is_due(number, now) for number in one.dropped):
            one.dropped = []
    return {tenant_id: one for tenant_id, one in news.items() if one.dropped or one.back}


def _watched() -> QuerySet[WhatsAppNumber]:
    """The Sandbox page's phones are nobody's worry."""
    rows: QuerySet[WhatsAppNumber] = WhatsAppNumber.objects.filter(
        tenant__is_active=True, tenant__sandbox_of=None
    )
    return rows.exclude(state_reason=REMOVING).select_related("gateway").order_by("pk")


def _is_dropped(before: datetime) -> Q:
    lost = Q(state__in=_LOST, state_at__lte=before)
    unserved = Q(state=NumberState.OPEN, state_reason__in=GATEWAY_REASONS, gateway__problem_since__lte=before)
    return Q(told_state=NumberState.OPEN) & (Q(state__in=FINAL) | lost | unserved)


def _is_back() -> Q:
    return Q(told_state__in=_TOLD_DOWN, state=NumberState.OPEN) & ~Q(state_reason__in=GATEWAY_REASONS)


def _is_due(number: WhatsAppNumber, now: datetime) -> bool:
    if number.state in FINAL:
        return True
    since = number.state_at
    if number.state == NumberState.OPEN and number.gateway is not None:
        since = number.gateway.problem_since
    return since is None or now - since >= LOST_FOR


def _tell_tenant(tenant_id: int, news: _News, now: datetime) -> None:
    with transaction.atomic():
        dropped = [one for one in news.dropped if _may_tell_again(one) and _claim(one, _down_of(one))]
        back = [one for one in news.back if _claim(one, NumberState.OPEN)]
        if not dropped and not back:
            return
        tenant = Tenant.objects.get(pk=tenant_id)
        where = "/admin/platform_numbers/" if tenant.is_platform else "/numbers/"
        text = "\n\n".join(filter(None, (_dropped_text(dropped, where, now), _back_text(back))))
        phones = _superusers() if tenant.is_platform else team_notices.phones_of_admins(tenant_id=tenant_id)
        _send(_sender_for(tenant), phones, text, now)


def _claim(number: WhatsAppNumber, told: NumberState) -> bool:
    """Two that tell at once: one does. The state must still be what it was."""
    as_read = WhatsAppNumber.objects.filter(
        pk=number.pk, told_state=number.told_state, state=number.state, state_reason=number.state_reason
    )
    return bool(as_read.update(told_state=told))


def _down_of(number: WhatsAppNumber) -> NumberState:
    return NumberState(number.state) if number.state in FINAL else NumberState.CLOSED


def _may_tell_again(number: WhatsAppNumber) -> bool:
    return number.state in FINAL or _first_in(_AGAIN_S, "drop_told", number.pk)


def _dropped_text(numbers: Sequence[WhatsAppNumber], where: str, now: datetime) -> str:
    if not numbers:
        return ""
    lines = []
    for number in numbers:
        words = explain(number, now=now)
        lines.append(f"*{number}*: {words.label}. {words.text} {words.advice}".strip())
    return "⚠ " + "\n\n".join([*lines, f"{settings.PUBLIC_URL}{where}"])


def _back_text(numbers: Iterable[WhatsAppNumber]) -> str:
    return "\n".join(f"✅ *{number}* is live again. What waited goes out now." for number in numbers)


def _sender_for(tenant: Tenant) -> WhatsAppNumber | None:
    """Another live number of the account, else the platform's."""
    own = _can_send(WhatsAppNumber.objects.filter(tenant=tenant))
    if own is not None or tenant.is_platform:
        return own
    return _platform_sender()


def _can_send(numbers: QuerySet[WhatsAppNumber]) -> WhatsAppNumber | None:
    """One that would deliver now: a notice that waits for the number it is about tells nobody anything."""
    live = numbers.filter(state=NumberState.OPEN).exclude(state_reason__in=GATEWAY_REASONS)
    well = live.filter(Q(gateway=None) | Q(gateway__problem=""))
    return well.order_by("-is_default", "pk").first()


def _platform_sender() -> WhatsAppNumber | None:
    return _can_send(platform.numbers())


def _send(sender: WhatsAppNumber | None, phones: Sequence[str], text: str, now: datetime) -> None:
    if sender is None:
        logger.error("nobody could be told on WhatsApp: no number is live", extra={"people": len(phones)})
        return
    team_notices.write_to(number=sender, phones=phones, text=text, now=now)


# --- the platform ------------------------------------------------------------------------------------------------


def _superusers() -> list[str]:
    return [str(user.phone) for user in User.objects.filter(is_superuser=True, is_active=True).order_by("pk")]


def _tell_of_gateways(now: datetime) -> None:
    out = Gateway.objects.filter(problem_since__lte=now - LOST_FOR, told_problem="").exclude(problem="")
    for gateway in out:
        if _claim_gateway(gateway, gateway.problem):
            label = GatewayProblem(gateway.problem).label.lower()
            count = WhatsAppNumber.objects.filter(gateway=gateway).count()
            logger.error("gateway is out", extra={"gateway_id": gateway.pk, "problem": gateway.problem})
            _tell_platform(
                f"⚠ The WhatsApp gateway *{gateway}* {label}. Numbers on it: {count}. Their owners are told, and "
                f"what they write waits.\n{settings.PUBLIC_URL}/admin/botcore/gateway/{gateway.pk}/change/",
                now,
            )
    for gateway in Gateway.objects.filter(problem="").exclude(told_problem=""):
        if _claim_gateway(gateway, ""):
            _tell_platform(f"✅ The WhatsApp gateway *{gateway}* serves again.", now)


def _claim_gateway(gateway: Gateway, told: str) -> bool:
    as_read = Gateway.objects.filter(
        pk=gateway.pk, told_problem=gateway.told_problem, problem=gateway.problem
    )
    return bool(as_read.update(told_problem=told))


def _tell_of_many(now: datetime) -> None:
    """Where the gateway itself is well: WhatsApp cut many off, or its own line to WhatsApp is gone."""
    down = _watched().filter(told_state__in=_TOLD_DOWN, state_at__gte=now - MANY_WITHIN - LOST_FOR)
    down = down.exclude(state=NumberState.OPEN).filter(gateway__problem="")
    counted = down.order_by().values("gateway_id", "gateway__name").annotate(count=Count("pk"))
    for row in counted.filter(count__gte=MANY):
        if _first_in(_AGAIN_S, "many_told", row["gateway_id"]):
            logger.error("many numbers dropped", extra={"gateway_id": row["gateway_id"]})
            _tell_platform(
                f"⚠ {row['count']} numbers on the WhatsApp gateway *{row['gateway__name']}* dropped within "
                f"{int(MANY_WITHIN.total_seconds() // 60)} minutes, though it answers.\n"
                f"{settings.PUBLIC_URL}/admin/botcore/whatsappnumber/",
                now,
            )


def _tell_platform(text: str, now: datetime) -> None:
    with transaction.atomic():
        _send(_platform_sender(), _superusers(), text, now)


def _first_in(for_s: int, *about: object) -> bool:
    """Not said within that time. Without Redis it is said: too often is better than never."""
    try:
        return bool(get_redis().set(key("alert", *about), 1, nx=True, ex=for_s))
    except RedisError:
        return True
