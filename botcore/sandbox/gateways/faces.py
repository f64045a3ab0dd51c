"""The fake gateways by the name of their driver."""

from collections.abc import Mapping
from typing import Final

from botcore.sandbox.gateways.fake_evolution import FakeEvolution
from botcore.sandbox.gateways.fake_gateway import FakeGateway

FACES: Final[Mapping[str, type[FakeGateway]]] = {face.name: face for face in (FakeEvolution,)}
