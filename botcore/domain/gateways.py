"""The WhatsApp gateways the operator runs: which there are, which new numbers take, and how they are.

They come from the environment or from the platform admin, never from a tenant, who sees their names alone. Without
any, numbers are linked with the sandbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from botcore.enums import GatewayProblem
from botcore.gateway.errors import GatewayError, GatewayNotActivated, GatewayRefused
from botcore.gateway.registry import driver_at
from botcore.gateway.types import Endpoint, GatewayInfo
from botcore.models import Gateway, WhatsAppNumber
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

# (variables of address and key, driver, name); the first of them that is set becomes the default.
PAIRS: Final = (
    ("EVOLUTION_API_URL", "EVOLUTION_API_KEY", "evolution", "Evolution"),
    ("WAHA_URL", "WAHA_API_KEY", "waha", "WAHA"),
    ("GOWA_URL", "GOWA_BASIC_AUTH", "gowa", "GOWA"),
)
_BUILT_IN: Final = ("WHATSAPP_EMBEDDED", "embedded", "Built-in")


@dataclass(frozen=True, slots=True)
class Configured:
    """A gateway of the environment. variable: its address's, or the switch of the built-in one."""

    variable: str
    driver: str
    name: str
    endpoint: Endpoint


def offered() -> Sequence[Gateway]:
    """Those new numbers may be linked through, the default first; none: the sandbox alone."""
    return list(Gateway.objects.filter(is_offered=True).order_by("-is_default", "pk"))


def default() -> Gateway | None:
    """Where a new number goes unless somebody chooses; None: the sandbox."""
    return next(iter(offered()), None)


def others(*, number: WhatsAppNumber) -> Sequence[Gateway]:
    """Those the number may be moved to."""
    return [one for one in offered() if one.pk != number.gateway_id]


def configured() -> Sequence[Configured]:
    """The environment's, whole pairs alone (botcore/checks.py complains of the others)."""
    found = [
        Configured(url_name, driver, name, Endpoint(url.rstrip("/"), api_key))
        for url_name, key_name, driver, name in PAIRS
        if (url := getattr(settings, url_name)) and (api_key := getattr(settings, key_name))
    ]
    variable, driver, name = _BUILT_IN
    if getattr(settings, variable):
        found.append(Configured(variable, driver, name, Endpoint()))
    return found


def sync_from_environment() -> None:
    """Write the environment's gateways down, and let go of those it no longer names. Costs one read when all is so."""
    wanted = {one.variable: one for one in configured()}
    rows = {row.managed_by: row for row in Gateway.objects.exclude(managed_by="")}
    for variable, row in rows.items():
        if variable in wanted:
            _follow(row, wanted[variable])
        else:
            _let_go(row)
    for variable, one in wanted.items():
        if variable not in rows:
            _take_up(one)


def check(*, gateway: Gateway, now: datetime) -> GatewayInfo:
    """Ask the gateway how it is, and write it down."""
    info = driver_at(gateway).probe()
    note(gateway=gateway, problem=info.problem, version=info.version, now=now)
    return info


def note(*, gateway: Gateway, problem: GatewayProblem | None, now: datetime, version: str = "") -> None:
    """Write down how it is. An outage that changes its face goes on since it began."""
    gateway.problem, gateway.checked_at = problem or "", now
    gateway.problem_since = (gateway.problem_since or now) if problem else None
    gateway.version = version[:60] or gateway.version
    gateway.save(update_fields=["problem", "problem_since", "checked_at", "version"])


@transaction.atomic
def make_default(*, gateway: Gateway) -> None:
    """New numbers go to it from now on. Exactly one is."""
    Gateway.objects.filter(is_default=True).exclude(pk=gateway.pk).update(is_default=False)
    Gateway.objects.filter(pk=gateway.pk).update(is_default=True)
    gateway.is_default = True


def problem_of(error: GatewayError) -> GatewayProblem:
    """What a failed call says of the gateway as a whole. One that answers in riddles serves nobody either."""
    if isinstance(error, GatewayRefused):
        return GatewayProblem.REFUSED
    if isinstance(error, GatewayNotActivated):
        return GatewayProblem.NOT_ACTIVATED
    return GatewayProblem.UNREACHABLE


def _follow(row: Gateway, one: Configured) -> None:
    if (row.base_url, row.api_key) == (one.endpoint.base_url, one.endpoint.api_key):
        return
    row.base_url, row.api_key = one.endpoint.base_url, one.endpoint.api_key
    row.save(update_fields=["base_url", "api_key"])
    logger.info("gateway follows its variable", extra={"gateway_id": row.pk, "variable": one.variable})


def _let_go(row: Gateway) -> None:
    """Its numbers stay, and so does the way to them: from now on it is the platform admin's."""
    logger.warning("gateway is gone from the environment", extra={"gateway_id": row.pk})
    row.managed_by, row.is_offered, row.is_default = "", False, False
    row.save(update_fields=["managed_by", "is_offered", "is_default"])


def _take_up(one: Configured) -> None:
    """A row of the same driver and address becomes the environment's: it came back, or was entered by hand before."""
    try:
        with transaction.atomic():
            same = Gateway.objects.filter(
                driver=one.driver, base_url__in=(one.endpoint.base_url, f"{one.endpoint.base_url}/")
            )
            row = same.filter(managed_by="").order_by("pk").first()
            if row is None:
                row = Gateway(driver=one.driver, name=_free_name(one.name))
            row.managed_by, row.is_offered = one.variable, True
            row.base_url, row.api_key = one.endpoint.base_url, one.endpoint.api_key
            row.is_default = row.is_default or not Gateway.objects.filter(is_default=True).exists()
            row.save()
    except IntegrityError:
        logger.info("another process wrote this gateway down", extra={"variable": one.variable})


def _free_name(name: str) -> str:
    taken = set(Gateway.objects.filter(name__startswith=name).values_list("name", flat=True))
    return next(free for at in range(1, 1000) if (free := f"{name} {at}" if at > 1 else name) not in taken)
