"""Drivers by the name stored in WhatsAppNumber.driver and Gateway.driver."""

import time
from collections.abc import Mapping
from functools import cache
from typing import Final

from botcore.gateway.base import GatewayDriver
from botcore.gateway.drivers.embedded import EmbeddedDriver
from botcore.gateway.drivers.evolution import EvolutionDriver
from botcore.gateway.drivers.gowa import GowaDriver
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.gateway.drivers.waha import WahaDriver
from botcore.gateway.types import Endpoint
from botcore.models import Gateway, WhatsAppNumber

DRIVERS: Mapping[str, type[GatewayDriver]] = {
    driver.name: driver for driver in (SandboxDriver, EvolutionDriver, WahaDriver, GowaDriver, EmbeddedDriver)
}

# Seconds a process remembers a gateway's address and key.
_REMEMBER_S: Final = 5.0
_endpoints: dict[int, tuple[float, Endpoint]] = {}


@cache
def driver_named(name: str) -> GatewayDriver:
    """The driver without an address: it reads webhooks. Raises KeyError: an unknown driver is a deployment fault."""
    return DRIVERS[name]()


def driver_for(number: WhatsAppNumber) -> GatewayDriver:
    """The driver that speaks to the number's gateway."""
    if number.gateway_id is None:
        return driver_named(number.driver)
    return DRIVERS[number.driver](_endpoint_of(number.gateway_id))


def driver_at(gateway: Gateway) -> GatewayDriver:
    """The driver that speaks to this gateway, as the row stands."""
    return DRIVERS[gateway.driver](Endpoint(gateway.base_url.rstrip("/"), gateway.api_key))


def _endpoint_of(gateway_id: int) -> Endpoint:
    now = time.monotonic()
    until, endpoint = _endpoints.get(gateway_id, (0.0, Endpoint()))
    if until < now:
        gateway = Gateway.objects.only("base_url", "api_key").get(pk=gateway_id)
        endpoint = Endpoint(gateway.base_url.rstrip("/"), gateway.api_key)
        _endpoints[gateway_id] = now + _REMEMBER_S, endpoint
    return endpoint
