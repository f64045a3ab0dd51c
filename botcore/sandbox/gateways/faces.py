"""The fake gateways by the name of their driver."""

from collections.abc import Mapping
from typing import Final

from botcore.sandbox.gateways.fake_evolution import FakeEvolution
from botcore.sandbox.gateways.fake_gateway import FakeGateway
from botcore.sandbox.gateways.fake_gowa import FakeGowa
from botcore.sandbox.gateways.fake_waha import FakeWaha

FACES: Final[Mapping[str, type[FakeGateway]]] = {
    face.name: face for face in (FakeEvolution, FakeWaha, FakeGowa)
}
