"""Drivers by the name stored in WhatsAppNumber.driver."""

from collections.abc import Mapping

from botcore.gateway.base import GatewayDriver
from botcore.gateway.drivers.sandbox import SandboxDriver

DRIVERS: Mapping[str, GatewayDriver] = {driver.name: driver for driver in (SandboxDriver(),)}


def driver_for(name: str) -> GatewayDriver:
    """Return the driver of this name. Raises KeyError: a number with an unknown driver is a deployment fault."""
    return DRIVERS[name]
